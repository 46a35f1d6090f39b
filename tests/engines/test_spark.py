"""Spark counts the same rows: every cell as Polars computes it, to the last digit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.spark_engine import SparkEngine
from kpi_site.problems import Failure
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import ODD, SITES, SMALL, read_site
from tests.engines.kinds import by_every_kind

COMPANY = Path(__file__).parents[2]
pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("spark")]


@pytest.mark.parametrize("name", SMALL)
def test_small_site(name: str, tmp_path: Path, spark: SparkEngine) -> None:
    assert read_site(SITES / name, tmp_path / ODD).differences(spark) == []


def test_sample_company(tmp_path: Path, spark: SparkEngine) -> None:
    company = read_site(COMPANY, tmp_path)
    expected = company.figures(PolarsEngine())
    assert len(expected) > 200_000
    assert company.differences(spark, expected) == []


@pytest.mark.usefixtures("narrow")
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, cycle=CYCLES)
def test_drawn_facts(spark: SparkEngine, rows: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read_site(write_drawn(Path(name), rows, cycle), Path(name) / "build")
        assert site.differences(spark) == []


@pytest.mark.usefixtures("narrow")
def test_dimensions_of_every_kind(tmp_path: Path, spark: SparkEngine) -> None:
    assert by_every_kind(tmp_path).differences(spark) == []


def test_by_spark_connect(
    tmp_path: Path, spark: SparkEngine, spark_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = read_site(SITES / "mini", tmp_path / ODD)
    monkeypatch.setenv("KPI_SITE_ENGINE_URL", spark_url)
    assert site.differences(spark) == []
    monkeypatch.setenv("KPI_SITE_ENGINE_URL", "postgresql://127.0.0.1/kpi")
    with pytest.raises(Failure) as refused:
        site.figures(spark)
    assert "sc://host:port" in refused.value.message.en
