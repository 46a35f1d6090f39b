"""A card whose data end early ends with them, and says so (specification.md#data-end)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi_site import pages
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.stages import figures
from kpi_site.story.card import tell_card
from kpi_site.story.teller import Teller, make_teller
from kpi_site.terminal import card_lines

SITE = """\
organisation: {zh: 旧站, en: Old}
data_through: 2026-10-31
departments:
  - {id: sales, name: {zh: 销售部, en: Sales}}
"""
DATASET = """\
title: {zh: 行, en: Rows}
path: data/%(id)s.csv
time: day
%(more)sschema:
  fields:
    - {name: day, type: date}
    - {name: value, type: integer}
"""
CARD = """\
name: {zh: %(id)s, en: %(id)s}
definition: {zh: 平均。, en: A mean.}
formula: total
terms:
  total: {label: {zh: 平均, en: Mean}, from: %(dataset)s, value: %(value)s}
unit: score
direction: higher
cycle: %(cycle)s
thresholds: {baseline: 900, target: 950, challenge: 990}
examples:
  - {given: {total: 3}, expect: 3}
"""


def days_of(first: str, last: str, step: int) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(n) for n in range(0, (end - start).days + 1, step)]


def site(
    root: Path,
    facts: Mapping[str, Iterable[date]],
    cards: Mapping[str, tuple[str, str, str]],
    more: str = "",
) -> Figures:
    """Write a site of datasets (their days) and cards (dataset, value, cycle), and compute it."""
    for folder in ("content/datasets", "content/indicators/sales", "data"):
        (root / folder).mkdir(parents=True)
    (root / "content/site.yml").write_text(SITE, encoding="utf-8")
    for name, days in facts.items():
        text = DATASET % {"id": name, "more": more}
        (root / f"content/datasets/{name}.yml").write_text(f"id: {name}\n{text}", encoding="utf-8")
        rows = "".join(f"{day},{n % 7}\n" for n, day in enumerate(days))
        (root / f"data/{name}.csv").write_text(f"day,value\n{rows}", encoding="utf-8")
    for name, (dataset, value, cycle) in cards.items():
        text = CARD % {"id": name, "dataset": dataset, "value": value, "cycle": cycle}
        path = root / f"content/indicators/sales/{name}.yml"
        path.write_text(f"id: {name}\n{text}", encoding="utf-8")
    computed, problems = figures(Options(root, date(2026, 11, 9)))
    assert computed is not None, [p.text("en") for p in problems]
    return computed


def told(found: Figures) -> Teller:
    return make_teller(found, "en", ending=True)


def test_data_of_2012_end_in_2012(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        {"old": days_of("2011-01-03", "2012-06-20", 3)},
        {"mean": ("old", "AVG(value)", "month"), "count": ("old", "COUNT(*)", "quarter")},
    )
    teller = told(found)
    assert teller.ends == {"mean": date(2012, 6, 30), "count": date(2012, 6, 30)}
    mean = found.catalog.indicators["mean"]
    card = tell_card(teller, mean)
    assert card.now is not None
    assert card.now.ended == "data end Jun 2012"
    assert card.now.reading.period == "Jun 2012"
    assert [values.rows[0].name for values in card.values] == [
        "Jun 2012",
        "Q2 2012",
        "H1 2012",
        "2012",
    ]
    assert card.recent[-1].period.label == "2012-06"
    assert "  data end Jun 2012" in list(card_lines(teller, card))
    count = tell_card(teller, found.catalog.indicators["count"])
    assert count.now is not None
    assert count.now.ended == "data end Q2 2012"
    made = {file.path: str(file.data) for file in pages.render(found, "en")}
    for page in ("index.md", "departments/sales.md", "indicators/mean.md"):
        assert "data end Jun 2012" in made[page].replace("&#32;", " "), page
    assert "2013" not in made["indicators/mean.md"]
    assert "data end Jun 2012" in made["indicators/by-status.md"]


@pytest.mark.parametrize(
    ("days", "cycle"),
    [
        (days_of("2025-01-01", "2026-10-30", 1), "month"),  # to the end
        (days_of("2025-01-01", "2026-09-29", 1), "quarter"),  # the newest quarter is over and told
        (days_of("2024-01-05", "2026-06-30", 170), "month"),  # rare as ever
        ([*days_of("2025-01-01", "2025-12-31", 7), date(2026, 12, 31)], "month"),  # plans ahead
        ([date(2025, 1, 1), date(2025, 3, 1)], "month"),  # too few to tell how often
    ],
    ids=["fresh", "quarter", "rare", "ahead", "few"],
)
def test_data_that_come_as_ever_end_nowhere(tmp_path: Path, days: list[date], cycle: str) -> None:
    found = site(tmp_path, {"rows": days}, {"mean": ("rows", "AVG(value)", cycle)})
    assert told(found).ends == {}


def test_a_month_without_rows_of_a_daily_dataset_is_told(tmp_path: Path) -> None:
    days = days_of("2025-01-01", "2026-08-31", 1)
    found = site(
        tmp_path,
        {"rows": days},
        {"mean": ("rows", "AVG(value)", "month"), "year": ("rows", "AVG(value)", "year")},
    )
    assert told(found).ends == {"mean": date(2026, 8, 31)}  # this year is not over


def test_what_is_expected_once_a_quarter_stands_for_all_of_it(tmp_path: Path) -> None:
    first_days = [date(y, m, 1) for y in (2024, 2025, 2026) for m in (1, 4, 7, 10)][:-1]
    found = site(
        tmp_path,
        {"rows": first_days[:-2]},  # up to January 2026
        {"mean": ("rows", "AVG(value)", "month")},
        more="expect: {every: quarter, min_rows: 1}\n",
    )
    assert told(found).ends == {"mean": date(2026, 3, 31)}


def test_without_being_asked_everything_is_told_to_the_end(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        {"old": days_of("2011-01-03", "2012-06-20", 3)},
        {"mean": ("old", "AVG(value)", "month")},
    )
    teller = make_teller(found, "en")
    series = teller.results_of(found.catalog.indicators["mean"])
    assert teller.ends == {}
    assert series is found.results["mean"]
