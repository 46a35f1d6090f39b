"""ClickHouse inside this process, over the kept Parquet files (``kpi-site[clickhouse]``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from kpi_site.engine.cube import Schema
from kpi_site.engine.facts_sql import Session, schema_of
from kpi_site.engine.seam import Tables
from kpi_site.engine.sql_engine import SqlEngine
from kpi_site.problems import Failure, Message
from kpi_site.sql.printing.clickhouse import ClickHouse
from kpi_site.tables.disk import disk_named

if TYPE_CHECKING:
    from chdb.session import Session as Connection

# What its dialect's words rest on: NULL is what a row, a key or a value that is not there is.
_SETTINGS = {
    "join_use_nulls": 1,
    "group_by_use_nulls": 1,
    "transform_null_in": 0,
    "least_greatest_legacy_null_behavior": 0,
    "count_distinct_implementation": "'uniqExact'",
    "output_format_arrow_string_as_string": 1,
    "session_timezone": "'UTC'",
}


class ClickHouseEngine(SqlEngine):
    """ClickHouse as a library: it reads the validated Parquet files itself."""

    dialect = ClickHouse()

    @contextmanager
    def open(self, tables: Tables) -> Iterator[Session]:
        """Open a database in a scratch folder."""
        del tables
        from chdb.session import Session as Connection

        with TemporaryDirectory(prefix="kpi-site-") as scratch:
            connection = Connection(str(Path(scratch) / "database"))
            try:
                for name, value in _SETTINGS.items():
                    connection.query(f"SET {name} = {value}")
                yield _House(connection, Path(scratch))
            except RuntimeError as error:  # what it says of a statement
                told = str(error).splitlines()[0]
                raise Failure(Message(f"clickhouse：{told}", f"clickhouse: {told}")) from error
            finally:
                connection.close()


@dataclass(frozen=True, slots=True)
class _House:
    connection: Connection
    scratch: Path
    known: dict[Path, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        del kinds
        if path not in self.known:
            # Under a name of ours, as `?` and `{` in a path mean something to it.
            link = self._path()
            link.symlink_to(path.resolve())
            self.known[path] = self._rows(link)
        return self.known[path]

    def load(self, frame: pl.DataFrame) -> str:
        path = self._path()
        with disk_named(path):
            frame.select(pl.col(pl.Date).to_physical(), ~pl.selectors.date()).write_parquet(path)
        return f"(SELECT * FROM file('{path}', 'Parquet'))"

    def query(self, statement: str) -> pl.DataFrame:
        return pl.read_ipc_stream(self.connection.query(statement, "ArrowStream").bytes())

    def _path(self) -> Path:
        return self.scratch / f"{next(self.numbers)}.parquet"

    def _rows(self, path: Path) -> tuple[str, Mapping[str, str]]:
        """Return the rows of a file, days and moments as the whole numbers that they are."""
        schema = schema_of(path)
        columns = {name: f"c{i}" for i, name in enumerate(schema)}
        items = []
        for (name, identifier), kind in zip(columns.items(), schema.values(), strict=True):
            quoted = _quoted(name)
            if kind == pl.Date:
                quoted = f"toInt32({quoted})"
            elif isinstance(kind, pl.Datetime):
                quoted = f"toUnixTimestamp64Micro({quoted})"
            items.append(f"{quoted} AS {identifier}")
        return f"(SELECT {', '.join(items)} FROM file('{path}', 'Parquet'))", columns


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`").replace("\0", "\\0")
    return f"`{escaped}`"
