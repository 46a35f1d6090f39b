"""The database itself, which counts its own rows: every request is one or a few SELECTs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi_site.databases.server import Server
from kpi_site.engine.cube import Schema
from kpi_site.engine.facts_sql import Session
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from kpi_site.engine.seam import Tables
from kpi_site.pushing.rows import Rows


class LiveEngine(PostgreSQLEngine):
    """PostgreSQL over the rows that it has, in the one transaction of ``server``."""

    def __init__(self, server: Server, rows: Mapping[Path, Rows]) -> None:
        """Count ``rows``, by the files of their answers. RefusedError when the server says no."""
        self._session = _Session(server, rows)

    @contextmanager
    def open(self, tables: Tables) -> Iterator[Session]:
        """Return the connection that is open."""
        del tables
        yield self._session


@dataclass(frozen=True, slots=True)
class _Session:
    server: Server
    rows: Mapping[Path, Rows]

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        del kinds
        return self.rows[path].text, self.rows[path].names

    def load(self, frame: pl.DataFrame) -> str:
        """Return a small frame as arrays: nothing is written into a database."""
        arrays = [_array(column) for column in frame.iter_columns()]
        return f"(SELECT * FROM UNNEST({', '.join(arrays)}) AS u({', '.join(frame.columns)}))"

    def query(self, statement: str) -> pl.DataFrame:
        return self.server.rows(statement)


def _array(column: pl.Series) -> str:
    kind = "DATE" if column.dtype == pl.Date() else "BIGINT"
    return f"'{{{','.join(map(str, column.to_list()))}}}'::{kind}[]"
