"""A service desk of a million tickets: computing from Parquet, reading from CSV, memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.facts import write_customers, write_tickets
from benchmarks.measure import Ratio, cost, peak_memory, side_by_side
from kpi_site.catalog import Catalog
from kpi_site.compute import compute
from kpi_site.content import read_catalog
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables

TODAY = date(2026, 11, 10)
_SITE = """\
organisation: {zh: 服务台, en: Service desk}
data_through: 2026-09-30
departments:
  - {id: desk, name: {zh: 服务部, en: Service}}
"""
_TICKETS = """\
id: tickets
path: data/tickets.csv
time: created_at
schema:
  primaryKey: [ticket_id]
  foreignKeys:
    - {fields: [customer_id], reference: {resource: customers, fields: [customer_id]}}
  fields:
    - {name: ticket_id, type: string, constraints: {required: true}}
    - {name: customer_id, type: string, constraints: {required: true}}
    - {name: created_at, type: datetime, constraints: {required: true}}
    - {name: channel, type: string, constraints: {enum: [phone, wechat, email, web]}}
    - {name: region, type: string}
    - {name: status, type: string, constraints: {enum: [open, closed]}}
    - {name: amount, type: number, decimals: 2, constraints: {minimum: 0}}
    - {name: score, type: integer, constraints: {minimum: 1, maximum: 5}}
    - {name: minutes, type: integer}
    - {name: agent, type: string}
    - {name: first_time, type: boolean}
    - {name: resolved_at, type: datetime}
rules:
  - {rule: resolved_at >= created_at}
"""
_CUSTOMERS = """\
id: customers
path: data/customers.csv
schema:
  primaryKey: [customer_id]
  fields:
    - {name: customer_id, type: string, constraints: {required: true}}
    - {name: tier, type: string}
"""
DIMENSIONS = ("channel", "region", "status", "first_time")
# Twelve aggregates, as a card says them and as Polars does.
VALUES: Mapping[str, tuple[str, pl.Expr]] = {
    "tickets": ("COUNT(*)", pl.len()),
    "amount": ("SUM(amount)", pl.col("amount").sum()),
    "mean_amount": ("AVG(amount)", pl.col("amount").mean()),
    "scores": ("SUM(score)", pl.col("score").sum()),
    "scored": ("COUNT(score)", pl.col("score").count()),
    "mean_score": ("AVG(score)", pl.col("score").mean()),
    "minutes": ("SUM(minutes)", pl.col("minutes").sum()),
    "mean_minutes": ("AVG(minutes)", pl.col("minutes").mean()),
    "closed": (
        "COUNT(*) FILTER (WHERE status = 'closed')",
        (pl.col("status") == "closed").sum(),
    ),
    "first_time": ("COUNT(*) FILTER (WHERE first_time)", pl.col("first_time").sum()),
    "resolved": ("COUNT(resolved_at)", pl.col("resolved_at").count()),
    "good": ("COUNT(*) FILTER (WHERE score >= 4)", (pl.col("score") >= 4).sum()),
}
_COLD = """\
import sys
from pathlib import Path
from benchmarks.tickets import cold
cold(Path(sys.argv[1]))
"""


def make(root: Path, rows: int) -> Path:
    """Write the site with ``rows`` tickets below ``root``; facts that are there are kept."""
    cards = root / "content" / "indicators" / "desk"
    for folder in (root / "data", root / "content" / "datasets", cards):
        folder.mkdir(parents=True, exist_ok=True)
    (root / "content" / "site.yml").write_text(_SITE, "utf-8")
    (root / "content" / "datasets" / "tickets.yml").write_text(_TICKETS, "utf-8")
    (root / "content" / "datasets" / "customers.yml").write_text(_CUSTOMERS, "utf-8")
    for name, (value, _) in VALUES.items():
        (cards / f"{name}.yml").write_text(_card(name, value), "utf-8")
    if not (root / "data" / "customers.csv").exists():  # written last
        write_tickets(root / "data" / "tickets.csv", rows)
        write_customers(root / "data" / "customers.csv")
    return root


def _card(name: str, value: str) -> str:
    return (
        f"id: {name}\nname: {name}\ndefinition: {name}\nformula: v\nterms:\n"
        f'  v: {{from: tickets, value: "{value}"}}\n'
        f"unit: count\ncycle: month\ndimensions: [{', '.join(DIMENSIONS)}]\n"
    )


def read(root: Path) -> tuple[Catalog, Mapping[str, Table]]:
    """Read content and facts, by way of the kept Parquet copies where they are right."""
    catalog, problems = read_catalog(root, today=TODAY)
    assert catalog is not None, [p.text() for p in problems]
    tables, found = read_tables(catalog, root / "build" / "cache")
    assert not found, [p.text() for p in found]
    return catalog, tables


def cold(root: Path) -> None:
    """Read the facts with nothing kept, and compute every card."""
    shutil.rmtree(root / "build" / "cache", ignore_errors=True)
    compute(*read(root))


def bare_parquet(table: Table) -> pl.DataFrame:
    """Scan the copy once for all aggregates by month: what is to be measured against.

    Counting the dimensions makes it read the same columns as the breakdowns.
    """
    month = pl.col("created_at").dt.truncate("1mo").alias("month")
    return pl.scan_parquet(table.parquet).group_by(month).agg(_fused()).collect()


def _fused() -> list[pl.Expr]:
    values = [expression.alias(f"v_{name}") for name, (_, expression) in VALUES.items()]
    return [*values, *(pl.col(name).count().alias(f"n_{name}") for name in DIMENSIONS)]


def bare_csv(root: Path) -> pl.DataFrame:
    """Scan the CSV once for the same, times left as text until after the scan."""
    types: dict[str, pl.DataType] = {
        "created_at": pl.String(), "resolved_at": pl.String(), "amount": pl.Decimal(18, 2),
    }  # fmt: skip
    day = pl.col("created_at").str.to_datetime("%Y-%m-%d %H:%M:%S")
    scan = pl.scan_csv(root / "data" / "tickets.csv", schema_overrides=types)
    return scan.group_by(day.dt.truncate("1mo").alias("month")).agg(_fused()).collect()


def ratios(folder: Path, rows: int) -> Iterator[Ratio]:
    """Measure with a million tickets, and with ``rows`` if there are to be more."""
    root = make(folder / "tickets-1000000", 1_000_000)
    yield _warm(root, 1_000_000)
    yield _changed(root)
    yield _unchanged(root)
    ours, bare = side_by_side(lambda: cold(root), lambda: bare_csv(root))
    yield Ratio(
        "cold: strict reading and computing, of a bare fused scan of the CSV",
        ours.cpu / bare.cpu,
        3.5,
        f"CPU {ours.cpu:.2f} s of {bare.cpu:.2f} s, 1 M rows",
    )
    yield _memory(root, 1_000_000)
    if rows > 1_000_000:
        yield from _larger(folder, rows, root)


def _warm(root: Path, rows: int) -> Ratio:
    """Count the rows of the kept copy anew, beside one bare scan of the same columns."""
    catalog, tables = read(root)
    ours, bare = side_by_side(
        lambda: compute(catalog, tables), lambda: bare_parquet(tables["tickets"])
    )
    return Ratio(
        "warm, rows counted anew: all cards, grains and breakdowns, of a bare fused scan of the"
        " Parquet copy",
        ours.cpu / bare.cpu,
        1.5,
        f"CPU {ours.cpu:.2f} s of {bare.cpu:.2f} s, {rows / 1e6:g} M rows",
    )


def _changed(root: Path) -> Ratio:
    """Work every card out anew and keep it, of the counts that are kept: no row is read."""
    catalog, tables = read(root)
    kept = root / "build" / "results"
    compute(catalog, tables, kept)

    def again() -> None:
        for path in kept.glob("*.json"):
            path.unlink()
        compute(catalog, tables, kept)

    ours, bare = side_by_side(again, lambda: bare_parquet(tables["tickets"]))
    return Ratio(
        "warm, every card changed: all worked out anew of the kept counts, of a bare fused scan",
        ours.cpu / bare.cpu,
        1.5,
        f"CPU {ours.cpu:.2f} s of {bare.cpu:.2f} s, 1 M rows",
    )


def _unchanged(root: Path) -> Ratio:
    """Look at every result where nothing has changed: they are kept, and no row is read."""
    catalog, tables = read(root)
    kept = root / "build" / "results"
    compute(catalog, tables, kept)

    def look() -> int:
        found = compute(catalog, tables, kept).values()
        return sum(len(series.results) for card in found for series in card.series.values())

    ours, bare = side_by_side(look, lambda: bare_parquet(tables["tickets"]))
    return Ratio(
        f"warm, nothing changed: {look():,} kept results, of a bare fused scan",
        ours.cpu / bare.cpu,
        1.5,
        f"CPU {ours.cpu:.2f} s of {bare.cpu:.2f} s, 1 M rows",
    )


def _larger(folder: Path, rows: int, small: Path) -> Iterator[Ratio]:
    large = make(folder / f"tickets-{rows}", rows)
    yield _memory(large, rows)
    yield _warm(large, rows)
    catalog, tables = read(small)
    million = cost(lambda: compute(catalog, tables))
    catalog, tables = read(large)
    many = cost(lambda: compute(catalog, tables))
    yield Ratio(
        f"warm: {rows / 1e6:g} M rows, of 1 M rows",
        many.wall / million.wall,
        1.1 * rows / 1e6,
        f"{many.wall:.2f} s of {million.wall:.2f} s",
    )


def _memory(root: Path, rows: int) -> Ratio:
    peak = peak_memory(_COLD, str(root))
    return Ratio(f"cold: peak memory, {rows / 1e6:g} M rows", peak / 1000, 1.5, "one run", "GB")
