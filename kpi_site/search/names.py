"""What else a thing may be called by those who look for it: by sound, by period, in short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

from kpi_site.periods import Grain, Period
from kpi_site.wording.dates import fiscal_year, format_period, is_numbered, part_of_year

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@lru_cache(maxsize=20_000)  # the same in each language, and in each round of a server
def sound(name: str) -> str:
    """Return the syllables of a Chinese name, ``ke hu man yi du``; "" for other names.

    A character with several sounds is read by the word that it stands in; ü is v.
    """
    if not _HAN.search(name):
        return ""
    return " ".join(_WORD.findall(" ".join(lazy_pinyin(name)).lower()))


def sounds(names: Iterable[str]) -> list[str]:
    """Return the syllables of those names that are Chinese, without repetitions."""
    return list(dict.fromkeys(found for name in names if (found := sound(name))))


def report_names(period: Period) -> tuple[str, ...]:
    """Return what the report of ``period`` is called in passing, in both languages."""
    return tuple(dict.fromkeys((period.label, *_chinese(period), *_english(period))))


def _chinese(period: Period) -> Iterator[str]:
    yield format_period(period, "zh")
    if period.grain is Grain.MONTH:
        year, month = period.year, period.month
        if is_numbered(period):
            yield from (f"第{month}期报告", f"{year}-P{month}", f"{year}年第{month}期报告")
        else:
            yield from (f"{month}月报告", f"{month}月月报", f"{year}-{month}")
            yield f"{year}年{month}月月报"
    elif period.grain is Grain.WEEK:
        week = int(period.label[6:])
        yield from (f"第{week}周报告", f"{week}周周报", f"{period.year}年第{week}周周报", "周报")
    elif period.grain is Grain.TEN_DAYS:
        yield from (f"{_third(period)}报告", f"{_third(period)}旬报", "旬报")
    elif period.grain is Grain.QUARTER:
        part = part_of_year(period)
        yield from (f"{part}季度报告", f"{fiscal_year(period)}年{part}季度", f"{part}季报")
    elif period.grain is Grain.HALF_YEAR:
        half = "上下"[part_of_year(period) - 1]
        yield from (f"{half}半年报告", "半年报")
    elif period.grain is Grain.YEAR:
        yield from (f"{fiscal_year(period)}年年报", "年度报告")


def _third(period: Period) -> str:
    """Return ``10月上旬`` without its year."""
    return format_period(period, "zh").partition("年")[2]


def _english(period: Period) -> Iterator[str]:
    yield format_period(period, "en")
    if period.grain is Grain.MONTH:
        year, number = period.year, period.month
        if is_numbered(period):
            yield from (f"P{number} {year}", f"period {number} report")
        else:
            month = _MONTHS[number - 1]
            yield from (f"{month} {year}", f"{month} report")
    elif period.grain is Grain.WEEK:
        yield from (f"week {int(period.label[6:])} report", "weekly report")
    elif period.grain is Grain.TEN_DAYS:
        yield "ten-day report"
    elif period.grain is Grain.QUARTER:
        yield f"Q{part_of_year(period)} report"
    elif period.grain is Grain.HALF_YEAR:
        yield f"H{part_of_year(period)} report"
    elif period.grain is Grain.YEAR:
        yield "annual report"
