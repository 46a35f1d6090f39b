"""Rows that take the name of their sheet or file: one sheet a branch, one file a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kpi_site.content.reading import read_catalog
from tests.tables.test_layouts import Site

FIELDS = """\
  primaryKey: [branch, day]
  fields:
    - {name: day, type: date}
    - {name: branch, type: string}
    - {name: n, type: integer}
"""
DAY = date(2026, 1, 2)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_files_of_a_pattern(site: Site) -> None:
    site.declare("data/branches/*.csv", "file_to: branch\n", FIELDS)
    (site.root / "data/branches").mkdir(parents=True)
    site.csv("n,day\n3,2026-01-02\n", "data/branches/north.2026.csv")
    site.csv("day,n\n2026-01-02,4\n", "data/branches/south.csv")
    assert site.rows() == [(DAY, "north.2026", 3), (DAY, "south", 4)]


def test_a_file_that_was_renamed_is_read_again(site: Site) -> None:
    """Its bytes, and so its hash, are the same."""
    site.declare("data/*.csv", "file_to: branch\n", FIELDS)
    site.csv("n,day\n3,2026-01-02\n", "data/north.csv")
    assert site.rows() == [(DAY, "north", 3)]
    (site.root / "data/north.csv").rename(site.root / "data/west.csv")
    assert site.rows() == [(DAY, "west", 3)]


def test_sheets_and_a_total(site: Site) -> None:
    keys = "file_to: branch\ntotals: {where: day IS NULL}\n"
    site.declare("['data/x.xlsx#北京', 'data/x.xlsx#上海']", keys, FIELDS)
    (site.root / "data").mkdir()
    book = openpyxl.Workbook()
    for title, numbers in {"北京": (1, 2), "上海": (3, 4)}.items():
        sheet = book.create_sheet(title)
        sheet.append(["day", "n"])
        for day, n in enumerate(numbers, start=2):
            sheet.append([date(2026, 1, day), n])
        sheet.append([None, sum(numbers)])
    book.save(site.root / "data/x.xlsx")
    days = (DAY, date(2026, 1, 3))
    assert site.rows() == [
        (days[0], "北京", 1), (days[1], "北京", 2), (days[0], "上海", 3), (days[1], "上海", 4),
    ]  # fmt: skip
    book["上海"]["B4"] = 8
    book.save(site.root / "data/x.xlsx")
    assert site.faults() == ["data/x.xlsx:4:2: total-differs"]


def test_the_day_in_the_name(site: Site) -> None:
    fields = "  fields:\n    - {name: month, type: date, format: sales-%Y-%m}\n"
    fields += "    - {name: n, type: integer}\n"
    site.declare(
        "['data/sales-2026-01.csv', 'data/sales-2026-02.xlsx']", "file_to: month\n", fields
    )
    site.csv("n\n3\n", "data/sales-2026-01.csv")
    site.sheet([["n"], [4]])
    (site.root / "data/x.xlsx").rename(site.root / "data/sales-2026-02.xlsx")
    assert site.rows() == [(date(2026, 1, 1), 3), (date(2026, 2, 1), 4)]


def test_a_name_that_is_no_value_is_told_once(site: Site) -> None:
    fields = FIELDS.replace("type: string}", "type: string, constraints: {enum: [north]}}")
    site.declare("data/*.csv", "file_to: branch\n", fields)
    site.csv("n,day\n3,2026-01-02\n4,2026-01-03\n", "data/south.csv")
    assert site.faults() == ["data/south.csv: not-listed"]


def test_problems_are_at_the_row(site: Site) -> None:
    site.declare("data/*.csv", "file_to: branch\n", FIELDS)
    site.csv("n,day\n3,2026-01-02\n4,2026-01-02\n", "data/south.csv")
    ((_, problems)) = site.read()
    assert [(str(p.where), p.code) for p in problems] == [("data/south.csv:3:1", "duplicate-key")]
    assert "'south', '2026-01-02'" in problems[0].message.en


def test_the_column_is_in_no_file(site: Site) -> None:
    site.declare("data/*.csv", "file_to: branch\n", FIELDS)
    site.csv("n,day,branch\n3,2026-01-02,north\n", "data/south.csv")
    assert site.faults() == ["data/south.csv:1:7: undeclared-column"]


@pytest.mark.parametrize(
    ("keys", "fields", "code"),
    [
        ("file_to: brunch\n", FIELDS, "unknown-column"),
        ("file_to: n\n", "  fields:\n    - {name: n, type: integer}\n", "key-does-not-fit"),
    ],
)
def test_what_does_not_go_together(site: Site, keys: str, fields: str, code: str) -> None:
    site.declare("data/x.csv", keys, fields)
    site.csv("n,day\n")
    _, problems = read_catalog(site.root, today=date(2026, 11, 1))
    assert [p.code for p in problems if p.severity == "error"] == [code]


def test_parquet(site: Site) -> None:
    site.declare("data/*.parquet", "file_to: branch\n", FIELDS)
    (site.root / "data").mkdir()
    frame = pl.DataFrame({"day": [DAY], "n": [5]})
    frame.write_parquet(site.root / "data/east.parquet")
    assert site.rows() == [(DAY, "east", 5)]
