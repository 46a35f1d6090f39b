"""Rows and queries that are refused: the codes of files, the places of the database."""

from __future__ import annotations

import pytest

from tests.databases.company import CUSTOMERS, SHIPMENTS, TABLES, Company
from tests.databases.conftest import Begin

QUERY = """\
query: |
  SELECT id, shipped_on, customer,
         amount AS amount, paid
  FROM shipments
  WHERE NOT test;
"""


def _codes(company: Company, *ids: str) -> list[tuple[str, str]]:
    found, problems = company.fetch(*ids)
    assert found == ()
    assert company.files() == {}
    return [(str(p.where), p.code) for p in problems]


def _with(company: Company, *rows: str) -> Company:
    """Put other rows into the SQLite file."""
    import sqlite3

    with sqlite3.connect(company.url.removeprefix("sqlite:///")) as database:
        for row in rows:
            database.execute(f"INSERT INTO shipments VALUES {row}")
    database.close()
    return company


@pytest.mark.parametrize(
    ("row", "code", "told"),
    [
        ("('B1', '2026-10-31', 9, 1, 1)", "dangling-key", "id = 'B1': foreign key customer: '9'"),
        ("('B1', '2026-10-31', 1, 1001, 1)", "broken-rule", "id = 'B1': the row breaks the rule"),
        ("('B1', '2026-10-31', 1, -1, 1)", "out-of-bounds", "id = 'B1': column 'amount': "),
        ("('B1', NULL, 1, 1, 1)", "undated-rows", "id = 'B1': a row has no 'shipped_on'"),
        ("(NULL, '2026-10-31', 1, 1, 1)", "missing-value", "id = NULL: column 'id': a required"),
        ("('B1', '31.10.2026', 1, 1, 1)", "bad-value", "id = 'B1': column 'shipped_on': "),
    ],
)
def test_a_row(over_sqlite: Begin, row: str, code: str, told: str) -> None:
    company = _with(over_sqlite(), row)
    found, problems = company.fetch()
    assert found == ()
    assert [p.code for p in problems] == [code]
    assert problems[0].where.file == "erp/shipments"
    assert problems[0].text("en").partition(": ")[2].startswith(told), problems[0].text("en")
    assert company.files() == {}


def test_a_key_that_repeats(over_sqlite: Begin) -> None:
    script = TABLES.replace("id varchar(10) PRIMARY KEY", "id varchar(10)")
    company = _with(over_sqlite(script), "('A1', '2026-10-31', 1, 1, 1)")
    (told,) = company.refused("shipments")
    assert told == (
        "erp/shipments:2:1: id = 'A1': primary key id repeated: 'A1'. It stands first on line 1."
    )


def test_totals_of_a_query(over_sqlite: Begin) -> None:
    """Rows of totals are left out, and compared, as in a file."""
    query = (
        "query: SELECT id, shipped_on, customer, amount, paid FROM shipments UNION ALL "
        "SELECT 'all', NULL, NULL, {}, NULL\n"
    )
    right = SHIPMENTS.replace("table: shipments\n", query.format("1060.59"))
    company = over_sqlite()
    company.dataset(right + "totals: {where: id = 'all', columns: [amount]}\n")
    company.fetched()
    assert company.rows().height == 4
    wrong = SHIPMENTS.replace("table: shipments\n", query.format("1060.60"))
    company.dataset(wrong + "totals: {where: id = 'all', columns: [amount]}\n")
    (told,) = company.refused("shipments")
    assert "the total of amount is 1060.60, but the rows add up to 1060.59" in told


def test_no_such_table_or_column(over_postgresql: Begin) -> None:
    company = over_postgresql()
    company.dataset(CUSTOMERS.replace("table: customers", "table: clients"))
    company.dataset(SHIPMENTS.replace("amount,", "amuont,").replace("amount <=", "amuont <="))
    missing, misspelt = company.refused()
    assert missing == (
        'content/datasets/customers.yml:3:8: erp says: relation "clients" does not exist'
    )
    assert misspelt == (
        "content/datasets/shipments.yml:12:14: the database has no column 'amuont'. Did you mean "
        "'amount'?"
    )


def test_the_place_in_the_query(over_postgresql: Begin) -> None:
    company = over_postgresql()
    company.dataset(SHIPMENTS.replace("table: shipments\n", QUERY))
    (told,) = company.refused("shipments")
    where, _, what = told.partition(": ")
    assert where == "content/datasets/shipments.yml:7:13"
    assert what == 'erp says: column "test" does not exist'


def test_the_line_in_the_query(over_mariadb: Begin) -> None:
    company = over_mariadb()
    company.dataset(SHIPMENTS.replace("table: shipments\n", QUERY.replace("WHERE", "WHERE IF")))
    (told,) = company.refused("shipments")
    assert told.startswith("content/datasets/shipments.yml:7:3: erp says: You have an error in")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_a_query_reads_like_a_table(kind: str, request: pytest.FixtureRequest) -> None:
    begin: Begin = request.getfixturevalue(f"over_{kind}")
    company = begin()
    query = "query: |\n  WITH q AS (SELECT * FROM shipments)\n  SELECT * FROM q -- all: 100%\n"
    company.dataset(SHIPMENTS.replace("table: shipments\n", query))
    company.fetched()
    assert company.rows().height == 4


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_nothing_is_written_to_a_database(kind: str, request: pytest.FixtureRequest) -> None:
    begin: Begin = request.getfixturevalue(f"over_{kind}")
    company = begin()
    for query in (
        "WITH q AS (DELETE FROM shipments RETURNING *) SELECT * FROM q",
        "SELECT 1) q; DELETE FROM shipments; --",
    ):
        company.dataset(SHIPMENTS.replace("table: shipments\n", f"query: {query!r}\n"))
        assert company.fetch("shipments")[0] == ()
    company.dataset(SHIPMENTS)
    company.fetched()
    assert company.rows().height == 4


def test_all_or_nothing(over_sqlite: Begin) -> None:
    """One dataset of several is refused: no snapshot is kept, and old ones stay."""
    company = over_sqlite()
    company.fetched()
    before = company.files()
    _with(company, "('B1', '2026-10-31', 1, 1001, 1)")
    company.dataset(CUSTOMERS.replace("silver]", "silver, bronze]"))
    assert len(company.refused()) == 1
    assert company.files() == before


def test_a_missing_file_is_not_made(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.url += "x"
    (told,) = company.refused()
    assert "there is no file" in told


def test_keys_of_files_do_not_fit(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(
        SHIPMENTS.replace("table: shipments", "table: shipments\nquery: SELECT 1\npath: data/x.csv")
        + "refetch: 2\n"
    )
    assert _codes(company) == [
        (f"content/datasets/shipments.yml:{place}", code)
        for place, code in (
            ("4:8", "key-does-not-fit"), ("5:7", "key-does-not-fit"), ("5:7", "no-such-file"),
            ("17:10", "key-does-not-fit"),
        )
    ]  # fmt: skip
    company.dataset(SHIPMENTS + "encoding: utf-8\npartition: month\ndialect: {sheetName: x}\n")
    assert _codes(company) == [
        ("content/datasets/shipments.yml:15:11", "key-does-not-fit"),
        ("content/datasets/shipments.yml:17:10", "key-does-not-fit"),
    ]
    derived = SHIPMENTS.replace("time: shipped_on", "time: day\nderived: {day: shipped_on}")
    company.dataset(derived + "partition: month\n")
    assert _codes(company) == [("content/datasets/shipments.yml:16:12", "key-does-not-fit")]
    company.dataset(SHIPMENTS.replace("connection: erp\n", ""))
    assert _codes(company) == [("content/datasets/shipments.yml:2:8", "key-does-not-fit")]


def test_the_driver_is_missing(over_sqlite: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    company = over_sqlite()
    monkeypatch.setitem(__import__("sys").modules, "adbc_driver_postgresql", None)
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    for url, extra in (("postgresql", "postgresql"), ("mysql", "mysql"), ("mssql", "sqlalchemy")):
        company.url = f"{url}://me@127.0.0.1:1/d"
        (told,) = company.refused()
        assert told.startswith("content/datasets/customers.yml:2:13: the library that reads ")
        assert f"Run pip install 'kpi-site[{extra}]'" in told


def test_no_variable(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.url = ""
    (told,) = company.refused()
    assert told.startswith("content/site.yml:3:30: the environment variable KPI_ERP_URL is not set")
