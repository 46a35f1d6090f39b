"""Additive aggregates: one base cube per time column, rolled up to each breakdown.

All partials that share a dataset and a time column are folded in one pass, grouped by
bucket (month or day) and the dimensions together; a second, small grouping gives the whole
and each dimension alone. Dimensions with very many members are grouped by themselves, so
that the base cube stays small.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import polars as pl

from kpi_site.engine.atoms import Partial
from kpi_site.sql.nodes import Node, columns
from kpi_site.sql.to_polars import instant_expr, row_expr
from kpi_site.sql.types import SqlType, infer_node

Bucket = Literal["month", "day"]
Schema = Mapping[str, SqlType]

WHOLE = ""  # the name of the grouping without a dimension

# Names that no column of a dataset can have: dimensions keep their own beside them.
BUCKET, MEMBER = "\0bucket", "\0member"
# The time of the next rows of the same entity: from then on a row is no longer the last.
NEXT = "\0next"

# Doubles arise only from divisions inside a row; fixed places make their sums exact.
DOUBLE_PLACES = 12

_LARGEST_CUBE = 200_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class RowSource:
    """Which rows of a dataset count, and which column puts them into buckets.

    ``alive`` is (since, until) for stocks: rows that end by the day they begin never live.
    ``entity`` is the column of which each value's last rows live, until its `NEXT` ones.
    ``cuts`` are days inside months at which a bucket of months begins anew, in order: spans
    that begin or end there are still whole buckets.
    """

    dataset: str
    time: str
    bucket: Bucket
    alive: tuple[str, str | None] | None = None
    cuts: tuple[date, ...] = ()
    entity: str | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the dataset that tell which rows count, and when."""
        named = {*(self.alive or ()), self.time, self.entity} - {None, NEXT}
        return frozenset(name for name in named if name is not None)

    def number(self, day: date) -> int:
        """Return the bucket that holds ``day``."""
        if self.bucket == "day":
            return day_number(day)
        return month_number(day) + bisect_right(self.cuts, day)


@dataclass(frozen=True, slots=True)
class CubeRequest:
    """Partials to fold over ``source``, for the whole and each of ``dimensions``."""

    source: RowSource
    partials: tuple[Partial, ...]
    dimensions: tuple[str, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that answering the request reads."""
        nodes = [n for p in self.partials for n in (p.arg, p.where) if n is not None]
        named = {column.name for node in nodes for column in columns(node)}
        return frozenset(named | self.source.columns | {*self.dimensions})


def month_number(day: date) -> int:
    """Return the bucket of ``day`` among months."""
    return day.year * 12 + day.month - 1


def day_number(day: date) -> int:
    """Return the bucket of ``day`` among days: days since 1970-01-01, as Polars counts."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Return the day of a bucket among days."""
    return date.fromordinal(number + _EPOCH)


def until_day(column: str, day: date, schema: Schema) -> pl.Expr:
    """Return the condition that ``column`` lies on or before ``day`` (false where null)."""
    if schema[column].kind == "date":
        return pl.col(column) <= pl.lit(day)
    return pl.col(column) < pl.lit(day + timedelta(days=1)).cast(pl.Datetime("us"))


def as_day(column: str) -> pl.Expr:
    """Return the day of a date or datetime column."""
    return pl.col(column).cast(pl.Date)


def counted_rows(
    frame: pl.LazyFrame, source: RowSource, through: date, schema: Schema
) -> pl.LazyFrame:
    """Return the rows of ``source`` that lie on or before ``through``."""
    if source.entity is not None and source.alive is not None:
        time = source.alive[0]
        frame, schema = _with_next(frame, source.entity, time), {**schema, NEXT: schema[time]}
    rows = frame.filter(until_day(source.time, through, schema))
    if source.alive is None:
        return rows
    since, until = source.alive
    rows = rows.filter(until_day(since, through, schema))
    if until is not None:
        rows = rows.filter(pl.col(until).is_null() | (as_day(since) < as_day(until)))
    return rows


def _with_next(frame: pl.LazyFrame, entity: str, time: str) -> pl.LazyFrame:
    """Return ``frame`` with `NEXT`: the next later time of the same entity, null for its last.

    Rows without an entity are those of one.
    """
    times = frame.select(entity, time).unique().sort(entity, time)
    following = times.with_columns(pl.col(time).shift(-1).over(entity).alias(NEXT))
    return frame.join(following, on=[entity, time], how="left", nulls_equal=True)


def base_cubes(
    frame: pl.LazyFrame,
    request: CubeRequest,
    through: date,
    schema: Schema,
    sizes: Mapping[str, int],
) -> tuple[tuple[tuple[str, ...], pl.LazyFrame], ...]:
    """Return (dimensions, folded rows) so that every dimension stands in one of them.

    Columns: `BUCKET`, the dimensions, and the `partial_name` of each of ``request.partials``.
    ``sizes`` tells how many members each dimension has.
    """
    rows = counted_rows(frame, request.source, through, schema)
    bucket = _bucket_expr(request.source).alias(BUCKET)
    values = [_row_value(p, schema).alias(partial_name(i)) for i, p in enumerate(request.partials)]
    rows = rows.select(bucket, *(pl.col(d) for d in request.dimensions), *values)
    return tuple(
        (names, rows.group_by(BUCKET, *names).agg(_fold(request.partials)))
        for names in joint_groups(request.dimensions, sizes)
    )


def partial_name(index: int) -> str:
    """Return the name of the column that holds partial ``index``."""
    return f"\0p{index}"


def joint_groups(dimensions: Sequence[str], sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return groups of dimensions whose members multiply to a small cube, small ones first."""
    groups: list[tuple[str, ...]] = []
    current: tuple[str, ...] = ()
    cells = 48
    for name in sorted(dimensions, key=lambda d: sizes[d]):
        size = max(sizes[name], 1) + 1
        if current and cells * size > _LARGEST_CUBE:
            groups.append(current)
            current, cells = (), 48
        current, cells = (*current, name), cells * size
    return [*groups, current]


def roll_up(base: pl.DataFrame, partials: Sequence[Partial], dimension: str) -> pl.DataFrame:
    """Return the base cube folded to (`BUCKET`, `MEMBER`): one dimension, or `WHOLE`."""
    keys = [BUCKET] if dimension == WHOLE else [BUCKET, dimension]
    rolled = base.lazy().group_by(keys).agg(_fold(partials)).collect()
    member = pl.lit("") if dimension == WHOLE else member_text(dimension)
    names = [partial_name(i) for i in range(len(partials))]
    return rolled.select(BUCKET, member.alias(MEMBER), *names).sort(MEMBER, BUCKET)


def member_text(dimension: str) -> pl.Expr:
    """Return a dimension's members as text; empty where the value is missing."""
    return pl.col(dimension).cast(pl.String).fill_null("")


def _bucket_expr(source: RowSource) -> pl.Expr:
    time = pl.col(source.time)
    day = time.cast(pl.Date).to_physical()
    if source.bucket == "day":
        return day
    # Looking a day up costs a third of taking year and month apart for every row.
    months = _months(source.cuts)
    return pl.lit(months).gather((day - day_number(_FIRST)).clip(0, len(months) - 1))


# Rows of earlier years count as this one's; later years than the last end before it.
_FIRST, _LAST = date(1600, 1, 1), date(2999, 12, 31)


@lru_cache(maxsize=8)
def _months(cuts: tuple[date, ...]) -> pl.Series:
    """Return the bucket of every day from ``_FIRST`` to ``_LAST``; see ``Source.number``."""
    days = pl.date_range(_FIRST, _LAST, eager=True)
    months = days.dt.year().cast(pl.Int32) * 12 + days.dt.month().cast(pl.Int32) - 1
    passed = pl.Series(cuts, dtype=pl.Date).search_sorted(days, side="right")
    return months + passed.cast(pl.Int32)


def _row_value(partial: Partial, schema: Schema) -> pl.Expr:
    """Return what a row adds to the partial."""
    where = None if partial.where is None else row_expr(partial.where, schema)
    if partial.kind == "count":
        holds = [] if where is None else [where.fill_null(value=False)]
        if partial.arg is not None:
            holds.append(row_expr(partial.arg, schema).is_not_null())
        if not holds:
            return pl.lit(1, pl.UInt8)
        return pl.all_horizontal(holds)
    assert partial.arg is not None
    value = whole_number(partial.arg, schema)
    return value if where is None else pl.when(where).then(value)


def whole_number(node: Node, schema: Schema) -> pl.Expr:
    """Return ``node`` as whole numbers of its smallest step; see `places`."""
    found, _ = infer_node(node, schema)
    value = row_expr(node, schema)
    match found.kind if found is not None else "integer":
        case "double":
            return value.cast(pl.Decimal(38, DOUBLE_PLACES)).to_physical()
        case "number":
            assert found is not None
            return value.cast(pl.Decimal(38, found.scale)).to_physical()
        case "duration":
            return value.cast(pl.Duration("us")).to_physical()
        case "boolean":
            return value.cast(pl.Int64)
        case "datetime":
            return instant_expr(node, schema).to_physical()
        case "date":
            return value.to_physical()
        case (
            "string"
        ):  # outside an aggregate, all that can be asked of a text is whether it is there
            return pl.when(value.is_not_null()).then(pl.lit(1, pl.Int64))
        case _:
            return value


def places(found: SqlType | None) -> int:
    """Return how many decimal places a `whole_number` of this type has: 2 if 1 means 0.01."""
    if found is None:
        return 0
    return DOUBLE_PLACES if found.kind == "double" else found.scale


def _fold(partials: Sequence[Partial]) -> list[pl.Expr]:
    """Return the aggregations that fold partial columns, of rows or of themselves."""
    folds = []
    for i, partial in enumerate(partials):
        column = pl.col(partial_name(i))
        match partial.kind:
            case "min":
                folds.append(column.min())
            case "max":
                folds.append(column.max())
            case "count":
                folds.append(column.sum())
            case "sum":
                folds.append(column.cast(pl.Int128).sum())
    return folds
