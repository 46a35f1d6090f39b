"""Which engine a word means, and whether what it needs is installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from kpi_site.catalog import Catalog
from kpi_site.engine.clickhouse_engine import ClickHouseEngine
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from kpi_site.engine.seam import Engine
from kpi_site.engine.spark_engine import SparkEngine
from kpi_site.problems import Message, Name, Problem

__all__ = ["Engine", "engine_problems", "make_engine"]

_MAKERS: Mapping[str, Callable[[], Engine]] = {
    "polars": PolarsEngine,
    "duckdb": DuckDBEngine,
    "clickhouse": ClickHouseEngine,
    "postgresql": PostgreSQLEngine,
    "spark": SparkEngine,
}
# What an engine imports; the extra that brings it has the engine's name.
_MODULES = {
    "duckdb": "duckdb",
    "clickhouse": "chdb",
    "postgresql": "adbc_driver_postgresql",
    "spark": "pyspark",
}


def make_engine(name: str) -> Engine:
    """Return the engine called ``name``, one of ``kpi_site.catalog.ENGINES``."""
    return _MAKERS[name]()


def engine_problems(name: str, catalog: Catalog) -> tuple[Problem, ...]:
    """Return the problem of an engine that is not installed, if it is not."""
    module = _MODULES.get(name)
    if module is None or find_spec(module) is not None:
        return ()
    told = catalog.site.engine
    where = told.where if isinstance(told, Name) and told == name else catalog.site.where
    return (
        Problem(
            where,
            "engine-missing",
            Message(f"引擎 {name} 没有安装", f"the engine {name} is not installed"),
            Message(
                f"请运行 pip install 'kpi-site[{name}]'，或用 polars。",
                f"Run pip install 'kpi-site[{name}]', or use polars.",
            ),
        ),
    )
