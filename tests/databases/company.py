"""A small site over a database: shipments of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from kpi_site.content import read_catalog
from kpi_site.databases.fetching import Fetched, Fetching, fetch
from kpi_site.options import Options
from kpi_site.problems import Problem
from kpi_site.pushing.asking import Answered, ask
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SITE = """\
organisation: {zh: 华辰, en: Huachen}
departments: [{id: sales, name: 销售部}]
connections: {erp: {url_env: KPI_ERP_URL, max_age: 7d}}
"""
CUSTOMERS = """\
id: customers
connection: erp
table: customers
schema:
  primaryKey: id
  fields:
    - {name: id, type: integer}
    - {name: tier, type: string, constraints: {enum: [gold, silver]}}
"""
SHIPMENTS = """\
id: shipments
connection: erp
table: shipments
time: shipped_on
schema:
  primaryKey: id
  foreignKeys: [{fields: customer, reference: {resource: customers, fields: id}}]
  fields:
    - {name: id, type: string}
    - {name: shipped_on, type: date}
    - {name: customer, type: integer}
    - {name: amount, type: number, decimals: 2, constraints: {minimum: 0}}
    - {name: paid, type: boolean}
rules: [{rule: amount <= 1000}]
"""
TABLES = """
CREATE TABLE customers (id int PRIMARY KEY, tier varchar(10), secret varchar(10));
INSERT INTO customers VALUES (1, 'gold', 'x'), (2, 'silver', 'y');
CREATE TABLE shipments (id varchar(10) PRIMARY KEY, shipped_on date, customer int,
  amount numeric(20, 2), paid boolean);
INSERT INTO shipments VALUES
  ('A1', '2026-08-31', 1, 10.10, true), ('A2', '2026-09-01', 2, 20.20, false),
  ('A3', '2026-10-15', 1, 30.30, NULL), ('A4', '2026-10-31', NULL, 999.99, true);
"""


@dataclass
class Company:
    """A site whose connection ``erp`` leads to ``url``."""

    root: Path
    url: str
    options: Options = field(init=False)

    def __post_init__(self) -> None:
        self.options = Options(self.root, TODAY)
        self.write("site.yml", SITE)
        self.dataset(CUSTOMERS)
        self.dataset(SHIPMENTS)

    def write(self, name: str, text: str) -> None:
        """Write a file of content."""
        path = self.root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def dataset(self, text: str) -> None:
        """Write a dataset, named by its first line."""
        self.write(f"datasets/{text.split()[1]}.yml", text)

    def fetch(
        self, *ids: str, now: datetime = NOW, everything: bool = False
    ) -> tuple[tuple[Fetched, ...], tuple[Problem, ...]]:
        """Fetch datasets."""
        return fetch(Fetching(self.options, ids, now, self.environment, everything))

    def fetched(self, *ids: str, now: datetime = NOW, everything: bool = False) -> dict[str, int]:
        """Fetch datasets without a problem; return how many parts came anew, by dataset."""
        found, problems = self.fetch(*ids, now=now, everything=everything)
        assert problems == (), [p.text() for p in problems]
        return {one.snapshot.dataset: one.new for one in found}

    def refused(self, *ids: str) -> list[str]:
        """Fetch datasets in vain; return the problems as they are told."""
        found, problems = self.fetch(*ids)
        assert found == ()
        return [p.text() for p in problems]

    def stay(self) -> None:
        """Let the rows of all datasets stay in the database."""
        for path in sorted((self.root / "content" / "datasets").iterdir()):
            path.write_text(path.read_text("utf-8") + "push: true\n", encoding="utf-8")

    def ask(
        self, *ids: str, now: datetime = NOW
    ) -> tuple[tuple[Answered, ...], tuple[Problem, ...]]:
        """Ask the database about the datasets that stay there."""
        return ask(Fetching(self.options, ids, now, self.environment))

    def asked(self, *ids: str) -> dict[str, int]:
        """Ask without a problem; return how many rows each dataset has."""
        found, problems = self.ask(*ids)
        assert problems == (), [p.text() for p in problems]
        return {str(one.table.dataset.id): one.table.rows for one in found}

    @property
    def environment(self) -> Mapping[str, str]:
        """What the command finds in its environment."""
        return {"KPI_ERP_URL": self.url}

    def tables(self) -> tuple[Mapping[str, Table], tuple[Problem, ...]]:
        """Read the datasets as a build does."""
        catalog, problems = read_catalog(self.root, today=TODAY)
        assert catalog is not None
        assert problems == (), [p.text() for p in problems]
        return read_tables(catalog, self.options.cache)

    def rows(self, name: str = "shipments") -> pl.DataFrame:
        """Return the rows of a dataset as a build has them."""
        tables, problems = self.tables()
        assert problems == (), [p.text() for p in problems]
        return pl.read_parquet(tables[name].parquet)

    def files(self) -> dict[str, bytes]:
        """Return all snapshots' files."""
        folder = self.root / "data" / "snapshots"
        found = sorted(folder.rglob("*")) if folder.is_dir() else []
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if p.is_file()}
