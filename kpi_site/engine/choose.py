"""Which engine a word means, and whether what it needs is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from kpi_site.catalog import Catalog
from kpi_site.engine.clickhouse_engine import ClickHouseEngine
from kpi_site.engine.divided_engine import DividedEngine
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.kept_engine import KeptEngine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from kpi_site.engine.seam import Engine
from kpi_site.engine.spark_engine import SparkEngine
from kpi_site.problems import Message, Name, Problem

__all__ = ["Engine", "choose_engine", "engine_problems", "make_engine"]


def _polars() -> Engine:
    """Return the default, with DuckDB for what that is quicker at, where it is installed."""
    return PolarsEngine(DuckDBEngine() if find_spec(_MODULES["duckdb"]) is not None else None)


_MAKERS: Mapping[str, Callable[[], Engine]] = {
    "polars": _polars,
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


def choose_engine(catalog: Catalog, asked: str | None) -> Engine:
    """Return what counts rows: as ``asked`` for, else as connections and the site say.

    What stays in its database was counted there.
    """
    rest = make_engine(asked or str(catalog.site.engine))
    named = {} if asked else {d: name for d, name in _of_connections(catalog) if name != rest.name}
    engines = {name: make_engine(name) for name in dict.fromkeys(named.values())}
    kept = KeptEngine()
    pushed = {str(d.id): kept for d in catalog.datasets.values() if d.pushed}
    own = {**{d: engines[name] for d, name in named.items()}, **pushed}
    return DividedEngine(rest, own) if own else rest


def _of_connections(catalog: Catalog) -> Iterator[tuple[str, Name]]:
    """Yield the datasets over a connection with an engine of its own, and that."""
    for dataset in catalog.datasets.values():
        if dataset.database is not None and not dataset.pushed:
            connection = catalog.site.connections.get(dataset.database.connection)
            if connection is not None and connection.engine is not None:
                yield str(dataset.id), connection.engine


def engine_problems(catalog: Catalog, asked: str | None) -> tuple[Problem, ...]:
    """Return a problem for each engine that is needed and not installed."""
    names = [asked or catalog.site.engine]
    if not asked:
        names += dict.fromkeys(name for _, name in _of_connections(catalog))
    missing = {
        name: _MODULES[name]
        for name in names
        if name in _MODULES and find_spec(_MODULES[name]) is None
    }
    return tuple(_missing(name, catalog) for name in missing)


def _missing(name: str, catalog: Catalog) -> Problem:
    return Problem(
        name.where if isinstance(name, Name) else catalog.site.where,
        "engine-missing",
        Message(f"引擎 {name} 没有安装", f"the engine {name} is not installed"),
        Message(
            f"请运行 pip install 'kpi-site[{name}]'，或用 polars。",
            f"Run pip install 'kpi-site[{name}]', or use polars.",
        ),
    )
