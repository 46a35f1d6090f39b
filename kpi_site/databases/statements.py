"""The SQL that a snapshot takes: plain SELECTs that every database understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kpi_site.catalog import Source
from kpi_site.databases.server import Server, ServerColumn
from kpi_site.periods import Period

_ROWS: Final = "kpi_rows"
_BEFORE: Final = "(\n"  # so that a line of the query is the statement's line less one


def source_text(server: Server, source: Source) -> str:
    """Return the table, or the query in brackets, as it stands behind FROM."""
    if source.table is not None:
        return ".".join(server.quoted(part) for part in source.table.split("."))
    assert source.query is not None
    return f"{_BEFORE}{query_text(source)}\n) {_ROWS}"


def query_text(source: Source) -> str:
    """Return the query without the semicolon that may end it; its offsets stay."""
    assert source.query is not None
    return source.query.text.rstrip().rstrip(";")


def offset_in_query(statement: str, source: Source, at: int) -> int | None:
    """Return the offset in the query of an offset in a statement around it; None if outside."""
    if source.query is None:
        return None
    query = query_text(source)
    start = statement.find(_BEFORE + query)
    offset = at - start - len(_BEFORE)
    return offset if start >= 0 and 0 <= offset <= len(query) else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a snapshot asks: its columns in order, from ``source``, sorted by ``order``.

    ``time`` is the column that parts go by.
    """

    server: Server
    source: str
    columns: tuple[ServerColumn, ...]
    order: tuple[ServerColumn, ...]
    time: str | None = None

    def rows(self, where: str | None = None) -> str:
        """Return the statement for the rows that ``where`` holds for."""
        columns = ", ".join(self.server.selected(column) for column in self.columns)
        order = ", ".join(self.server.ordered(column, _ROWS) for column in self.order)
        table = self.source if self.source.endswith(_ROWS) else f"{self.source} {_ROWS}"
        return f"SELECT {columns} FROM {table}{_where(where)} ORDER BY {order}"

    def span(self) -> str:
        """Return the statement for the first time, the last one, and how many rows have none."""
        time = self._time
        bounds = (f"MIN({time})", f"MAX({time})")
        first, last = (f"CAST({bound} AS CHAR(40)) AS {bound[:3].lower()}_at" for bound in bounds)
        return f"SELECT {first}, {last}, COUNT(*) - COUNT({time}) AS n FROM {self.source}"

    def counts(self, periods: Sequence[Period]) -> str:
        """Return the statement for the number of rows of each period, in one pass."""
        counted = ", ".join(
            f"COUNT(CASE WHEN {self.within(period)} THEN 1 END) AS n{number}"
            for number, period in enumerate(periods)
        )
        return f"SELECT {counted} FROM {self.source}"

    def within(self, period: Period) -> str:
        """Return the condition that the time lies in a period, by the days of the server's zone."""
        end = period.last + timedelta(days=1)
        return f"{self._time} >= '{period.first}' AND {self._time} < '{end}'"

    def undated(self) -> str:
        """Return the condition that there is no time."""
        return f"{self._time} IS NULL"

    @property
    def _time(self) -> str:
        assert self.time is not None
        return self.server.quoted(self.time)


def _where(condition: str | None) -> str:
    return "" if condition is None else f" WHERE {condition}"
