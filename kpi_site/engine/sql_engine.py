"""Engines that speak SQL: every request becomes a statement, small tables come back.

One class for all: statements are printed from our own typed expressions, in words of the
engine's `Dialect`. An engine adds how it is opened and how it gets at the facts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date

import polars as pl

from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.balance_sql import balances_by_sql
from kpi_site.engine.cube import WHOLE, CubeRequest, RowSource, Schema, roll_up
from kpi_site.engine.cube_sql import base_cubes_by_sql
from kpi_site.engine.facts_sql import Session
from kpi_site.engine.grid import Grid, make_grid
from kpi_site.engine.rows import Found, RowsRequest, fused, parted
from kpi_site.engine.rows_sql import Calendars, count_rows_by_sql
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables, merge_cubes
from kpi_site.sql.kinds import Bound
from kpi_site.sql.nodes import Aggregate, Node
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.printing.printed import print_row

_MOST = 10**38 - 1  # what a decimal of 38 digits holds


class _EveryName(dict[str, str]):
    """An identifier for any column: what is printed is not run."""

    def __missing__(self, name: str) -> str:
        return "x"


class SqlEngine(ABC):
    """Answers requests with statements of one engine's SQL."""

    dialect: Dialect

    @property
    def name(self) -> str:
        """The engine's word in ``site.yml``."""
        return self.dialect.name

    @abstractmethod
    def open(self, tables: Tables) -> AbstractContextManager[Session]:
        """Return a session in which the facts of ``tables`` can be asked for."""

    def of(self, dataset: str) -> Engine:
        """Return this engine."""
        del dataset
        return self

    def check(self, node: Node, schema: Schema) -> None:
        """Raise `Refused` where ``node`` cannot be promised to be exact."""
        if not isinstance(node, Aggregate):
            print_row(node, schema, _EveryName(), self.dialect)
            return
        if node.arg is not None:
            printed = print_row(node.arg, schema, _EveryName(), self.dialect)
            self._check_room(node, printed.bound)
        if node.where is not None:
            print_row(node.where, schema, _EveryName(), self.dialect)

    def _check_room(self, node: Aggregate, bound: Bound | None) -> None:
        if bound is not None and max(map(abs, bound)) > _MOST:
            raise Refused(
                node.at,
                "这里的整数可能超过 38 位，此引擎的小数最多 38 位",
                "whole numbers here may have more than 38 digits, the most that it holds",
            )

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests``; see `kpi_site.engine.seam.Engine`."""
        wanted = list(dict.fromkeys(requests))
        grids: dict[tuple[RowSource, str], Grid] = {}
        rows: dict[RowsRequest, Found] = {}
        balances: dict[BalanceRequest, Balances] = {}
        if not wanted:
            return Answers(grids, rows, balances)
        with self.open(tables) as session:
            calendars = Calendars(session)
            for cube in merge_cubes(r for r in wanted if isinstance(r, CubeRequest)):
                schema = schemas[cube.source.dataset]
                found = base_cubes_by_sql(session, self.dialect, tables, cube, through, schema)
                for dimensions, base in found:
                    _add_grids(grids, cube, dimensions, base)
            for one, parts in fused(r for r in wanted if isinstance(r, RowsRequest)):
                schema = schemas[one.source.dataset]
                counted = count_rows_by_sql(
                    session, self.dialect, tables, one, calendars, through, schema
                )
                rows.update(zip(parts, parted(counted, one, parts), strict=True))
            for request in wanted:
                if isinstance(request, BalanceRequest):
                    schema = schemas[request.dataset]
                    balances[request] = balances_by_sql(
                        session, self.dialect, tables, request, through, schema
                    )
        return Answers(grids, rows, balances)


def _add_grids(
    grids: dict[tuple[RowSource, str], Grid],
    cube: CubeRequest,
    dimensions: tuple[str, ...],
    base: pl.DataFrame,
) -> None:
    for dimension in (WHOLE, *dimensions):
        key = (cube.source, dimension)
        if key not in grids:
            grids[key] = make_grid(roll_up(base, cube.partials, dimension), cube.partials)
