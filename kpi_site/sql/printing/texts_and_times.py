"""Texts, the calendar and conversions as SQL, in words of a dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kpi_site.sql.bounds import wide
from kpi_site.sql.kinds import DATE, DATETIME, DOUBLE, INTEGER, STRING, SqlType
from kpi_site.sql.printing.meeting import ahead, clocked
from kpi_site.sql.printing.operand import Parts, Print, Printed

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect


_MICROS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


# --- texts ---------------------------------------------------------------------------


def text(method: Callable[[Dialect, str], str]) -> Print:
    """Make a function of one text."""
    return lambda dialect, parts, _: method(dialect, dialect.convert(parts[0], STRING))


def count(part: Printed) -> int:
    """Return the constant that an argument is."""
    assert isinstance(part.constant, int)
    return part.constant


def substring(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Cut a text; a start before its first character uses up length."""
    text, start = dialect.convert(parts[0], STRING), count(parts[1])
    length = count(parts[2]) if len(parts) > 2 else None
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


def padded(*, left: bool) -> Print:
    """Make LPAD or RPAD: a longer text is cut."""
    return lambda dialect, parts, _: dialect.pad(
        dialect.convert(parts[0], STRING), count(parts[1]), str(parts[2].constant), left=left
    )


def replaced(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``REPLACE``: an empty ``old`` changes nothing."""
    old, new = (str(part.constant) for part in parts[1:])
    text = dialect.convert(parts[0], STRING)
    return dialect.replace(text, old, new) if old else text


def joined(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``||``: NULL where any part is."""
    return f"({' || '.join(dialect.convert(part, STRING) for part in parts)})"


def two_texts(method: Callable[[Dialect, str, str], str]) -> Print:
    """Make a function of two texts."""
    return lambda dialect, parts, _: method(
        dialect, dialect.convert(parts[0], STRING), dialect.convert(parts[1], STRING)
    )


# --- the calendar --------------------------------------------------------------------


def date_diff(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``DATE_DIFF``: how many boundaries of the unit lie between two moments."""
    unit = str(parts[0].constant)
    begin, end = (dialect.convert(part, DATETIME) for part in parts[1:])
    if unit not in _MICROS:
        return f"({_index(dialect, unit, end)} - {_index(dialect, unit, begin)})"
    apart = ahead(parts[2], parts[1])
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
            return dialect.day_number(dialect.day_of(moment))
        case "month":
            return f"({year} * 12 + {dialect.part('month', moment)})"
        case "quarter":
            return f"({year} * 4 + {dialect.part('quarter', moment)})"
    return year


def date_trunc(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Cut a moment; not by DATE_TRUNC, which DuckDB 2.0.0 may find unequal to itself."""
    unit, moment = str(parts[0].constant), dialect.convert(parts[1], DATETIME)
    if unit in _MICROS:
        size = _MICROS[unit]
        micros = dialect.micros(moment)
        return dialect.moment(f"({micros} - (({micros} % {size} + {size}) % {size}))")
    year, month, day = dialect.part("year", moment), "1", dialect.day_of(moment)
    if unit == "month":
        month = dialect.part("month", moment)
    elif unit == "quarter":
        month = f"({dialect.part('quarter', moment)} * 3 - 2)"
    if unit == "week":
        day = dialect.plus_days(day, f"(1 - {dialect.part('isodow', moment)})")
    elif unit != "day":
        day = dialect.day_of_parts(year, month, "1")
    return dialect.start_of(day)


_SAME_PARTS = {"dayofweek": "dow", "dayofyear": "doy"}


def date_part(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``DATE_PART``; Sunday is day 0 of ``dow`` and 7 of ``isodow``."""
    name = str(parts[0].constant)
    moment = dialect.convert(parts[1], DATETIME)
    return dialect.cast(dialect.part(_SAME_PARTS.get(name, name), moment), INTEGER)


def add_months(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """A day plus months: the same day of that month, or its last one."""
    return dialect.plus_months(dialect.convert(parts[0], DATETIME), count(parts[1]))


def make_date(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """Make a day, NULL where there is none such: the first of its month tells its last day."""
    year, month, day = (dialect.convert(part, INTEGER) for part in parts)
    sound = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    years, months = (f"(CASE WHEN {sound} THEN {part} ELSE 1 END)" for part in (year, month))
    first = dialect.day_of_parts(years, months, "1")
    last = dialect.part("day", dialect.start_of(dialect.last_day(first)))
    return (
        f"(CASE WHEN {sound} AND {day} <= {last} THEN {dialect.plus_days(first, f'({day} - 1)')}"
        " END)"
    )


def last_day(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``LAST_DAY``: the last day of the month."""
    return dialect.last_day(
        dialect.convert(parts[0], DATE)
        if parts[0].type == DATE
        else dialect.day_of(dialect.convert(parts[0], DATETIME))
    )


def epoch(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``EPOCH``: the seconds of a duration, or since 1970-01-01, as a double."""
    return f"({dialect.to_double(clocked(dialect, parts[0]), INTEGER)} / 1e6)"


_DIGITS = {"Y": ("year", 4), "m": ("month", 2), "d": ("day", 2), "H": ("hour", 2),
           "M": ("minute", 2), "S": ("second", 2), "j": ("doy", 3)}  # fmt: skip


def strftime(dialect: Dialect, parts: Parts, _: SqlType) -> str:
    """``STRFTIME``: the parts that its format names, filled with zeros."""
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


def cast(dialect: Dialect, parts: Parts, result: SqlType) -> str:
    """``CAST`` and ``TRY_CAST``; text that cannot be read is NULL."""
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
        return dialect.day_of(value.text)
    return dialect.convert(value, result)
