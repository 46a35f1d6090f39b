"""Rows come over exactly, from every kind of database, into a snapshot that builds read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.databases.company import Company
from tests.databases.conftest import Begin

ROWS = [
    ("A1", date(2026, 8, 31), 1, Decimal("10.10"), True),
    ("A2", date(2026, 9, 1), 2, Decimal("20.20"), False),
    ("A3", date(2026, 10, 15), 1, Decimal("30.30"), None),
    ("A4", date(2026, 10, 31), None, Decimal("999.99"), True),
]


def _fetches(company: Company) -> None:
    assert company.fetched() == {"customers": 1, "shipments": 1}
    assert company.rows().rows() == ROWS
    assert company.rows("customers").rows() == [(1, "gold"), (2, "silver")]
    parts = {name.rpartition(".")[2] for name in company.files()}
    assert parts == {"json", "parquet"}


def test_postgresql(over_postgresql: Begin) -> None:
    _fetches(over_postgresql())


def test_mariadb(over_mariadb: Begin) -> None:
    _fetches(over_mariadb())


def test_sqlite(over_sqlite: Begin) -> None:
    _fetches(over_sqlite())
