"""The rows of a table as a file to be surveyed, for the proposal of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.catalog import Site, Source
from kpi_site.databases.connect import connect
from kpi_site.databases.server import BinaryValueError, RefusedError, Server, ServerColumn
from kpi_site.databases.statements import source_text
from kpi_site.files import beside
from kpi_site.problems import Location, Message, Name, Problem
from kpi_site.tables.disk import disk_named

_LOOKED_AT: Final = 100_000  # rows


@dataclass(frozen=True, slots=True)
class Sampled:
    """Rows of a table in a Parquet file, and the columns that no dataset can have."""

    path: Path
    left_out: tuple[str, ...]


@contextmanager
def sampled(
    site: Site, connection: str, table: str, environment: Mapping[str, str], folder: Path
) -> Iterator[Sampled | Problem]:
    """Give the first rows of a table as a file below ``folder``, which is gone afterwards.

    A problem where they cannot be had.
    """
    here = Location(connection)
    server = connect(site, connection, environment, here)
    if isinstance(server, Problem):
        yield server
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = beside(folder / "table").with_suffix(".parquet")
    try:
        source = source_text(server, Source(Name(connection, here), Name(table, here)))
        yield _written(server, source, path)
    except RefusedError as error:
        message = Message(f"{connection} 说：{error.says}", f"{connection} says: {error.says}")
        yield Problem(here, "query-failed", message)
    finally:
        path.unlink(missing_ok=True)
        server.close()


def _written(server: Server, source: str, path: Path) -> Sampled:
    known = tuple(server.columns(source))
    usable = [column for column in known if column.usable]
    left_out = [f"{column.name} ({column.type})" for column in known if not column.usable]
    while True:
        try:
            frame = server.rows(_statement(server, source, usable))
        except BinaryValueError as error:
            usable = [column for column in usable if column.name != error.column]
            left_out.append(error.column)
        else:
            with disk_named(path):
                frame.write_parquet(path)
            return Sampled(path, tuple(left_out))


def _statement(server: Server, source: str, columns: list[ServerColumn]) -> str:
    names = ", ".join(server.selected(column) for column in columns) or "1"
    return f"SELECT {names} FROM {source} LIMIT {_LOOKED_AT}"
