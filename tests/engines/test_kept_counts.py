"""What was counted in many rows is not counted again, unless the rows or the question changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from kpi_site.compute import compute
from kpi_site.compute.kept_counts import LARGE
from kpi_site.engine.cube import Schema
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables
from kpi_site.periods import Grain
from kpi_site.results import Results, SeriesKey
from kpi_site.sql.nodes import Node
from tests.engines.figures import read_site

FILES = {
    "content/site.yml": """\
organisation: {zh: 甲, en: A}
data_through: 2026-06-30
departments:
  - {id: sales, name: {zh: 销售, en: Sales}}
""",
    "content/datasets/buyers.yml": """\
id: buyers
path: data/buyers.csv
schema:
  primaryKey: [buyer]
  fields:
    - {name: buyer, type: integer}
    - {name: tier, type: string}
""",
    "content/datasets/orders.yml": """\
id: orders
path: data/orders.csv
time: day
schema:
  foreignKeys:
    - {fields: [buyer], reference: {resource: buyers, fields: [buyer]}}
  fields:
    - {name: day, type: date}
    - {name: buyer, type: integer}
    - {name: amount, type: number, decimals: 2}
""",
    "content/indicators/sales/amount.yml": """\
id: amount
name: amount
definition: amount
formula: a / b
terms:
  a: {from: orders, value: SUM(amount)}
  b: {from: orders, value: COUNT(DISTINCT buyer)}
unit: count
cycle: month
direction: higher
dimensions: [tier]
thresholds: {target: 100}
""",
}
WHOLE, GOLD = SeriesKey(Grain.MONTH), SeriesKey(Grain.MONTH, "tier", "gold")


@dataclass(slots=True)
class Counting:
    """Polars, and how many questions it was asked."""

    asked: int = 0
    name: str = "counting"
    polars: PolarsEngine = field(default_factory=PolarsEngine)

    def of(self, dataset: str) -> Engine:
        del dataset
        return self

    def check(self, node: Node, schema: Schema) -> None:
        del node, schema

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        wanted = list(requests)
        self.asked += len(wanted)
        return self.polars.answer(tables, wanted, through, schemas)


@dataclass(frozen=True, slots=True)
class Desk:
    """A site with `LARGE` orders: the even ones of buyer 0, who is gold, the odd ones of 1."""

    root: Path

    def computed(self) -> tuple[Results, int]:
        """Compute everything with what is kept; also how many questions were asked of rows."""
        site = read_site(self.root, self.root / "build" / "cache")
        engine = Counting()
        kept = self.root / "build" / "results"
        results = compute(site.catalog, site.tables, kept, engine=engine)
        anew = compute(site.catalog, site.tables, engine=PolarsEngine())
        assert {n: dict(r.series) for n, r in results.items()} == {
            n: dict(r.series) for n, r in anew.items()
        }
        return results, engine.asked

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1), "utf-8")


def value(results: Results, key: SeriesKey) -> Decimal | None:
    return results["amount"].series[key].results[-2].value  # of May; June has no orders


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("desk")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "data").mkdir()
    (root / "data/buyers.csv").write_text("buyer,tier\n0,gold\n1,none\n")
    rows = pl.int_range(LARGE, eager=True).alias("n").to_frame()
    rows.select(
        pl.lit("2026-05-10").alias("day"),
        (pl.col("n") % 2).alias("buyer"),
        pl.lit("1.50").alias("amount"),
    ).write_csv(root / "data/orders.csv")
    return Desk(root)


def test_rows_are_asked_once(desk: Desk) -> None:
    """By hand: 100,000 orders of 1.50 by two buyers, 75,000.00 for each; gold is one of them."""
    card = "content/indicators/sales/amount.yml"
    results, asked = desk.computed()
    assert asked > 0
    assert (value(results, WHOLE), value(results, GOLD)) == (Decimal(75_000), Decimal(75_000))
    desk.change(card, "target: 100", "target: 200")
    desk.change(card, "a / b", "2 * a / b")
    results, asked = desk.computed()
    assert asked == 0
    assert (value(results, WHOLE), value(results, GOLD)) == (Decimal(150_000), Decimal(150_000))

    desk.change(card, "SUM(amount)", "MAX(amount)")  # another question
    results, asked = desk.computed()
    assert asked > 0
    assert value(results, WHOLE) == Decimal("1.5")
    desk.change(card, "MAX(amount)", "SUM(amount)")  # what was asked before is there still
    assert desk.computed()[1] == 0

    desk.change("data/buyers.csv", "1,none", "1,gold")  # other members, of the same orders
    results, asked = desk.computed()
    assert asked > 0
    assert SeriesKey(Grain.MONTH, "tier", "none") not in results["amount"].series
    desk.change("data/orders.csv", "2026-05-10,0,1.50", "2026-05-10,0,3.50")
    results, asked = desk.computed()
    assert asked > 0
    assert value(results, WHOLE) == Decimal(150_002)


def test_damaged(desk: Desk) -> None:
    desk.computed()
    (kept,) = (desk.root / "build/results/counting/counts").iterdir()
    for name in (desk.root / "build/results/counting").glob("*.json"):
        name.unlink()
    assert desk.computed()[1] == 0
    for name in (desk.root / "build/results/counting").glob("*.json"):
        name.unlink()
    kept.write_bytes(kept.read_bytes()[:-20] + b"0" * 20)
    assert desk.computed()[1] > 0
