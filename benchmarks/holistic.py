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
    """Count everything with the default and with DuckDB, each in a process of its own."""
    root = make(folder / f"holistic-{rows}", rows)
    read(root)  # the kept copy, which is no part of what is measured
    ours, theirs = (_spent(root, engine, rows) for engine in ("polars", "duckdb"))
    yield Ratio(
        f"medians and distinct counts, {rows / 1e6:g} M rows: the default, of DuckDB",
        ours.cpu / theirs.cpu,
        1.2,
        f"CPU {ours.cpu:.2f} s of {theirs.cpu:.2f} s",
    )
    for name, spent in (("the default", ours), ("DuckDB", theirs)):
        yield Ratio(
            f"medians and distinct counts, {rows / 1e6:g} M rows: peak memory, {name}",
            spent.memory / 1000,
            3,
            "one run",
            "GB",
        )


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
