"""A day that is made of a column of years and one of months, periods or quarters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kpi_site.authoring.survey.column import Seen
from kpi_site.problems import Message

_NAME: Final = "period_start"
_PARTS: Final = (  # names, the highest number, and the month that it stands for
    (re.compile(r"(?i)^(month|mon|mth|mm|月|月份)$"), 12, "{0}"),
    (re.compile(r"(?i)^((posting|fiscal|accounting)?[ _]?period|(会计)?期间|期)$"), 12, "{0}"),
    (re.compile(r"(?i)^(quarter|qtr|qq?|季|季度)$"), 4, "3 * {0} - 2"),
)
_DAY_OF_MONTH: Final = re.compile(r"(?i)^(day|dd|日)$")
_OF_PARTS: Final = Message("由年和月（或季）得到", "made of the year and the month or quarter")
_OF_PERIODS: Final = Message(
    "由年和期间得到：第 1 期当作 1 月",
    "made of the year and the period: the first is taken as January",
)

_YEAR: Final = "(?:19|20)[0-9]{2}"
_QUARTERS: Final = (  # how cells are written, where the year begins, and where the quarter stands
    (rf"^{_YEAR}[Qq][1-4]$", 1, 6),
    (rf"^{_YEAR}[- ./][Qq][1-4]$", 1, 7),
    (rf"^{_YEAR}年[1-4]季度?$", 1, 6),
    (rf"^{_YEAR}年第[1-4]季度?$", 1, 7),
    (rf"^[Qq][1-4][- ./]{_YEAR}$", 4, 2),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A derived day: its name, its expression, and what it is made of."""

    name: str
    expression: str
    note: Message


def made_of_parts(columns: Sequence[Seen], texts: pl.DataFrame) -> tuple[list[Seen], Made | None]:
    """Return the columns, and the day that one or more of them make.

    A column of years is then a whole number. None where there are no such columns.
    """
    if any(column.name == _NAME for column in columns):
        return list(columns), None
    year = next((c for c in columns if c.type == "date" and c.format == "%Y"), None)
    found = _whole_quarter(columns, texts) if year is None else _parts(year, columns, texts)
    if found is None or year is None:
        return list(columns), found
    whole = replace(year, type="integer", format=None, notes=())
    return [whole if c is year else c for c in columns], found


def _parts(year: Seen, columns: Sequence[Seen], texts: pl.DataFrame) -> Made | None:
    """Return the day of a year and a month, period or quarter: as a number, or as Q1."""
    for names, most, month in _PARTS:
        for part in columns:
            if names.search(part.name) and (number := _number(texts, part, most)):
                day = _day_of_month(columns, texts) if most == 12 else "1"
                note = _OF_PERIODS if "期" in part.name or "eriod" in part.name else _OF_PARTS
                months = month.format(number)
                return Made(_NAME, f"MAKE_DATE({column_name(year.name)}, {months}, {day})", note)
    for part in columns:
        if part.type == "string" and _all_match(texts, part, r"^[Qq][1-4]$"):
            quarter = _quarter(part.name, 2)
            return Made(_NAME, f"MAKE_DATE({column_name(year.name)}, {quarter}, 1)", _OF_PARTS)
    return None


def _number(texts: pl.DataFrame, part: Seen, most: int) -> str | None:
    """Return the number from 1 to ``most`` that a column tells, also as ``001``."""
    if not _within(texts, part, most):
        return None
    if part.type == "integer":
        return column_name(part.name)
    return f"TRY_CAST({column_name(part.name)} AS INTEGER)" if part.type == "string" else None


def _day_of_month(columns: Sequence[Seen], texts: pl.DataFrame) -> str:
    for column in columns:
        if _DAY_OF_MONTH.search(column.name) and (number := _number(texts, column, 31)):
            return number
    return "1"


def _whole_quarter(columns: Sequence[Seen], texts: pl.DataFrame) -> Made | None:
    """Return the day of a column of quarters with their years, all written alike."""
    for column in columns:
        if column.type != "string":
            continue
        for pattern, year, quarter in _QUARTERS:
            if _all_match(texts, column, pattern):
                name = column_name(column.name)
                years = f"TRY_CAST(SUBSTRING({name}, {year}, 4) AS INTEGER)"
                day = f"MAKE_DATE({years}, {_quarter(column.name, quarter)}, 1)"
                return Made(_NAME, day, _OF_PARTS)
    return None


def _quarter(name: str, place: int) -> str:
    """Return the first month of the quarter that is the character at ``place``."""
    return f"3 * TRY_CAST(SUBSTRING({column_name(name)}, {place}, 1) AS INTEGER) - 2"


def _all_match(texts: pl.DataFrame, column: Seen, pattern: str) -> bool:
    cells = texts[column.name].drop_nulls()
    return bool(cells.len()) and bool(cells.str.contains(pattern).all())


def _within(texts: pl.DataFrame, part: Seen, most: int) -> bool:
    cells = texts[part.name].drop_nulls()
    numbers = cells.cast(pl.Int64, strict=False)
    return bool(cells.len()) and bool(numbers.is_between(1, most).fill_null(value=False).all())


def column_name(name: str) -> str:
    """Return a column's name as expressions have it."""
    plain = re.fullmatch(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*", name)
    words = {"year", "quarter", "month", "day"}  # of functions, of which some want brackets
    return name if plain and name.lower() not in words else '"' + name.replace('"', '""') + '"'
