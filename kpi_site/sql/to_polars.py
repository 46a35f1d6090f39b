"""Row expressions, windows and single aggregates as Polars expressions, as DuckDB means them.

The type rules of ``kpi_site.sql.types`` decide what is done, so both agree. Columns keep
their names (``customers.tier`` is one). Whole numbers and decimals are exact: before
anything is computed, the bounds of the columns show that every step has room (128 bits, 38
digits), and `TooWide` is raised where one may not have it. A quotient is a double. A
division by zero is NULL, and no expression makes an infinity out of finite numbers by
dividing.
"""

from __future__ import annotations

import polars as pl

from kpi_site.sql.bounds import bound_of, wide
from kpi_site.sql.functions import FUNCTIONS
from kpi_site.sql.kinds import BOOLEAN, NULL, Bound, SqlType, offset_name, polars_type
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window
from kpi_site.sql.operands import INT128, Operand, convert, instant
from kpi_site.sql.signatures import Typed
from kpi_site.sql.types import Schema, typed_node
from kpi_site.sql.windows import window_expr


def row_expr(node: Node, schema: Schema) -> pl.Expr:
    """Return a checked row expression (windows included) over frames with ``schema``.

    The columns must have the Polars types of `polars_type`, and so has the result; but a
    whole number that may need more than 64 bits has 128. ``TooWide`` where the arithmetic may
    have no room for columns with the bounds in ``schema``; ``ValueError`` if ``node`` does
    not pass ``infer``.
    """
    return _operand(typed_node(node, schema)).expr


def instant_expr(node: Node, schema: Schema) -> pl.Expr:
    """Return a row expression by which moments are told apart: as instants, where known."""
    return instant(_operand(typed_node(node, schema)))


def row_bound(node: Node, schema: Schema) -> Bound | None:
    """Return how large the values of a checked row expression can be; see `row_expr`."""
    return _operand(typed_node(node, schema)).bound


def aggregate_expr(aggregate: Aggregate, schema: Schema) -> pl.Expr:
    """Return one aggregate for ``group_by().agg()`` or ``select()``.

    COUNT of no row is 0; everything else of no matching, non-null row is NULL. Averages,
    medians and quantiles of decimals are doubles, of durations rounded to microseconds.
    """
    found = typed_node(aggregate, schema)
    where = None if aggregate.where is None else _condition(_operand(found.parts[-1]))
    if aggregate.arg is None:
        rows = pl.len() if where is None else where.sum()
        return rows.cast(pl.Int64)
    arg = found.parts[0]
    value = _operand(arg).expr
    if aggregate.kind == "sum" and arg.type.kind in {"boolean", "integer"}:
        value = value.cast(pl.Int128)  # adds up without going round beyond 64 bits
    if where is not None:
        value = value.filter(where)
    return _fold(aggregate, value.drop_nulls(), arg.type).cast(
        polars_type(found.type), strict=False
    )


def _condition(found: Operand) -> pl.Expr:
    """Return a condition that is false where it is unknown."""
    return convert(found, BOOLEAN).fill_null(value=False)


def _fold(aggregate: Aggregate, value: pl.Expr, kind: SqlType) -> pl.Expr:
    if aggregate.kind == "count":
        return value.n_unique() if aggregate.distinct else value.len()
    if aggregate.kind == "sum":
        return pl.when(value.len() > 0).then(value.sum())
    if aggregate.kind in {"min", "max"}:
        return value.min() if aggregate.kind == "min" else value.max()
    plain = value.to_physical() if kind.kind == "duration" else value
    doubles = plain.cast(pl.Float64)
    if aggregate.kind == "avg":
        found = doubles.mean()
    elif aggregate.kind == "median":
        found = doubles.median()
    else:
        found = doubles.quantile(float(aggregate.quantile or 0), "linear")
    return found.round().cast(pl.Int64) if kind.kind == "duration" else found


def _operand(found: Typed) -> Operand:
    """Return the expression of ``found`` with its bound, built from its parts up."""
    parts = [_operand(part) for part in found.parts]
    bound = bound_of(found, [part.bound for part in parts])
    literal = isinstance(found.node, Literal_)
    expr, offset = _expr(found, parts, bound), _offset(found, parts)
    return Operand(expr, found.type, found.constant, literal, bound, offset)


def _offset(found: Typed, parts: list[Operand]) -> pl.Expr | None:
    """Return how far a moment is from UTC, where it comes from a column that tells."""
    if found.type.kind != "datetime":
        return None
    match found.node:
        case Column(name):
            return pl.col(offset_name(name)) if found.type.zoned else None
        case Call(op="coalesce"):
            chosen: pl.Expr = pl.lit(None, dtype=pl.Int32)
            for part in reversed(parts):
                if part.offset is None:
                    return None
                chosen = pl.when(part.expr.is_not_null()).then(part.offset).otherwise(chosen)
            return chosen
        case Window(function="lag" | "lead" | "first_value" | "last_value") as window:
            offset = parts[0].offset
            return None if offset is None else window_expr(window, [offset, *_keys(parts)], found)
    return None


def _keys(parts: list[Operand]) -> list[pl.Expr]:
    """Return what a window is divided and ordered by, and its count of rows if it has one."""
    return [instant(part) for part in parts[1:]]


def _expr(found: Typed, parts: list[Operand], bound: Bound | None) -> pl.Expr:
    if found.type == NULL:
        return pl.lit(None)  # nothing else has this type
    kind = INT128 if found.type.kind == "integer" and wide(bound) else polars_type(found.type)
    match found.node:
        case Column(name):
            return pl.col(name)
        case Literal_(value):
            return pl.lit(value, dtype=kind)
        case Call(op):
            return FUNCTIONS[op].operation(parts, found.type)
        case Case(whens):
            return _case(found, parts, len(whens))
        case Window() as window:
            keys = [part.expr for part in parts[:1]] + _keys(parts)
            keys = keys if window.args else [instant(part) for part in parts]
            if window.function == "sum" and kind == INT128:
                keys[0] = keys[0].cast(INT128)
            return window_expr(window, keys, found).cast(kind)
    raise ValueError("an aggregate inside a row expression")


def _case(found: Typed, parts: list[Operand], count: int) -> pl.Expr:
    rest = parts[2 * count :]
    default = convert(rest[0], found.type) if rest else None
    chosen = pl.lit(None, dtype=polars_type(found.type)) if default is None else default
    for index in reversed(range(count)):
        then = convert(parts[2 * index + 1], found.type)
        chosen = pl.when(_condition(parts[2 * index])).then(then).otherwise(chosen)
    return chosen
