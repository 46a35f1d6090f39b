"""*Datasets from a database*: its files, over a database with the tables that it speaks of."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kpi_site.content import read_catalog
from kpi_site.databases.address import read_address
from kpi_site.databases.fetching import Fetching, fetch
from kpi_site.options import Options
from tests.docs.console import commands
from tests.docs.fenced import blocks, page

NAME = "databases"
TABLES = """
CREATE TABLE shipments (id text, shipped_on text, amount numeric, secret blob);
INSERT INTO shipments VALUES ('S1', '2026-09-30', 1.25, x'00'), ('S2', '2026-10-01', 2.5, x'00');
CREATE TABLE returns (id text, returned_at text, quantity integer, test boolean);
INSERT INTO returns VALUES ('R1', 2026, 3, false), ('R2', 2026, 4, true);
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_files_of_the_page(language: str, tmp_path: Path) -> None:
    """As they are, but for the cast of SQLite, which has no days."""
    path = tmp_path / "erp.db"
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
    database.close()
    content = tmp_path / "content"
    (content / "datasets").mkdir(parents=True)
    for block in blocks(page(language, NAME)):
        if block.title:
            text = block.text.replace("CAST(returned_at AS date)", "returned_at || '-10-31'")
            with (tmp_path / block.title).open("a", encoding="utf-8") as file:
                file.write(text)
    with (content / "site.yml").open("a", encoding="utf-8") as file:
        file.write("organisation: x\n")
    options = Options(tmp_path, date(2026, 11, 24))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    found, problems = fetch(Fetching(options, (), now, {"KPI_ERP_URL": f"sqlite:///{path}"}))
    assert problems == (), [p.text() for p in problems]
    assert {f.snapshot.dataset: (f.snapshot.rows, f.new) for f in found} == {
        "shipments": (2, 2), "returns": (1, 1),
    }  # fmt: skip
    catalog, _ = read_catalog(tmp_path, today=date(2026, 11, 24))
    assert catalog is not None
    source = catalog.datasets["shipments"].database
    assert source is not None
    assert source.refetch == 2


def test_both_languages_have_the_same_commands() -> None:
    found = [[b.text for b in blocks(page(lang, NAME)) if b.language] for lang in ("zh", "en")]
    assert found[0] == found[1]
    told = {c.words for b in blocks(page("en", NAME)) for c in commands(b)}
    assert ("kpi-site", "fetch", "shipments") in told


def test_the_urls_are_read() -> None:
    written = next(b.text for b in blocks(page("en", NAME)) if b.text.startswith("export"))
    address = read_address(written.split("'")[1])
    assert address is not None
    assert (address.user, address.password, address.database) == ("kpi", "s@fe", "erp")
    for url, system in (("sqlite:///data/erp.db", "sqlite"), ("mysql://u:p@h:3306/d", "mysql")):
        found = read_address(url)
        assert found is not None
        assert found.system == system
