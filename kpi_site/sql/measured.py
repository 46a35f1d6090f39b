"""The bounds of columns, measured in rows, and put beside the columns' types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from kpi_site.sql.bounds import digits, wide
from kpi_site.sql.kinds import Bound, SqlType
from kpi_site.sql.too_wide import TooWide

_MEASURED = (pl.Int64, pl.Decimal, pl.Date, pl.Duration)

Ranges = Mapping[str, Bound]


def ranges_of(frame: pl.DataFrame) -> dict[str, Bound]:
    """Return the smallest and largest value of each column of numbers, days or durations.

    They are whole numbers of the type's smallest step; (0, 0) where every cell is empty.
    """
    names = [name for name, kind in frame.schema.items() if isinstance(kind, _MEASURED)]
    if not names:
        return {}
    cells = [pl.col(name).to_physical() for name in names]
    low = frame.select(cell.min() for cell in cells).row(0)
    high = frame.select(cell.max() for cell in cells).row(0)
    return {name: (a or 0, b or 0) for name, a, b in zip(names, low, high, strict=True)}


def check_stored(column: pl.DataFrame, at: int) -> None:
    """Raise `TooWide` if a single column of 128 bits holds what 64 bits cannot keep."""
    if column.dtypes != [pl.Int128]:
        return
    low, high = column.select(pl.all().min().alias("low"), pl.all().max().alias("high")).row(0)
    if wide((low or 0, high or 0)):
        raise TooWide(at, "integer", digits((low, high)), kept=True)


def joined(one: Ranges, other: Ranges) -> dict[str, Bound]:
    """Return the ranges of the rows of both."""
    return {
        **one,
        **{
            name: (min(low, one[name][0]), max(high, one[name][1])) if name in one else (low, high)
            for name, (low, high) in other.items()
        },
    }


def measured(schema: Mapping[str, SqlType], ranges: Ranges) -> dict[str, SqlType]:
    """Return ``schema`` with the bounds of its columns, where they are known."""
    return {
        name: replace(kind, bound=ranges[name]) if name in ranges else kind
        for name, kind in schema.items()
    }
