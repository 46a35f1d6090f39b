"""PostgreSQL through ADBC: rows arrive as Arrow, by COPY."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from typing import Final

import polars as pl

from kpi_site.databases.address import Address
from kpi_site.databases.arrow_schema import columns_at
from kpi_site.databases.server import NoDriverError, RefusedError, ServerColumn

_AS_THEY_ARE: Final = frozenset({
    "bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "name", "date",
    "timestamp", "timestamptz",
})  # fmt: skip
"""Types whose values Arrow has; the others come as the server writes them."""
_WITH_AN_ORDER: Final = frozenset({"numeric", "bpchar", "uuid", "time", "timetz", "inet"})
_UNUSABLE: Final = frozenset({"bytea", "record"})
_START: Final = "kpi_site"
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


class PostgreSQL:
    """A connection in one read-only transaction, which sees the database at one moment."""

    def __init__(self, address: Address, zone: str) -> None:
        """Connect; ``zone`` is where days begin for the server. RefusedError, NoDriverError."""
        try:
            import adbc_driver_manager as adbc
            import adbc_driver_postgresql
        except ImportError as error:
            raise NoDriverError("postgresql") from error
        self._adbc, self._address = adbc, address
        with ExitStack() as stack, self._told():
            url = address.url("postgresql")
            database = stack.enter_context(adbc_driver_postgresql.connect(url))
            self._connection = stack.enter_context(adbc.AdbcConnection(database))
            for name, value in (("TimeZone", zone), ("DateStyle", "ISO, YMD")):
                self._do(f"SET {name} = '{value}'")
            self._do("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._do(f"SAVEPOINT {_START}")
            self._opened = stack.pop_all()

    @property
    def version(self) -> str:
        """Name and version of the server."""
        found: str = self.rows("SELECT current_setting('server_version') AS v").item()
        return f"PostgreSQL {found.split(maxsplit=1)[0]}"

    def quoted(self, name: str) -> str:
        """Write a name as SQL takes it."""
        return '"' + name.replace('"', '""') + '"'

    def columns(self, source: str) -> Sequence[ServerColumn]:
        """Return the columns of a table or query."""
        with self._told(), self._adbc.AdbcStatement(self._connection) as statement:
            statement.set_sql_query(f"SELECT * FROM {source}")
            schema = statement.execute_schema()
            found = columns_at(schema.address)
        kinds = ((name, metadata.get("POSTGRESQL:type", "")) for name, metadata in found)
        return tuple(ServerColumn(name, kind, _is_usable(kind)) for name, kind in kinds)

    def selected(self, column: ServerColumn) -> str:
        """Write a column of a SELECT; decimals, identifiers and the like come as text."""
        name = self.quoted(column.name)
        return name if column.type in _AS_THEY_ARE else f"{name}::text AS {name}"

    def ordered(self, column: ServerColumn, rows: str) -> str:
        """Write a column of ORDER BY; what has no order of its own goes by its text."""
        known = column.type in _AS_THEY_ARE | _WITH_AN_ORDER
        return f"{rows}.{self.quoted(column.name)}" + ("" if known else "::text")

    def rows(self, statement: str) -> pl.DataFrame:
        """Return all rows of a SELECT."""
        with self._told(), self._adbc.AdbcStatement(self._connection) as asked:
            asked.set_sql_query(statement)
            stream, _ = asked.execute_query()
            frame = pl.DataFrame(stream)
        return frame.with_columns(_within_calendar(column) for column in frame.iter_columns())

    def close(self) -> None:
        """Let go of the connection."""
        with self._told():
            self._opened.close()

    def _do(self, statement: str) -> None:
        with self._adbc.AdbcStatement(self._connection) as asked:
            asked.set_sql_query(statement)
            asked.execute_update()

    def _go_on(self) -> None:
        """Let the transaction answer again after an error, at the same moment."""
        if hasattr(self, "_opened"):
            with suppress(self._adbc.Error):
                self._do(f"ROLLBACK TO SAVEPOINT {_START}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the server says, in its own words alone, without the statement."""
        try:
            yield
        except self._adbc.Error as error:
            details = {name: text.decode("utf-8", "replace") for name, text in _details(error)}
            says = details.get("PG_DIAG_MESSAGE_PRIMARY") or _first_words(str(error))
            more = [details[name] for name in ("PG_DIAG_MESSAGE_DETAIL",) if name in details]
            at = details.get("PG_DIAG_STATEMENT_POSITION")
            says = self._address.without_secrets(". ".join([says.rstrip("."), *more]))
            self._go_on()
            raise RefusedError(says, int(at) - 1 if at else None) from None
        except pl.exceptions.ComputeError as error:  # in the midst of the rows
            says = self._address.without_secrets(_first_words(str(error)))
            self._go_on()
            raise RefusedError(says) from None


def _details(error: Exception) -> Sequence[tuple[str, bytes]]:
    found: Sequence[tuple[str | bytes, bytes]] = getattr(error, "details", None) or ()
    return [(n.decode() if isinstance(n, bytes) else n, text) for n, text in found]


def _first_words(text: str) -> str:
    """Return what libpq says, without the names of functions before it and the rest behind."""
    text = text.partition("\nQuery was:")[0].rpartition("ERROR:")[2]
    text = re.sub(r"^[A-Z_]+: |\[libpq\] |Failed to connect: |got external error: ", "", text)
    return " ".join(text.split()).removesuffix(". SQLSTATE: 00000")


def _is_usable(kind: str) -> bool:
    return kind not in _UNUSABLE and not kind.startswith("_")


def _within_calendar(column: pl.Series) -> pl.Series:
    """Return the column, as text if it holds ``infinity`` or a day beyond the calendar."""
    if not isinstance(column.dtype, pl.Date | pl.Datetime) or not column.len():
        return column
    steps = column.to_physical()
    first, last = (_steps(day, column.dtype) for day in (_FIRST, _LAST))
    low, high = steps < first, steps > last
    if not (low | high).any():
        return column
    inside = pl.when(~low & ~high).then(steps).cast(column.dtype)
    moments = isinstance(column.dtype, pl.Datetime)  # days lose the sign on their way
    text = (
        pl.when(low).then(pl.lit("-infinity" if moments else "infinity"))
        .when(high).then(pl.lit("infinity"))
        .otherwise(inside.cast(pl.String))
    )  # fmt: skip
    return pl.select(text.alias(column.name)).to_series()


def _steps(day: date, kind: pl.DataType) -> int:
    days = (day - date(1970, 1, 1)).days
    return days if isinstance(kind, pl.Date) else days * 86_400_000_000
