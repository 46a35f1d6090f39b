"""A calendar listed by a dataset: what is wrong with it is told at its cell, all at once."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi_site.checking import check
from kpi_site.content import read_catalog
from kpi_site.options import Options
from kpi_site.periods import Grain, ListedCalendar

TODAY = date(2026, 11, 24)
SITE = """\
organisation: A
languages: [en]
calendar: {dataset: periods}
data_through: 2026-02-10
departments: [{id: main, name: Main}]
"""
PERIODS = """\
id: periods
path: data/periods.csv
schema:
  fields:
    - {name: period, type: string}
    - {name: first, type: date}
    - {name: last, type: date}
    - {name: quarter, type: string}
    - {name: year, type: string}
"""
ROWS = """\
period,first,last,quarter,year
2025-11,2025-11-02,2025-11-29,2025-Q4,2025
2025-12,2025-11-30,2026-01-03,2025-Q4,2025
2025-P13,2026-01-04,2026-01-10,,2025
2026-01,2026-01-11,2026-02-07,2026-Q1,2026
2026-02,2026-02-08,2026-03-07,2026-Q1,2026
"""
ORDERS = """\
id: orders
path: data/orders.csv
time: day
schema: {fields: [{name: day, type: date}, {name: paid_on, type: date}]}
"""
CARD = """\
id: orders_made
name: Orders
definition: Orders.
formula: n
terms: {n: {from: orders, value: COUNT(*)}}
unit: count
cycle: month
direction: higher
thresholds: {from: 2025-P13, target: 3}
"""


def site(root: Path, **changed: str) -> Path:
    files = {"site": SITE, "periods": PERIODS, "rows": ROWS, "orders": ORDERS, "card": CARD}
    files |= {"facts": "day,paid_on\n2025-11-02,\n2026-02-10,\n"} | changed
    places = {
        "site": "content/site.yml",
        "periods": "content/datasets/periods.yml",
        "orders": "content/datasets/orders.yml",
        "card": "content/indicators/main/orders_made.yml",
        "rows": "data/periods.csv",
        "facts": "data/orders.csv",
    }
    for name, text in files.items():
        path = root / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def seen(root: Path) -> list[str]:
    return [
        f"{Path(p.where.file).stem}:{p.where.line}:{p.where.column} {p.code}"
        for p in check(Options(root=root, today=TODAY))
        if p.severity == "error"
    ]


def test_a_sound_list_is_the_calendar(tmp_path: Path) -> None:
    catalog, problems = read_catalog(site(tmp_path), today=TODAY)
    assert [p.code for p in problems] == ["calendar-ends"]  # 2026 has two periods only
    assert catalog is not None
    calendar = catalog.site.calendar
    assert isinstance(calendar, ListedCalendar)
    labels = [p.label for p in calendar.range(date(2025, 12, 1), date(2026, 2, 8), Grain.MONTH)]
    assert labels == ["2025-12", "2025-P13", "2026-01", "2026-02"]
    assert calendar.containing(date(2026, 1, 5), Grain.QUARTER) is None
    year = calendar.parse("2025")
    assert year is not None
    assert (year.first, year.last) == (date(2025, 11, 2), date(2026, 1, 10))
    assert check(Options(root=tmp_path, today=TODAY)) == problems


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("2026-01-11,2026-02-07", "2026-01-12,2026-02-07", "periods:5:9 calendar-days"),
        ("2026-01-11,2026-02-07", "2026-01-09,2026-02-07", "periods:5:9 calendar-days"),
        ("2026-02-08,2026-03-07", "2026-02-08,2026-02-01", "periods:6:20 calendar-days"),
        ("2026-02-08,2026-03-07", "9999-02-08,9999-12-31", "periods:6:9 out-of-range"),
        ("2026-02,", "2026-2,", "periods:6:1 calendar-label"),
        ("2026-02,", "2026-13,", "periods:6:1 calendar-label"),
        ("2026-02,", "2026-03,", "periods:6:1 calendar-label"),
        ("2026-02,", "2026-01,", "periods:6:1 calendar-label"),
        ("2025-P13,", "2026-P13,", "periods:4:33 calendar-label"),
        ("2025-12,2025-11-30,2026-01-03,2025-Q4", "2025-12,2025-11-30,2026-01-03,2025Q4",
         "periods:3:31 calendar-label"),
        ("2026-03-07,2026-Q1", "2026-03-07,2025-Q4", "periods:6:31 calendar-label"),
        ("2026-03-07,2026-Q1", "2026-03-07,2026-Q3", "periods:6:31 calendar-label"),
        ("2026-03-07,2026-Q1,2026", "2026-03-07,2026-Q1,", "periods:6:39 calendar-label"),
        ("2025-11-29,2025-Q4,2025", "2025-11-29,2025-Q4,2024", "periods:2:39 calendar-label"),
        ("2026-02-08,", ",", "periods:6:9 missing-value"),
        ("2026-02-08,", "2026-02-30,", "periods:6:9 bad-value"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_told_at_its_cell(
    old: str, new: str, found: str, tmp_path: Path
) -> None:
    assert ROWS.count(old) == 1
    assert found in seen(site(tmp_path, rows=ROWS.replace(old, new)))


def test_all_mistakes_of_a_list_are_told_at_once(tmp_path: Path) -> None:
    lines = ROWS.splitlines()
    lines[3], lines[4] = lines[4], lines[3]  # out of order
    rows = "\n".join([*lines[:5], lines[5].replace("2026-02,", "x,"), ""])
    root = site(tmp_path, rows=rows)
    assert seen(root) == [
        "periods:4:9 calendar-days",  # 2026-01 leaves a gap where the thirteenth should be
        "periods:5:10 calendar-days",  # which stands out of order
        "periods:5:33 calendar-label",  # and splits its year
        "periods:6:1 calendar-label",
        "periods:6:3 calendar-days",
        "periods:6:25 calendar-label",  # and the quarter
    ]
    order = next(p for p in check(Options(root=root, today=TODAY)) if p.where.line == 5)
    assert "2025-P13 lies before 2026-01" in order.text()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("rows", "period,first,last,quarter,year\n", "periods:2:7 calendar-days"),
        ("site", SITE.replace("periods", "orders"), "site:3:21 calendar-dataset"),
        ("site", SITE.replace("periods", "period"), "site:3:21 unknown-dataset"),
        ("site", SITE.replace("02-10", "03-08"), "site:4:15 beyond-calendar"),
        ("site", SITE.replace("periods}", "periods, closing_day: 25}"),
         "site:3:43 keys-exclude-each-other"),
        ("site", SITE + "fiscal_year_start: 4\n", "site:6:20 keys-exclude-each-other"),
        ("card", CARD.replace("2025-P13", "2026-P13"), "orders_made:9:20 bad-period"),
        ("card", CARD.replace("2025-P13", "2025-10"), "orders_made:9:20 bad-period"),
        ("facts", "day,paid_on\n2025-11-02,\n2025-11-01,\n2026-03-08,\n",
         "orders:3:1 beyond-calendar"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_list_is_told(
    name: str, text: str, found: str, tmp_path: Path
) -> None:
    assert found in seen(site(tmp_path, **{name: text}))


def test_a_term_is_held_to_its_own_time(tmp_path: Path) -> None:
    card = CARD.replace("COUNT(*)", "COUNT(*), time: paid_on")
    facts = "day,paid_on\n2025-11-02,2025-11-02\n2025-11-03,2027-01-01\n"
    assert seen(site(tmp_path, card=card, facts=facts)) == ["orders:3:12 beyond-calendar"]


def test_balances_and_stocks_may_begin_before_the_list(tmp_path: Path) -> None:
    facts = "day,paid_on\n2019-01-01,\n2026-02-10,\n"
    for more in ("COUNT(*), at: end", "COUNT(*), since: day"):
        card = CARD.replace("COUNT(*)", more)
        assert seen(site(tmp_path, card=card, facts=facts)) == []


def test_labels_elsewhere_are_not_blamed_for_a_broken_list(tmp_path: Path) -> None:
    root = site(tmp_path, rows=ROWS.replace("2026-02-08,", "2026-02-09,"))
    assert seen(root) == ["periods:6:9 calendar-days"]


def test_a_whole_year_is_no_warning(tmp_path: Path) -> None:
    day, lines = date(2026, 1, 11), ROWS.splitlines()[:4]
    for month in range(1, 13):
        last = day + timedelta(days=27)
        lines.append(f"2026-{month:02},{day},{last},2026-Q{(month + 2) // 3},2026")
        day = last + timedelta(days=1)
    assert check(Options(root=site(tmp_path, rows="\n".join([*lines, ""])), today=TODAY)) == ()


def test_a_card_alone_has_the_problems_of_its_calendar(tmp_path: Path) -> None:
    """Without a sound list nobody knows what a month is: whatever is asked for, it is told."""
    wrong = ROWS.replace("2026-01-11,2026-02-07", "2026-01-12,2026-02-07")
    options = Options(root=site(tmp_path, rows=wrong), today=TODAY)
    for ids in (("orders_made",), ("orders",), ("periods",)):
        for facts in (True, False):
            codes = [p.code for p in check(options, ids, facts=facts)]
            assert codes == ["calendar-days"], (ids, facts)


def test_a_card_alone_has_the_files_of_its_calendar(tmp_path: Path) -> None:
    options = Options(root=site(tmp_path), today=TODAY)
    assert [p.code for p in check(options, ("orders_made",))] == ["calendar-ends"]
    site(
        tmp_path,
        periods=PERIODS.replace("name: quarter", "name: quarter, constraints: {enum: [x]}"),
    )
    assert {p.where.file for p in check(options, ("orders_made",)) if p.severity == "error"} == {
        "data/periods.csv"
    }
    site(tmp_path, periods=PERIODS.replace("name: last, type: date", "name: last, type: string"))
    assert {p.code for p in check(options, ("orders_made",))} == {"calendar-dataset"}


def test_a_changed_list_is_read_again_without_other_facts(tmp_path: Path) -> None:
    options = Options(root=site(tmp_path), today=TODAY)
    for stamp in sorted(tmp_path.rglob("*")):
        os.utime(stamp, (1_700_000_000, 1_700_000_000))
    for _ in range(2):
        assert [p.code for p in check(options, facts=False)] == ["calendar-ends"]
    wrong = ROWS.replace("2026-01-11,2026-02-07", "2026-01-12,2026-02-07")
    (tmp_path / "data/periods.csv").write_text(wrong, encoding="utf-8")
    assert [p.code for p in check(options, facts=False)] == ["calendar-days"]
