"""Numbers, dates and periods written otherwise than here: what they mean, and what to type."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from kpi_site.content.yaml_source import Scalar
from kpi_site.problems import Message, Problem

_NUMBER = re.compile(r"(-?(?:\d[\d,_ ]*)?\d(?:\.\d+)?|-?\.\d+)(%?)", re.ASCII)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_PERIOD = re.compile(r"(\d{4})\s*[-/.年]?\s*(?:([QHqh])([1-4])|(\d{1,2})\s*月?)?", re.ASCII)


def plain(text: str) -> str:
    """Return ``text`` with full-width letters, digits and signs as the plain ones."""
    return unicodedata.normalize("NFKC", text.strip()).replace("。", ".").replace("、", ",")


def misspelt_number(node: Scalar, percent: int = 100) -> Problem | None:
    """Return the problem of a text that means a number: ``95%``, ``1,200``, ``０.９``, ``"5"``.

    A percentage is divided by ``percent``: 100 where fractions are stored, 1 for weights.
    """
    written = node.text.strip()
    match = _NUMBER.fullmatch(plain(written))
    if match is None:
        return _ten_thousands(node)
    number = Decimal(re.sub(r"[,_ ]", "", match[1]))
    guess = f"{number / percent if match[2] else number:f}"
    if plain(written) != written:
        return full_width(node, guess)
    if match[2]:
        return _percent(node, guess, percent)
    message = Message(f"应为数字，实为文字“{written}”", f"expected a number, found '{written}'")
    if match[1] != f"{number:f}" and not match[1].startswith("."):
        hint = Message(f"请写 {guess}，不用千位分隔符。", f"Write {guess}, without separators.")
        return Problem(node.where, "thousands-separator", message, hint)
    hint = Message(f"请写 {guess}，不加引号。", f"Write {guess}, without quotes.")
    return Problem(node.where, "quoted-number", message, hint)


def _ten_thousands(node: Scalar) -> Problem | None:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*([万亿])元?", plain(node.text), re.ASCII)
    if match is None:
        return None
    number = Decimal(match[1]).scaleb(4 if match[2] == "万" else 8)
    message = Message(f"应为数字，实为“{node.text}”", f"expected a number, found '{node.text}'")
    return Problem(node.where, "wrong-type", message, _write(f"{number:f}"))


def _percent(node: Scalar, guess: str, percent: int) -> Problem:
    message = Message(
        f"应为数字，实为百分数“{node.text}”",
        f"expected a number, found the percentage '{node.text}'",
    )
    hint = Message(
        f"请写 {guess}：百分数存为小数，页面上自会加 %。",
        f"Write {guess}: a percentage is stored as a fraction, and shown with its %.",
    )
    if percent == 1:
        hint = _write(guess)
    return Problem(node.where, "percent-text", message, hint)


def full_width(node: Scalar, guess: str) -> Problem:
    """Return the problem of a value with full-width characters that means ``guess``."""
    message = Message(f"“{node.text}”含全角字符", f"'{node.text}' has full-width characters")
    return Problem(node.where, "full-width", message, _write(guess))


def misspelt_date(node: Scalar) -> Problem | None:
    """Return the problem of a text that means a date: ``2026/9/1``, ``2026年9月1日``."""
    match = _DATE.fullmatch(plain(node.text))
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    message = Message(
        f"日期“{node.text}”的写法不对", f"the date '{node.text}' is not written as year-month-day"
    )
    return Problem(node.where, "bad-date", message, _write(f"{year}-{month:02}-{day:02}"))


def misspelt_period(node: Scalar, expected: Message) -> Problem:
    """Return the problem of a text that is no period, with what it probably means."""
    message = Message(
        f"应为{expected.zh}，实为“{node.text}”", f"expected {expected.en}, found '{node.text}'"
    )
    return Problem(node.where, "bad-period", message, period_hint(node.text))


def period_hint(text: str) -> Message | None:
    """Return what a text that is no period probably means: ``2026年9月``, ``2026-9``."""
    match = _PERIOD.fullmatch(plain(text))
    return None if match is None else _period_hint(match[1], match[2], match[3], match[4])


def _period_hint(year: str, kind: str | None, part: str | None, month: str | None) -> Message:
    if kind and part and not (kind in "Hh" and int(part) > 2):
        return _write(f"{year}-{kind.upper()}{part}")
    if kind:
        return Message("半年是 H1 或 H2。", "Half years are H1 and H2.")
    if month is None:
        return _write(year)
    if 1 <= int(month) <= 12:
        return _write(f"{year}-{int(month):02}")
    return Message("月份是 01 到 12。", "Months are 01 to 12.")


def _write(text: str) -> Message:
    return Message(f"请写 {text}。", f"Write {text}.")


_LENGTHS = {"年": "y", "季": "q", "月": "mo", "周": "w", "天": "d", "日": "d"}
_LENGTHS |= {"y": "y", "q": "q", "m": "mo", "w": "w", "d": "d"}


def span_hint(text: str) -> Message | None:
    """Say how a length such as ``12 months`` or ``1年`` is written; months where none is named."""
    match = re.fullmatch(r"-?([1-9]\d{0,3})\s*个?([A-Za-z]*|[年季月周天日]度?)", plain(text))
    if match is None:
        return None
    unit = _LENGTHS.get(match[2][:1].lower(), "" if match[2] else "mo")
    return _write(f"{match[1]}{unit}") if unit else None
