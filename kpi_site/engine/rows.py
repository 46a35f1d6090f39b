"""Aggregates that need the rows in every group: distinct counts, medians, quantiles.

Distinct counts go by way of one table of distinct values, which is much smaller than the
rows. Overlapping spans (trailing windows, stocks on a day) take the rows once per span.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from kpi_site.engine.atoms import Atom
from kpi_site.engine.cube import (
    WHOLE,
    RowSource,
    Schema,
    as_day,
    counted_rows,
    day_number,
    member_text,
    whole_number,
)
from kpi_site.sql.nodes import columns
from kpi_site.sql.to_polars import instant_expr, row_expr


@dataclass(frozen=True, slots=True)
class Reach:
    """Days from ``first`` to ``last`` (both included); for a stock, the single day ``last``."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class RowsRequest:
    """One atom over ``source`` for each of ``reaches``, the whole and each of ``dimensions``."""

    source: RowSource
    atom: Atom
    reaches: tuple[Reach, ...]
    dimensions: tuple[str, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that answering the request reads."""
        aggregate = self.atom.aggregate
        nodes = [n for n in (aggregate.arg, aggregate.where) if n is not None]
        named = {column.name for node in nodes for column in columns(node)}
        return frozenset(named | self.source.columns | {*self.dimensions})


# (dimension, member, index of the reach) -> what the engine found
Found = dict[tuple[str, str, int], int | float | None]


def count_rows(frame: pl.LazyFrame, request: RowsRequest, through: date, schema: Schema) -> Found:
    """Answer ``request`` over the rows of ``frame`` up to the day ``through``."""
    rows = _wanted(counted_rows(frame, request.source, through, schema), request, schema)
    if request.atom.aggregate.distinct:
        rows = rows.unique()
    groupings = (WHOLE, *request.dimensions)
    found: Found = {}
    if request.source.alive is None and _disjoint(request.reaches):
        in_reach = _with_reach(rows, request.reaches).collect()
        for dimension in groupings:
            _add_grouped(found, in_reach, dimension, request.atom)
        return found
    held = rows.collect()
    for index, reach in enumerate(request.reaches):
        part = held.filter(_inside(request.source, reach))
        part = part.with_columns(pl.lit(index).alias(_REACH))
        for dimension in groupings:
            _add_grouped(found, part, dimension, request.atom)
    return found


def _wanted(rows: pl.LazyFrame, request: RowsRequest, schema: Schema) -> pl.LazyFrame:
    """Return day, dimensions and the aggregate's argument, where it is not null."""
    source, aggregate = request.source, request.atom.aggregate
    assert aggregate.arg is not None
    value = (
        instant_expr(aggregate.arg, schema)
        if aggregate.distinct
        else whole_number(aggregate.arg, schema)
    )
    if aggregate.where is not None:
        rows = rows.filter(row_expr(aggregate.where, schema))
    days = (
        [as_day(source.time).alias(_DAY)]
        if source.alive is None
        else [as_day(name).alias(to) for name, to in zip(source.alive, _LIFE, strict=True) if name]
    )
    dims = [pl.col(name) for name in request.dimensions]
    return rows.select(*days, *dims, value.alias(_VALUE)).filter(pl.col(_VALUE).is_not_null())


# Names that no column of a dataset can have: dimensions keep their own beside them.
_DAY, _VALUE, _REACH, _MEMBER = "\0day", "\0value", "\0reach", "\0member"
_LIFE = ("\0since", "\0until")


def _inside(source: RowSource, reach: Reach) -> pl.Expr:
    if source.alive is None:
        return pl.col(_DAY).is_between(pl.lit(reach.first), pl.lit(reach.last))
    since, until = map(pl.col, _LIFE)
    began = since <= pl.lit(reach.last)
    if source.alive[1] is None:
        return began
    return began & (until.is_null() | (until > pl.lit(reach.last)))


def _disjoint(reaches: Sequence[Reach]) -> bool:
    """Tell whether the reaches follow each other without overlap."""
    return all(a.last < b.first for a, b in pairwise(reaches))


def _with_reach(rows: pl.LazyFrame, reaches: Sequence[Reach]) -> pl.LazyFrame:
    """Return ``rows`` with the index of the reach that holds each; others are dropped."""
    days: list[int] = []
    for index, reach in enumerate(reaches):
        days.extend([index] * ((reach.last - reach.first).days + 1))
        if index + 1 < len(reaches):
            gap = (reaches[index + 1].first - reach.last - timedelta(days=1)).days
            days.extend([-1] * gap)
    if not days:
        return rows.with_columns(pl.lit(-1).alias(_REACH)).filter(pl.lit(value=False))
    start = day_number(reaches[0].first)
    by_day = pl.lit(pl.Series(days, dtype=pl.Int32))
    offset = pl.col(_DAY).to_physical() - start
    rows = rows.filter(pl.col(_DAY).is_between(reaches[0].first, reaches[-1].last))
    return rows.with_columns(by_day.gather(offset).alias(_REACH)).filter(pl.col(_REACH) >= 0)


def _add_grouped(found: Found, rows: pl.DataFrame, dimension: str, atom: Atom) -> None:
    # By the member's text: rows without a value and rows with an empty one are one member.
    member = pl.lit("") if dimension == WHOLE else member_text(dimension)
    grouped = rows.lazy().with_columns(member.alias(_MEMBER)).group_by(_REACH, _MEMBER)
    answer = grouped.agg(_aggregate(atom)).collect()
    for reach, name, value in answer.iter_rows():
        found[dimension, name, reach] = value


def _aggregate(atom: Atom) -> pl.Expr:
    aggregate, value = atom.aggregate, pl.col(_VALUE)
    if aggregate.distinct:
        return value.n_unique()
    makers: dict[str, Callable[[], pl.Expr]] = {
        "median": value.median,
        "min": value.min,
        "max": value.max,
        "quantile": lambda: value.quantile(float(aggregate.quantile or 0), "linear"),
    }
    return makers[aggregate.kind]()
