"""ClickHouse counts the same rows: every cell as Polars computes it, to the last digit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from kpi_site.engine.clickhouse_engine import ClickHouseEngine
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import ODD, SITES, SMALL, read_site
from tests.engines.kinds import by_every_kind

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("name", SMALL)
def test_small_site(name: str, tmp_path: Path) -> None:
    assert read_site(SITES / name, tmp_path / ODD).differences(ClickHouseEngine()) == []


@pytest.mark.usefixtures("narrow")
@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(rows=ROWS, cycle=CYCLES)
def test_drawn_facts(rows: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read_site(write_drawn(Path(name), rows, cycle), Path(name) / "build")
        assert site.differences(ClickHouseEngine()) == []


@pytest.mark.engines
@pytest.mark.usefixtures("narrow")
def test_dimensions_of_every_kind(tmp_path: Path) -> None:
    assert by_every_kind(tmp_path).differences(ClickHouseEngine()) == []
