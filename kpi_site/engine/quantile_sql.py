"""Medians and quantiles of many spans at once, by SQL: found by counting, never by sorting.

Rows are counted by segment of time, member and range of values. A span's counts are the sums of
its segments', so they tell in which range the value at a place lies; these few ranges alone are
counted again in narrower ones, and in the end value by value. How often the rows are read
depends on how their values lie, not on the number of spans, and what is held are counts.

Into which range a value goes is told by its double, which need not be exact: where ranges lie is
told by the least and the greatest value in each, and those that overlap are taken as one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from kpi_site.engine.cube_sql import whole
from kpi_site.engine.facts_sql import same, some
from kpi_site.engine.grouped_sql import Counted, Grouped
from kpi_site.engine.rows import Reach, portions

MOST = 1_000_000
"""Counts that an answer may have; with so few rows left, they are counted value by value."""

Spread = Callable[[pl.DataFrame], Iterator[pl.DataFrame]]
"""Gives the spans (s) that each segment (i) of some counts is in, so many at a time as fit."""


def each_alone(counts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield segments that are the spans themselves."""
    yield counts.select("i", s="i").unique()


def spans_of(reaches: Sequence[Reach], parts: Sequence[Reach]) -> Spread:
    """Return how ``reaches``, in order of time, are made of ``parts``, the segments."""
    days = [part.first for part in parts]
    edges = pl.DataFrame(
        {
            "a": [bisect_left(days, reach.first) for reach in reaches],
            "b": [bisect_right(days, reach.last) for reach in reaches],
        },
        schema={"a": pl.Int64(), "b": pl.Int64()},
    )

    def spread(counts: pl.DataFrame) -> Iterator[pl.DataFrame]:
        sizes = {days[i]: size for i, size in counts.group_by("i").len().iter_rows()}
        for own in portions(reaches, sizes):
            held = edges[own.start : own.stop].with_row_index("s", own.start)
            yield held.select(pl.col("s").cast(pl.Int64), i=pl.int_ranges("a", "b")).explode("i")

    return spread


def extremes(rows: Grouped, word: str, spread: Spread) -> Iterator[Counted]:
    """Yield the least or the greatest value of each span: ``word`` is MIN or MAX."""
    extreme = rows.dialect.exact(f"{word}(v)", rows.kind)
    best = pl.col("a").min() if word == "MIN" else pl.col("a").max()
    for position, found in rows.counted([f"{extreme} AS a"]):
        parts = found.select("i", "m", whole(pl.col("a"), found.schema["a"]))
        for spans in spread(parts):
            answers = spans.join(parts, on="i").group_by("s", "m").agg(best)
            for span, member, value in answers.iter_rows():
                yield span, position, member, value


def quantiles(rows: Grouped, share: float, spread: Spread, size: int) -> Iterator[Counted]:
    """Yield the value below which a ``share`` of each span's rows lies; there are ``size`` rows.

    If these are few, they are counted value by value at once.
    """
    for position, found in rows.counted(_counts(rows), *(["v"] if size <= MOST else [])):
        if found.is_empty():
            continue
        members = found.select("m", "d").unique("m").with_row_index("member")
        members = members.cast({"member": pl.Int64()})
        counts = _read(found.join(members.select("m", c="member"), on="m"))
        told = _found(rows, position, members, counts, share, spread)
        low, high = (told.filter(pl.col("upper") == upper) for upper in (False, True))
        pairs = low.join(high, on=("s", "member")).join(members, on="member")
        for span, member, *values in pairs.select(
            "s", "m", "value", "value_right", "rows"
        ).iter_rows():
            yield span, position, member, between(values, share)


def between(found: Sequence[int], share: float) -> float:
    """Return the quantile of so many (the third of ``found``) values between two neighbours.

    In doubles, step by step as Polars does it, so that both give the same bits.
    """
    low, high = float(found[0]), float(found[1])
    if found[0] == found[1]:
        return low
    at = (found[2] - 1) * share
    return (at - math.floor(at)) * (high - low) + low


def _found(
    rows: Grouped,
    position: int | None,
    members: pl.DataFrame,
    counts: pl.DataFrame,
    share: float,
    spread: Spread,
) -> pl.DataFrame:
    """Return the values at both places beside each quantile: s, member, upper, value, rows.

    ``counts`` are of ranges c that have the numbers of their members.
    """
    asked = pl.concat(_places(spans, counts, share) for spans in spread(counts))
    told = []
    left = 0
    while asked.height:
        counts, ranges = _apart(counts)
        placed, wanted = [], []
        for spans in spread(counts):
            own = _placed(spans, counts, asked).join(ranges, on="c")
            more = own.filter(pl.col("least") < pl.col("greatest"))
            told.append(own.filter(pl.col("least") == pl.col("greatest")))
            placed.append(more.select(asked.columns))
            wanted.append(spans.join(more.select("s", "c", "member").unique(), on="s").drop("s"))
        asked = pl.concat(placed)
        if asked.height:
            of = pl.concat(wanted).unique().join(counts.drop("parent"), on=("i", "c"))
            of = of.join(ranges, on="c").join(members, on="member")
            before, left = left, int(of["n"].sum())
            by_value = left <= MOST or left == before
            statement = _narrower(rows, position, of, left, by_value=by_value)
            counts = _read(rows.session.query(statement))
    return pl.concat(told).select("s", "member", "upper", "rows", value="least")


def _places(spans: pl.DataFrame, counts: pl.DataFrame, share: float) -> pl.DataFrame:
    """Return the places, from 0, beside the quantile of each span and member."""
    sums = spans.join(counts, on="i").group_by("s", "c").agg(rows=pl.col("n").sum())
    at = (pl.col("rows") - 1) * share
    both = (
        sums.select("s", "c", "rows", upper=pl.lit(upper), place=place.cast(pl.Int64))
        for upper, place in ((False, at.floor()), (True, at.ceil()))
    )
    return pl.concat(both).with_columns(member="c")


def _apart(counts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the counts (i, c, n, parent) of ranges apart from each other, and these ranges.

    They are numbered in order of their values, within the range ``parent`` that they are part of.
    """
    values, doubles = (
        pl.col(first) > pl.col(last).cum_max().shift().over("c")
        for first, last in (("least", "greatest"), ("low", "high"))
    )
    # A range that will be counted again is told by its doubles.
    apart = values & (doubles | (pl.col("least") == pl.col("greatest")).all())
    parted = counts.sort("c", "least", "low").with_columns(
        apart.fill_null(value=True).cum_sum().cast(pl.Int64).alias("c"), parent="c"
    )
    low, least = pl.col("low", "least").min(), pl.col("high", "greatest").max()
    ranges = parted.group_by("c").agg(low, least)
    return parted.group_by("i", "c", "parent").agg(pl.col("n").sum()), ranges


def _placed(spans: pl.DataFrame, counts: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return what is ``asked`` of these spans with the range that holds it, and the place there."""
    own = spans.join(asked.select("s", parent="c").unique(), on="s")
    sums = own.join(counts, on=("i", "parent")).group_by("s", "parent", "c").agg(pl.col("n").sum())
    sums = sums.sort("s", "parent", "c").with_columns(
        below=pl.col("n").cum_sum().over("s", "parent") - pl.col("n")
    )
    place = pl.col("place") - pl.col("below")
    held = asked.rename({"c": "parent"}).join(sums, on=("s", "parent"))
    held = held.filter(place >= 0, place < pl.col("n"))
    return held.with_columns(place=place).select(asked.columns)


def _narrower(
    rows: Grouped, position: int | None, of: pl.DataFrame, left: int, *, by_value: bool
) -> str:
    """Return the statement that counts the rows ``left``, ``of`` some segments and ranges, again.

    By value, or in so many parts that there are about as many counts as rows left after it.
    """
    on, part = "r.i = w.i", "r.v" if by_value else "FLOOR((r.x - w.low) / w.width)"
    if position is not None:
        kind = rows.dimensions[position]
        filler = rows.dialect.key(some(kind, rows.dialect), kind)
        on += f" AND {same(f'r.d{position}', 'w.d', filler)}"
    parts = max(2, min(2 * math.isqrt(left // of.height), MOST // of.height))
    width = (pl.col("high") - pl.col("low")) / parts
    width = pl.when(width > 0).then(width).otherwise(1.0)
    ranges = rows.session.load(of.select("i", "d", "c", "low", "high", width=width))
    found = (
        f"SELECT w.c AS c, r.i AS i, r.v AS v, r.x AS x, {part} AS part"
        f" FROM ({rows.valued}) AS r JOIN {ranges} AS w ON {on}"
        " WHERE r.x >= w.low AND r.x <= w.high"
    )
    return f"SELECT c, i, {', '.join(_counts(rows))} FROM ({found}) AS p GROUP BY c, i, part"


def _counts(rows: Grouped) -> list[str]:
    """Return the count of a range's rows, its first and last double, and values, as SQL."""
    least, greatest = (rows.dialect.exact(f"{word}(v)", rows.kind) for word in ("MIN", "MAX"))
    doubles = "MIN(x) AS low, MAX(x) AS high"
    return [f"COUNT(*) AS n, {doubles}, {least} AS least, {greatest} AS greatest"]


def _read(found: pl.DataFrame) -> pl.DataFrame:
    """Return an answer of counts in types that are the same for all engines."""
    values = (whole(pl.col(name), found.schema[name]) for name in ("least", "greatest"))
    return found.select(pl.col("i", "c", "n").cast(pl.Int64), "low", "high", *values)
