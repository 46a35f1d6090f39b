"""The servers of the tests answer, each with its own databases."""

from __future__ import annotations

from tests.servers import Server

SCRIPT = (
    "CREATE TABLE cities (name varchar(20), people int); INSERT INTO cities VALUES ('长沙', 3);"
)


def test_postgresql(postgresql: Server) -> None:
    postgresql.database("answers", SCRIPT)
    assert postgresql.run("SELECT name, people FROM cities", "answers") == "长沙|3\n"


def test_mariadb(mariadb: Server) -> None:
    mariadb.database("answers", SCRIPT)
    assert mariadb.run("SELECT name, people FROM cities", "answers") == "长沙\t3\n"
