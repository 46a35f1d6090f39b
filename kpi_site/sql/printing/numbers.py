"""Comparisons, logic, arithmetic and choices as SQL, in words of a dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_site.sql.bounds import INT64, wide
from kpi_site.sql.kinds import DOUBLE, DURATION, INTEGER, STRING, Bound, SqlType, common, number
from kpi_site.sql.operations import bounds_of_steps
from kpi_site.sql.printing.meeting import ahead, clocked, instants, taken_as, together
from kpi_site.sql.printing.operand import Parts, Print, Printed

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect


def comparison(sign: str) -> Print:
    """Make ``=`` and its like: in the type in which both meet, moments as instants."""

    def compared(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        left, right = instants(dialect, *parts)
        return f"({left} {sign} {right})"

    return compared


def distinct(*, differ: bool) -> Print:
    """Make ``IS [NOT] DISTINCT FROM``."""

    def compared(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        found = dialect.distinct(*instants(dialect, *parts))
        return found if differ else f"(NOT {found})"

    return compared


def is_in(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``x IN (…)``: a NULL in the list makes "no" into "unknown"."""
    subject, *members = together(dialect, parts)
    return dialect.is_in(subject, members)


def between(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``x BETWEEN low AND high``, both ends included."""
    meeting = common(part.type for part in parts)
    assert meeting is not None
    met = [taken_as(dialect, part, meeting) for part in parts]
    after, low = instants(dialect, met[0], met[1])
    before, high = instants(dialect, met[0], met[2])
    return f"({after} >= {low} AND {before} <= {high})"


def like(*, ignore_case: bool) -> Print:
    """Make LIKE or ILIKE."""

    def match(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        text = dialect.convert(parts[0], STRING)
        return dialect.like(text, str(parts[1].constant), ignore_case=ignore_case)

    return match


def connective(word: str) -> Print:
    """Make AND or OR over any number of conditions."""
    return lambda dialect, parts, result: (
        f"({f' {word} '.join(dialect.convert(part, result) for part in parts)})"
    )


# --- arithmetic ----------------------------------------------------------------------


def _number(dialect: Dialect, part: Printed, result: SqlType, *bounds: Bound | None) -> str:
    """Return an operand of arithmetic in the result's type, with room for ``bounds``."""
    if result.kind != "integer":
        return dialect.convert(part, result)
    far = any(map(wide, (*bounds, part.bound)))
    return dialect.cast(part.text, INTEGER, wide=far)


def plus(sign: str) -> Print:
    """Make ``+`` or ``-`` of numbers, durations, days and times."""

    def added(dialect: Dialect, parts: Parts, result: SqlType) -> str:
        left, right = parts
        if result.kind == "date":
            day, days = (left, right) if left.type.kind == "date" else (right, left)
            count = dialect.convert(days, INTEGER)
            return dialect.plus_days(day.text, f"({sign}{count})")
        if left.type.kind == right.type.kind == "date":
            return f"({dialect.day_number(left.text)} - {dialect.day_number(right.text)})"
        if result.kind in {"datetime", "duration"}:
            return _clocked_sum(dialect, parts, result, sign)
        low, high = (right.bound or INT64) if sign == "+" else _minus(right.bound or INT64)
        first = left.bound or INT64
        reach = (first[0] + low, first[1] + high)
        one, other = (_number(dialect, part, result, reach) for part in parts)
        return f"({one} {sign} {other})"

    return added


def _minus(bound: Bound) -> Bound:
    return -bound[1], -bound[0]


def _clocked_sum(dialect: Dialect, parts: Parts, result: SqlType, sign: str) -> str:
    one, other = (clocked(dialect, part) for part in parts)
    apart = ahead(*parts) if sign == "-" and result == DURATION else None
    total = f"({one} {sign} {other}{'' if apart is None else f' - {apart}'})"
    return total if result == DURATION else dialect.moment(total)


def times(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``*``: exact; that there is room is shown before."""
    left, right = parts
    if result == DURATION:
        span, factor = (left, right) if left.type == DURATION else (right, left)
        micros = dialect.convert(span, DURATION)
        if factor.type == DOUBLE:
            return dialect.whole(f"({dialect.to_double(micros, INTEGER)} * {factor.text})")
        return f"({micros} * {dialect.convert(factor, INTEGER)})"
    if result.kind == "number":
        one, other = (dialect.convert(part, number(part.type.scale)) for part in parts)
        return dialect.multiply(one, other, result)
    corners = [a * b for a in left.bound or INT64 for b in right.bound or INT64]
    reach = (min(corners), max(corners)) if result.kind == "integer" else None
    one, other = (_number(dialect, part, result, reach) for part in parts)
    return f"({one} * {other})"


def divided(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``/`` in doubles; NULL where the divisor is 0."""
    top, bottom = (dialect.convert(part, DOUBLE) for part in map(_plain, parts))
    quotient = f"({top} / NULLIF({bottom}, 0))"
    return dialect.whole(quotient) if result == DURATION else quotient


def _plain(part: Printed) -> Printed:
    """Return a duration as a whole number."""
    return Printed(part.text, INTEGER, bound=part.bound) if part.type == DURATION else part


def whole(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``//``: towards zero; NULL where the divisor is 0."""
    far = any((part.bound or INT64)[0] <= INT64[0] or wide(part.bound) for part in parts)
    if far:
        dialect.check_wide_quotient(parts[0])
    left, right = (dialect.cast(part.text, INTEGER, wide=far) for part in parts)
    return dialect.divide_whole(left, f"NULLIF({right}, 0)", wide=far)


def modulo(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``%``: the remainder has the sign of the left side; NULL where the divisor is 0."""
    if result.kind == "integer":
        far = any((part.bound or INT64)[0] <= INT64[0] or wide(part.bound) for part in parts)
        left, right = (dialect.cast(part.text, INTEGER, wide=far) for part in parts)
    else:
        left, right = (dialect.convert(part, result) for part in parts)
    return f"({left} % NULLIF({right}, 0))"


def _signed(dialect: Dialect, part: Printed) -> str:
    """Return a number whose other sign has room as well."""
    return dialect.cast(part.text, INTEGER, wide=True) if _smallest(part) else part.text


def _smallest(part: Printed) -> bool:
    """Tell whether a whole number may be one whose other sign has no room in 64 bits."""
    return part.type.kind == "integer" and (part.bound or INT64)[0] <= INT64[0]


def negated(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """The sign."""
    return f"(-{_signed(dialect, parts[0])})"


def absolute(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``ABS`` of a number."""
    far = _smallest(parts[0]) or wide(parts[0].bound)
    return dialect.absolute(_signed(dialect, parts[0]), result, wide=far)


def rounded(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``ROUND``: halves away from zero; negative places round to tens, hundreds …."""
    value = parts[0]
    places = parts[1].constant if len(parts) > 1 else 0
    assert isinstance(places, int)
    if value.type == DOUBLE:
        step = f"1e{-min(places, 0)}"
        return f"({dialect.round_double(f'{value.text} / {step}', max(places, 0))} * {step})"
    if places >= value.type.scale:
        return value.text
    if result.kind == "number":
        return dialect.cast(dialect.round_decimal(value.text, places), result)
    units = dialect.convert(value, number(0))
    far = wide(bounds_of_steps(value.bound, 10**-places))
    return dialect.cast(dialect.round_decimal(units, places), INTEGER, wide=far)


def stepped(word: str) -> Print:
    """Make FLOOR or CEIL."""

    def stepped(dialect: Dialect, parts: Parts, result: SqlType) -> str:
        value = parts[0]
        if result.kind == "integer":
            return value.text
        found = dialect.step(word, value.text, value.type)
        return found if result == DOUBLE else dialect.cast(found, result)

    return stepped


# --- choices -------------------------------------------------------------------------


def coalesce(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``COALESCE``: the first that is not NULL."""
    return f"COALESCE({', '.join(dialect.convert(part, result) for part in parts)})"


def nullif(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``NULLIF(a, b)``: NULL where they are equal, else a."""
    left, right = together(dialect, parts)
    return f"(CASE WHEN {left} = {right} THEN NULL ELSE {parts[0].text} END)"


def extreme(word: str) -> Print:
    """Make LEAST or GREATEST, leaving NULLs out."""
    return lambda dialect, parts, _: f"{word}({', '.join(together(dialect, parts))})"
