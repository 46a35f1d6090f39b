"""Rows of Python values, as other databases give them, as columns: exact, or text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import polars as pl

from kpi_site.databases.server import BinaryValueError

_INT64: Final = range(-(2**63), 2**63)


def frame_of(names: Sequence[str], rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    """Return the rows, each column with the one type of all its values, else as text.

    BinaryValueError at a value that is bytes.
    """
    columns: list[list[object]] = [[] for _ in names]
    for row in rows:
        for values, value in zip(columns, row, strict=True):
            values.append(value)
    return pl.DataFrame(list(map(_series, names, columns)))


def _series(name: str, values: list[object]) -> pl.Series:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {datetime}:
        return _moments(name, values)
    if kinds == {int} and all(value is None or value in _INT64 for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    for kind, stored in ((bool, pl.Boolean), (float, pl.Float64), (date, pl.Date)):
        if kinds == {kind}:
            return pl.Series(name, values, dtype=stored)
    return pl.Series(name, [_text(name, row, v) for row, v in enumerate(values)], dtype=pl.String)


def _moments(name: str, values: list[object]) -> pl.Series:
    aware = {v.tzinfo is not None for v in values if isinstance(v, datetime)}
    if aware == {True}:
        values = [v.astimezone(UTC) if isinstance(v, datetime) else None for v in values]
        return pl.Series(name, values, dtype=pl.Datetime("us", "UTC"))
    if aware == {False}:
        return pl.Series(name, values, dtype=pl.Datetime("us"))
    return pl.Series(name, [_text(name, row, v) for row, v in enumerate(values)], dtype=pl.String)


def _text(name: str, row: int, value: object) -> str | None:
    """Write a value as a CSV file would have it."""
    match value:
        case None:
            return None
        case bytes() | bytearray() | memoryview():
            raise BinaryValueError(name, row)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case float():
            return repr(value).removesuffix(".0")
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value)
