"""Columns without a name or with that of another, and heads that a CSV file spreads out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tables.test_layouts import Site

FIELDS = """\
  fields:
    - {name: field1, type: integer}
    - {name: amount, type: integer}
    - {name: amount2, type: integer}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("keys", ["", "dialect: {skipBlankRows: true}\n"])
def test_they_are_called_by_place_and_number(site: Site, keys: str) -> None:
    site.declare("data/x.csv", keys, FIELDS)
    site.csv(",amount,amount\n0,1,2\n1,3,4\n")
    assert site.rows() == [(0, 1, 2), (1, 3, 4)]
    site.declare("data/x.xlsx", keys, FIELDS)
    site.sheet([[None, "amount", "amount"], [0, 1, 2]])
    assert site.rows() == [(0, 1, 2)]


def test_none_is_called_so_unless_declared(site: Site) -> None:
    site.declare("data/x.csv", "", "  fields:\n    - {name: amount, type: integer}\n")
    site.csv(",amount,amount\n0,1,2\n")
    assert site.faults() == [
        "data/x.csv:1:1: undeclared-column",
        "data/x.csv:1:9: duplicate-column",
    ]


def test_one_that_is_called_so_already(site: Site) -> None:
    site.declare("data/x.csv", "", FIELDS)
    site.csv(",amount2,amount,amount\n0,1,2,3\n")
    assert site.faults() == ["data/x.csv:1:17: duplicate-column"]


@pytest.mark.parametrize("keys", ["", "dialect: {skipBlankRows: true}\n"])
def test_the_head_once_more_is_told(site: Site, keys: str) -> None:
    fields = FIELDS.replace("integer", "string")
    site.declare("data/x.xlsx", keys, fields)
    head = [None, "amount", "amount"]
    site.sheet([head, [0, 1, 2], head, [0, 1, 2]])
    assert site.faults() == ["data/x.xlsx:3:1: joined-files"]
    site.declare("data/x.csv", keys, fields)
    site.csv(",amount,amount\n0,1,2\n,amount,amount\n0,1,2\n")
    assert site.faults() == ["data/x.csv:3:1: joined-files"]


SPREAD = """\
  fields:
    - {name: region, type: string}
    - {name: month, type: date, format: "%Y %b"}
    - {name: value, type: number, decimals: 2}
"""


def test_years_above_months_in_a_csv_file(site: Site) -> None:
    keys = "dialect: {headerRows: [1, 2], fillMerged: true}\n"
    keys += "unpivot: {matches: '^20', names_to: month, values_to: value}\n"
    site.declare("data/x.csv", keys, SPREAD)
    site.csv("region,2025,,2026,\n,Nov,Dec,Jan,Feb\nN,1,2,3,4.5\n")
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    values = [Decimal(n) for n in ("1", "2", "3", "4.5")]
    assert site.rows() == [("N", month, n) for month, n in zip(months, values, strict=True)]


def test_months_above_kinds_in_a_csv_file(site: Site) -> None:
    """Names of two parts go by what the upper line says of the empty cells, too."""
    keys = "dialect: {headerRows: [1, 2], fillMerged: true}\n"
    keys += "unpivot: {matches: '月 ', names_to: [month, kind], values_to: value,"
    keys += " names_format: ['2026年{}', '{}']}\n"
    fields = SPREAD.replace('"%Y %b"}', '"%Y年%m月"}\n    - {name: kind, type: string}')
    site.declare("data/x.csv", keys, fields)
    site.csv("region,1月,,2月,\n,预算,实际,预算,实际\nN,1,2,3,4\n")
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    assert site.rows() == [
        ("N", january, "预算", 1), ("N", january, "实际", 2),
        ("N", february, "预算", 3), ("N", february, "实际", 4),
    ]  # fmt: skip


def test_one_line_of_a_csv_file_is_not_spread(site: Site) -> None:
    site.declare("data/x.csv", "dialect: {fillMerged: true}\n", FIELDS)
    site.csv(",amount,amount\n0,1,2\n")
    assert [line.rpartition(" ")[2] for line in site.faults()] == ["key-does-not-fit"]
