"""DuckDB over the kept Parquet files (the extra ``kpi-site[duckdb]``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from kpi_site.engine.cube import Schema
from kpi_site.engine.facts_sql import Session, schema_of
from kpi_site.engine.seam import Tables
from kpi_site.engine.sql_engine import SqlEngine
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.tables.disk import disk_named

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

MEMORY = "2GB"
"""What a session holds before groups go to the scratch folder; more where nothing else helps."""


class DuckDBEngine(SqlEngine):
    """DuckDB inside this process: it reads the validated Parquet files itself."""

    dialect = Dialect()

    @contextmanager
    def open(self, tables: Tables) -> Iterator[Session]:
        """Connect to a database in memory; what does not fit goes to a scratch folder."""
        del tables
        import duckdb

        with TemporaryDirectory(prefix="kpi-site-") as scratch:
            connection = duckdb.connect(config={"temp_directory": scratch, "memory_limit": MEMORY})
            try:
                connection.execute("SET TimeZone = 'UTC'")
                yield _Duck(connection, Path(scratch))
            finally:
                connection.close()


@dataclass(frozen=True, slots=True)
class _Duck:
    connection: DuckDBPyConnection
    scratch: Path
    loaded: list[Path] = field(default_factory=list)

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        del kinds
        names = list(schema_of(path))
        identifiers = [f"c{i}" for i in range(len(names))]
        rows = f"(SELECT * FROM {_parquet(path)} AS r({', '.join(identifiers)}))"
        return rows, dict(zip(names, identifiers, strict=True))

    def load(self, frame: pl.DataFrame) -> str:
        path = self.scratch / f"{len(self.loaded)}.parquet"
        with disk_named(path):
            frame.write_parquet(path)
        self.loaded.append(path)
        return f"(SELECT * FROM {_parquet(path)})"

    def query(self, statement: str) -> pl.DataFrame:
        from duckdb import OutOfMemoryException

        try:
            return frame_of(self.connection.sql(statement))
        except OutOfMemoryException:  # not all that is held can be put away
            self.connection.execute("RESET memory_limit")
            return frame_of(self.connection.sql(statement))


def frame_of(relation: DuckDBPyRelation) -> pl.DataFrame:
    """Return the rows of ``relation``.

    Polars gets the stream alone: looking the relation itself over, it leaves references behind
    of which DuckDB complains when the program ends.
    """
    return pl.DataFrame(_Stream(relation.__arrow_c_stream__()))


@dataclass(frozen=True, slots=True)
class _Stream:
    capsule: object

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.capsule


def _parquet(path: Path) -> str:
    # What would stand for other files in its path stands for itself.
    plain = re.sub(r"[*?\[]", r"[\g<0>]", str(path))
    text = plain.replace("'", "''")
    return f"READ_PARQUET('{text}')"
