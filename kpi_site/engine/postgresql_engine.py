"""PostgreSQL 14 and later, by ADBC (the extra ``kpi-site[postgresql]``)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from kpi_site.engine.cube import Schema
from kpi_site.engine.facts_sql import Session
from kpi_site.engine.seam import ENGINE_URL, Tables
from kpi_site.engine.sql_engine import SqlEngine
from kpi_site.problems import Failure, Message
from kpi_site.sql.kinds import SqlType
from kpi_site.sql.printing.postgresql import PostgreSQL

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


class PostgreSQLEngine(SqlEngine):
    """A server: the facts are copied into temporary tables, and counted there."""

    dialect = PostgreSQL()

    @contextmanager
    def open(self, tables: Tables) -> Iterator[Session]:
        """Connect to the server of the environment; nothing is left there afterwards."""
        del tables
        from adbc_driver_manager import Error
        from adbc_driver_postgresql import dbapi

        try:
            connection = dbapi.connect(os.environ.get(ENGINE_URL, ""))
        except Error as error:  # its text may hold a part of the address, and of the password
            raise Failure(_UNREACHABLE) from error
        with connection:
            try:
                yield _Server(connection)
            except Error as error:
                told = str(error).splitlines()[0]
                raise Failure(Message(f"postgresql：{told}", f"postgresql: {told}")) from error


_UNREACHABLE = Message(
    f"连不上 {ENGINE_URL} 所说的 PostgreSQL 服务器：请核对地址、用户和密码",
    f"no connection to the PostgreSQL server of {ENGINE_URL}: check its address, user and password",
)


@dataclass(frozen=True, slots=True)
class _Server:
    connection: Connection
    loaded: dict[Path, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        if path not in self.loaded:
            frame = pl.read_parquet(path, glob=False)
            columns = {column: f"c{i}" for i, column in enumerate(frame.columns)}
            known = {columns[column]: kind for column, kind in kinds.items() if column in columns}
            self.loaded[path] = self._copy(frame.rename(columns), known), columns
        return self.loaded[path]

    def load(self, frame: pl.DataFrame) -> str:
        return self._copy(frame, {})

    def query(self, statement: str) -> pl.DataFrame:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return pl.DataFrame(cursor.fetch_arrow())

    def _copy(self, frame: pl.DataFrame, kinds: Mapping[str, SqlType]) -> str:
        """Copy ``frame`` into a temporary table, and return its name."""
        dialect = PostgreSQLEngine.dialect
        name = f"kpi_facts_{next(self.numbers)}"
        columns = []
        for column, kind in frame.schema.items():
            written = dialect.type_name(kinds[column]) if column in kinds else _type(kind)
            collated = ' COLLATE "C"' if written == "TEXT" else ""
            columns.append(f"{column} {written}{collated}")
        # Durations travel as whole microseconds.
        plain = frame.with_columns(cs.duration().cast(pl.Int64))
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({', '.join(columns)})")
            if plain.height:
                cursor.adbc_ingest(name, plain, mode="append", temporary=True)
            cursor.execute(f"ANALYZE {name}")
        return name


def _type(kind: pl.DataType) -> str:
    """Return the type of a column that we made ourselves."""
    return _OURS.get(kind, "BIGINT")


_OURS = {
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
    pl.Float64(): "DOUBLE PRECISION",
    pl.String(): "TEXT",
}
