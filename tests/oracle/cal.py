"""Periods as plain (label, first, last) values, counted month by month as the company closes them.

Rules: specification.md#calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

GRAINS = ["day", "month", "quarter", "half_year", "year"]
LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class Year(NamedTuple):
    """The month in which the fiscal year begins, and the day on which a month closes."""

    start: int
    closing: int = 31


Fiscal = int | Year


class P(NamedTuple):
    """A period: both days belong to it.

    With ``elapsed``, one that is compared with a running period of which so many days have
    passed since the first: ``last`` is then the corresponding day.
    """

    grain: str
    first: date
    last: date
    label: str
    elapsed: int | None = None


def earlier(period: P, span: str, through: date, fiscal: Fiscal) -> P:
    """Return the period that lies ``span`` before; like for like if ``period`` is running."""
    elapsed = period.elapsed
    if elapsed is None and period.last > through:
        elapsed = (through - period.first).days
    base = containing(back_of(period.first, span, period.grain, fiscal), period.grain, fiscal)
    if elapsed is None:
        return base
    day = base.first + timedelta(days=elapsed)
    return base._replace(last=min(day, base.last), elapsed=elapsed)


def shift(day: date, months: int) -> date:
    """Move ``day`` by whole months, to the month's last day where it has no such day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def back(day: date, span: str) -> date:
    """Return the day that lies ``span`` (``12mo``, ``1q``, ``1y``, ``2w``, ``30d``) earlier."""
    found = re.fullmatch(r"(\d+)(d|w|mo|q|y)", span)
    assert found, span
    count, unit = int(found[1]), found[2]
    if unit in {"d", "w"}:
        return day - timedelta(days=count * (7 if unit == "w" else 1))
    return shift(day, -count * {"mo": 1, "q": 3, "y": 12}[unit])


def back_of(day: date, span: str, grain: str, fiscal: Fiscal) -> date:
    """Return the day ``span`` earlier: from the start of a company's month the start of one."""
    year, month = called(day, fiscal)
    if grain == "day" or span[-1] in "dw" or opens(year, month, fiscal) != day:
        return back(day, span)
    first = back(date(year, month, 1), span)
    return opens(first.year, first.month, fiscal)


def closes(year: int, month: int, fiscal: Fiscal) -> date:
    """Return the last day of the company's month that is called so."""
    closing = fiscal.closing if isinstance(fiscal, Year) else 31
    return date(year, month, min(closing, monthrange(year, month)[1]))


def called(day: date, fiscal: Fiscal) -> tuple[int, int]:
    """Return the year and the month by which the company calls the month of ``day``."""
    if day <= closes(day.year, day.month, fiscal):
        return day.year, day.month
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def opens(year: int, month: int, fiscal: Fiscal) -> date:
    """Return the first day of the company's month that is called so."""
    before = (year - 1, 12) if month == 1 else (year, month - 1)
    return closes(*before, fiscal) + timedelta(days=1)


def containing(day: date, grain: str, fiscal: Fiscal) -> P:
    """Return the period of ``grain`` around ``day``; ``fiscal`` is the year's first month."""
    if grain == "day":
        return P(grain, day, day, day.isoformat())
    start = fiscal.start if isinstance(fiscal, Year) else fiscal
    months = [called(day, fiscal)]  # from the first month of the fiscal year on
    while months[0][1] != start:
        year, month = months[0]
        months.insert(0, (year - 1, 12) if month == 1 else (year, month - 1))
    labelled, number = months[0][0], (len(months) - 1) // LENGTH[grain]
    parts = []
    for step in range(LENGTH[grain]):
        ahead = start - 1 + number * LENGTH[grain] + step
        parts.append((labelled + ahead // 12, ahead % 12 + 1))
    label = {
        "month": f"{parts[0][0]:04}-{parts[0][1]:02}",
        "quarter": f"{labelled:04}-Q{number + 1}",
        "half_year": f"{labelled:04}-H{number + 1}",
        "year": f"{labelled:04}",
    }[grain]
    return P(grain, opens(*parts[0], fiscal), closes(*parts[-1], fiscal), label)


def run(first: date, last: date, grain: str, fiscal: Fiscal) -> list[P]:
    """Return the periods from the one around ``first`` to the one around ``last``."""
    found = [containing(first, grain, fiscal)]
    while found[-1].last < last:
        found.append(containing(found[-1].last + timedelta(days=1), grain, fiscal))
    return found


def start_of(label: str, fiscal: Fiscal) -> date:
    """Return the first day of a period written as ``2026-10``, ``2026-Q3``, ``2026`` …"""
    if len(label) == 10:
        return date.fromisoformat(label)
    year, start = int(label[:4]), fiscal.start if isinstance(fiscal, Year) else fiscal
    ahead = {"Q": 3, "H": 6}.get(label[5:6], 0) * (int(label[6:7] or 1) - 1) + start - 1
    if len(label) > 4 and label[5].isdigit():
        ahead = int(label[5:7]) - 1
    return opens(year + ahead // 12, ahead % 12 + 1, fiscal)


def grain_of(label: str) -> str:
    """Return the grain of a period's label."""
    return {4: "year", 10: "day"}.get(
        len(label), {"Q": "quarter", "H": "half_year"}.get(label[5:6], "month")
    )
