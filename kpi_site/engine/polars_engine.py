"""The default engine: answers all requests about one dataset in as few passes as possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

import polars as pl

from kpi_site.engine.balance import BalanceRequest, Balances, read_balances
from kpi_site.engine.cube import WHOLE, CubeRequest, RowSource, Schema, base_cubes, roll_up
from kpi_site.engine.grid import Grid, make_grid
from kpi_site.engine.rows import Found, RowsRequest, count_rows
from kpi_site.engine.seam import Answers, Request, Schemas, Tables, merge_cubes
from kpi_site.sql.nodes import Node
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

_SAMPLE = 50_000


class PolarsEngine:
    """Polars over the validated Parquet files: nothing to install, nothing to start."""

    name = "polars"

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
        rows: dict[RowsRequest, Found] = {}
        balances: dict[BalanceRequest, Balances] = {}
        for request in dict.fromkeys(wanted):
            if isinstance(request, RowsRequest):
                dataset = request.source.dataset
                frame = scan(tables, dataset, request.columns)
                schema, size = schemas[dataset], tables[dataset].rows
                rows[request] = count_rows(frame, request, through, schema, size)
            elif isinstance(request, BalanceRequest):
                frame = scan(tables, request.dataset, request.columns)
                schema = schemas[request.dataset]
                balances[request] = read_balances(frame, request, through, schema)
        return Answers(grids, rows, balances)


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
