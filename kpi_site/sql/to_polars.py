"""Row expressions, windows and single aggregates as Polars expressions, as DuckDB means them.

The type rules of ``kpi_site.sql.types`` decide what is done, so both agree. Columns keep
their names (``customers.tier`` is one). Decimals are exact within 38 digits and 18 places;
a product with more places is rounded to 18, and a quotient is a double. A division by zero
is NULL, and no expression makes an infinity out of finite numbers by dividing.
"""

from __future__ import annotations

import polars as pl

from kpi_site.sql.functions import FUNCTIONS
from kpi_site.sql.kinds import BOOLEAN, NULL, SqlType, polars_type
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window
from kpi_site.sql.operations import Operand, convert
from kpi_site.sql.signatures import Typed
from kpi_site.sql.types import Schema, typed_node
from kpi_site.sql.windows import window_expr


def row_expr(node: Node, schema: Schema) -> pl.Expr:
    """Return a checked row expression (windows included) over frames with ``schema``.

    The columns must have the Polars types of `polars_type`, and so has the result.
    ``ValueError`` if ``node`` does not pass ``infer``.
    """
    return _expr(typed_node(node, schema))


def aggregate_expr(aggregate: Aggregate, schema: Schema) -> pl.Expr:
    """Return one aggregate for ``group_by().agg()`` or ``select()``.

    COUNT of no row is 0; everything else of no matching, non-null row is NULL. Averages,
    medians and quantiles of decimals are doubles, of durations rounded to microseconds.
    """
    found = typed_node(aggregate, schema)
    where = None if aggregate.where is None else _condition(found.parts[-1])
    if aggregate.arg is None:
        rows = pl.len() if where is None else where.sum()
        return rows.cast(pl.Int64)
    arg = found.parts[0]
    value = _expr(arg)
    if aggregate.kind == "sum" and arg.type.kind in {"boolean", "integer"}:
        value = value.cast(pl.Int128)  # adds up without going round beyond 64 bits
    if where is not None:
        value = value.filter(where)
    return _fold(aggregate, value.drop_nulls(), arg.type).cast(
        polars_type(found.type), strict=False
    )


def _condition(found: Typed) -> pl.Expr:
    """Return a condition that is false where it is unknown."""
    return convert(_operand(found), BOOLEAN).fill_null(value=False)


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
    literal = isinstance(found.node, Literal_)
    return Operand(_expr(found), found.type, found.constant, literal)


def _expr(found: Typed) -> pl.Expr:
    if found.type == NULL:
        return pl.lit(None)  # nothing else has this type
    match found.node:
        case Column(name):
            return pl.col(name)
        case Literal_(value):
            return pl.lit(value, dtype=polars_type(found.type))
        case Call(op):
            operands = [_operand(part) for part in found.parts]
            return FUNCTIONS[op].operation(operands, found.type)
        case Case(whens):
            return _case(found, len(whens))
        case Window() as window:
            keys = [_expr(part) for part in found.parts]
            return window_expr(window, keys, found).cast(polars_type(found.type))
    raise ValueError("an aggregate inside a row expression")


def _case(found: Typed, count: int) -> pl.Expr:
    parts = found.parts
    rest = parts[2 * count :]
    default = convert(_operand(rest[0]), found.type) if rest else None
    chosen = pl.lit(None, dtype=polars_type(found.type)) if default is None else default
    for index in reversed(range(count)):
        then = convert(_operand(parts[2 * index + 1]), found.type)
        chosen = pl.when(_condition(parts[2 * index])).then(then).otherwise(chosen)
    return chosen
