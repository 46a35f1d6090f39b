"""Distinct counts of many spans at once, by SQL: in one pass each over the whole and a dimension.

The spans' first and last days cut time into segments, of which each has a bit. A grouping by
value tells in which segments the value is there, and a span counts the values that have one of
its bits: no span looks at the rows again, however the spans lie in each other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from kpi_site.engine.cube import WHOLE
from kpi_site.engine.cube_sql import member_name
from kpi_site.engine.facts_sql import Session
from kpi_site.engine.rows import Found, Reach, RowsRequest
from kpi_site.sql.printing.dialect import Dialect

BITS = 62
"""Of a whole number, in all engines alike."""
MOST_SEGMENTS = 8 * BITS
"""Of one statement: it has a column for every `BITS` of them, and for every span."""
_DAY = timedelta(days=1)

Load = Callable[[tuple[Reach, ...]], str]
"""Gives the `segment_bits` of segments to the engine; returns what stands after FROM."""


def count_distinct(
    session: Session,
    dialect: Dialect,
    request: RowsRequest,
    rows: Callable[[range], str],
    load: Load,
    kinds: Sequence[pl.DataType],
) -> Found:
    """Answer ``request``, whose rows are dated and whose reaches are in order of time.

    ``rows`` returns those of some reaches: day, d0 …, and v, which is not NULL; ``kinds`` are
    the types of d0 ….
    """
    found: Found = {}
    for indices in turns(request.reaches):
        reaches = [request.reaches[index] for index in indices]
        parts = segments(reaches)
        words = [f"w{n}" for n in range(-(-len(parts) // BITS))]
        masks = ", ".join(f"BIT_OR(s.{word}) AS {word}" for word in words)
        counts = ", ".join(
            f"COUNT(CASE WHEN {_seen(reach, parts, dialect)} THEN 1 END) AS a{n}"
            for n, reach in enumerate(reaches)
        )
        source = f"({rows(indices)}) AS r JOIN {load(parts)} AS s ON r.day = s.day"
        for position in (None, *range(len(request.dimensions))):
            key, group, name, dimension = "", "", pl.lit(""), WHOLE
            if position is not None:
                key, group = f"d{position}, ", f" GROUP BY d{position}"
                dimension = request.dimensions[position]
            values = f"SELECT {key}v, {masks} FROM {source} GROUP BY {key}v"
            answer = session.query(f"SELECT {key}{counts} FROM ({values}) AS m{group}")
            if position is not None:
                name = member_name(f"d{position}", answer, kinds[position])
            counted = answer.select(name.alias("m"), pl.col("^a[0-9]+$").cast(pl.Int64))
            for member, *numbers in counted.iter_rows():
                pairs = zip(indices, numbers, strict=True)
                found.update(((dimension, member, index), n) for index, n in pairs if n)
    return found


def turns(reaches: Sequence[Reach]) -> Iterator[range]:
    """Yield runs of ``reaches``, by index, of which each has few enough segments."""
    start = 0
    days: set[date] = set()
    for index, reach in enumerate(reaches):
        own = {reach.first, reach.last + _DAY}
        if index - start == MOST_SEGMENTS or (days and len(days | own) > MOST_SEGMENTS):
            yield range(start, index)
            start, days = index, set()
        days |= own
    if reaches:
        yield range(start, len(reaches))


def segments(reaches: Sequence[Reach]) -> tuple[Reach, ...]:
    """Return the days of ``reaches``, in order, cut wherever one begins or has ended."""
    cuts = sorted({reach.first for reach in reaches} | {reach.last + _DAY for reach in reaches})
    parts = (Reach(a, b - _DAY) for a, b in pairwise(cuts))
    return tuple(p for p in parts if any(r.first <= p.first <= r.last for r in reaches))


def segment_bits(parts: Sequence[Reach]) -> pl.DataFrame:
    """Return a row for each day: day, and in w0, w1 … the bit of the segment that holds it."""
    rows = [
        (part.first + timedelta(days=n), index)
        for index, part in enumerate(parts)
        for n in range((part.last - part.first).days + 1)
    ]
    words = {
        f"w{word}": [1 << index % BITS if index // BITS == word else 0 for _, index in rows]
        for word in range(-(-len(parts) // BITS))
    }
    days = pl.Series("day", [day for day, _ in rows], pl.Date)
    return pl.DataFrame([days, *(pl.Series(name, word, pl.Int64) for name, word in words.items())])


def _seen(reach: Reach, parts: Sequence[Reach], dialect: Dialect) -> str:
    """Return the condition that a value is there in a segment of ``reach``."""
    first = bisect_left(parts, reach.first, key=lambda part: part.first)
    after = bisect_left(parts, reach.last + _DAY, key=lambda part: part.first)
    bits: dict[int, int] = {}
    for index in range(first, after):
        bits[index // BITS] = bits.get(index // BITS, 0) | 1 << index % BITS
    return " OR ".join(dialect.has_bit(f"w{word}", mask) for word, mask in bits.items())
