"""What each operator does, as Polars expressions with DuckDB's meaning.

Every operation gets its operands (expression, type, constant) and the result's type. NULL
stays NULL, logic has three values, a division by zero is NULL, and decimals stay exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from kpi_site.sql.kinds import DOUBLE, STRING, SqlType, common, polars_type


@dataclass(frozen=True, slots=True)
class Operand:
    """An argument as it is handed over; ``constant`` is the value of a literal."""

    expr: pl.Expr
    type: SqlType
    constant: object = None
    literal: bool = False


Operands = Sequence[Operand]
Operation = Callable[[Operands, SqlType], pl.Expr]


def convert(operand: Operand, to: SqlType) -> pl.Expr:
    """Return the operand as type ``to``: without loss, or as a double.

    A decimal that has no room for its new places within 38 digits becomes NULL.
    """
    if operand.type == to:
        return operand.expr
    return operand.expr.cast(polars_type(to), strict=False)


def together(operands: Operands) -> list[pl.Expr]:
    """Return the operands in the one type in which they meet."""
    meeting = common(operand.type for operand in operands)
    assert meeting is not None
    return [convert(operand, meeting) for operand in operands]


def comparison(compare: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Operation:
    """Make an operation that compares two operands in their common type."""
    return lambda operands, _: compare(*together(operands))


def connective(join: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Operation:
    """Make AND or OR over any number of conditions (Polars has three-valued logic)."""
    return lambda operands, result: reduce(join, (convert(o, result) for o in operands))


def any_of(subject: pl.Expr, members: Iterable[pl.Expr]) -> pl.Expr:
    """Tell whether ``subject`` equals one of ``members``."""
    found = pl.lit(value=False)
    for member in members:
        found = found | (subject == member)
    return found


def is_in(operands: Operands, _: SqlType) -> pl.Expr:
    """``x IN (…)``: a NULL in the list makes "no" into "unknown"."""
    subject, *members = together(operands)
    if not all(operand.literal for operand in operands[1:]):
        return any_of(subject, members)
    meeting = common(operand.type for operand in operands)
    assert meeting is not None
    values = [operand.constant for operand in operands[1:] if operand.constant is not None]
    found = subject.is_in(pl.Series(values, dtype=polars_type(meeting), strict=False).implode())
    if len(values) == len(members):
        return found
    return pl.when(found).then(pl.lit(value=True)).otherwise(pl.lit(None, dtype=pl.Boolean))


def between(operands: Operands, _: SqlType) -> pl.Expr:
    """``x BETWEEN low AND high``, both ends included."""
    subject, low, high = together(operands)
    return (subject >= low) & (subject <= high)


def like(*, ignore_case: bool) -> Operation:
    """Make LIKE or ILIKE: ``%`` any text, ``_`` one character, no escape."""

    def match(operands: Operands, _: SqlType) -> pl.Expr:
        parts = {"%": ".*", "_": "."}
        pattern = "".join(parts.get(c) or re.escape(c) for c in str(operands[1].constant))
        flags = "(?si)" if ignore_case else "(?s)"
        return convert(operands[0], STRING).str.contains(f"{flags}^{pattern}$")

    return match


# --- arithmetic ----------------------------------------------------------------------

_INT128 = pl.Int128()


def add(operands: Operands, result: SqlType) -> pl.Expr:
    """``+`` of numbers, durations, and days with either."""
    return _sum(operands, result, 1)


def subtract(operands: Operands, result: SqlType) -> pl.Expr:
    """``-`` of numbers, durations, days and times; the days between two dates."""
    left, right = operands
    if left.type.kind == right.type.kind == "date" and result.kind == "integer":
        return _day(left) - _day(right)
    return _sum(operands, result, -1)


def _sum(operands: Operands, result: SqlType, sign: int) -> pl.Expr:
    left, right = operands
    if result.kind == "date":
        day, days = (left, right) if left.type.kind == "date" else (right, left)
        moved = _day(day) + sign * days.expr.cast(pl.Int64)
        return moved.cast(pl.Int32, strict=False).cast(pl.Date)
    if result.kind in {"datetime", "duration"}:
        one, other = (_clocked(operand) for operand in operands)
    else:
        one, other = (convert(operand, result) for operand in operands)
    return one + other if sign > 0 else one - other


def _day(operand: Operand) -> pl.Expr:
    return operand.expr.cast(pl.Date).to_physical().cast(pl.Int64)


def _clocked(operand: Operand) -> pl.Expr:
    """Return a date as the start of its day; times and durations as they are."""
    kind = "duration" if operand.type.kind in {"duration", "null"} else "datetime"
    return operand.expr.cast(polars_type(SqlType(kind)))  # type: ignore[arg-type]


def multiply(operands: Operands, result: SqlType) -> pl.Expr:
    """``*``: exact for decimals up to 37 digits; a whole number beyond 64 bits is NULL.

    Polars keeps the larger of two scales, so both sides get the result's scale first.
    """
    left, right = operands
    if result.kind == "integer":
        wide = left.expr.cast(_INT128) * right.expr.cast(_INT128)
        return wide.cast(pl.Int64, strict=False)
    if result.kind == "duration":
        span, factor = (left, right) if left.type.kind == "duration" else (right, left)
        if factor.type == DOUBLE:
            return _span(_micros(span).cast(pl.Float64) * factor.expr)
        return (_micros(span) * factor.expr.cast(pl.Int64)).cast(polars_type(result))
    one, other = convert(left, result), convert(right, result)
    if result.kind == "number" and result.scale > _ROOMY:
        size = one.cast(pl.Float64).abs() * other.cast(pl.Float64).abs()
        one = pl.when(size < 10.0 ** (37 - result.scale)).then(one)
    return one * other


_ROOMY = 8  # with so few places, a product has 30 digits before the point


def _micros(operand: Operand) -> pl.Expr:
    return operand.expr.cast(pl.Duration("us")).to_physical()


def _span(micros: pl.Expr) -> pl.Expr:
    return micros.round().cast(pl.Int64, strict=False).cast(pl.Duration("us"))


def divide(operands: Operands, result: SqlType) -> pl.Expr:
    """``/`` in doubles; NULL where the divisor is 0."""
    left, right = operands
    top = _micros(left) if left.type.kind == "duration" else left.expr
    bottom = _micros(right) if right.type.kind == "duration" else right.expr
    divisor = bottom.cast(pl.Float64)
    quotient = top.cast(pl.Float64) / _not_zero(divisor)
    return _span(quotient) if result.kind == "duration" else quotient


def _not_zero(divisor: pl.Expr) -> pl.Expr:
    return pl.when(divisor != 0).then(divisor)


def divide_whole(operands: Operands, _: SqlType) -> pl.Expr:
    """``//``: towards zero; NULL where the divisor is 0."""
    left, right = (operand.expr.cast(pl.Int64) for operand in operands)
    return left.abs() // _not_zero(right.abs()) * left.sign() * right.sign()


def modulo(operands: Operands, _: SqlType) -> pl.Expr:
    """``%``: the remainder has the sign of the left side; NULL where the divisor is 0."""
    left, right = together(operands)
    rest = left.abs() % _not_zero(right.abs())
    return pl.when(left < 0).then(-rest).otherwise(rest)


def negate(operands: Operands, _: SqlType) -> pl.Expr:
    """The sign."""
    return -operands[0].expr


def absolute(operands: Operands, _: SqlType) -> pl.Expr:
    """``ABS`` of a number."""
    return operands[0].expr.abs()


def round_half_away(operands: Operands, result: SqlType) -> pl.Expr:
    """``ROUND``: halves away from zero; negative places round to tens, hundreds …."""
    value = operands[0]
    places = operands[1].constant if len(operands) > 1 else 0
    assert isinstance(places, int)
    if value.type.kind == "double":
        step = 10.0 ** -min(places, 0)
        return (value.expr / step).round(max(places, 0), mode="half_away_from_zero") * step
    if places >= 0:
        shorter = places < value.type.scale
        rounded = value.expr.round(places, mode="half_away_from_zero") if shorter else value.expr
        return rounded.cast(polars_type(result))
    step = 10 ** (value.type.scale - places)
    units = value.expr.cast(_INT128) if result.kind == "integer" else value.expr.to_physical()
    steps = (units.abs() + step // 2) // step * 10**-places
    signed = pl.when(units < 0).then(0 - steps).otherwise(steps)
    return signed.cast(polars_type(result), strict=False)


def floor(operands: Operands, result: SqlType) -> pl.Expr:
    """``FLOOR``: the next whole number below."""
    return operands[0].expr.floor().cast(polars_type(result))


def ceil(operands: Operands, result: SqlType) -> pl.Expr:
    """``CEIL``: the next whole number above."""
    return operands[0].expr.ceil().cast(polars_type(result))


def coalesce(operands: Operands, result: SqlType) -> pl.Expr:
    """``COALESCE``: the first that is not NULL."""
    return pl.coalesce([convert(operand, result) for operand in operands])


def null_if(operands: Operands, _: SqlType) -> pl.Expr:
    """``NULLIF(a, b)``: NULL where they are equal, else a."""
    left, right = together(operands)
    return pl.when((left == right).fill_null(value=False)).then(None).otherwise(operands[0].expr)


def least(operands: Operands, _: SqlType) -> pl.Expr:
    """``LEAST``, leaving NULLs out."""
    return pl.min_horizontal(together(operands))


def greatest(operands: Operands, _: SqlType) -> pl.Expr:
    """``GREATEST``, leaving NULLs out."""
    return pl.max_horizontal(together(operands))
