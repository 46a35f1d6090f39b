"""Periods as plain (label, first, last) values, counted month by month.

Rules: specification.md#calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

GRAINS = ["day", "month", "quarter", "half_year", "year"]
LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


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


def earlier(period: P, span: str, through: date, fiscal: int) -> P:
    """Return the period that lies ``span`` before; like for like if ``period`` is running."""
    elapsed = period.elapsed
    if elapsed is None and period.last > through:
        elapsed = (through - period.first).days
    base = containing(back(period.first, span), period.grain, fiscal)
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


def containing(day: date, grain: str, fiscal: int) -> P:
    """Return the period of ``grain`` around ``day``; ``fiscal`` is the year's first month."""
    if grain == "day":
        return P(grain, day, day, day.isoformat())
    start = date(day.year, fiscal, 1)
    if start > day:
        start = date(day.year - 1, fiscal, 1)
    number, first = 1, start
    while shift(first, LENGTH[grain]) <= day:
        first = shift(first, LENGTH[grain])
        number += 1
    last = shift(first, LENGTH[grain]) - timedelta(days=1)
    label = {
        "month": f"{first.year:04}-{first.month:02}",
        "quarter": f"{start.year:04}-Q{number}",
        "half_year": f"{start.year:04}-H{number}",
        "year": f"{start.year:04}",
    }[grain]
    return P(grain, first, last, label)


def run(first: date, last: date, grain: str, fiscal: int) -> list[P]:
    """Return the periods from the one around ``first`` to the one around ``last``."""
    found = [containing(first, grain, fiscal)]
    while found[-1].last < last:
        found.append(containing(found[-1].last + timedelta(days=1), grain, fiscal))
    return found


def start_of(label: str, fiscal: int) -> date:
    """Return the first day of a period written as ``2026-10``, ``2026-Q3``, ``2026`` …"""
    year = int(label[:4])
    if len(label) == 10:
        return date.fromisoformat(label)
    if len(label) == 4:
        return date(year, fiscal, 1)
    if label[5] == "Q":
        return shift(date(year, fiscal, 1), 3 * (int(label[6]) - 1))
    if label[5] == "H":
        return shift(date(year, fiscal, 1), 6 * (int(label[6]) - 1))
    return date(year, int(label[5:7]), 1)


def grain_of(label: str) -> str:
    """Return the grain of a period's label."""
    return {4: "year", 10: "day"}.get(
        len(label), {"Q": "quarter", "H": "half_year"}.get(label[5:6], "month")
    )
