"""MySQL, MariaDB and every other database that SQLAlchemy has a dialect for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from kpi_site.databases.address import Address
from kpi_site.databases.python_rows import frame_of
from kpi_site.databases.server import NoDriverError, RefusedError, ServerColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DRIVERS: Final = {"mysql": "mysql+pymysql"}
_OPENING: Final = {
    "mysql": (
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    )
}
_NAMES: Final = {"mysql": "MySQL", "mariadb": "MariaDB", "mssql": "SQL Server", "oracle": "Oracle"}


class BySQLAlchemy:
    """A connection whose rows are Python values."""

    def __init__(self, address: Address) -> None:
        """Connect. RefusedError, NoDriverError."""
        try:
            import sqlalchemy
        except ImportError as error:
            raise NoDriverError("mysql" if address.system == "mysql" else "sqlalchemy") from error
        self._errors = (sqlalchemy.exc.SQLAlchemyError,)
        self._address = address
        scheme = _DRIVERS.get(address.system, address.scheme)
        try:
            self._engine = sqlalchemy.create_engine(
                sqlalchemy.engine.make_url(address.url(scheme)),
                poolclass=sqlalchemy.pool.NullPool,
                hide_parameters=True,
            )
        except (ImportError, sqlalchemy.exc.NoSuchModuleError) as error:
            extra = "mysql" if address.system == "mysql" else "sqlalchemy"
            raise NoDriverError(extra) from error
        with self._told():
            self._connection = self._connected().execution_options(
                stream_results=True, no_parameters=True
            )
            for statement in _OPENING.get(address.system, ()):
                self._connection.exec_driver_sql(statement)

    def _connected(self) -> Connection:
        try:
            return self._engine.connect()
        except (TypeError, ValueError) as error:  # an option that the driver does not know
            raise RefusedError(self._address.without_secrets(str(error))) from None

    @property
    def version(self) -> str:
        """Name and version of the server."""
        dialect: Any = self._engine.dialect
        is_mariadb = getattr(dialect, "is_mariadb", False)
        name = "mariadb" if is_mariadb else self._address.system
        known = getattr(dialect, "_mariadb_normalized_version_info", None) if is_mariadb else None
        numbers = known or getattr(dialect, "server_version_info", None) or ()
        found = ".".join(str(n) for n in numbers if isinstance(n, int))
        return f"{_NAMES.get(name, name)} {found}".strip()

    def quoted(self, name: str) -> str:
        """Write a name as SQL takes it."""
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def columns(self, source: str) -> Sequence[ServerColumn]:
        """Return the columns of a table or query."""
        with self._told():
            found = self._connection.exec_driver_sql(f"SELECT * FROM {source} WHERE 1 = 0")
            names = list(found.keys())
            found.close()
        return tuple(ServerColumn(name) for name in names)

    def selected(self, column: ServerColumn) -> str:
        """Write a column of a SELECT."""
        return self.quoted(column.name)

    def ordered(self, column: ServerColumn, rows: str) -> str:
        """Write a column of ORDER BY."""
        return f"{rows}.{self.quoted(column.name)}"

    def rows(self, statement: str) -> pl.DataFrame:
        """Return all rows of a SELECT."""
        with self._told():
            found = self._connection.exec_driver_sql(statement)
            return frame_of(list(found.keys()), found)

    def close(self) -> None:
        """Let go of the connection."""
        with self._told():
            self._connection.close()
            self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the server says, without the statement and without secrets."""
        try:
            yield
        except self._errors as error:
            says = _words(getattr(error, "orig", None) or error)
            line = re.search(r"at line ([0-9]+)$", says)
            raise RefusedError(
                self._address.without_secrets(says), line=int(line[1]) if line else None
            ) from None


def _words(error: BaseException) -> str:
    """Return the server's sentence: drivers give its number and the text, or the text alone."""
    said = [str(part) for part in error.args] or [str(error)]
    return " ".join(said[-1].split())
