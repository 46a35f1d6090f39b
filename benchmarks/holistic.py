"""Medians and distinct counts over many rows: what has to look at the rows of every group again."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.measure import Ratio
from benchmarks.tickets import DIMENSIONS, read
from kpi_site.compute import compute
from kpi_site.engine.choose import make_engine

_SITE = """\
organisation: {zh: 服务台, en: Service desk}
data_through: 2026-09-30
departments:
  - {id: desk, name: {zh: 服务部, en: Service}}
"""
_TICKETS = """\
id: tickets
path: data/*.parquet
time: created_at
schema:
  fields:
    - {name: created_at, type: datetime}
    - {name: customer, type: integer}
    - {name: channel, type: string}
    - {name: region, type: string}
    - {name: status, type: string}
    - {name: first_time, type: boolean}
    - {name: amount, type: number, decimals: 2}
    - {name: minutes, type: integer}
"""
VALUES = {
    "middle_amount": "MEDIAN(amount)",
    "middle_minutes": "MEDIAN(minutes) FILTER (WHERE status = 'closed')",
    "customers": "COUNT(DISTINCT customer)",
}
_GRAINS = (
    "DATE_TRUNC('month', created_at)",
    "DATE_TRUNC('quarter', created_at)",
    "YEAR(created_at) * 2 + (MONTH(created_at) > 6)::INT",
    "YEAR(created_at)",
)
MOST_BARE = 20_000_000
"""Rows of which bare statements, which hold all periods, fit into 6 GB."""
_PART = 2_000_000
_FIRST = 1_640_995_200_000_000  # 2022-01-01, in microseconds
_SPAN = 149_644_800_000_000  # until 2026-09-29


def make(root: Path, rows: int) -> Path:
    """Write the site with ``rows`` tickets below ``root``; facts that are there are kept."""
    cards = root / "content" / "indicators" / "desk"
    for folder in (root / "data", root / "content" / "datasets", cards):
        folder.mkdir(parents=True, exist_ok=True)
    (root / "content" / "site.yml").write_text(_SITE, "utf-8")
    (root / "content" / "datasets" / "tickets.yml").write_text(_TICKETS, "utf-8")
    for name, value in VALUES.items():
        (cards / f"{name}.yml").write_text(
            f"id: {name}\nname: {name}\ndefinition: {name}\nformula: v\nterms:\n"
            f'  v: {{from: tickets, value: "{value}"}}\n'
            f"unit: count\ncycle: month\ndimensions: [{', '.join(DIMENSIONS)}]\n",
            "utf-8",
        )
    for part in range(-(-rows // _PART)):
        path = root / "data" / f"{part:03}.parquet"
        if not path.exists():
            _rows(part, min(_PART, rows - part * _PART)).write_parquet(path)
    return root


def _rows(part: int, count: int) -> pl.DataFrame:
    """Return rows that look like tickets, the same for the same part."""
    row = pl.int_range(part * _PART, part * _PART + count, dtype=pl.UInt64, eager=True)
    frame = pl.DataFrame({"row": row})

    def drawn(seed: int, size: int) -> pl.Expr:
        return (pl.col("row").hash(seed) % size).cast(pl.Int64)

    def chosen(seed: int, names: list[str]) -> pl.Expr:
        return pl.lit(pl.Series(names)).gather(drawn(seed, len(names)))

    return frame.select(
        created_at=(drawn(1, _SPAN) + _FIRST).cast(pl.Datetime("us")),
        customer=drawn(2, 200_000) * drawn(3, 50) // 50,
        channel=chosen(4, ["phone", "wechat", "email", "web"]),
        region=chosen(5, [f"region {i}" for i in range(30)]),
        status=chosen(6, ["open", "closed", "closed", "closed"]),
        first_time=drawn(7, 3) > 0,
        amount=(drawn(8, 1_000_000) * drawn(9, 1000) // 1000).cast(pl.Decimal(38, 0)) / 100,
        minutes=drawn(10, 600) * drawn(11, 20),
    ).with_columns(pl.col("amount").cast(pl.Decimal(38, 2)))


def ratios(folder: Path, rows: int) -> Iterator[Ratio]:
    """Count everything with the default, with DuckDB, and by bare statements of DuckDB.

    Each in a process of its own.
    """
    root = make(folder / f"holistic-{rows}", rows)
    read(root)  # the kept copy, which is no part of what is measured
    ours = _spent(root, "polars", rows)
    what = f"medians and distinct counts, {rows / 1e6:g} M rows"
    if rows <= MOST_BARE:
        bare = _spent(root, "bare", rows)
        detail = f"CPU {ours.cpu:.2f} s of {bare.cpu:.2f} s, {bare.memory / 1000:.2f} GB"
        yield Ratio(f"{what}: the default, of DuckDB's own", ours.cpu / bare.cpu, 1.2, detail)
    theirs = _spent(root, "duckdb", rows)
    for name, spent in (("the default", ours), ("DuckDB", theirs)):
        detail = f"one run, CPU {spent.cpu:.2f} s"
        yield Ratio(f"{what}: peak memory, {name}", spent.memory / 1000, 3, detail, "GB")


def bare(root: Path) -> None:
    """Ask DuckDB for the same at every grain, in a statement for each value."""
    import duckdb

    connection = duckdb.connect()
    rows = f"READ_PARQUET('{root}/data/*.parquet')"
    sets = ", ".join(("(g)", *(f"(g, {name})" for name in DIMENSIONS)))
    for grain in _GRAINS:
        for value in VALUES.values():
            connection.execute(
                f"SELECT g, {', '.join(DIMENSIONS)}, {value} FROM (SELECT {grain} AS g, * FROM"
                f" {rows}) GROUP BY GROUPING SETS ({sets})"
            ).fetchall()


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of computing, and the most memory that the process held, in MB."""

    cpu: float
    memory: float


def _spent(root: Path, engine: str, rows: int) -> Spent:
    command = [sys.executable, "-m", "benchmarks.holistic", str(root), engine, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Spent(*map(float, done.stdout.split()[-2:]))


def main() -> None:
    """Compute every card from the kept copy; print the CPU that it took, and the peak in MB."""
    root, engine, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if engine == "bare":
        before = _used()
        bare(root)
    else:
        catalog, tables = read(make(root, rows))
        before = _used()
        compute(catalog, tables, engine=make_engine(engine))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(_used() - before, peak)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
