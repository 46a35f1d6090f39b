"""Reports of a week and of ten days: what they show, published and as drafts."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from kpi_site.authoring.new_file import new_file
from kpi_site.authoring.refusal import Refusal
from kpi_site.catalog import Text
from kpi_site.content.reading import read_draft
from kpi_site.editions.scores import report_cards
from kpi_site.exports.edition_files import export_files
from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.periods import MonthCalendar
from kpi_site.publishing import publish, sign
from kpi_site.search.names import report_names
from kpi_site.site import generate
from kpi_site.stages import figures
from tests.exports.company import needs_fonts

# By hand, of the rows below: week 52 of 2025 has 3 calls, W01 7, W02 8; the last ten days of
# December 6, the first of January 7; December 6, January 12 so far.
CALLS = {
    "2025-12-22": 3, "2025-12-29": 2, "2025-12-31": 1, "2026-01-01": 4,
    "2026-01-05": 2, "2026-01-10": 1, "2026-01-11": 5,
}  # fmt: skip
SITE = """\
organisation: {zh: 甲公司, en: Firm A}
languages: [zh, en]
data_through: 2026-01-11
departments: [{id: main, name: {zh: 本部, en: Main}}]
"""
CALENDAR = "calendar: {closing_day: 25}\n"
DATASET = """\
id: calls
path: data/calls.csv
time: called_on
schema:
  fields:
    - {name: called_on, type: date}
    - {name: team, type: string}
"""
CARD = """\
id: by_{cycle}
name: {{zh: 来电 {cycle}, en: Calls by {cycle}}}
definition: {{zh: 来电。, en: Calls.}}
formula: calls
terms:
  calls: {{from: calls, value: COUNT(*)}}
unit: count
cycle: {cycle}
dimensions: [team]
direction: higher
thresholds: {{baseline: 4, target: 8}}
"""
SCORECARD = """\
id: of_{cycle}
title: {{zh: 记分卡 {cycle}, en: Scorecard by {cycle}}}
cycle: {cycle}
scored: true
lines:
  - {{no: "1", indicator: by_{cycle}, weight: 100}}
"""
CYCLES = ("day", "week", "ten_days", "month")
REPORT = """\
period: {period}
scorecards: [of_{own}, of_month, {others}]
highlights: [by_{own}, by_month]
summary: {{zh: 本期。, en: This time.}}
comments:
  by_day: {{zh: 平静。, en: Calm.}}
  by_month: {{zh: 刚开始。, en: Just begun.}}
"""
ROLES = ("collected", "verified", "approved")


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """A site with cards and scorecards of all short cycles, and two drafts."""
    content = tmp_path / "content"
    files = {
        "site.yml": SITE,
        "datasets/calls.yml": DATASET,
        "reports/2026-W01/report.yml": REPORT.format(
            period="2026-W01", own="week", others="of_day, of_ten_days"
        ),
        "reports/2026-01-T1/report.yml": REPORT.format(
            period="2026-01-T1", own="ten_days", others="of_day, of_week"
        ),
    }
    for cycle in CYCLES:
        files[f"indicators/main/by_{cycle}.yml"] = CARD.format(cycle=cycle)
        files[f"scorecards/of_{cycle}.yml"] = SCORECARD.format(cycle=cycle)
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    rows = [f"{day},{'AB'[n % 2]}" for day, count in CALLS.items() for n in range(count)]
    (tmp_path / "data").mkdir()
    (tmp_path / "data/calls.csv").write_text("\n".join(["called_on,team", *rows, ""]), "utf-8")
    return Options(tmp_path, date(2026, 2, 2))


def published(options: Options, label: str) -> dict[str, str]:
    """Sign and publish a report; return the files of its edition as text."""
    for role in ROLES:
        written, problems = sign(options, label, role, Text("main"), on=date(2026, 1, 12))
        assert written is not None, [p.text() for p in problems]
    edition, problems = publish(options, label, on=date(2026, 1, 12))
    assert edition is not None, [p.text() for p in problems]
    return {name: data.decode() for name, data in edition.files.items()}


def whole(files: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return the newest value of each card with its period."""
    rows = csv.DictReader(io.StringIO(files["values.csv"]))
    return {r["indicator"]: (r["period"], r["value"]) for r in rows if not r["dimension"]}


def totals(files: dict[str, str]) -> dict[str, tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(files["scores.csv"]))
    return {r["scorecard"]: (r["period"], r["points"]) for r in rows if r["line"] == "0"}


def test_the_report_of_a_week(options: Options) -> None:
    files = published(options, "2026-W01")
    assert whole(files) == {
        "by_day": ("2026-01-04", "0"),
        "by_week": ("2026-W01", "7"),
        "by_ten_days": ("2025-12-T3", "6"),
        "by_month": ("2025-12", "6"),
    }
    assert totals(files) == {
        "of_week": ("2026-W01", "90"),  # 60 + 40 * (7 - 4) / (8 - 4)
        "of_day": ("2026-01-04", "0"),
        "of_ten_days": ("2026-01-T1", "60"),  # 4 up to 4 January, running
        "of_month": ("2026-01", "60"),
    }
    history = [r for r in csv.DictReader(io.StringIO(files["values.csv"])) if not r["member"]]
    assert [r["value"] for r in history if r["indicator"] == "by_week"] == ["3", "7"]
    article = files["article.en.md"]
    assert "week 1 of 2026" in article
    assert "29 Dec 2025 to 4 Jan 2026" in article
    assert "2025年12月29日至2026年1月4日" in files["article.zh.md"]
    assert "2026年第1周" in files["report.zh.typ"]


def test_the_report_of_ten_days(options: Options) -> None:
    files = published(options, "2026-01-T1")
    assert whole(files) == {
        "by_day": ("2026-01-10", "1"),
        "by_week": ("2026-W01", "7"),
        "by_ten_days": ("2026-01-T1", "7"),
        "by_month": ("2025-12", "6"),
    }
    assert totals(files) == {
        "of_ten_days": ("2026-01-T1", "90"),
        "of_day": ("2026-01-10", "0"),
        "of_week": ("2026-W01", "90"),  # week 2 ends on the day after
        "of_month": ("2026-01", "90"),  # 7 up to 10 January
    }
    assert "early Jan 2026" in files["article.en.md"]
    assert "2026年1月上旬" in files["report.zh.typ"]


def test_a_third_of_a_companys_month(options: Options) -> None:
    site = options.root / "content/site.yml"
    site.write_text(SITE + CALENDAR, encoding="utf-8")
    files = published(options, "2026-01-T1")  # 26 December to 4 January
    assert whole(files)["by_ten_days"] == ("2026-01-T1", "7")
    assert "26 Dec 2025 to 4 Jan 2026" in files["article.en.md"]


def test_a_week_that_is_not_over_cannot_be_published(options: Options) -> None:
    site = options.root / "content/site.yml"
    site.write_text(SITE.replace("2026-01-11", "2026-01-03"), encoding="utf-8")
    edition, problems = publish(options, "2026-W01", on=date(2026, 1, 12))
    assert edition is None
    assert "period-not-over" in {p.code for p in problems}


def test_drafts_and_editions_stand_in_the_list_the_feed_and_at_home(options: Options) -> None:
    published(options, "2026-W01")
    found, problems = figures(options)
    assert found is not None, [p.text() for p in problems]
    pages = {f.path: f.data.decode() for f in render(found, "en")}
    listed = pages["reports/index.md"]
    assert listed.rindex("early Jan 2026") < listed.rindex("week 1 of 2026")
    assert "Report for week 1 of 2026" in pages["reports/feed.xml"]
    assert "2026-W01" in pages["reports/latest/index.html"]
    assert "week 1 of 2026" in pages["index.md"]
    draft = pages["reports/2026-01-T1.md"]
    assert "early Jan 2026" in draft
    assert "2026-W01" in found.told.editions
    cards = {str(c.scorecard.id): c for c in report_cards(found, found.catalog.reports["2026-W01"])}
    assert cards["of_day"].period.label == "2026-01-04"


def test_a_week_of_two_years_is_listed_under_its_own(options: Options) -> None:
    path = options.root / "content/reports/2020-W53/report.yml"
    path.parent.mkdir()
    path.write_text(REPORT.format(period="2020-W53", own="week", others="of_day"), "utf-8")
    found, problems = figures(options)
    assert found is not None, [p.text() for p in problems]
    pages = {f.path: f.data.decode() for f in render(found, "en")}
    years = [line for line in pages["reports/index.md"].splitlines() if line.startswith("## ")]
    assert [line[3:7] for line in years] == ["2026", "2020"]  # it ends on 3 January 2021


@needs_fonts
def test_its_downloads(options: Options) -> None:
    published(options, "2026-W01")
    found, _ = figures(options)
    assert found is not None
    (own,) = found.told.editions["2026-W01"]
    made, problems = export_files(own, "en")
    assert problems == ()
    assert [Path(f.path).name for f in made] == [
        f"report-2026-W01-edition-1{end}" for end in (".pdf", ".xlsx", ".csv")
    ]
    book = openpyxl.load_workbook(io.BytesIO(made[1].data))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert any("week 1 of 2026" in cell for cell in cells)
    assert any("29 Dec 2025 to 4 Jan 2026" in cell for cell in cells)


def test_a_new_report_takes_over_from_one_as_long(options: Options) -> None:
    draft, _ = read_draft(options.root, today=options.today)
    assert draft is not None
    made = new_file(draft, "report", "2026-W02", today=date(2026, 1, 12), language="en")
    assert not isinstance(made, Refusal), made
    assert made.path == "content/reports/2026-W02/report.yml"
    assert "highlights: [by_week, by_month]" in made.data.decode()
    refused = new_file(draft, "report", "2026-01-05", today=date(2026, 1, 12), language="en")
    assert isinstance(refused, Refusal)


def test_what_people_call_them() -> None:
    week = MonthCalendar().parse("2026-W05")
    third = MonthCalendar().parse("2026-10-T1")
    assert week is not None
    assert third is not None
    assert {"第5周报告", "周报", "week 5 report", "week 5 of 2026"} <= set(report_names(week))
    assert {"10月上旬旬报", "early Oct 2026", "ten-day report"} <= set(report_names(third))


def test_the_pages_are_built(options: Options) -> None:
    published(options, "2026-W01")
    made, problems = generate(options)
    assert made is not None, [p.text() for p in problems]
    docs = options.root / "build/docs/zh/reports"
    names = {p.relative_to(docs).as_posix() for p in docs.rglob("*.md")}
    assert {"2026-W01.md", "2026-W01/edition-1.md", "2026-01-T1.md"} <= names
