"""Types of each system: exact, or refused with the row's key, as cells of a file are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from tests.databases.company import Company
from tests.databases.conftest import Begin

WIDE = Decimal("12345678901234567890.123456789")


def _dataset(*fields: str, more: str = "") -> str:
    listed = "".join(f"    - {{name: {field}}}\n" for field in ("id, type: integer", *fields))
    return (
        "id: facts\nconnection: erp\ntable: facts\n"
        f"{more}schema:\n  primaryKey: id\n  fields:\n{listed}"
    )


def _only(company: Company, dataset: str) -> Company:
    for path in (company.root / "content" / "datasets").glob("*.yml"):
        path.unlink()
    company.dataset(dataset)
    return company


def _snapshot(company: Company) -> pl.DataFrame:
    return pl.read_parquet(company.root / "data" / "snapshots" / "facts" / "*.parquet")


POSTGRESQL = f"""
CREATE TYPE mood AS ENUM ('sad', 'fine');
CREATE TABLE facts (id int PRIMARY KEY, whole bigint, exact numeric, money numeric(12, 2),
  rough double precision, single real, word text, padded char(6), flag boolean, day date,
  clock timestamp, instant timestamptz, feeling mood, ident uuid);
INSERT INTO facts VALUES
  (1, 9223372036854775807, {WIDE}, 10.10, 0.1, 0.1, '长沙 "x"', 'ab', true, '2026-10-31',
   '2026-10-31 12:34:56.789', '2026-10-31 20:00:00-04', 'fine',
   'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""
FIELDS = (
    "whole, type: integer", "exact, type: number, decimals: 9", "money, type: number, decimals: 2",
    "rough, type: number", "single, type: number", "word, type: string", "padded, type: string",
    "flag, type: boolean", "day, type: date", "clock, type: datetime", "instant, type: datetime",
    "feeling, type: string", "ident, type: string",
)  # fmt: skip


def test_postgresql(over_postgresql: Begin) -> None:
    company = _only(over_postgresql(POSTGRESQL), _dataset(*FIELDS))
    assert company.fetched() == {"facts": 1}
    first, second = company.rows("facts").rows(named=True)
    assert first["whole"] == 9223372036854775807
    assert (first["exact"], first["money"]) == (WIDE, Decimal("10.10"))
    assert (first["rough"], first["single"]) == (Decimal("0.1"), Decimal("0.1"))
    assert (first["word"], first["padded"], first["feeling"]) == ('长沙 "x"', "ab", "fine")
    assert first["ident"] == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    assert first["clock"] == datetime.fromisoformat("2026-10-31 12:34:56.789")
    assert first["instant"] == datetime.fromisoformat(
        "2026-11-01 08:00"
    )  # at midnight UTC it is 8 in Shanghai
    assert set(second.values()) == {2, None}
    kept = _snapshot(company).schema
    assert kept["exact"] == pl.Decimal(38, 9)
    assert kept["money"] == pl.Decimal(38, 2)
    assert kept["instant"] == pl.Datetime("us", "UTC")


def test_mariadb(over_mariadb: Begin) -> None:
    script = """
    CREATE TABLE facts (id int PRIMARY KEY, whole bigint unsigned, exact decimal(38, 9),
      rough double, word varchar(20), flag boolean, day date, clock datetime(3));
    INSERT INTO facts VALUES
      (1, 18446744073709551615, 12345678901234567890.123456789, 0.1, '长沙 100%', true,
       '2026-10-31', '2026-10-31 12:34:56.789'),
      (2, 7, -0.5, -2, '', NULL, NULL, NULL);
    """
    fields = [f for f in FIELDS if f.split(",")[0] in {"exact", "rough", "word", "flag", "day"}]
    company = _only(over_mariadb(script), _dataset(*fields, "clock, type: datetime"))
    assert company.fetched() == {"facts": 1}
    first, second = company.rows("facts").rows(named=True)
    assert (first["exact"], second["exact"]) == (WIDE, Decimal("-0.5"))
    assert (first["rough"], second["rough"]) == (Decimal("0.1"), Decimal(-2))
    assert first["clock"] == datetime.fromisoformat("2026-10-31 12:34:56.789")
    assert (first["word"], first["flag"], second["flag"]) == ("长沙 100%", True, None)
    assert second["word"] is None  # an empty text is missing, as in a file
    company.dataset(_dataset("whole, type: integer"))
    (told,) = company.refused()
    assert told.startswith("erp/facts:1:2: id = '1': column 'whole': '18446744073709551615' is too")


def test_sqlite_keeps_every_value_as_it_is(over_sqlite: Begin) -> None:
    """Columns of several kinds, which a driver of typed columns would round or refuse."""
    script = f"""
    CREATE TABLE facts (id integer PRIMARY KEY, exact numeric, word text);
    INSERT INTO facts VALUES (1, {2**60 + 1}, 'a'), (2, 2.5, NULL), (3, NULL, '007');
    """
    fields = ("exact, type: number, decimals: 1", "word, type: string")
    company = _only(over_sqlite(script), _dataset(*fields))
    company.fetched()
    assert company.rows("facts")["exact"].to_list() == [Decimal(2**60 + 1), Decimal("2.5"), None]
    assert company.rows("facts")["word"].to_list() == ["a", None, "007"]


@pytest.mark.parametrize(
    ("kind", "value", "field", "told"),
    [
        ("numeric", "'NaN'", "number", "'NaN' is not a number"),
        ("double precision", "'Infinity'", "number", "'inf' is not a number"),
        ("numeric", "1.23456", "number", "has 5 decimal places, at most 4 are declared"),
        ("date", "'infinity'", "date", "'infinity' is not a date"),
        ("timestamp", "'-infinity'", "datetime", "'-infinity' is not a date and time"),
        ("timestamp", "'2026-10-31 12:00'", "date", "'2026-10-31 12:00:00' is not a date"),
        ("text", "'x'", "integer", "'x' is not a whole number"),
        ("text", "NULL", "string, constraints: {required: true}", "a required cell is empty"),
        ("text", "'blue'", "string, constraints: {enum: [red]}", "not one of the allowed values"),
    ],
)
def test_a_bad_value_is_told_with_its_key(
    over_postgresql: Begin, kind: str, value: str, field: str, told: str
) -> None:
    script = (
        f"CREATE TABLE facts (id int PRIMARY KEY, v {kind}); INSERT INTO facts VALUES (7, {value})"
    )
    company = _only(over_postgresql(script), _dataset(f"v, type: {field}"))
    (problem,) = company.refused()
    assert problem.startswith("erp/facts:1:2: id = '7': column 'v': ")
    assert told in problem
    assert company.files() == {}


@pytest.mark.parametrize("kind", ["bytea", "int[]"])
def test_what_is_no_value_is_refused_at_its_column(over_postgresql: Begin, kind: str) -> None:
    company = _only(
        over_postgresql(f"CREATE TABLE facts (id int PRIMARY KEY, v {kind})"),
        _dataset("v, type: string"),
    )
    (told,) = company.refused()
    assert told.startswith("content/datasets/facts.yml:8:14: column 'v' has the type ")


def test_bytes_of_other_systems(over_mariadb: Begin) -> None:
    script = "CREATE TABLE facts (id int PRIMARY KEY, v blob); INSERT INTO facts VALUES (1, 'a');"
    company = _only(over_mariadb(script), _dataset("v, type: string"))
    (told,) = company.refused()
    assert told.startswith("content/datasets/facts.yml:8:14: column 'v' holds bytes (row 1")


def test_null_is_missing_whatever_is_declared_to_be_so(over_sqlite: Begin) -> None:
    script = "CREATE TABLE facts (id integer, v text, n integer); "
    script += "INSERT INTO facts VALUES (1, '', 1), (2, NULL, NULL), (3, 'NA', 3);"
    dataset = _dataset("v, type: string", "n, type: integer") + "  missingValues: [NA]\n"
    company = _only(over_sqlite(script), dataset)
    company.fetched()
    assert company.rows("facts").rows() == [(1, "", 1), (2, None, None), (3, None, 3)]


def test_days_of_instants_are_those_of_the_site(over_postgresql: Begin) -> None:
    """An instant in the last hours of a month by UTC is in the next one in Shanghai."""
    script = """
    CREATE TABLE facts (id int PRIMARY KEY, at timestamptz);
    INSERT INTO facts VALUES (1, '2026-09-30 15:59:59Z'), (2, '2026-09-30 16:00:00Z');
    """
    company = _only(
        over_postgresql(script), _dataset("at, type: datetime", more="time: at\npartition: month\n")
    )
    assert company.fetched() == {"facts": 2}
    names = {name.split("/")[1].split(".")[0] for name in company.files()}
    assert names == {"snapshot", "2026-09", "2026-10"}
    assert [at.day for at in company.rows("facts")["at"]] == [30, 1]
