"""Every figure of a site as one engine computes it, to be compared to the last digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpi_site.catalog import Catalog
from kpi_site.compute import check_engine, check_room, compute
from kpi_site.content import read_catalog
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.seam import Engine
from kpi_site.problems import has_errors
from kpi_site.results import Cell, Result, Series
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables
from tests.oracle.product import TODAY

SITES = Path(__file__).parents[1] / "sites"
QUICK = {"averages", "edges", "loans", "mini", "running", "stocks"}  # the rest: make test-engines
SMALL = [
    pytest.param(p.name, marks=[] if p.name in QUICK else pytest.mark.engines)
    for p in sorted(SITES.iterdir())
    if (p / "content").is_dir()
]

ODD = "a{b}c [1] *?'"  # a folder: all of it means something to one engine or other
Figures = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Site:
    """A site with its facts, read once for all engines."""

    catalog: Catalog
    tables: Mapping[str, Table]

    def figures(self, engine: Engine) -> Figures:
        """Return every cell as text (value, state, n, points, terms) by what it is of."""
        assert check_engine(self.catalog, self.tables, engine) == ()
        results = compute(self.catalog, self.tables, engine=engine)
        return {
            f"{card} {series.key.grain} {series.key.dimension}={series.key.member!r} {name}": text
            for card, found in results.items()
            for series in (*found.series.values(), *([found.running] if found.running else []))
            for name, text in _cells(series)
        }

    def differences(self, engine: Engine, expected: Figures | None = None) -> list[str]:
        """Return a line for each cell that ``engine`` does not compute as Polars does."""
        one = self.figures(PolarsEngine()) if expected is None else expected
        other = self.figures(engine)
        return [
            f"{key}: polars {one.get(key)}, {engine.name} {other.get(key)}"
            for key in sorted({*one, *other})
            if one.get(key) != other.get(key)
        ]


def read_site(root: Path, cache: Path) -> Site:
    """Read a site without errors."""
    catalog, problems = read_catalog(root, today=TODAY)
    assert catalog is not None, [p.text() for p in problems]
    assert not has_errors(problems), [p.text() for p in problems]
    tables, found = read_tables(catalog, cache)
    assert not has_errors(found), [p.text() for p in found]
    assert check_room(catalog, tables) == ()
    return Site(catalog, tables)


def _cells(series: Series) -> Iterator[tuple[str, str]]:
    running = "" if series.same_day is None else "~"
    for result in series.results:
        yield f"{result.period}{running}", _shown(result)
    for result in series.same_day.results if series.same_day else ():
        yield f"{result.period} to the same day", _shown(result)
    for term, cells in series.terms.items():
        for result, cell in zip(series.results, cells, strict=True):
            yield f"{term} {result.period}", _shown(cell)


def _shown(found: Result | Cell) -> str:
    points = found.points if isinstance(found, Result) else None
    return f"{found.value!s} {found.state} n={found.n} points={points!s}"
