"""A real PostgreSQL counts the same rows: every cell as Polars computes it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import SITES, SMALL, read_site
from tests.engines.kinds import by_every_kind
from tests.servers import Server


@pytest.fixture(scope="module")
def server(postgresql: Server) -> Iterator[PostgreSQLEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_SITE_ENGINE_URL", postgresql.database("engine"))
        yield PostgreSQLEngine()


@pytest.mark.parametrize("name", SMALL)
def test_small_site(name: str, tmp_path: Path, server: PostgreSQLEngine) -> None:
    assert read_site(SITES / name, tmp_path).differences(server) == []


@pytest.mark.usefixtures("narrow")
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, cycle=CYCLES)
def test_drawn_facts(server: PostgreSQLEngine, rows: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read_site(write_drawn(Path(name), rows, cycle), Path(name) / "build")
        assert site.differences(server) == []


@pytest.mark.engines
@pytest.mark.usefixtures("narrow")
def test_dimensions_of_every_kind(tmp_path: Path, server: PostgreSQLEngine) -> None:
    assert by_every_kind(tmp_path).differences(server) == []
