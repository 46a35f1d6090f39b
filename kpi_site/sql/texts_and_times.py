"""Text, calendar and conversion functions as Polars expressions; see ``operations``."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from kpi_site.sql.kinds import DATETIME, MAX_SCALE, STRING, SqlType, number, polars_type
from kpi_site.sql.operands import Operand, Operands, Operation, ahead, convert
from kpi_site.sql.operations import quotient, round_half_away

Method = Callable[[pl.Expr], pl.Expr]


def text(method: Method) -> Operation:
    """Make the operation of a function of one text."""
    return lambda operands, _: method(convert(operands[0], STRING))


def two_texts(method: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Operation:
    """Make the operation of a function of two texts."""
    return lambda operands, _: method(convert(operands[0], STRING), convert(operands[1], STRING))


def substring(operands: Operands, _: SqlType) -> pl.Expr:
    """``SUBSTRING(text, start[, length])``: characters count from 1, from the end below 0."""
    start, value = operands[1].constant, convert(operands[0], STRING)
    length = operands[2].constant if len(operands) > 2 else None
    assert isinstance(start, int)
    assert length is None or isinstance(length, int)
    if start > 0:
        return value.str.slice(start - 1, length)
    tail = value.str.tail(-start)
    if length is None:
        return tail
    # A start before the first character uses up length, as in DuckDB.
    missing = (pl.lit(-start) - value.str.len_chars().cast(pl.Int64)).clip(0)
    return tail.str.head((pl.lit(length) - missing).clip(0))


def left(operands: Operands, _: SqlType) -> pl.Expr:
    """``LEFT(text, count)``."""
    return convert(operands[0], STRING).str.head(pl.lit(operands[1].constant))


def right(operands: Operands, _: SqlType) -> pl.Expr:
    """``RIGHT(text, count)``."""
    return convert(operands[0], STRING).str.tail(pl.lit(operands[1].constant))


def replace(operands: Operands, _: SqlType) -> pl.Expr:
    """``REPLACE(text, old, new)``: every place; an empty ``old`` changes nothing."""
    value, old, new = (convert(operand, STRING) for operand in operands)
    known = old.is_not_null() & new.is_not_null()
    changed = value.str.replace_all(_only(operands[1]), _only(operands[2]), literal=True)
    return pl.when(known).then(changed if operands[1].constant else value)


def _only(operand: Operand) -> str:
    return str(operand.constant or "")


def join_strict(operands: Operands, _: SqlType) -> pl.Expr:
    """``||``: NULL where any part is."""
    return pl.concat_str([convert(operand, STRING) for operand in operands])


def join(operands: Operands, _: SqlType) -> pl.Expr:
    """``CONCAT``: NULLs left out."""
    return pl.concat_str([convert(operand, STRING) for operand in operands], ignore_nulls=True)


def pad_left(operands: Operands, _: SqlType) -> pl.Expr:
    """``LPAD(text, length, character)``: a longer text is cut."""
    value, size = convert(operands[0], STRING), int(str(operands[1].constant))
    return value.str.slice(0, size).str.pad_start(size, _only(operands[2]))


def pad_right(operands: Operands, _: SqlType) -> pl.Expr:
    """``RPAD(text, length, character)``: a longer text is cut."""
    value, size = convert(operands[0], STRING), int(str(operands[1].constant))
    return value.str.slice(0, size).str.pad_end(size, _only(operands[2]))


# --- the calendar --------------------------------------------------------------------

_MICROS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}
_TRUNCATE = {
    "year": "1y", "quarter": "1q", "month": "1mo", "week": "1w", "day": "1d", "hour": "1h",
    "minute": "1m", "second": "1s",
}  # fmt: skip


def date_diff(operands: Operands, _: SqlType) -> pl.Expr:
    """``DATE_DIFF(unit, a, b)``: how many boundaries of the unit lie between a and b."""
    unit = str(operands[0].constant)
    apart = ahead(operands[2], operands[1]) if unit in _MICROS else None
    end, begin = (convert(operand, DATETIME) for operand in (operands[2], operands[1]))
    return _index(unit, end if apart is None else end - apart) - _index(unit, begin)


def _index(unit: str, time: pl.Expr) -> pl.Expr:
    """Return a count of units since a fixed start."""
    if unit in _MICROS:
        return time.to_physical() // _MICROS[unit]
    days = time.cast(pl.Date).to_physical().cast(pl.Int64)
    year = time.dt.year().cast(pl.Int64)
    match unit:
        case "day":
            return days
        case "month":
            return year * 12 + time.dt.month().cast(pl.Int64)
        case "quarter":
            return year * 4 + time.dt.quarter().cast(pl.Int64)
    return year


def date_trunc(operands: Operands, _: SqlType) -> pl.Expr:
    """``DATE_TRUNC(unit, time)``: the start of its year, month …, as a time."""
    return convert(operands[1], DATETIME).dt.truncate(_TRUNCATE[str(operands[0].constant)])


def date_part(operands: Operands, _: SqlType) -> pl.Expr:
    """``DATE_PART(part, time)``; Sunday is day 0 of ``dow`` and 7 of ``isodow``."""
    time = convert(operands[1], DATETIME).dt
    match str(operands[0].constant):
        case "dow" | "dayofweek":
            found = time.weekday() % 7
        case "isodow":
            found = time.weekday()
        case "doy" | "dayofyear":
            found = time.ordinal_day()
        case part:
            found = getattr(time, part)()
    return found.cast(pl.Int64)


def add_months(operands: Operands, _: SqlType) -> pl.Expr:
    """A day plus months: the same day of that month, or its last one."""
    return convert(operands[0], DATETIME).dt.offset_by(f"{operands[1].constant}mo")


def make_date(operands: Operands, _: SqlType) -> pl.Expr:
    """``MAKE_DATE(year, month, day)``: NULL where there is no such day."""
    year, month, day = (operand.expr.cast(pl.Int64, strict=False) for operand in operands)
    parts = [year.cast(pl.String).str.zfill(4), month.cast(pl.String).str.zfill(2),
             day.cast(pl.String).str.zfill(2)]  # fmt: skip
    sound = year.is_between(1, 9999) & month.is_between(1, 12) & day.is_between(1, 31)
    written = pl.when(sound).then(pl.concat_str(parts, separator="-"))
    return written.str.to_date("%Y-%m-%d", strict=False)


def last_day(operands: Operands, _: SqlType) -> pl.Expr:
    """``LAST_DAY``: the last day of the month."""
    return operands[0].expr.cast(pl.Date).dt.month_end()


def epoch(operands: Operands, _: SqlType) -> pl.Expr:
    """``EPOCH``: the seconds of a duration, or since 1970-01-01, as a double."""
    kind = "duration" if operands[0].type.kind == "duration" else "datetime"
    micros = convert(operands[0], SqlType(kind)).to_physical()  # type: ignore[arg-type]
    return quotient(micros.cast(pl.Float64), pl.lit(1e6))


def strftime(operands: Operands, _: SqlType) -> pl.Expr:
    """``STRFTIME(time, format)``."""
    return convert(operands[0], DATETIME).dt.strftime(str(operands[1].constant))


# --- conversions ---------------------------------------------------------------------


def cast(operands: Operands, result: SqlType) -> pl.Expr:
    """``CAST`` and ``TRY_CAST``; text that cannot be read is NULL."""
    value = operands[0]
    if value.type == result:
        return value.expr
    if value.type.kind == "string":
        return _read(value.expr, result)
    if value.type.kind == "number" and result.kind in {"integer", "number"}:
        if result.scale >= value.type.scale and result.kind == "number":
            return value.expr.cast(polars_type(result), strict=False)
        rounded = value.expr.round(result.scale, mode="half_away_from_zero")
        return rounded.cast(polars_type(result), strict=False)
    if value.type.kind == "double":
        # DuckDB rounds a double to the even neighbour for a whole number.
        mode = "half_to_even" if result.kind == "integer" else "half_away_from_zero"
        rounded = value.expr.round(result.scale, mode=mode)  # type: ignore[arg-type]
        return rounded.cast(polars_type(result), strict=False)
    return value.expr.cast(polars_type(result), strict=False)


def _read(value: pl.Expr, result: SqlType) -> pl.Expr:
    trimmed = value.str.strip_chars(" \t\n\r\v\f")
    match result.kind:
        case "integer" | "number":
            valid = trimmed.str.contains(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$")
            wide = pl.when(valid).then(trimmed).cast(pl.Decimal(38, MAX_SCALE), strict=False)
            places = Operand(pl.lit(result.scale), number(0), result.scale, literal=True)
            exact = round_half_away(
                [Operand(wide, number(MAX_SCALE)), places], number(result.scale)
            )
            return exact.cast(polars_type(result), strict=False)
        case "double":
            found = trimmed.cast(pl.Float64, strict=False)
            return pl.when(found.is_finite()).then(found)
        case "boolean":
            return trimmed.str.to_lowercase().replace_strict(
                _TRUTH, default=None, return_dtype=pl.Boolean
            )
    time = _read_time(trimmed)
    return time.cast(pl.Date) if result.kind == "date" else time


_TRUTH = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_CLOCKS = ("", " %H:%M:%S%.f", " %H:%M")


def _read_time(trimmed: pl.Expr) -> pl.Expr:
    plain = trimmed.str.replace("T", " ", literal=True)
    return pl.coalesce(
        [
            plain.str.to_datetime(f"%Y-%m-%d{clock}", time_unit="us", strict=False, exact=True)
            for clock in _CLOCKS
        ]
    )
