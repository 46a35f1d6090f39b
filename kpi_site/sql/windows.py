"""Window functions of derived columns as Polars expressions (specification.md#windows).

NULLs come last in both orders, as in DuckDB. With an order, an aggregate runs from the
first row of its partition to the last peer of the current row; without one it is taken
over the whole partition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from kpi_site.sql.nodes import Window
from kpi_site.sql.signatures import Typed

_LAST = 2**62  # the rank of NULL


def window_expr(node: Window, parts: Sequence[pl.Expr], found: Typed) -> pl.Expr:
    """Return ``function OVER (…)``; ``parts`` are the expressions of ``found.parts``."""
    first_key = len(node.args) + len(node.partition)
    partition = list(parts[len(node.args) : first_key]) or [pl.lit(1)]
    directions = [descending for _, descending in node.order]
    order = [_rank(*key) for key in zip(parts[first_key:], directions, strict=True)]
    value = _value(parts[0], found.parts[0]) if node.args else pl.lit(1)
    match node.function:
        case "rank":
            return _place(order, "min").over(partition)
        case "row_number":
            return pl.int_range(1, pl.len() + 1).over(partition, order_by=order)
        case "first_value":
            return value.first().over(partition, order_by=order)
        case "lag" | "lead":
            return value.shift(_steps(node, found)).over(partition, order_by=order)
    if not order:
        return _whole(node, value).over(partition)
    place = _place(order, "max")
    return _running(node, value, place).gather(place - 1).over(partition)


def _rank(key: pl.Expr, descending: bool) -> pl.Expr:
    """Return the key as ascending ranks, so that every key may have its own direction."""
    rank = key.rank("dense").cast(pl.Int64)
    return (-rank if descending else rank).fill_null(_LAST)


def _place(order: list[pl.Expr], method: Literal["min", "max"]) -> pl.Expr:
    """Return each row's place in the partition, that of its first or last peer; from 1."""
    key = (
        order[0] if len(order) == 1 else pl.struct([o.alias(f"k{i}") for i, o in enumerate(order)])
    )
    return key.rank(method).cast(pl.Int64)


def _steps(node: Window, found: Typed) -> int:
    steps = found.parts[1].constant if len(node.args) > 1 else 1
    assert isinstance(steps, int)
    return steps if node.function == "lag" else -steps


def _value(value: pl.Expr, found: Typed) -> pl.Expr:
    """Return the argument in a form that can be added up."""
    return value.cast(pl.Int64) if found.type.kind == "boolean" else value


def _whole(node: Window, value: pl.Expr) -> pl.Expr:
    """Return the function over all rows of the partition."""
    match node.function:
        case "count":
            return value.count() if node.args else pl.len()
        case "sum":
            return pl.when(value.count() > 0).then(value.sum())
        case "avg":
            return value.mean()
        case "min":
            return value.min()
    return value.max()


def _running(node: Window, value: pl.Expr, place: pl.Expr) -> pl.Expr:
    """Return the function over the rows so far, the rows sorted by their places."""
    if node.function == "count" and not node.args:
        return pl.int_range(1, pl.len() + 1)
    value = value.sort_by(place)
    match node.function:
        case "count":
            return value.cum_count()
        case "sum":
            return value.cum_sum().forward_fill()
        case "avg":
            counted = value.cum_count()
            total = value.cum_sum().forward_fill()
            return total.cast(pl.Float64) / pl.when(counted > 0).then(counted)
        case "min":
            return value.cum_min().forward_fill()
        case "max":
            return value.cum_max().forward_fill()
    return value  # the last value so far
