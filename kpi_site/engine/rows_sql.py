"""Aggregates that need the rows in every group, by SQL: one join with a calendar of the spans.

Of dated rows the calendar has the segments that the spans are made of, so that each row is joined
once; distinct counts of these are told by `kpi_site.engine.distinct_sql`, medians and quantiles of
all by `kpi_site.engine.quantile_sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from kpi_site.engine import rows as limits
from kpi_site.engine.cube import DOUBLE_PLACES, WHOLE, RowSource, Schema
from kpi_site.engine.distinct_sql import count_distinct, segment_bits, segments
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
from kpi_site.engine.grouped_sql import Counted, Grouped
from kpi_site.engine.quantile_sql import Spread, each_alone, extremes, quantiles, spans_of
from kpi_site.engine.rows import Found, Reach, RowsRequest
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

    def ends(self, reaches: tuple[Reach, ...], start: int) -> str:
        """Return what stands after FROM: the last day of each reach, counted from ``start``."""
        return self._loaded(("ends", start, reaches), lambda: _ends(reaches, start))

    def days(self, parts: tuple[Reach, ...]) -> str:
        """Return what stands after FROM: a row for each day of ``parts`` (i, day)."""
        return self._loaded(("days", 0, parts), lambda: _days(parts))

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


def _days(parts: Sequence[Reach]) -> pl.DataFrame:
    pairs = [
        (index, part.first + timedelta(days=n))
        for index, part in enumerate(parts)
        for n in range((part.last - part.first).days + 1)
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
    if not request.reaches:
        return {}
    source, aggregate = request.source, request.atom.aggregate
    facts = facts_of(session, dialect, tables, source.dataset, sorted(request.columns))
    asked = _Asked(session, dialect, request, facts, through, schema)
    size = tables[source.dataset].rows
    if source.alive is not None:
        answers = _standing(asked, calendars, size)
    elif aggregate.distinct:
        kinds = [polars_type(kind) for kind in asked.kinds]
        return count_distinct(session, dialect, request, asked.rows, calendars.segments, kinds)
    else:
        parts = segments(request.reaches)
        rows = asked.joined(range(len(request.reaches)), calendars.days(parts))
        answers = grouped(rows, aggregate, size, spans_of(request.reaches, parts))
    return {
        (WHOLE if position is None else request.dimensions[position], name, index): value
        for index, position, name, value in answers
    }


def _standing(asked: _Asked, calendars: Calendars, size: int) -> Iterator[Counted]:
    """Answer for a stock: at any end all of its ``size`` rows may be alive.

    Distinct values are held, so the ends are taken in turn, as many as fit.
    """
    aggregate, reaches = asked.request.atom.aggregate, asked.request.reaches
    most = limits.MOST_AT_ONCE
    step = max(1, most // max(size, 1)) if aggregate.distinct else len(reaches)
    for start in range(0, len(reaches), step):
        own = reaches[start : start + step]
        rows = asked.joined(range(start, start + len(own)), calendars.ends(own, start))
        many = size * len(own)
        yield from grouped(rows, aggregate, many, each_alone, apart=many > most)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks of ``facts``."""

    session: Session
    dialect: Dialect
    request: RowsRequest
    facts: Facts
    through: date
    schema: Schema

    @property
    def kinds(self) -> list[SqlType]:
        return [self.schema[name] for name in self.request.dimensions]

    def rows(self, indices: range) -> str:
        """Return the rows of some reaches: their days, dimensions and values."""
        reaches = self.request.reaches[indices.start : indices.stop]
        last, first = self.through, None
        if self.request.source.alive is None:
            last, first = min(last, max(reach.last for reach in reaches)), reaches[0].first
        counted, schema = counted_rows(
            self.facts, self.request.source, last, self.schema, self.dialect, first=first
        )
        return _values(counted, self.request, schema, self.dialect)

    def joined(self, indices: range, calendar: str) -> Grouped:
        """Return the rows of some reaches with what they are grouped by."""
        kinds = self.kinds
        columns = ", ".join(("s.i", *(f"v.d{n}" for n in range(len(kinds))), "v.v"))
        select = f"SELECT {columns} FROM ({self.rows(indices)}) AS v"
        select += f" JOIN {calendar} AS s ON {_inside(self.request.source)}"
        kind = argument(self.request.atom.aggregate, self.facts, self.schema, self.dialect)[2]
        return Grouped(self.session, self.dialect, select, kind, kinds)


def grouped(
    rows: Grouped, aggregate: Aggregate, size: int, spread: Spread, *, apart: bool = False
) -> Iterator[Counted]:
    """Yield the aggregate of each span and member; there are up to ``size`` rows."""
    if aggregate.distinct:  # spans are not made of segments here
        for position, found in rows.counted(["COUNT(DISTINCT v) AS a"], apart=apart):
            answers = found.select(pl.col("i").cast(pl.Int64), "m", pl.col("a").cast(pl.Int64))
            for span, member, value in answers.iter_rows():
                yield span, position, member, value
    elif aggregate.kind in {"min", "max"}:
        yield from extremes(rows, aggregate.kind.upper(), spread)
    else:
        share = 0.5 if aggregate.kind == "median" else float(aggregate.quantile or 0)
        yield from quantiles(rows, share, spread, size)


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
    elif printed.type.kind == "number":
        value = dialect.slim(printed)
    else:
        value = whole_number(printed, dialect, DOUBLE_PLACES)
    if aggregate.where is None:
        return value, None, printed.type
    where = print_row(aggregate.where, schema, facts.names, dialect)
    return value, dialect.convert(where, BOOLEAN), printed.type
