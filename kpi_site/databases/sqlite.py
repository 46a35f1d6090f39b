"""SQLite by Python's own module: a column may hold values of several kinds, and each is exact.

(A driver that gives columns one type must guess it from the first rows.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from kpi_site.databases.address import Address
from kpi_site.databases.python_rows import frame_of
from kpi_site.databases.server import RefusedError, ServerColumn


class SQLite:
    """A file, opened to be read, in one transaction."""

    def __init__(self, address: Address, root: Path) -> None:
        """Open the file; a relative path starts at the site's root. RefusedError."""
        path = root / address.database
        if not path.is_file():
            raise RefusedError(f"there is no file {path.name}")  # its folders are the address's
        with _told():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
            )
            self._connection.execute("BEGIN")
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()

    @property
    def version(self) -> str:
        """Name and version of the library."""
        return f"SQLite {sqlite3.sqlite_version}"

    def quoted(self, name: str) -> str:
        """Write a name as SQL takes it."""
        return '"' + name.replace('"', '""') + '"'

    def columns(self, source: str) -> Sequence[ServerColumn]:
        """Return the columns of a table or query."""
        with _told():
            cursor = self._connection.execute(f"SELECT * FROM {source} LIMIT 0")
        return tuple(ServerColumn(name) for name, *_ in cursor.description)

    def selected(self, column: ServerColumn) -> str:
        """Write a column of a SELECT."""
        return self.quoted(column.name)

    def ordered(self, column: ServerColumn, rows: str) -> str:
        """Write a column of ORDER BY."""
        return f"{rows}.{self.quoted(column.name)}"

    def rows(self, statement: str) -> pl.DataFrame:
        """Return all rows of a SELECT."""
        with _told():
            cursor = self._connection.execute(statement)
            names = [name for name, *_ in cursor.description]
            return frame_of(names, cursor)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RefusedError(str(error)) from None
