"""A dataset proposed from a table: it can be fetched as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpi_site import cli
from tests.databases.company import TABLES, Company
from tests.databases.conftest import Begin

MORE = TABLES + "CREATE TABLE notes (id int PRIMARY KEY, said text, scan {bytes});"


def _new(company: Company, *words: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setenv("KPI_ERP_URL", company.url)
    asked = ["new", "dataset", *words, "--root", str(company.root), "--department", "sales"]
    told = CliRunner().invoke(cli.shared.app, [*asked, "--lang", "en"])
    return told.exit_code, told.output


@pytest.mark.parametrize(("kind", "binary"), [("sqlite", "blob"), ("postgresql", "bytea")])
def test_a_table_is_proposed(
    kind: str, binary: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin: Begin = request.getfixturevalue(f"over_{kind}")
    company = begin(MORE.format(bytes=binary) + "INSERT INTO notes VALUES (1, 'x', '');")
    company.fetched("customers")
    path = company.root / "content" / "datasets" / "shipments.yml"
    path.unlink()
    code, told = _new(
        company, "shipments", "--from-connection", "erp", "--table", "shipments",
        monkeypatch=monkeypatch,
    )  # fmt: skip
    assert code == 0, told
    assert "erp/shipments: 4 rows, 5 columns" in told
    text = path.read_text("utf-8")
    assert re.search(r"^connection: erp\ntable: shipments  # 4 rows$", text, re.MULTILINE)
    assert "path:" not in text
    assert "time: shipped_on" in text
    filled = text.replace("___", "x")
    path.write_text(filled, encoding="utf-8")
    assert company.fetched("shipments") == {"shipments": 1}
    assert company.rows()["amount"].sum() > 1000
    assert not list((company.root / "build" / "cache" / "survey").iterdir())


def test_columns_of_no_use_are_named(
    over_postgresql: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = over_postgresql(MORE.format(bytes="bytea"))
    code, told = _new(
        company, "notes", "--from-connection", "erp", "--table", "notes", monkeypatch=monkeypatch
    )
    assert code == 0, told
    text = (company.root / "content" / "datasets" / "notes.yml").read_text("utf-8")
    assert "# ? columns of no use: scan (bytea)" in text
    assert "name: scan" not in text


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--from-connection", "erp"), 2, "goes with --table"),
        (("--table", "x"), 2, "goes with --table"),
        (("--from-connection", "erp", "--table", "x", "--from", "y.csv"), 2, "not with --from"),
        (("--from-connection", "crm", "--table", "x"), 2, "known are: erp"),
        (("--from-connection", "erp", "--table", "nothing"), 1, "erp says: no such table: nothing"),
    ],
)
def test_what_cannot_be_proposed(
    over_sqlite: Begin,
    words: tuple[str, ...],
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    found, said = _new(over_sqlite(), "other", *words, monkeypatch=monkeypatch)
    assert told in said
    assert found == code
