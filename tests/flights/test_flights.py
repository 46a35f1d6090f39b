"""A year of real flights (336,776 of them): every published figure against DuckDB's."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import duckdb
import pytest

from tests.flights import facts
from tests.oracle.compare import differences, listing
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import built

BUILD = Path(__file__).parents[2] / "build"

# What a card says in one SQL statement, straight on the file: period, member, value.
BY_MONTH = "strftime(scheduled_at, '%Y-%m')"
DIRECT = {
    ("flights", "month", ""): f"SELECT {BY_MONTH}, '', COUNT(*)",
    ("on_time_share", "month", "carrier"): (
        f"SELECT {BY_MONTH}, carrier, COUNT(*) FILTER (WHERE arr_delay < 15) / COUNT(arr_delay)"
    ),
    ("mean_arrival_delay", "year", "origin"): "SELECT '2013', origin, AVG(arr_delay)",
    ("median_arrival_delay", "month", "origin"): f"SELECT {BY_MONTH}, origin, MEDIAN(arr_delay)",
    ("cancelled_share", "day", ""): (
        "SELECT strftime(scheduled_at, '%Y-%m-%d'), '', AVG(CAST(dep_delay IS NULL AS INT))"
    ),
    ("planes_in_use", "quarter", ""): (
        "SELECT '2013-Q' || quarter(scheduled_at), '', COUNT(DISTINCT tailnum)"
    ),
    ("late_departures", "half_year", "origin"): (
        "SELECT CASE WHEN month(scheduled_at) < 7 THEN '2013-H1' ELSE '2013-H2' END, origin,"
        " QUANTILE_CONT(dep_delay, 0.9)"
    ),
}


@pytest.fixture(scope="session")
def root() -> Path:
    return facts.make(BUILD / "flights")


@pytest.fixture(scope="session")
def files(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(root, tmp_path_factory.mktemp("flights"))


def test_every_figure(root: Path, files: dict[str, bytes]) -> None:
    found = differences(Oracle(read(root)), files["data/values.csv"], files["data/terms.csv"])
    assert not found, listing(found)


@pytest.mark.parametrize(("indicator", "grain", "dimension"), DIRECT)
def test_figures_straight_from_the_file(
    root: Path, files: dict[str, bytes], indicator: str, grain: str, dimension: str
) -> None:
    sql = DIRECT[indicator, grain, dimension]
    source = f"read_csv('{root / 'data' / 'flights.csv'}')"
    expected = {
        (period, member): value
        for period, member, value in duckdb.execute(f"{sql} FROM {source} GROUP BY 1, 2").fetchall()
        if value is not None
    }
    rows = csv.DictReader(io.StringIO(files["data/values.csv"].decode()))
    actual = {
        (row["period"], row["member"]): float(row["value"])
        for row in rows
        if (row["indicator"], row["grain"], row["dimension"]) == (indicator, grain, dimension)
        and row["value"]
    }
    assert actual.keys() == expected.keys()
    assert all(math.isclose(actual[k], v, rel_tol=1e-9) for k, v in expected.items())
