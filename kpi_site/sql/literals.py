"""Reads the constants of SQL text: numbers, days, times, intervals, names of types."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from kpi_site.sql.kinds import MAX_SCALE
from kpi_site.sql.nodes import Code, Literal_
from kpi_site.sql.tokens import Token, refuse

MAX_WHOLE_DIGITS = 18

_STEPS = {
    "microsecond": timedelta(microseconds=1),
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_TYPES = {
    "integer": "integer int bigint smallint tinyint int4 int8 long",
    "double": "double float real float8 float4",
    "string": "varchar string text char",
    "boolean": "boolean bool logical",
    "date": "date",
    "datetime": "timestamp datetime",
}
_TYPE_OF = {word: name for name, words in _TYPES.items() for word in words.split()}


def number_literal(code: Code, token: Token) -> Literal_:
    """Return the whole number or exact decimal that ``token`` spells; never a float.

    Raises `Refused` for more than 18 digits before or after the point, and for other forms.
    """
    text = token.text.replace("_", "")
    if not re.fullmatch(r"\d+(\.\d*)?([eE][+-]?\d{1,2})?", text):
        zh, en = f"看不懂的数“{token.text}”", f"'{token.text}' is not a number"
        raise refuse(code, token.start, "sql-literal", zh, en)
    value = Decimal(text)
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if -exponent > MAX_SCALE or len(digits) + exponent > MAX_WHOLE_DIGITS:
        zh, en = "数的位数太多", "a number with too many digits"
        raise refuse(code, token.start, "sql-literal", zh, en)
    if text.isdigit():
        return Literal_(int(text), token.start)
    return Literal_(value if exponent <= 0 else value.quantize(Decimal(1)), token.start)


def read_date(text: str) -> date | None:
    """Read ``2026-10-31``; None if it is no such day."""
    if not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text.strip()):
        return None
    try:
        return date(*map(int, text.strip().split("-")))
    except ValueError:
        return None


def read_datetime(text: str) -> datetime | None:
    """Read ``2026-10-31`` or ``2026-10-31 08:30[:59[.123456]]`` (T for the space as well)."""
    day, _, clock = text.strip().replace("T", " ").partition(" ")
    found = read_date(day)
    if found is None or not re.fullmatch(r"(\d\d?:\d\d(:\d\d(\.\d{1,6})?)?)?", clock):
        return None
    hour, minute, second, fraction = [*re.split("[:.]", clock or "0:00"), "0", "0"][:4]
    try:
        return datetime(  # noqa: DTZ001 (the facts have local times without a zone)
            found.year, found.month, found.day, int(hour), int(minute), int(second),
            int(fraction.ljust(6, "0")),
        )  # fmt: skip
    except ValueError:
        return None


def interval(text: str) -> timedelta | int | None:
    """Read ``24 hours`` as a duration and ``3 months`` as a number of months; else None."""
    match = re.fullmatch(r"\s*(-?\d{1,9})\s*([a-z]+)\s*", text.lower())
    if match is None:
        return None
    count, unit = int(match[1]), match[2].removesuffix("s")
    if unit in _MONTHS:
        return count * _MONTHS[unit]
    step = _STEPS.get(unit)
    try:
        return None if step is None else count * step
    except OverflowError:
        return None


def type_name(text: str) -> str | None:
    """Return our name of an SQL type: ``integer``, ``number(2)`` …; None if it has none."""
    match = re.fullmatch(r"(?:decimal|numeric)(?:\((\d+)(?:,(\d+))?\))?", text.lower())
    if match is None:
        return _TYPE_OF.get(text.lower())
    if match[1] is None:
        return "number(3)"  # as DuckDB: DECIMAL is DECIMAL(18,3)
    scale = int(match[2] or 0)
    return f"number({scale})" if scale <= min(int(match[1]), MAX_SCALE) else None
