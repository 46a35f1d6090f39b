"""A day that is made of a column of years and one of weeks, months, periods, quarters or halves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kpi_site.authoring.survey.column import Seen
from kpi_site.authoring.survey.month_words import (
    half_of,
    month_and_year,
    month_of,
    month_of_day,
    quarter_of,
)
from kpi_site.authoring.survey.times import names_months
from kpi_site.problems import Message
from kpi_site.sql.grammar import RESERVED

_NAME: Final = "period_start"
_WEEKS, _HALVES = 53, 2
_PARTS: Final = (  # names, and the highest number, which tells what is counted
    (re.compile(r"(?i)^(month|mon|mth|mm|月|月份|(buchungs)?monat|mois|m[eê]s|mese|maand)$"), 12),
    (re.compile(r"(?i)^((posting|fiscal|accounting|buchungs)?[ _]?period[eo]?|p[eé]r[ií]od[eo]"
                r"|(会计)?期间|期)$"), 12),
    (re.compile(r"(?i)^(quarter|qtr|qq?|季|季度|四半期|quartal|trim(estr[ei])?|kwartaal)$"), 4),
    (re.compile(r"(?i)^(week([ _]?(no\.?|number))?|wk|kw|(kalender)?woche|semaine|semana|settimana"
                r"|周|周次|周数|周别|第?几周|週|週次)$"), _WEEKS),
    (re.compile(r"(?i)^(half([ _-]?year)?|半年|半年度|halbjahr|semestre)$"), _HALVES),
)  # fmt: skip
_DAY_OF_MONTH: Final = re.compile(r"(?i)^(day|dd|日|tag|jour|d[ií]a|giorno|dag)$")
_MONTH_DAY: Final = re.compile("(?:[1-9]|1[0-2])月(?:[1-9]|[12][0-9]|3[01])日")
_DAY_WORD: Final = re.compile(r"(?:[1-9]|[0-2][0-9]|3[01])[ .-]+([^\W\d_]+)\.?")
_OF_PARTS: Final = Message("由年和月（或季）得到", "made of the year and the month or quarter")
_OF_PERIODS: Final = Message(
    "由年和期间得到：第 1 期当作 1 月",
    "made of the year and the period: the first is taken as January",
)
_OF_WORDS: Final = Message("由日、月份的词和年得到", "made of the day, a word and the year")
_OF_WEEKS: Final = Message(
    "由年和周得到：ISO 8601 的周，归在那周的星期一",
    "made of the year and the week: weeks of ISO 8601, each counts as its Monday",
)
_POINTED: Final = Message(
    "由数字得到：2025.1 当作 2025.10，即十月",
    "made of the number: 2025.1 is taken as 2025.10, October",
)
_OF_FISCAL: Final = Message(
    "由财年和季度得到：第 1 季当作从 1 月开始",
    "made of the fiscal year and quarter: the first is taken to begin in January",
)
_AROUND: Final = re.compile(r"([^0-9]*)([0-9]{1,3})([^0-9]*)")
_PART_NUMBERS: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4,
                        "上": 1, "下": 2}  # fmt: skip
_WHOLE: Final = (  # a quarter or half with its year, in one cell
    re.compile(
        r"(?P<a>[^0-9]*)(?P<year>(?:19|20)[0-9]{2}|(?<=FY)[0-9]{2})(?P<b>[^0-9]*?)"
        r"(?P<part>[1-4一二三四上下])(?P<c>[^0-9]*)"
    ),
    re.compile(
        r"(?P<a>[^0-9]*?)(?P<part>[1-4一二三四])(?P<b>[^0-9]+)"
        r"(?P<year>(?:19|20)?[0-9]{2})(?P<c>)"
    ),
)
_QUARTER_WORD: Final = re.compile(
    r"(?i)[\W_]*(?:FY)?[年\W_]*(?:Q|T|qtr|quarter|quartal|trim|trimestre|kwartaal)[\W_]*(?:FY)?|.*季度?.*"
)
_HALF_WORD: Final = re.compile(
    r"(?i)[\W_]*(?:FY)?[年\W_]*(?:H|HY|S|half|halbjahr|semestre|semester)[\W_]*(?:FY)?|半年度?"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A derived day: its name, its expression, what it is made of, and of which columns."""

    name: str
    expression: str
    note: Message
    parts: tuple[str, ...]


def made_of_parts(
    columns: Sequence[Seen], texts: pl.DataFrame, told: str | None = None
) -> tuple[list[Seen], Made | None]:
    """Return the columns, and the day that one or more of them make.

    ``told`` is the year that the file's name or a title tells, for days that lack one.

    A column of years alone is then a whole number. None where there are no such columns, or a
    day is there already.
    """
    if any(column.name == _NAME or column.tells_days for column in columns):
        return list(columns), None
    year = next((c for c in columns if c.tells_years), None)
    found = _whole(columns, texts) if year is None else _parts(year, columns, texts)
    if found is None and year is None and told is not None:
        found = _without_year(columns, texts, told)
    if found is None or year is None or year.format != "%Y":
        return list(columns), found
    whole = replace(year, type="integer", format=None, notes=())
    return [whole if c is year else c for c in columns], found


def _parts(year: Seen, columns: Sequence[Seen], texts: pl.DataFrame) -> Made | None:
    """Return the day of a year and a month, period or quarter: a number, or a word for it."""
    name = column_name(year.name)
    years = name if year.format == "%Y" else f"YEAR({name})"
    for names, most in _PARTS:
        for part in columns:
            if names.search(part.name) and (number := _number(texts, part, most)):
                parts = (year.name, part.name)
                if most == _WEEKS:
                    return Made(_NAME, _monday(years, number), _OF_WEEKS, parts)
                day = _day_of_month(columns, texts) if most == 12 else "1"
                is_period = "期" in part.name or re.search(r"(?i)p[eé]r[ií]od", part.name)
                note = _OF_PERIODS if is_period else _OF_PARTS
                return Made(
                    _NAME, f"MAKE_DATE({years}, {_month(number, most)}, {day})", note, parts
                )
    for part in columns:
        if part.type == "string" and (number := _quarter_or_month(texts, part)):
            expression = f"MAKE_DATE({years}, {number}, 1)"
            return Made(_NAME, expression, _OF_PARTS, (year.name, part.name))
    return None


def _month(number: str, most: int) -> str:
    """Return the first month of a part of the year, of which there are ``most``."""
    long = 12 // most
    return number if long == 1 else f"{long} * {number} - {long - 1}"


def _monday(year: str, week: str) -> str:
    """Return the Monday of a week: the first week is the one that holds 4 January."""
    week = week if "(" not in week else f"{week} % 100"  # a text may hold any number
    return f"DATE_TRUNC('week', MAKE_DATE({year}, 1, 4)) + INTERVAL 7 DAYS * ({week} - 1)"


def _quarter_or_month(texts: pl.DataFrame, part: Seen) -> str | None:
    """Return the month of cells that are all quarters (Q1) or months (März), however named."""
    words = _words(texts, part.name)
    if words and all(re.fullmatch(r"[Qq][1-4]", word) for word in words):
        return f"3 * {_number(texts, part, 4)} - 2"
    return _number(texts, part, 12) if all(map(month_of, words)) else None


def _words(texts: pl.DataFrame, name: str) -> list[str]:
    return list(texts[name].drop_nulls().unique(maintain_order=True))


def _number(texts: pl.DataFrame, part: Seen, most: int) -> str | None:
    """Return the number from 1 to ``most`` that a column tells: 3, 003, 3月, Q3, März, 第三季度."""
    words = _words(texts, part.name)
    if not words or part.type not in {"integer", "string"}:
        return None
    around = [found for word in words if (found := _AROUND.fullmatch(word))]
    if len(around) == len(words):
        if not all(1 <= int(found[2]) <= most for found in around):
            return None
        if part.type == "integer":
            return column_name(part.name)
        if len({(found[1], found[3]) for found in around}) == 1:
            return _cast(_without(column_name(part.name), around[0][1], around[0][3]))
    number_of = {12: month_of, 4: quarter_of, _HALVES: half_of}.get(most, lambda _: None)
    told = {word: number_of(word) for word in words}
    known = {word: number for word, number in told.items() if number is not None}
    return _case(column_name(part.name), known) if len(known) == len(words) <= _MOST else None


_MOST: Final = 24  # words for months that are listed


def _without(text: str, *parts: str) -> str:
    """Return an expression for a text without some parts of it."""
    for part in parts:
        text = f"REPLACE({text}, {_quoted(part)}, '')" if part else text
    return text


def _cast(text: str) -> str:
    return f"TRY_CAST({text} AS INTEGER)"


def _whole_number(number: str) -> str:
    return f"CAST({number} AS INTEGER)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _case(text: str, numbers: Mapping[str, int]) -> str:
    """Return the expression of the number of each word."""
    ordered = sorted(numbers.items(), key=lambda item: item[1])
    told = " ".join(f"WHEN {_quoted(word)} THEN {number}" for word, number in ordered)
    return f"CASE {text} {told} END"


def _day_of_month(columns: Sequence[Seen], texts: pl.DataFrame) -> str:
    for column in columns:
        if _DAY_OF_MONTH.search(column.name) and (number := _number(texts, column, 31)):
            return number
    return "1"


def _whole(columns: Sequence[Seen], texts: pl.DataFrame) -> Made | None:
    """Return the day of a column of quarters or months with their years, all written alike."""
    for column in columns:
        if pointed := _pointed(column, texts):
            return pointed
        if column.type != "string" or len(words := _words(texts, column.name)) < 2:
            continue
        for whole in (_whole_part, _whole_month, _whole_day):
            if (found := whole(column.name, words)) is not None:
                return found
    return None


def _pointed(column: Seen, texts: pl.DataFrame) -> Made | None:
    """Return the day of months that are numbers, without a closing nought: 2025.1 is October."""
    if column.type != "number" or not names_months(column.name):
        return None
    words = _words(texts, column.name)
    sound = all(re.fullmatch(r"(?:19|20)[0-9]{2}\.(?:0[1-9]|1[0-2]?)", word) for word in words)
    if not sound or not any("." in word and word[-2] == "0" for word in words):
        return None
    name = column_name(column.name)
    month = f"ROUND(100 * ({name} - FLOOR({name})))"
    made = f"MAKE_DATE({_whole_number(f'FLOOR({name})')}, {_whole_number(month)}, 1)"
    return Made(_NAME, made, _POINTED, (column.name,))


def _whole_part(name: str, words: Sequence[str]) -> Made | None:
    """Return the day of quarters or halves: 2024Q1, Q1/24, 1. Quartal 2024, 2024年上半年."""
    for pattern in _WHOLE:
        cells = [found for word in words if (found := pattern.fullmatch(word))]
        if len(cells) < len(words):
            continue
        first = cells[0]
        if len({(c["a"], c["b"], c["c"], len(c["year"])) for c in cells}) > 1:
            continue
        around = [first[group] for group in ("a", "b", "c")]
        halves = any(map(_HALF_WORD.fullmatch, around)) or first["part"] in "上下"
        if "S" in around and len(first["year"]) == 2:
            continue  # S1-24 may be any code
        most = _HALVES if halves else 4
        numbers = {found["part"]: _PART_NUMBERS[found["part"]] for found in cells}
        known = halves or any(map(_QUARTER_WORD.fullmatch, around))
        if not known or max(numbers.values()) > most:
            continue
        column = column_name(name)
        at, long = first.start("year") + 1, len(first["year"])
        year = _cast(f"SUBSTRING({column}, {at}, {long})")
        part = f"SUBSTRING({column}, {first.start('part') + 1}, 1)"
        number = _cast(part) if first["part"].isascii() else _case(part, numbers)
        years = year if long == 4 else f"2000 + {year}"
        note = _OF_FISCAL if "FY" in "".join(around).upper() else _OF_PARTS
        return Made(_NAME, f"MAKE_DATE({years}, {_month(number, most)}, 1)", note, (name,))
    return None


def _whole_month(name: str, words: Sequence[str]) -> Made | None:
    """Return the day of months in words with their years: März 2024, 2024 mars."""
    parts = [found for word in words if (found := month_and_year(word))]
    lengths = {len(year) for _, year in parts}
    behind = {text.endswith(year) for text, (_, year) in zip(words, parts, strict=False)}
    if len(parts) < len(words) or len(lengths) > 1 or len(behind) > 1:
        return None
    column, long = column_name(name), lengths.pop()
    year = _cast(f"{'RIGHT' if behind.pop() else 'LEFT'}({column}, {long})")
    years = year if long == 4 else f"2000 + {year}"
    month = _contained(column, [word for word, _ in parts])
    return Made(_NAME, f"MAKE_DATE({years}, {month}, 1)", _OF_PARTS, (name,))


def _whole_day(name: str, words: Sequence[str]) -> Made | None:
    """Return the day of days whose month is a word: 1. Januar 2024, 12 mars 2024."""
    months = [found for word in words if (found := month_of_day(word))]
    if len(months) < len(words):
        return None
    column = column_name(name)
    day = _cast(f"TRIM(REPLACE(LEFT({column}, 2), '.', ''))")
    year = _cast(f"RIGHT({column}, 4)")
    made = f"MAKE_DATE({year}, {_contained(column, months)}, {day})"
    return Made(_NAME, made, _OF_WORDS, (name,))


def _without_year(columns: Sequence[Seen], texts: pl.DataFrame, year: str) -> Made | None:
    """Return the day of months and days that lack the year, which stands elsewhere.

    Such as 1月5日, 5 Jan, 05-Jan.
    """
    for column in columns:
        words = _words(texts, column.name) if column.type == "string" else []
        name = column_name(column.name)
        told = [found[1] for word in words if (found := _DAY_WORD.fullmatch(word))]
        if words and all(map(_MONTH_DAY.fullmatch, words)):
            month = _cast(f"REPLACE(LEFT({name}, 2), '月', '')")
            day = _cast(f"REPLACE(REPLACE(RIGHT({name}, 3), '月', ''), '日', '')")
        elif words and len(told) == len(words) and all(map(month_of, told)):
            month = _contained(name, told)
            day = _cast(f"TRIM(REPLACE(REPLACE(LEFT({name}, 2), '-', ''), '.', ''))")
        else:
            continue
        note = Message(f"原文没有年份：当作 {year} 年", f"no year is told: taken as {year}")
        return Made(_NAME, f"MAKE_DATE({year}, {month}, {day})", note, (column.name,))
    return None


def _contained(column: str, words: Iterable[str]) -> str:
    """Return the expression of the month whose word a text contains."""
    told = {word: number for word in words if (number := month_of(word))}
    ordered = sorted(told.items(), key=lambda item: item[1])
    cases = " ".join(f"WHEN CONTAINS({column}, {_quoted(w)}) THEN {n}" for w, n in ordered)
    return f"CASE {cases} END"


def column_name(name: str) -> str:
    """Return a column's name as expressions have it."""
    plain = re.fullmatch(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*", name)
    words = RESERVED | {"YEAR", "QUARTER", "MONTH", "DAY"}  # of functions, some want brackets
    return name if plain and name.upper() not in words else '"' + name.replace('"', '""') + '"'
