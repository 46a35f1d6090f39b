"""The same company over each kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases.company import TABLES, Company
from tests.servers import Server

Begin = Callable[..., Company]


@pytest.fixture
def over_sqlite(tmp_path: Path) -> Begin:
    """Begin a site over a SQLite file that a script has filled."""

    def begin(script: str = TABLES) -> Company:
        path = tmp_path / "erp.db"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as database:
            database.executescript(script)
        database.close()
        return Company(tmp_path / "site", f"sqlite:////{path.as_posix().lstrip('/')}")

    return begin


@pytest.fixture
def over_postgresql(tmp_path: Path, postgresql: Server) -> Begin:
    """Begin a site over a PostgreSQL database that a script has filled."""
    return lambda script=TABLES: Company(tmp_path / "site", postgresql.database("erp", script))


@pytest.fixture
def over_mariadb(tmp_path: Path, mariadb: Server) -> Begin:
    """Begin a site over a MariaDB database that a script has filled."""
    return lambda script=TABLES: Company(tmp_path / "site", mariadb.database("erp", script))
