"""Aggregates that need the rows in every group: distinct counts, medians, quantiles.

Distinct counts go by way of one table of distinct values, which is much smaller than the
rows. Overlapping spans (trailing windows, stocks on a day) take the rows once per span.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, pairwise

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
from kpi_site.sql.bounds import wide
from kpi_site.sql.nodes import Node, columns
from kpi_site.sql.to_polars import instant_expr, row_bound, row_expr
from kpi_site.sql.types import infer_node


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


def fused(
    requests: Iterable[RowsRequest],
) -> Iterator[tuple[RowsRequest, tuple[RowsRequest, ...]]]:
    """Yield requests that differ in their reaches alone as one, its reaches in order of time."""
    alike: dict[object, list[RowsRequest]] = {}
    for request in requests:
        alike.setdefault((request.source, request.atom, request.dimensions), []).append(request)
    for own in alike.values():
        reaches = {reach for request in own for reach in request.reaches}
        in_order = sorted(reaches, key=lambda reach: (reach.first, reach.last))
        yield replace(own[0], reaches=tuple(in_order)), tuple(own)


def parted(found: Found, one: RowsRequest, requests: Iterable[RowsRequest]) -> Iterator[Found]:
    """Yield what was ``found`` for ``one`` as the answers of the ``requests`` in it."""
    by_reach: dict[Reach, list[tuple[str, str, int | float | None]]] = {}
    for (dimension, member, index), value in found.items():
        by_reach.setdefault(one.reaches[index], []).append((dimension, member, value))
    for request in requests:
        yield {
            (dimension, member, index): value
            for index, reach in enumerate(request.reaches)
            for dimension, member, value in by_reach.get(reach, ())
        }


# (dimension, member, index of the reach) -> what the engine found
Found = dict[tuple[str, str, int], int | float | None]


MOST_AT_ONCE = 8_000_000
"""Rows that are held at a time; of more, the spans are taken in turn, as many as fit."""


def count_rows(
    frame: pl.LazyFrame, request: RowsRequest, through: date, schema: Schema, rows: int
) -> Found:
    """Answer ``request`` over the ``rows`` rows of ``frame`` up to the day ``through``."""
    counted = counted_rows(frame, request.source, through, schema)
    if rows <= MOST_AT_ONCE or request.source.alive is not None:
        wanted = _wanted(counted, request, schema)
        if request.atom.aggregate.distinct:
            wanted = wanted.unique()
        return _found(wanted, request, range(len(request.reaches)))
    day = as_day(request.source.time).alias(_DAY)
    per_day = counted.select(day).group_by(_DAY).len().collect(engine="streaming")
    found: Found = {}
    for portion in portions(request.reaches, dict(per_day.iter_rows())):
        low = min(request.reaches[i].first for i in portion)
        high = max(request.reaches[i].last for i in portion)
        part = counted.filter(as_day(request.source.time).is_between(low, high))
        found |= _found(_slim(_wanted(part, request, schema), request, schema), request, portion)
    return found


def portions(reaches: Sequence[Reach], rows: Mapping[date, int]) -> list[range]:
    """Return runs of ``reaches``, by index, of which each has few enough rows, or is one.

    ``rows`` counts those of each day.
    """
    found: list[range] = []
    start, held = 0, 0
    for index, own in enumerate(rows_within(reaches, rows)):
        if index > start and held + own > MOST_AT_ONCE:
            found.append(range(start, index))
            start, held = index, 0
        held += own
    return [*found, range(start, len(reaches))] if reaches else found


def rows_within(reaches: Iterable[Reach], rows: Mapping[date, int]) -> Iterator[int]:
    """Yield how many rows each of ``reaches`` has; ``rows`` counts those of each day."""
    days = sorted(rows)
    before = [0, *accumulate(rows[day] for day in days)]
    for reach in reaches:
        yield before[bisect_right(days, reach.last)] - before[bisect_left(days, reach.first)]


def _slim(rows: pl.LazyFrame, request: RowsRequest, schema: Schema) -> pl.LazyFrame:
    """Return ``rows`` in as few bytes as hold them: texts of dimensions as codes."""
    texts = [name for name in request.dimensions if schema[name].kind == "string"]
    return rows.with_columns(pl.col(name).cast(pl.Categorical) for name in texts)


def _found(rows: pl.LazyFrame, request: RowsRequest, indices: range) -> Found:
    """Answer for the reaches at ``indices``; ``rows`` hold all rows of these."""
    groupings = (WHOLE, *request.dimensions)
    reaches = [request.reaches[index] for index in indices]
    found: Found = {}
    if request.source.alive is None and _disjoint(reaches):
        in_reach = _with_reach(rows, reaches, indices.start).collect()
        for dimension in groupings:
            _add_grouped(found, in_reach, dimension, request.atom)
        return found
    held = rows.collect()
    for index, reach in zip(indices, reaches, strict=True):
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
        else _narrow(whole_number(aggregate.arg, schema), aggregate.arg, schema)
    )
    if aggregate.where is not None:
        rows = rows.filter(row_expr(aggregate.where, schema))
    days = (
        [as_day(source.time).alias(_DAY)]
        if source.alive is None
        else [as_day(name).alias(to) for name, to in zip(source.alive, _LIFE, strict=True) if name]
    )
    # Rows without a value and rows with an empty text are one member.
    dims = [
        pl.col(name).fill_null("") if schema[name].kind == "string" else pl.col(name)
        for name in request.dimensions
    ]
    return rows.select(*days, *dims, value.alias(_VALUE)).filter(pl.col(_VALUE).is_not_null())


def _narrow(value: pl.Expr, node: Node, schema: Schema) -> pl.Expr:
    """Return whole numbers in 64 bits where they have room: half the bytes to order."""
    kind = infer_node(node, schema)[0]
    exact = kind is not None and kind.kind in {"integer", "number"}
    return value if not exact or wide(row_bound(node, schema)) else value.cast(pl.Int64)


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


def _with_reach(rows: pl.LazyFrame, reaches: Sequence[Reach], start: int) -> pl.LazyFrame:
    """Return ``rows`` with the index (from ``start``) of the reach that holds each.

    Rows in none are dropped.
    """
    days: list[int] = []
    for at, reach in enumerate(reaches):
        days.extend([start + at] * ((reach.last - reach.first).days + 1))
        if at + 1 < len(reaches):
            gap = (reaches[at + 1].first - reach.last - timedelta(days=1)).days
            days.extend([-1] * gap)
    if not days:
        return rows.with_columns(pl.lit(-1).alias(_REACH)).filter(pl.lit(value=False))
    first_day = day_number(reaches[0].first)
    by_day = pl.lit(pl.Series(days, dtype=pl.Int32))
    offset = pl.col(_DAY).to_physical() - first_day
    rows = rows.filter(pl.col(_DAY).is_between(reaches[0].first, reaches[-1].last))
    return rows.with_columns(by_day.gather(offset).alias(_REACH)).filter(pl.col(_REACH) >= 0)


def _add_grouped(found: Found, rows: pl.DataFrame, dimension: str, atom: Atom) -> None:
    keys = [_REACH] if dimension == WHOLE else [_REACH, dimension]
    member = pl.lit("") if dimension == WHOLE else member_text(dimension)
    grouped = rows.lazy().group_by(keys).agg(_aggregate(atom).alias(_VALUE))
    answer = grouped.select(_REACH, member.alias(_MEMBER), _VALUE).collect()
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
