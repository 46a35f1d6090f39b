"""Every operator and function of `kpi_site.sql.functions` as SQL, in words of a dialect.

What stands here is the same for all engines: in which types operands meet, what is taken
apart into smaller words, where a division by zero is NULL. `Dialect` says each word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kpi_site.sql.bounds import INT64, wide
from kpi_site.sql.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DOUBLE,
    DURATION,
    INTEGER,
    STRING,
    Bound,
    SqlType,
    common,
    number,
)
from kpi_site.sql.operations import bounds_of_steps
from kpi_site.sql.printing.operand import Parts, Printed

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect

Print = Callable[["Dialect", Parts, SqlType], str]

_MICROS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


def _together(dialect: Dialect, parts: Parts) -> list[str]:
    """Return the operands in the one type in which they meet."""
    meeting = common(part.type for part in parts)
    assert meeting is not None
    return [dialect.convert(part, meeting) for part in parts]


def _ahead(one: Printed, other: Printed) -> str | None:
    """Return by how many microseconds more the clock of ``one`` is ahead of UTC, if known."""
    if one.offset is None or other.offset is None:
        return None
    return f"COALESCE({one.offset} - {other.offset}, 0) * 1000000"


def _instants(dialect: Dialect, left: Printed, right: Printed) -> tuple[str, str]:
    """Return two values as they are compared: moments with offsets as instants."""
    one, other = _together(dialect, (left, right))
    apart = _ahead(left, right)
    if apart is None:
        return one, other
    return f"({dialect.micros(one)} - {apart})", dialect.micros(other)


def _comparison(sign: str) -> Print:
    def compared(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        left, right = _instants(dialect, *parts)
        return f"({left} {sign} {right})"

    return compared


def _distinct(*, differ: bool) -> Print:
    def compared(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        found = dialect.distinct(*_instants(dialect, *parts))
        return found if differ else f"(NOT {found})"

    return compared


def _in(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    subject, *members = _together(dialect, parts)
    return f"({subject} IN ({', '.join(members)}))"


def _between(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    meeting = common(part.type for part in parts)
    assert meeting is not None
    met = [_as(dialect, part, meeting) for part in parts]
    after, low = _instants(dialect, met[0], met[1])
    before, high = _instants(dialect, met[0], met[2])
    return f"({after} >= {low} AND {before} <= {high})"


def _as(dialect: Dialect, part: Printed, kind: SqlType) -> Printed:
    return Printed(dialect.convert(part, kind), kind, offset=part.offset)


def _like(*, ignore_case: bool) -> Print:
    def match(dialect: Dialect, parts: Parts, _: SqlType) -> str:
        text = dialect.convert(parts[0], STRING)
        return dialect.like(text, str(parts[1].constant), ignore_case=ignore_case)

    return match


def _connective(word: str) -> Print:
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


def _plus(sign: str) -> Print:
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
    one, other = (_clocked(dialect, part) for part in parts)
    apart = _ahead(*parts) if sign == "-" and result == DURATION else None
    total = f"({one} {sign} {other}{'' if apart is None else f' - {apart}'})"
    return total if result == DURATION else dialect.moment(total)


def _clocked(dialect: Dialect, part: Printed) -> str:
    """Return a moment or a duration in microseconds; a day as its start."""
    if part.type.kind in {"duration", "null"}:
        return dialect.convert(part, DURATION)
    return dialect.micros(dialect.convert(part, DATETIME))


def _times(dialect: Dialect, parts: Parts, result: SqlType) -> str:
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


def _divided(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    top, bottom = (dialect.convert(part, DOUBLE) for part in map(_plain, parts))
    quotient = f"({top} / NULLIF({bottom}, 0))"
    return dialect.whole(quotient) if result == DURATION else quotient


def _plain(part: Printed) -> Printed:
    """Return a duration as a whole number."""
    return Printed(part.text, INTEGER, bound=part.bound) if part.type == DURATION else part


def _whole(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    far = any((part.bound or INT64)[0] <= INT64[0] or wide(part.bound) for part in parts)
    left, right = (dialect.cast(part.text, INTEGER, wide=far) for part in parts)
    return dialect.divide_whole(left, f"NULLIF({right}, 0)")


def _modulo(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    if result.kind == "integer":
        far = any((part.bound or INT64)[0] <= INT64[0] or wide(part.bound) for part in parts)
        left, right = (dialect.cast(part.text, INTEGER, wide=far) for part in parts)
    else:
        left, right = (dialect.convert(part, result) for part in parts)
    return f"({left} % NULLIF({right}, 0))"


def _signed(dialect: Dialect, part: Printed) -> str:
    """Return a number whose other sign has room as well."""
    smallest = part.type.kind == "integer" and (part.bound or INT64)[0] <= INT64[0]
    return dialect.cast(part.text, INTEGER, wide=True) if smallest else part.text


def _negated(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return f"(-{_signed(dialect, parts[0])})"


def _absolute(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return f"ABS({_signed(dialect, parts[0])})"


def _rounded(dialect: Dialect, parts: Parts, result: SqlType) -> str:
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


def _stepped(word: str) -> Print:
    def stepped(dialect: Dialect, parts: Parts, result: SqlType) -> str:
        value = parts[0]
        if result.kind == "integer":
            return value.text
        found = f"{word}({value.text})"
        return found if result == DOUBLE else dialect.cast(found, result)

    return stepped


# --- choices -------------------------------------------------------------------------


def _coalesce(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    return f"COALESCE({', '.join(dialect.convert(part, result) for part in parts)})"


def _nullif(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    left, right = _together(dialect, parts)
    return f"(CASE WHEN {left} = {right} THEN NULL ELSE {parts[0].text} END)"


def _extreme(word: str) -> Print:
    return lambda dialect, parts, _: f"{word}({', '.join(_together(dialect, parts))})"


# --- texts ---------------------------------------------------------------------------


def _text(method: Callable[[Dialect, str], str]) -> Print:
    return lambda dialect, parts, _: method(dialect, dialect.convert(parts[0], STRING))


def _count(part: Printed) -> int:
    assert isinstance(part.constant, int)
    return part.constant


def _substring(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Cut a text; a start before its first character uses up length."""
    text, start = dialect.convert(parts[0], STRING), _count(parts[1])
    length = _count(parts[2]) if len(parts) > 2 else None
    if start > 0:
        return dialect.substring(text, start, length)
    end = dialect.tail(text, -start)
    if length is None:
        return end
    size = dialect.length(text)
    steps = [
        f"WHEN {size} >= {-start - gone} THEN {dialect.head(end, max(length - gone, 0))}"
        for gone in range(min(-start, length))
    ]
    return f"(CASE WHEN {text} IS NULL THEN NULL {' '.join(steps)} ELSE '' END)"


def _padded(*, left: bool) -> Print:
    return lambda dialect, parts, _: dialect.pad(
        dialect.convert(parts[0], STRING), _count(parts[1]), str(parts[2].constant), left=left
    )


def _replaced(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    old, new = (str(part.constant) for part in parts[1:])
    text = dialect.convert(parts[0], STRING)
    return dialect.replace(text, old, new) if old else text


def _joined(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return f"({' || '.join(dialect.convert(part, STRING) for part in parts)})"


def _two_texts(method: Callable[[Dialect, str, str], str]) -> Print:
    return lambda dialect, parts, _: method(
        dialect, dialect.convert(parts[0], STRING), dialect.convert(parts[1], STRING)
    )


# --- the calendar --------------------------------------------------------------------


def _date_diff(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    unit = str(parts[0].constant)
    begin, end = (dialect.convert(part, DATETIME) for part in parts[1:])
    if unit not in _MICROS:
        return f"({_index(dialect, unit, end)} - {_index(dialect, unit, begin)})"
    apart = _ahead(parts[2], parts[1])
    last = dialect.micros(end) + ("" if apart is None else f" - {apart}")
    first = dialect.micros(begin)
    return f"({_floored(dialect, last, unit)} - {_floored(dialect, first, unit)})"


def _floored(dialect: Dialect, micros: str, unit: str) -> str:
    """Return whole units since 1970, downwards."""
    size = _MICROS[unit]
    rest = f"((({micros}) % {size} + {size}) % {size})"
    return dialect.divide_whole(f"(({micros}) - {rest})", str(size))


def _index(dialect: Dialect, unit: str, moment: str) -> str:
    """Return a count of units since a fixed start."""
    year = dialect.part("year", moment)
    match unit:
        case "day":
            return dialect.day_number(dialect.cast(moment, DATE))
        case "month":
            return f"({year} * 12 + {dialect.part('month', moment)})"
        case "quarter":
            return f"({year} * 4 + {dialect.part('quarter', moment)})"
    return year


def _date_trunc(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Cut a moment; not by DATE_TRUNC, which DuckDB 2.0.0 may find unequal to itself."""
    unit, moment = str(parts[0].constant), dialect.convert(parts[1], DATETIME)
    if unit in _MICROS:
        size = _MICROS[unit]
        micros = dialect.micros(moment)
        return dialect.moment(f"({micros} - (({micros} % {size} + {size}) % {size}))")
    year, month, day = dialect.part("year", moment), "1", dialect.cast(moment, DATE)
    if unit == "month":
        month = dialect.part("month", moment)
    elif unit == "quarter":
        month = f"({dialect.part('quarter', moment)} * 3 - 2)"
    if unit == "week":
        day = dialect.plus_days(day, f"(1 - {dialect.part('isodow', moment)})")
    elif unit != "day":
        day = dialect.day_of_parts(year, month, "1")
    return dialect.cast(day, DATETIME)


_SAME_PARTS = {"dayofweek": "dow", "dayofyear": "doy"}


def _date_part(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    name = str(parts[0].constant)
    moment = dialect.convert(parts[1], DATETIME)
    return dialect.cast(dialect.part(_SAME_PARTS.get(name, name), moment), INTEGER)


def _add_months(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return dialect.plus_months(dialect.convert(parts[0], DATETIME), _count(parts[1]))


def _make_date(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Make a day, NULL where there is none such: the first of its month tells its last day."""
    year, month, day = (dialect.convert(part, INTEGER) for part in parts)
    sound = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    sure = [f"(CASE WHEN {sound} THEN {part} ELSE 1 END)" for part in (year, month)]
    first = dialect.day_of_parts(*sure, "1")
    last = dialect.part("day", dialect.cast(dialect.last_day(first), DATETIME))
    return (
        f"(CASE WHEN {sound} AND {day} <= {last} THEN {dialect.plus_days(first, f'({day} - 1)')}"
        " END)"
    )


def _last_day(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return dialect.last_day(dialect.convert(parts[0], DATE) if parts[0].type == DATE else
                            dialect.cast(parts[0].text, DATE))


def _epoch(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    return f"({dialect.to_double(_clocked(dialect, parts[0]), INTEGER)} / 1e6)"


_DIGITS = {"Y": ("year", 4), "m": ("month", 2), "d": ("day", 2), "H": ("hour", 2),
           "M": ("minute", 2), "S": ("second", 2), "j": ("doy", 3)}  # fmt: skip


def _strftime(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    moment = dialect.convert(parts[0], DATETIME)
    pieces = []
    letters = iter(str(parts[1].constant))
    for letter in letters:
        if letter != "%":
            pieces.append(dialect.text(letter))
            continue
        code = next(letters)
        if code == "%":
            pieces.append(dialect.text("%"))
            continue
        name, width = _DIGITS["Y" if code == "y" else code]
        value = dialect.cast(dialect.part(name, moment), INTEGER)
        digits = dialect.pad(dialect.cast(value, STRING), width, "0", left=True)
        pieces.append(dialect.tail(digits, 2) if code == "y" else digits)
    return f"({' || '.join(pieces)})" if pieces else "''"


# --- conversions ---------------------------------------------------------------------


def _cast(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    value = parts[0]
    if value.type == result:
        return value.text
    if value.type == STRING:
        return dialect.read(value, result)
    shorter = value.type.kind == "number" and result.kind in {"integer", "number"}
    if shorter and (result.kind == "integer" or result.scale < value.type.scale):
        rounded = dialect.round_decimal(value.text, result.scale)
        return dialect.cast(rounded, result, wide=wide(value.bound))
    if value.type == DOUBLE:
        return dialect.from_double(value.text, result)
    if value.type.kind == "datetime" and result == DATE:
        return dialect.cast(value.text, DATE)
    return dialect.convert(value, result)


CALLS: Mapping[str, Print] = {
    **{sign: _comparison(sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "is_distinct": _distinct(differ=True),
    "is_not_distinct": _distinct(differ=False),
    "in": _in,
    "between": _between,
    "like": _like(ignore_case=False),
    "ilike": _like(ignore_case=True),
    "and": _connective("AND"),
    "or": _connective("OR"),
    "not": lambda dialect, parts, result: f"(NOT {dialect.convert(parts[0], result)})",
    "is_null": lambda _, parts, __: f"({parts[0].text} IS NULL)",
    "is_not_null": lambda _, parts, __: f"({parts[0].text} IS NOT NULL)",
    "+": _plus("+"),
    "-": _plus("-"),
    "date_add": _plus("+"),
    "*": _times,
    "/": _divided,
    "//": _whole,
    "%": _modulo,
    "neg": _negated,
    "abs": _absolute,
    "||": _joined,
    "cast": _cast,
    "try_cast": _cast,
    "add_months": _add_months,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "least": _extreme("LEAST"),
    "greatest": _extreme("GREATEST"),
    "round": _rounded,
    "floor": _stepped("FLOOR"),
    "ceil": _stepped("CEIL"),
    "lower": _text(lambda dialect, text: dialect.lower(text)),
    "upper": _text(lambda dialect, text: dialect.upper(text)),
    "trim": _text(lambda dialect, text: dialect.trim(text)),
    "length": _text(lambda dialect, text: dialect.cast(dialect.length(text), INTEGER)),
    "substring": _substring,
    "left": lambda d, parts, _: d.head(d.convert(parts[0], STRING), _count(parts[1])),
    "right": lambda d, parts, _: d.tail(d.convert(parts[0], STRING), _count(parts[1])),
    "lpad": _padded(left=True),
    "rpad": _padded(left=False),
    "concat": lambda d, parts, _: d.concat([d.convert(part, STRING) for part in parts]),
    "replace": _replaced,
    "starts_with": _two_texts(lambda dialect, text, start: dialect.starts_with(text, start)),
    "contains": _two_texts(lambda dialect, text, part: dialect.contains(text, part)),
    "date_diff": _date_diff,
    "date_trunc": _date_trunc,
    "date_part": _date_part,
    "make_date": _make_date,
    "last_day": _last_day,
    "epoch": _epoch,
    "strftime": _strftime,
}
