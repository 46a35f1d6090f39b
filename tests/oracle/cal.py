"""Periods as plain (label, first, last) values, counted month by month as the company closes them.

Rules: specification.md#calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

GRAINS = ["day", "week", "ten_days", "month", "quarter", "half_year", "year"]
LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


DAY = timedelta(days=1)


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
    base = base_of(period, span, fiscal)
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


def base_of(period: P, span: str, fiscal: Fiscal) -> P:
    """Return the period to which a lag leads, whole."""
    months = int(span[:-1]) * 12 if span[-1] == "y" else 0
    if span.endswith(("mo", "q")):
        months = int(span.rstrip("moq")) * (3 if span.endswith("q") else 1)
    if period.grain == "week" and months and months % 12 == 0:
        year, number = int(period.label[:4]) - months // 12, int(period.label[6:])
        weeks = run(date(year, 1, 4), date(year, 12, 28), "week", fiscal)
        return weeks[min(number, len(weeks)) - 1]
    if period.grain == "ten_days" and months:
        called_so = shift(date.fromisoformat(f"{period.label[:7]}-01"), -months)
        first = opens(called_so.year, called_so.month, fiscal)
        third = timedelta(days=10 * (int(period.label[-1]) - 1))
        return containing(first + third, "ten_days", fiscal)
    return containing(back_of(period.first, span, period.grain, fiscal), period.grain, fiscal)


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
    if grain == "week":
        monday = day
        while monday.strftime("%a") != "Mon":
            monday -= timedelta(days=1)
        thursday = monday + timedelta(days=3)  # its year is the week's
        number = (thursday - date(thursday.year, 1, 1)).days // 7 + 1
        return P(grain, monday, monday + timedelta(days=6), f"{thursday.year:04}-W{number:02}")
    if grain == "ten_days":
        year, month = called(day, fiscal)
        begin, end = opens(year, month, fiscal), closes(year, month, fiscal)
        starts = [begin, begin + timedelta(days=10), begin + timedelta(days=20), end + DAY]
        third = next(n for n in (1, 2, 3) if day < starts[n])
        label = f"{year:04}-{month:02}-T{third}"
        return P(grain, starts[third - 1], starts[third] - DAY, label)
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
    if "W" in label:
        return next(
            week.first
            for week in run(date(int(label[:4]), 1, 4), date(int(label[:4]), 12, 31), "week", 1)
            if week.label == label
        )
    if "T" in label:
        first = opens(int(label[:4]), int(label[5:7]), fiscal)
        return first + timedelta(days=10 * (int(label[9]) - 1))
    if len(label) == 10:
        return date.fromisoformat(label)
    year, start = int(label[:4]), fiscal.start if isinstance(fiscal, Year) else fiscal
    ahead = {"Q": 3, "H": 6}.get(label[5:6], 0) * (int(label[6:7] or 1) - 1) + start - 1
    if len(label) > 4 and label[5].isdigit():
        ahead = int(label[5:7]) - 1
    return opens(year + ahead // 12, ahead % 12 + 1, fiscal)


def grain_of(label: str) -> str:
    """Return the grain of a period's label."""
    if "W" in label or "T" in label:
        return "week" if "W" in label else "ten_days"
    return {4: "year", 10: "day"}.get(
        len(label), {"Q": "quarter", "H": "half_year"}.get(label[5:6], "month")
    )
