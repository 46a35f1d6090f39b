"""``python -m benchmarks``: measure, and print each ratio beside what it must reach."""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import company, editions, holistic, indicators, pages, served, tables, tickets
from benchmarks.measure import Ratio, table

FOLDER = Path(__file__).parents[1] / "build" / "bench"
PARTS = (
    "tickets",
    "company",
    "small-cells",
    "pages",
    "serve",
    "editions",
    "indicators",
    "tables",
    "holistic",
)


def main() -> int:
    """Print the table; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="more tickets, to see growth")
    parser.add_argument("--pages", type=int, default=600, help="cards of the large handbook")
    parser.add_argument("--served", type=int, default=2_000, help="cards; by --only alone")
    parser.add_argument("--tables", type=int, default=400, help="random tables; by --only alone")
    parser.add_argument("--editions", type=int, default=120, help="by --only alone")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would measure each other
        found = list(_measured(asked))
    print(table(found))
    return 0 if all(ratio.passes for ratio in found) else 1


def _measured(asked: argparse.Namespace) -> Iterator[Ratio]:
    if asked.only in {None, "tickets"}:
        yield from tickets.ratios(FOLDER, asked.rows)
    if asked.only in {None, "company"}:
        yield from company.ratios(FOLDER)
    if asked.only == "small-cells":
        yield company.small_cells(company.copy(FOLDER))
    if asked.only in {None, "pages"}:
        yield from pages.ratios(FOLDER, asked.pages)
    if asked.only == "serve":
        yield from served.ratios(FOLDER, asked.served)
    if asked.only == "editions":
        yield from editions.ratios(FOLDER, asked.editions)
    if asked.only == "indicators":
        yield from indicators.ratios(FOLDER)
    if asked.only == "holistic":
        yield from holistic.ratios(FOLDER, asked.rows)
    if asked.only == "tables":
        yield from tables.ratios(FOLDER, asked.tables)


if __name__ == "__main__":
    sys.exit(main())
