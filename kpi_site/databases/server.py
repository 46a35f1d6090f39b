"""What every database can be asked, and what it says when it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class ServerColumn:
    """A column of a table or query: its name, its type in the server's words, if it tells.

    ``usable`` is whether its values are text, numbers, truth values, days or moments.
    """

    name: str
    type: str = ""
    usable: bool = True


class RefusedError(Exception):
    """What the server, or the way to it, says instead of an answer; nothing secret is in it.

    ``at`` is the offset in the statement, or ``line`` its line (from 1), where it tells them.
    """

    def __init__(self, says: str, at: int | None = None, line: int | None = None) -> None:
        super().__init__(says)
        self.says, self.at, self.line = says, at, line


class BinaryValueError(Exception):
    """A value that is bytes: no text, number or day. ``row`` counts from 0."""

    def __init__(self, column: str, row: int) -> None:
        super().__init__(column)
        self.column, self.row = column, row


class NoDriverError(Exception):
    """The library that speaks to a kind of database is not installed."""

    def __init__(self, extra: str) -> None:
        super().__init__(extra)
        self.extra = extra


class Server(Protocol):
    """An open connection, which reads and never writes.

    All statements see the database as it was at one moment, where it can do so.
    RefusedError when it says no.
    """

    @property
    def version(self) -> str:
        """Name and version of the server."""

    def quoted(self, name: str) -> str:
        """Write a name as SQL takes it, whatever characters are in it."""

    def columns(self, source: str) -> Sequence[ServerColumn]:
        """Return the columns of a table or query, given as it stands behind FROM."""

    def selected(self, column: ServerColumn) -> str:
        """Write a column of a SELECT, so that its values come over exactly."""

    def ordered(self, column: ServerColumn, rows: str) -> str:
        """Write a column of ORDER BY, for rows that are called ``rows``."""

    def rows(self, statement: str) -> pl.DataFrame:
        """Return all rows of a SELECT.

        Days and moments are typed where the server has such types, moments of a zone are in
        UTC; whole numbers and floats are such; decimals and everything else are text.
        BinaryValueError where a column's values are bytes, if ``columns`` could not tell.
        """

    def close(self) -> None:
        """Let go of the connection."""
