"""Date formats as cards write them (strptime), for Polars and as a pattern that is strict.

Polars' own parsers take blanks, signs and leap seconds where a format has none, so a cell
counts only if it also matches the format's pattern.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

SERIAL: Final = "serial"  # the format of days as a spreadsheet counts them
UNIX: Final = {"unix": 1_000_000, "unix_ms": 1_000}
"""Formats of moments that are counted since 1970: what a step has of microseconds."""
UNIX_NUMBER: Final = {"unix": r"^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$", "unix_ms": r"^-?[0-9]{1,15}$"}
HALVES_OF_DAYS: Final = {  # what %p reads besides AM and PM
    "上午": "AM", "下午": "PM", "午前": "AM", "午後": "PM", "오전": "AM", "오후": "PM",
}  # fmt: skip
_HALF_WORD: Final = re.compile("|".join(HALVES_OF_DAYS))
_DAY_WORD: Final = re.compile("(星期|周|週|礼拜)([一二三四五六日天])")
IN_UTC: Final = re.compile(r"UTC|GMT|Z\b")  # what %Z reads

YEAR = r"(?:[1-9]\d{3}|0[1-9]\d{2}|00[1-9]\d|000[1-9])"  # 1 to 9999, as Python has them
OFFSET = r"[+-](?:0\d|1[0-5]):?[0-5]\d"  # no clock is 16 hours away from Greenwich
_PATTERNS = {
    "Y": YEAR, "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{1,2}", "I": r"\d{1,2}",
    "M": r"\d{1,2}", "S": r"[0-5]?\d", "p": "[AaPp][Mm]", "z": OFFSET, "%": "%",
    "G": YEAR, "V": r"\d{1,2}", "u": "[1-7]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """A format that Polars reads: its text, the pattern of a cell, and what a cell lacks.

    ``suffix`` is put behind each cell: a month without a day is its first day, a day without
    a time is midnight.
    """

    text: str
    pattern: str
    suffix: str = ""
    zoned: bool = False


def time_format(written: str, *, has_time: bool) -> TimeFormat | None:
    """Return how to read cells of the format ``written``; None where only Python can.

    ``has_time`` is the column's type: datetime, or date.
    """
    directives = set()
    text, pattern = "", ""
    for match in re.finditer(r"\.%f|%(.)|[^%.]+|\.", written, re.DOTALL):
        part, letter = match[0], match[1]
        if part == ".%f":
            text, pattern = text + "%.f", pattern + r"\.\d{1,6}"
        elif letter is None:
            text, pattern = text + part, pattern + re.escape(part)
        elif letter in _PATTERNS:
            directives.add(letter)
            text, pattern = text + part, pattern + _PATTERNS[letter]
        else:
            return None
    return _completed(text, f"^{pattern}$", directives, has_time=has_time)


def _completed(
    text: str, pattern: str, directives: set[str], *, has_time: bool
) -> TimeFormat | None:
    if "Y" in directives:
        parts = [("m", "01"), ("d", "01")]
    elif directives >= {"G", "V"}:
        parts = [("u", "1")]
    else:
        return None
    lacks = [(part, value) for part, value in parts if part not in directives]
    hour = bool(directives & {"H", "I"})
    if has_time and not hour:
        lacks.append(("H", "00"))
    if "M" not in directives and (hour or has_time):
        lacks.append(("M", "00"))
    suffix = "".join(f"~{value}" for _, value in lacks)
    added = "".join(f"~%{part}" for part, _ in lacks)
    return TimeFormat(text + added, pattern, suffix, zoned="z" in directives)


ERA_YEAR: Final = "%EY"  # 令和7, 民國114; alone 114 of the Republic, or 2568 of Buddhists
_BEFORE: Final = {  # the year before the first of an era
    "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,
    "R": 2018, "H": 1988, "S": 1925, "T": 1911, "M": 1867,
    "中華民國": 1911, "中华民国": 1911, "民國": 1911, "民国": 1911, "": 1911,
}  # fmt: skip
_BUDDHIST: Final = (2400, 2700, -543)  # from, below, and what makes it one of ours
_ERA: Final = "|".join(filter(None, _BEFORE))


def read_moment(text: str, written: str) -> datetime:
    """Return what ``strptime`` reads; a week without a day is its Monday. Raises ValueError.

    ``%EY`` is the year of another era, with the name of the era or without.
    """
    if written in UNIX:
        return _since_1970(text, written)
    if "%Z" in written:
        text, written = IN_UTC.sub("+0000", text), written.replace("%Z", "%z")
    if not text.isascii():
        text = in_english(text, written)
    if ERA_YEAR in written:
        text, written = _of_our_era(text, written), written.replace(ERA_YEAR, "%Y", 1)
    lacks_day = "%G" in written and "%V" in written and not re.search("%[uaAw]", written)
    text, written = (f"{text}~1", f"{written}~%u") if lacks_day else (text, written)
    return datetime.strptime(text, written)  # noqa: DTZ007 — files have local times


def in_english(text: str, written: str) -> str:
    """Return a cell with the words of East Asia for a half or a day of the week in English."""
    if "%p" in written:
        text = _HALF_WORD.sub(lambda found: HALVES_OF_DAYS[found[0]], text)
    if "%A" in written or "%a" in written:
        text = _DAY_WORD.sub(lambda found: _english_day(found, written), text)
    return text


def _english_day(found: re.Match[str], written: str) -> str:
    name = calendar.day_name["一二三四五六日".index(found[2].replace("天", "日"))]
    return name if "%A" in written else name[:3]


def is_counted(written: str | None) -> bool:
    """Tell whether cells are numbers of days or seconds; bounds are then written in ISO."""
    return written == SERIAL or written in UNIX


def _since_1970(text: str, written: str) -> datetime:
    """Return the moment that so many seconds or milliseconds since 1970 are. Raises ValueError."""
    if re.search(UNIX_NUMBER[written], text) is None:
        raise ValueError(text)
    try:
        return _START + timedelta(microseconds=int(Decimal(text) * UNIX[written]))
    except OverflowError:
        raise ValueError(text) from None


_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _of_our_era(text: str, written: str) -> str:
    """Return a cell with its year as ours. Raises ValueError where it has none of an era."""
    before, _, after = written.partition(ERA_YEAR)
    start = re.sub("%[A-Za-z]", "[0-9]{1,2}", re.escape(before))
    # Digits that run on are told apart by their number: 1140305, R070305.
    long = "[0-9]{2}(?<=[A-Za-z][0-9]{2})|[0-9]{3}" if after[:1] == "%" else "[0-9]{1,4}"
    found = re.match(f"(?:{start})({_ERA})? ?(元|{long})", text)
    if found is None:
        raise ValueError(text)
    name, digits = found[1] or "", found[2]
    year = 1 if digits == "元" else int(digits)
    first, end, ahead = _BUDDHIST
    if not name and first <= year < end:
        ours = year + ahead
    elif 1 <= year < 1000:
        ours = year + _BEFORE[name]
    else:
        raise ValueError(text)
    at = found.start(1) if name else found.start(2)
    return f"{text[:at]}{ours:04d}{text[found.end() :]}"


ISO_DATE = TimeFormat("%Y-%m-%d", rf"^{YEAR}-\d{{2}}-\d{{2}}$")
ISO_DATETIME = (
    rf"^({YEAR}-\d{{2}}-\d{{2}})"
    r"[T ](\d{2}:\d{2})(?:(:[0-5]\d)(?:(\.\d{1,6})0*)?)?"
    rf"(Z|{OFFSET})?$"
)
