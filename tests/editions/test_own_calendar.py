"""Editions of a company with a calendar of its own keep what they said, and of which days."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpi_site.editions.frozen import frozen_figures
from kpi_site.editions.store import read_editions, write_edition
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.publishing.freeze import edition
from kpi_site.stages import figures

SITE = Path(__file__).parents[1] / "sites" / "four_four_five"
KEPT = {"units.yml", "windowed.yml"}
REPORT = "period: 2024-P13\nhighlights: [units, windowed]\n"
MORE = "2026-01,2025-12-28,2026-01-24,2026-Q1,2026-H1,2026\n"


@pytest.fixture
def published(tmp_path: Path) -> Options:
    """A small site whose thirteenth period is published."""
    shutil.copytree(SITE, tmp_path, dirs_exist_ok=True)
    for card in (tmp_path / "content/indicators/main").glob("*.yml"):
        if card.name not in KEPT:
            card.unlink()
    path = tmp_path / "content/reports/2024-P13/report.yml"
    path.parent.mkdir(parents=True)
    path.write_text(REPORT, encoding="utf-8")
    options = Options(tmp_path, date(2026, 11, 24))
    found, problems = figures(options)
    assert found is not None, [p.text() for p in problems]
    report = found.catalog.reports["2024-P13"]
    made = edition(
        found,
        report,
        tuple(frozen_figures(found, report)),
        number=1,
        on=date(2025, 1, 8),
        signoffs=(),
    )
    write_edition(tmp_path, made, ())
    return options


def test_what_is_listed_later_changes_no_edition(published: Options) -> None:
    before, _ = figures(published)
    assert before is not None
    (first,) = before.told.editions["2024-P13"]
    assert (str(first.period.first), str(first.period.last)) == ("2024-12-22", "2024-12-28")
    text = first.files["article.en.md"].decode()
    assert "period 13 of 2024" in text
    assert "22 Dec to 28 Dec 2024" in text
    assert "2024年12月22日至12月28日" in first.files["report.zh.typ"].decode()
    assert "2024-12-22" in (published.root / f"{first.folder}/edition.json").read_text("utf-8")
    with (published.root / "data/periods.csv").open("a", encoding="utf-8") as lines:
        lines.write(MORE)
    after, problems = figures(published)
    assert after is not None
    assert {p.code for p in problems} <= {"calendar-ends", "facts-missing"}
    (second,) = after.told.editions["2024-P13"]
    assert second == first
    assert after.told.changes == before.told.changes
    assert not any(after.told.pending.values())


def test_an_edition_outlives_its_calendar(published: Options) -> None:
    found, problems = read_editions(published.root, MonthCalendar().parse)
    assert problems == ()
    (own,) = found.editions["2024-P13"]
    assert own.period == replace(
        own.period, first=date(2024, 12, 22), last=date(2024, 12, 28), label="2024-P13"
    )
