"""The whole sample company, counted by each engine: 0 cells different."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.engine.clickhouse_engine import ClickHouseEngine
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from tests.engines.figures import Figures, Site, read_site
from tests.servers import Server

COMPANY = Path(__file__).parents[2]
pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("engines")]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return read_site(COMPANY, tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def expected(company: Site) -> Figures:
    found = company.figures(PolarsEngine())
    assert len(found) > 200_000
    return found


def test_duckdb(company: Site, expected: Figures) -> None:
    assert company.differences(DuckDBEngine(), expected) == []


def test_clickhouse(company: Site, expected: Figures) -> None:
    assert company.differences(ClickHouseEngine(), expected) == []


def test_postgresql(
    company: Site, expected: Figures, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_SITE_ENGINE_URL", postgresql.database("company"))
    assert company.differences(PostgreSQLEngine(), expected) == []
