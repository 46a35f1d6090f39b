"""Which date format a column of texts has, tried with the very reader of the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import polars as pl

from kpi_site.catalog import Field
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.formats import ISO_DATE, ISO_DATETIME, YEAR
from kpi_site.tables.numerals import unified
from kpi_site.tables.times import read_times

_DAYS: Final = (
    "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%Y年%m月", "%Y.%m",
    "%Y.%m.%d.", "%Y. %m. %d.", "%Y. %m. %d", "%Y-%m-%d", "%Y-M%m", "%YM%m", "M%m %Y",
    "%Y年%m月%d日 %A", "%Y年%m月%d日%A", "%Y-%m-%d %A", "%Y/%m/%d %A", "%Y/%m/%d %a", "%Y-%m-%d %a",
    "%d/%b/%Y", "%d/%b/%y",
    "%Y년 %m월", "%Y년%m월", "%Y년 %m월 %d일", "%Y년%m월%d일",
    "%Y年", "%Y年度", "FY%Y", "%Y年 %m月", "0%m.%Y", "0%m/%Y", "%Y/0%m", "%Y.0%m", "%Y0%m",
    "%m.%Y", "%m/%Y", "%m-%Y",
    "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d-%b-%Y",
    "%b-%d-%Y", "%b %d, %Y", "%b %d %Y", "%d %b %Y", "%B %d, %Y", "%b-%Y", "%b %Y", "%Y%m",
    "%G-W%V", "%GW%V", "%G年第%V周", "%G年%V周",
    "KW %V/%G", "KW%V/%G", "KW %V %G", "%G-KW%V", "%G KW%V", "W%V %G", "W%V/%G",
    "KW%V %G", "Wk%V %G", "Wk %V %G", "Week %V %G", "Week%V %G", "CW%V %G",
    "第%V周 %G", "%G年第%V週",
    "%Y %b", "%B %Y", "%B-%Y", "%d %B %Y", "%A, %d %B %Y", "%A, %B %d, %Y",
    "%b-%y", "%b %y", "%d-%b-%y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%y-%m-%d",
)  # fmt: skip
_OF_ERAS: Final = (
    "%EY年%m月%d日", "%EY年%m月", "%EY年", "%EY年度", "%EY/%m/%d", "%EY.%m.%d", "%EY-%m-%d",
    "%EY%m%d", "%EY/%m", "%EY.%m", "%EY-%m", "%d/%m/%EY", "%d-%m-%EY", "%d.%m.%EY",
)  # fmt: skip
_LIKE_NUMBERS: Final = frozenset({"%EY/%m", "%EY.%m", "%EY-%m"})
_CLOCKS: Final = (
    " %H:%M:%S",
    " %H:%M",
    " %H时%M分",
    " %H时%M分%S秒",
    "%H:%M:%S",
    "%H:%M",
    " %I:%M %p",
    " %I:%M:%S %p",
    " %p %I:%M:%S",
    " %p %I:%M",
    " %p%I:%M:%S",
    " %p%I:%M",
)
_TIMES: Final = ("%Y-%m-%d", *(day for day in _DAYS if "%d" in day and day != "%Y%m%d"))
_WHOLE: Final = (  # as mail, logs and programs write moments
    "%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %Z", "%d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %Z %Y", "%d/%b/%Y:%H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %z",
    "%Y/%m/%d %H:%M:%S %z",
)  # fmt: skip
_TRIED_FIRST = 1000  # cells; a format that most of them lack is not tried on the rest
_MOST: Final = 0.9  # of the cells looked at first must fit
_SOUND_YEARS: Final = r"^(?:19|20)\d\d[01]\d[0-3]\d$"  # 20261031, not any eight digits
_SOUND_MONTHS: Final = r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])$"  # 202610
_SOUND_MONTHS_FIRST: Final = r"^(?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d$"  # 10.2026, not any number
_SOUND_MONTHS_BEHIND: Final = (
    r"^(?:19|20)\d\d\.(?:0[1-9]|1[0-2])$",
    r"^(?:19|20)\d\d\.(?:[1-9]|1[0-2])$",
)
_SOUND_YEAR: Final = r"^(?:18|19|20)\d\d$"
_SOUND_SERIALS: Final = r"^[3-5][0-9]{4}$"  # 1982 to 2064
_NAMED_ERA: Final = (
    r"^(?:中[華华]民[國国]|民[國国]|[RHS]|令和|平成|昭和) ?(?:元|[0-9]{1,3})(?:[年./-]|[0-9]{4}$)"
)
_OTHER_YEAR: Final = (
    r"^1[01][0-9](?:年|[./-][0-9])|(?:^|[/.-])2[56][0-9]{2}(?:[年/.-]|$)"  # 114, 2568
)
_OTHER_DAY: Final = r"^(?:0[89]|1[01])[0-9][01][0-9][0-3][0-9]$"  # 1140305
_SINCE_1970: Final = {  # 2001 to 2033
    "unix": (
        r"^1[0-9]{9}(?:\.[0-9]{1,6})?$",
        Message("1970 年以来的秒数", "seconds since 1970"),
    ),
    "unix_ms": (r"^1[0-9]{12}$", Message("1970 年以来的毫秒数", "milliseconds since 1970")),
}
_MOMENT_NAME: Final = re.compile(
    r"(?i)time|date|epoch|unix|(?:^|_)(?:ts|at|on)$|created|updated|closed|时间|日期|时刻"
)
_DAY_NAME: Final = re.compile(r"(?i)date|day|日期|日$|时间|日付")
_YEAR_NAME: Final = re.compile(
    r"(?i)(?:^|[_ ])(?:year|yr|fy)$|^(?:year|fy)|年$|年份$|年度$|jahr$"
    r"|^(?:ann[eé]e|exercice|año|anio|ejercicio|ano|anno|jaar|boekjaar)$"
)
_MONTH_NAME: Final = re.compile(
    r"(?i)month|period|yyyymm|年月|月份|期[间間]|账期|所属期|月度|月$|monat|mois|\bm[eê]s\b|maand|buchung|p[eé]r[ií]od"
)


@dataclass(frozen=True, slots=True)
class TimeType:
    """A way to read the cells as days or moments; ``fits`` tells which can be."""

    type: Literal["date", "datetime"]
    format: str | None
    fits: pl.Series
    notes: tuple[Message, ...] = ()
    wide: bool = False  # digits and signs are full-width


def time_types(cells: pl.Series, *, typed: bool, day_first: bool = False) -> Iterator[TimeType]:
    """Yield the ways to read ``cells`` that suit most of them: ISO first, then known formats.

    ``day_first`` reads 01/02 as the first of February.
    """
    sample = cells.head(_TRIED_FIRST)
    if sample.str.contains("[０-９]").any():
        found = time_types(unified(cells), typed=typed, day_first=day_first)
        yield from (replace(one, wide=True) for one in found)
        return
    if share(sample.str.contains(r"\d")) <= _MOST:
        return
    if share(sample.str.contains(rf"^{YEAR}-\d\d-\d\d")) > _MOST:
        days = cells.str.contains(ISO_DATE.pattern) & _reads(cells, "date", None)
        moments = cells.str.contains(ISO_DATETIME) & _reads(cells, "datetime", None)
        yield TimeType("date", None, days)
        yield TimeType("datetime", None, moments | days if typed else moments)
    if typed:
        yield from _half_typed(cells, day_first)
    yield from _by_name(cells, sample)
    yield from _of_eras(cells, sample)
    order = sorted(_DAYS, key=_month_first) if day_first else _DAYS
    for written in order:
        if written in {"%Y%m", "%Y0%m", "%Y.%m", "%Y.0%m"} and not names_months(cells.name):
            continue
        if _suits(sample, "date", written):
            fits = _reads(cells, "date", written)
            yield TimeType("date", written, fits, tuple(_doubts(sample, written)))
    for written in (*(day + clock for day in _TIMES for clock in _CLOCKS), *_WHOLE):
        if _suits(sample, "datetime", written):
            yield TimeType("datetime", written, _reads(cells, "datetime", written))


def _by_name(cells: pl.Series, sample: pl.Series) -> Iterator[TimeType]:
    """Yield what only a column's name makes a time: a bare year, a number of days."""
    if _YEAR_NAME.search(cells.name) and _suits(sample, "date", "%Y"):
        yield TimeType("date", "%Y", _reads(cells, "date", "%Y"), tuple(_doubts(sample, "%Y")))
    if _DAY_NAME.search(cells.name) and sample.str.contains(_SOUND_SERIALS).all():
        note = Message("电子表格的日期序号", "days as spreadsheets count them")
        yield TimeType("date", "serial", _reads(cells, "date", "serial"), (note,))
    for written, (sound, note) in _SINCE_1970.items():
        if _MOMENT_NAME.search(cells.name) and sample.str.contains(sound).all():
            yield TimeType("datetime", written, _reads(cells, "datetime", written), (note,))


def _of_eras(cells: pl.Series, sample: pl.Series) -> Iterator[TimeType]:
    """Yield the ways to read years of Japan, Taiwan and Thailand."""
    name, days = cells.name, sample.str.contains(_OTHER_DAY)
    told = sample.str.contains(_NAMED_ERA) | sample.str.contains(_OTHER_YEAR)
    if _DAY_NAME.search(name):
        told = told | days
    if sample.is_empty() or not told.all():
        return
    for written in _OF_ERAS:
        if written in _LIKE_NUMBERS and not names_months(name):
            continue  # 114.5, S3-1
        if _suits(sample, "date", written):
            first = sample[0]
            day = _read(sample.head(1), "date", written)[0]
            note = Message(f"如“{first}”读作 {day}", f"'{first}' is read as {day}")
            fits = _reads(cells, "date", written)
            yield TimeType("date", written, fits, (note, *_doubts(sample, written)))


def _half_typed(cells: pl.Series, day_first: bool) -> Iterator[TimeType]:
    """Yield the ways to read typed days beside texts: these have a format, those need none."""
    days = cells.str.contains(ISO_DATE.pattern)
    moments = cells.str.contains(ISO_DATETIME)
    texts = cells.filter(~(days | moments))
    if not 0 < texts.len() < cells.len():
        return
    note = Message("有的是日期，有的是文字", "some are days, some are texts")
    for found in time_types(texts, typed=False, day_first=day_first):
        if found.format is not None:
            kind = days if found.type == "date" else days | moments
            sound = texts.filter(found.fits).unique()
            fits = kind | cells.is_in(sound.implode())
            yield TimeType(found.type, found.format, fits, (note, *found.notes))


def tells_year(name: str) -> bool:
    """Tell whether a column is named as one of years."""
    return _YEAR_NAME.search(name) is not None


def names_months(name: str) -> bool:
    """Tell whether a column is named as one of months."""
    return _MONTH_NAME.search(name) is not None


def share(flags: pl.Series) -> float:
    """Return the share of ``flags`` that are true; 0 of none."""
    return float(flags.sum()) / flags.len() if flags.len() else 0.0


def _suits(sample: pl.Series, kind: Literal["date", "datetime"], written: str) -> bool:
    if written == "%Y%m%d" and not sample.str.contains(_SOUND_YEARS).all():
        return False
    if written == "%Y%m" and not sample.str.contains(_SOUND_MONTHS).all():
        return False
    if written == "%Y0%m" and not sample.str.contains(r"^(?:19|20)\d\d0(?:0[1-9]|1[0-2])$").all():
        return False
    if written == "%Y.%m" and not _is_pointed(sample):
        return False
    if written == "%m.%Y" and not sample.str.contains(_SOUND_MONTHS_FIRST).all():
        return False
    if written == "%Y" and not sample.str.contains(_SOUND_YEAR).all():
        return False
    return share(_reads(sample, kind, written)) > _MOST


def _is_pointed(sample: pl.Series) -> bool:
    """Tell whether cells are months such as 2025.10; 2025.1 is none beside 2025.02."""
    full, short = (sample.str.contains(pattern).all() for pattern in _SOUND_MONTHS_BEHIND)
    return full or (short and bool(sample.str.contains(r"\.[2-9]$").any()))


def _reads(cells: pl.Series, kind: Literal["date", "datetime"], written: str | None) -> pl.Series:
    return _read(cells, kind, written).is_not_null()


def _read(cells: pl.Series, kind: Literal["date", "datetime"], written: str | None) -> pl.Series:
    field = Field(Name(cells.name, Location("")), kind, format=written)
    return read_times(cells, field, "UTC")


def _month_first(written: str) -> bool:
    return written.startswith("%m/%d")


_OR_ELSE: Final = {  # formats that may fit the same cells
    "%m/%d/%Y": "%d/%m/%Y", "%d/%m/%Y": "%m/%d/%Y", "%m/%d/%y": "%d/%m/%y",
    "%d/%m/%y": "%m/%d/%y", "%d.%m.%y": "%y.%m.%d",
}  # fmt: skip


def _doubts(sample: pl.Series, written: str) -> Iterator[Message]:
    other = _OR_ELSE.get(written)
    if other and _suits(sample, "date", other):
        yield Message(
            f"月日次序不明：也可能是 {other}", f"day or month first? It may be {other} as well"
        )
    if written == "%Y%m%d":
        yield Message("八位数字，当作日期", "eight digits, taken as a day")
    if "%y" in written:
        yield Message(
            "两位数的年份：69 至 99 当作 19 开头", "years of two digits: 69 to 99 are 19xx"
        )
    if "%V" in written:
        yield Message("只有周，归在那周的星期一", "a week: it counts as its Monday")
    elif "%m" not in written and "%b" not in written and "%B" not in written:
        yield Message("只有年份，归在 1 月 1 日", "a year: it counts as its first day")
    elif "%d" not in written:
        yield Message("只有年月，归在当月 1 日", "a month: it counts as its first day")
