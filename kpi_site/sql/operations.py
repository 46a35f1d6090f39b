"""What each operator does, as Polars expressions with DuckDB's meaning.

Every operation gets its operands (expression, type, constant) and the result's type. NULL
stays NULL, logic has three values, a division by zero is NULL, and decimals stay exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce

import polars as pl

from kpi_site.sql.bounds import INT64, wide
from kpi_site.sql.kinds import DOUBLE, STRING, Bound, SqlType, common, number, polars_type
from kpi_site.sql.operands import (
    INT128,
    Operand,
    Operands,
    Operation,
    ahead,
    convert,
    together,
)


def comparison(compare: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Operation:
    """Make an operation that compares two operands in their common type.

    Two moments with offsets are compared as instants.
    """

    def compared(operands: Operands, _: SqlType) -> pl.Expr:
        left, right = together(operands)
        apart = ahead(*operands)
        return compare(left if apart is None else left - apart, right)

    return compared


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
    far = meeting.kind == "integer" and any(wide(operand.bound) for operand in operands)
    kind = INT128 if far else polars_type(meeting)
    found = subject.cast(kind).is_in(pl.Series(values, dtype=kind, strict=False).implode())
    if len(values) == len(members):
        return found
    return pl.when(found).then(pl.lit(value=True)).otherwise(pl.lit(None, dtype=pl.Boolean))


def between(operands: Operands, _: SqlType) -> pl.Expr:
    """``x BETWEEN low AND high``, both ends included."""
    subject, low, high = together(operands)
    first, last = (ahead(operands[0], operand) for operand in operands[1:])
    after = subject if first is None else subject - first
    before = subject if last is None else subject - last
    return (after >= low) & (before <= high)


def like(*, ignore_case: bool) -> Operation:
    """Make LIKE or ILIKE: ``%`` any text, ``_`` one character, no escape."""

    def match(operands: Operands, _: SqlType) -> pl.Expr:
        parts = {"%": ".*", "_": "."}
        pattern = "".join(parts.get(c) or re.escape(c) for c in str(operands[1].constant))
        flags = "(?si)" if ignore_case else "(?s)"
        return convert(operands[0], STRING).str.contains(f"{flags}^{pattern}$")

    return match


# --- arithmetic ----------------------------------------------------------------------


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
    elif result.kind == "integer" and wide(_range(operands, sign)):
        one, other = (operand.expr.cast(INT128) for operand in operands)
    else:
        one, other = (convert(operand, result) for operand in operands)
    if sign > 0:
        return one + other
    apart = ahead(left, right) if result.kind == "duration" else None
    return one - other if apart is None else one - other - apart


def _range(operands: Operands, sign: int) -> Bound | None:
    left, right = (operand.bound or INT64 for operand in operands)
    low, high = right if sign > 0 else (-right[1], -right[0])
    return left[0] + low, left[1] + high


def _day(operand: Operand) -> pl.Expr:
    return operand.expr.cast(pl.Date).to_physical().cast(pl.Int64)


def _clocked(operand: Operand) -> pl.Expr:
    """Return a date as the start of its day; times and durations as they are."""
    kind = "duration" if operand.type.kind in {"duration", "null"} else "datetime"
    return operand.expr.cast(polars_type(SqlType(kind)))  # type: ignore[arg-type]


def multiply(operands: Operands, result: SqlType) -> pl.Expr:
    """``*``: exact; that there is room is shown before.

    Polars keeps the larger of two scales and rounds to it, so one side gets the places of
    both: the product then ends in as many zeros as are dropped.
    """
    left, right = operands
    if result.kind == "integer":
        if any(map(wide, (_product(left, right), left.bound, right.bound))):
            return left.expr.cast(INT128) * right.expr.cast(INT128)
        return left.expr.cast(pl.Int64) * right.expr.cast(pl.Int64)
    if result.kind == "duration":
        span, factor = (left, right) if left.type.kind == "duration" else (right, left)
        if factor.type == DOUBLE:
            return _span(_micros(span).cast(pl.Float64) * factor.expr)
        return (_micros(span) * factor.expr.cast(pl.Int64)).cast(polars_type(result))
    if result.kind == "number":
        # Where the other side reaches 1, this one has room if the product has.
        padded, plain = (left, right) if _reaches_one(right) else (right, left)
        plain_type = number(plain.type.scale)
        return convert(padded, result) * convert(plain, plain_type)
    return convert(left, result) * convert(right, result)


def _product(left: Operand, right: Operand) -> Bound:
    one, other = left.bound or INT64, right.bound or INT64
    corners = [a * b for a in one for b in other]
    return min(corners), max(corners)


def _reaches_one(operand: Operand) -> bool:
    low, high = operand.bound or INT64
    return bool(max(-low, high) >= 10**operand.type.scale)


def _micros(operand: Operand) -> pl.Expr:
    return operand.expr.cast(pl.Duration("us")).to_physical()


def _span(micros: pl.Expr) -> pl.Expr:
    return micros.round().cast(pl.Int64, strict=False).cast(pl.Duration("us"))


def divide(operands: Operands, result: SqlType) -> pl.Expr:
    """``/`` in doubles; NULL where the divisor is 0."""
    left, right = operands
    top = _micros(left) if left.type.kind == "duration" else left.expr
    bottom = _micros(right) if right.type.kind == "duration" else right.expr
    found = quotient(top.cast(pl.Float64), bottom.cast(pl.Float64))
    return _span(found) if result.kind == "duration" else found


def quotient(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    """Return the double nearest to ``top / bottom``; NULL where the divisor is 0.

    Polars multiplies by 1 / divisor where that is one number for all rows, which is not the
    nearest double for a third of all numbers; so the divisor becomes a number for each row.
    """
    each = bottom + top.is_null().cast(pl.Float64)
    return top / pl.when(bottom != 0).then(each)


def _not_zero(divisor: pl.Expr) -> pl.Expr:
    return pl.when(divisor != 0).then(divisor)


def divide_whole(operands: Operands, _: SqlType) -> pl.Expr:
    """``//``: towards zero; NULL where the divisor is 0."""
    left, right = (operand.whole for operand in operands)
    if any((operand.bound or INT64)[0] <= INT64[0] for operand in operands):
        left, right = left.cast(INT128), right.cast(INT128)  # 2**63 is no 64-bit number
    return left.abs() // _not_zero(right.abs()) * left.sign() * right.sign()


def modulo(operands: Operands, result: SqlType) -> pl.Expr:
    """``%``: the remainder has the sign of the left side; NULL where the divisor is 0."""
    left, right = together(operands)
    if result.kind == "integer" and any(
        (operand.bound or INT64)[0] <= INT64[0] or wide(operand.bound) for operand in operands
    ):
        left, right = left.cast(INT128), right.cast(INT128)
    rest = left.abs() % _not_zero(right.abs())
    minus = 0 - rest if result.kind == "integer" else -rest  # Polars: no -Int128
    return pl.when(left < 0).then(minus).otherwise(rest)


def negate(operands: Operands, _: SqlType) -> pl.Expr:
    """The sign."""
    value = _signed(operands[0])
    return 0 - value if operands[0].type.kind == "integer" else -value  # Polars: no -Int128


def absolute(operands: Operands, _: SqlType) -> pl.Expr:
    """``ABS`` of a number."""
    return _signed(operands[0]).abs()


def _signed(operand: Operand) -> pl.Expr:
    """Return a number whose other sign has room as well."""
    smallest = operand.type.kind == "integer" and (operand.bound or INT64)[0] <= INT64[0]
    return operand.expr.cast(INT128) if smallest else operand.expr


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
    units = value.expr.cast(INT128) if result.kind == "integer" else value.expr.to_physical()
    steps = (units.abs() + step // 2) // step * 10**-places
    signed = pl.when(units < 0).then(0 - steps).otherwise(steps)
    if result.kind == "integer":
        return signed if wide(bounds_of_steps(value.bound, step)) else signed.cast(pl.Int64)
    return signed.cast(polars_type(result), strict=False)


def bounds_of_steps(bound: Bound | None, step: int) -> Bound:
    """Return the bound of a whole number rounded to a multiple of ``step``."""
    low, high = bound or INT64
    return low - step, high + step


def floor(operands: Operands, result: SqlType) -> pl.Expr:
    """``FLOOR``: the next whole number below."""
    value = operands[0]
    return value.expr if result.kind == "integer" else value.expr.floor().cast(polars_type(result))


def ceil(operands: Operands, result: SqlType) -> pl.Expr:
    """``CEIL``: the next whole number above."""
    value = operands[0]
    return value.expr if result.kind == "integer" else value.expr.ceil().cast(polars_type(result))


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
