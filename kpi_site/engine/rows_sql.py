"""Aggregates that need the rows in every group, by SQL: one join with a calendar of the spans.

Distinct counts of dated rows have a quicker way: `kpi_site.engine.distinct_sql`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from kpi_site.engine import rows as limits
from kpi_site.engine.cube import DOUBLE_PLACES, WHOLE, RowSource, Schema
from kpi_site.engine.cube_sql import member_name, whole
from kpi_site.engine.distinct_sql import count_distinct, segment_bits
from kpi_site.engine.facts_sql import (
    Facts,
    Session,
    as_day,
    counted_rows,
    distinct_value,
    facts_of,
    member,
    whole_number,
)
from kpi_site.engine.rows import Found, Reach, RowsRequest, portions, rows_within
from kpi_site.engine.seam import Tables
from kpi_site.sql.kinds import BOOLEAN, SqlType, polars_type
from kpi_site.sql.nodes import Aggregate
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.printed import print_row


@dataclass(frozen=True, slots=True)
class Calendars:
    """The spans that requests ask for, each handed to the engine once in a session."""

    session: Session
    known: dict[tuple[str, int, tuple[Reach, ...]], str] = field(default_factory=dict)

    def of(self, request: RowsRequest, indices: range) -> str:
        """Return what stands after FROM: of stocks (i, last), else a row for each day (i, day).

        ``indices`` are those of the spans that are wanted.
        """
        reaches, start = request.reaches[indices.start : indices.stop], indices.start
        if request.source.alive is None:
            return self._loaded(("days", start, reaches), lambda: _days(reaches, start))
        return self._loaded(("ends", start, reaches), lambda: _ends(reaches, start))

    def segments(self, parts: tuple[Reach, ...]) -> str:
        """Return what stands after FROM: the `segment_bits` of ``parts``."""
        return self._loaded(("segments", 0, parts), lambda: segment_bits(parts))

    def _loaded(
        self, key: tuple[str, int, tuple[Reach, ...]], make: Callable[[], pl.DataFrame]
    ) -> str:
        if key not in self.known:
            self.known[key] = self.session.load(make())
        return self.known[key]


def _ends(reaches: Sequence[Reach], start: int) -> pl.DataFrame:
    pairs = [(index, reach.last) for index, reach in enumerate(reaches, start)]
    return pl.DataFrame(pairs, schema=_ENDS, orient="row")


def _days(reaches: Sequence[Reach], start: int) -> pl.DataFrame:
    pairs = [
        (index, reach.first + timedelta(days=n))
        for index, reach in enumerate(reaches, start)
        for n in range((reach.last - reach.first).days + 1)
    ]
    return pl.DataFrame(pairs, schema=_DAYS, orient="row")


_ENDS = {"i": pl.Int64(), "last": pl.Date()}
_DAYS = {"i": pl.Int64(), "day": pl.Date()}


def count_rows_by_sql(
    session: Session,
    dialect: Dialect,
    tables: Tables,
    request: RowsRequest,
    calendars: Calendars,
    through: date,
    schema: Schema,
) -> Found:
    """Answer ``request``, its reaches in order of time; see `kpi_site.engine.rows.count_rows`."""
    source, aggregate = request.source, request.atom.aggregate
    facts = facts_of(session, dialect, tables, source.dataset, sorted(request.columns))
    dated = source.alive is None

    def rows(indices: range) -> str:
        reaches = request.reaches[indices.start : indices.stop]
        last = min(through, max(reach.last for reach in reaches)) if dated else through
        first = reaches[0].first if dated else None
        counted, kinds = counted_rows(facts, source, last, schema, dialect, first=first)
        return _values(counted, request, kinds, dialect)

    kinds = [polars_type(schema[name]) for name in request.dimensions]
    if dated and aggregate.distinct:
        return count_distinct(session, dialect, request, rows, calendars.segments, kinds)
    columns = ", ".join(("s.i", *(f"v.d{n}" for n in range(len(request.dimensions))), "v.v"))
    kind = argument(aggregate, facts, schema, dialect)[2]
    size = tables[source.dataset].rows
    found: Found = {}
    for indices, apart in _turns(session, dialect, facts, request, schema, size):
        statement = f"SELECT {columns} FROM ({rows(indices)}) AS v"
        statement += f" JOIN {calendars.of(request, indices)} AS s ON {_inside(source)}"
        answers = grouped(session, dialect, statement, aggregate, kind, kinds, apart=apart)
        for index, position, name, value in answers:
            dimension = WHOLE if position is None else request.dimensions[position]
            found[dimension, name, index] = value
    return found


def _turns(
    session: Session,
    dialect: Dialect,
    facts: Facts,
    request: RowsRequest,
    schema: Schema,
    size: int,
) -> list[tuple[range, bool]]:
    """Return runs of reaches, by index, whose rows are held together: each row once for each.

    With each whether it has too many rows to be grouped by all dimensions at once.
    """
    count, most = len(request.reaches), limits.MOST_AT_ONCE
    if size * count <= most:
        return [(range(count), False)] if count else []
    if request.source.alive is not None:  # at any end all may be alive
        step = max(1, most // size)
        starts = range(0, count, step)
        return [(range(start, min(start + step, count)), size > most) for start in starts]
    time = request.source.time
    day = as_day(facts.names[time], schema[time], dialect)
    days = f"SELECT {day} AS day FROM ({facts.select}) AS f"
    found = session.query(f"SELECT day, COUNT(*) AS n FROM ({days}) AS d GROUP BY day")
    per_day = found.drop_nulls().select(pl.col("day").cast(pl.Date), "n")
    rows = dict(per_day.iter_rows())
    held = list(rows_within(request.reaches, rows))
    return [(own, held[own.start] > most) for own in portions(request.reaches, rows)]


def _inside(source: RowSource) -> str:
    if source.alive is None:
        return "v.day = s.day"
    if source.alive[1] is None:
        return "v.since <= s.last"
    return "v.since <= s.last AND (v.until IS NULL OR v.until > s.last)"


def _values(facts: Facts, request: RowsRequest, schema: Schema, dialect: Dialect) -> str:
    """Return day, dimensions and the aggregate's argument, where it is not NULL."""
    source, names = request.source, facts.names
    times = {"day": source.time}
    if source.alive is not None:
        times = {
            to: name for to, name in zip(("since", "until"), source.alive, strict=True) if name
        }
    items = [f"{as_day(names[name], schema[name], dialect)} AS {to}" for to, name in times.items()]
    items += [
        f"{member(names[name], schema[name], dialect)} AS d{i}"
        for i, name in enumerate(request.dimensions)
    ]
    value, where, _ = argument(request.atom.aggregate, facts, schema, dialect)
    items.append(f"{value} AS v")
    kept = f" WHERE {where}" if where else ""
    return (
        f"SELECT * FROM (SELECT {', '.join(items)} FROM ({facts.select}) AS c{kept}) AS w"
        " WHERE v IS NOT NULL"
    )


def argument(
    aggregate: Aggregate, facts: Facts, schema: Schema, dialect: Dialect
) -> tuple[str, str | None, SqlType]:
    """Return the value that is counted or ordered, the condition for rows, and its type."""
    assert aggregate.arg is not None
    printed = print_row(aggregate.arg, schema, facts.names, dialect)
    if aggregate.distinct:
        value = distinct_value(printed, dialect)
    else:
        value = whole_number(printed, dialect, DOUBLE_PLACES)
    if aggregate.where is None:
        return value, None, printed.type
    where = print_row(aggregate.where, schema, facts.names, dialect)
    return value, dialect.convert(where, BOOLEAN), printed.type


Counted = tuple[int, int | None, str, int | float | None]
"""Index of the span, position of the dimension (None: the whole), member, and the value."""


def grouped(
    session: Session,
    dialect: Dialect,
    rows: str,
    aggregate: Aggregate,
    kind: SqlType,
    kinds: Sequence[pl.DataType],
    *,
    apart: bool = False,
) -> Iterator[Counted]:
    """Yield the aggregate of each group of ``rows``: columns i, d0 …, v, whose v is not NULL.

    ``kind`` is the type of v, ``kinds`` are those of d0 …. Groupings that are asked for
    ``apart`` take more passes over the rows, and less memory.
    """
    if aggregate.distinct:
        yield from _one(session, rows, kinds, apart, ["COUNT(DISTINCT v)"], lambda found: found[0])
    elif aggregate.kind in {"min", "max"}:
        extreme = dialect.exact(f"{aggregate.kind.upper()}(v)", kind)
        yield from _one(session, rows, kinds, apart, [extreme], lambda found: found[0])
    else:
        share = 0.5 if aggregate.kind == "median" else float(aggregate.quantile or 0)
        pair = dialect.middle("v", kind) if share == 0.5 else None
        if pair is None:
            yield from _by_place(session, dialect, rows, kind, kinds, share)
        else:
            both = [dialect.exact(text, kind) for text in pair]
            yield from _one(session, rows, kinds, apart, both, lambda found: between(found, share))


def _one(
    session: Session,
    rows: str,
    kinds: Sequence[pl.DataType],
    apart: bool,
    aggregates: Sequence[str],
    value: Callable[[Sequence[int]], int | float | None],
) -> Iterator[Counted]:
    """Group by the span, and by it and each dimension: in one statement unless ``apart``."""
    counted = [f"{text} AS a{n}" for n, text in enumerate(aggregates)]
    for position, found in _groupings(session, rows, len(kinds), counted, apart=apart):
        answers = [whole(pl.col(f"a{n}"), found.schema[f"a{n}"]) for n in range(len(aggregates))]
        name = (
            pl.lit("") if position is None else member_name(f"d{position}", found, kinds[position])
        )
        for index, text, *values in found.select("i", name.alias("m"), *answers).iter_rows():
            yield index, position, text, value(values)


def _groupings(
    session: Session, rows: str, count: int, counted: Sequence[str], *, apart: bool
) -> Iterator[tuple[int | None, pl.DataFrame]]:
    """Yield the answers for the whole (None) and each dimension."""
    dims = [f"d{n}" for n in range(count)]
    if apart or not dims:
        for position in (None, *range(count)):
            keys = "i" if position is None else f"i, d{position}"
            items = ", ".join((keys, *counted))
            yield position, session.query(f"SELECT {items} FROM ({rows}) AS r GROUP BY {keys}")
        return
    flags = [f"GROUPING({dim}) AS g{n}" for n, dim in enumerate(dims)]
    sets = ", ".join(("(i)", *(f"(i, {dim})" for dim in dims)))
    items = ", ".join(("i", *dims, *flags, *counted))
    query = f"SELECT {items} FROM ({rows}) AS r GROUP BY GROUPING SETS ({sets})"
    found = session.query(query)
    for position in (None, *range(count)):
        own = [pl.col(f"g{n}") == (0 if n == position else 1) for n in range(count)]
        yield position, found.filter(own)


def _by_place(
    session: Session,
    dialect: Dialect,
    rows: str,
    kind: SqlType,
    kinds: Sequence[pl.DataType],
    share: float,
) -> Iterator[Counted]:
    """Find the two values beside the quantile by their places among all of their group."""
    for position in (None, *range(len(kinds))):
        dim = "" if position is None else f", d{position}"
        place = f"ROW_NUMBER() OVER (PARTITION BY i{dim} ORDER BY v) - 1"
        sized = f"SELECT i{dim}, v, {place} AS k, COUNT(*) OVER (PARTITION BY i{dim}) AS n"
        at = f"(n - 1) * {dialect.double(share)}"
        low, high = (
            dialect.exact(f"MIN(CASE WHEN k = {word}({at}) THEN v END)", kind)
            for word in ("FLOOR", "CEIL")
        )
        found = session.query(
            f"SELECT i{dim}, n, {low} AS a0, {high} AS a1"
            f" FROM ({sized} FROM ({rows}) AS r) AS p GROUP BY i{dim}, n"
        )
        name = (
            pl.lit("") if position is None else member_name(f"d{position}", found, kinds[position])
        )
        answers = [whole(pl.col(f"a{n}"), found.schema[f"a{n}"]) for n in range(2)]
        for index, text, *values in found.select("i", name.alias("m"), *answers, "n").iter_rows():
            yield index, position, text, between(values, share)


def between(found: Sequence[int], share: float) -> float:
    """Return the quantile between two neighbours (and, for a median, from them alone).

    In doubles, step by step as Polars does it, so that both give the same bits.
    """
    low, high = float(found[0]), float(found[1])
    if found[0] == found[1]:
        return low
    at = (found[2] - 1) * share if len(found) > 2 else share
    return (at - math.floor(at)) * (high - low) + low
