"""The default engine: answers all requests about one dataset in as few passes as possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import polars as pl

from kpi_site.engine.balance import BalanceRequest, Balances, read_balances
from kpi_site.engine.cube import WHOLE, CubeRequest, RowSource, Schema, base_cubes, roll_up
from kpi_site.engine.grid import Grid, make_grid
from kpi_site.engine.rows import Found, RowsRequest, count_rows
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables, merge_cubes
from kpi_site.sql.nodes import Call, Node, walk
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.too_wide import TooWide
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

_SAMPLE = 50_000


MANY = 2_000_000
"""Rows of which medians and distinct counts are counted by the helper, if there is one."""
_CASED = frozenset({"lower", "upper", "ilike"})


@dataclass(frozen=True, slots=True)
class PolarsEngine:
    """Polars over the validated Parquet files: nothing to install, nothing to start.

    ``helper`` counts what has to look at very many rows in every group again, to the same last
    digit, where it is quicker at that and in less memory.
    """

    helper: Engine | None = None
    name: str = "polars"

    def of(self, dataset: str) -> Engine:
        """Return this engine."""
        del dataset
        return self

    def check(self, node: Node, schema: Schema) -> None:
        """Refuse nothing: what has room is exact."""

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests``; see `kpi_site.engine.seam.Engine`."""
        wanted = list(requests)
        cubes = merge_cubes(r for r in wanted if isinstance(r, CubeRequest))
        grids: dict[tuple[RowSource, str], Grid] = {}
        for dataset, group in groupby(cubes, key=lambda r: r.source.dataset):
            grids.update(_cube_grids(tables, dataset, list(group), through, schemas[dataset]))
        rows = self._helped(wanted, tables, through, schemas)
        balances: dict[BalanceRequest, Balances] = {}
        for request in dict.fromkeys(wanted):
            if isinstance(request, RowsRequest) and request not in rows:
                dataset = request.source.dataset
                frame = scan(tables, dataset, request.columns)
                schema, size = schemas[dataset], tables[dataset].rows
                rows[request] = count_rows(frame, request, through, schema, size)
            elif isinstance(request, BalanceRequest):
                frame = scan(tables, request.dataset, request.columns)
                schema = schemas[request.dataset]
                balances[request] = read_balances(frame, request, through, schema)
        return Answers(grids, rows, balances)

    def _helped(
        self, wanted: Iterable[Request], tables: Tables, through: date, schemas: Schemas
    ) -> dict[RowsRequest, Found]:
        """Return what the helper found of its part."""
        handed = [
            request
            for request in wanted
            if isinstance(request, RowsRequest) and self._hands(request, tables, schemas)
        ]
        if self.helper is None or not handed:
            return {}
        return dict(self.helper.answer(tables, handed, through, schemas).rows)

    def _hands(self, request: RowsRequest, tables: Tables, schemas: Schemas) -> bool:
        """Tell whether the helper counts ``request``: many rows, and nothing that it refuses."""
        dataset, aggregate = request.source.dataset, request.atom.aggregate
        if self.helper is None or tables[dataset].rows < MANY:
            return False
        if any(isinstance(node, Call) and node.op in _CASED for node in walk(aggregate)):
            return False  # of some letters' other case engines think differently
        try:
            self.helper.check(aggregate, schemas[dataset])
        except (Refused, TooWide):
            return False
        return True


def _cube_grids(
    tables: Mapping[str, Table],
    dataset: str,
    requests: list[CubeRequest],
    through: date,
    schema: Schema,
) -> dict[tuple[RowSource, str], Grid]:
    """Fold all of one dataset's cubes in one collection, and roll each of them up."""
    needed = frozenset().union(*(request.columns for request in requests))
    frame = scan(tables, dataset, needed)
    sizes = _sizes(frame, requests)
    plans = [
        (request, dimensions, lazy)
        for request in requests
        for dimensions, lazy in base_cubes(frame, request, through, schema, sizes)
    ]
    collected = pl.collect_all([lazy for _, _, lazy in plans])
    grids: dict[tuple[RowSource, str], Grid] = {}
    for (request, dimensions, _), base in zip(plans, collected, strict=True):
        for dimension in (WHOLE, *dimensions):
            key = (request.source, dimension)
            if key not in grids:
                grids[key] = make_grid(roll_up(base, request.partials, dimension), request.partials)
    return grids


def _sizes(frame: pl.LazyFrame, requests: list[CubeRequest]) -> dict[str, int]:
    """Return about how many members each dimension has; not counted where it cannot matter.

    The first rows tell: a dimension with too many members for a joint cube has many there.
    """
    names = sorted({name for request in requests for name in request.dimensions})
    if len(names) < 2:
        return dict.fromkeys(names, 1)
    return (
        frame.select(names).head(_SAMPLE).select(pl.all().n_unique()).collect().row(0, named=True)
    )
