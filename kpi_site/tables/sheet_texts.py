"""A sheet's cells as the text that a CSV file would have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def text_of(value: Any) -> str:
    """Write a cell's value as a CSV file would have it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return _number_text(value)
        case timedelta():
            return _clock_text(value)
        case datetime():
            text = value.isoformat(sep=" ")
            return text.removesuffix(" 00:00:00")
        case _:
            return str(value)


def _clock_text(value: timedelta) -> str:
    """Write a duration as hours, minutes and seconds, to the millisecond as spreadsheets do."""
    millis = round(abs(value) / timedelta(milliseconds=1))
    seconds, rest = divmod(millis, 1000)
    sign = "-" if value < timedelta() and millis else ""
    text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text


def _number_text(value: float) -> str:
    """Write a number with 15 significant digits and without an exponent."""
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{float(text):.330f}".rstrip("0")
    return text.removesuffix(".0").rstrip(".") or "0"
