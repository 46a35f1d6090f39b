"""Periods as plain (label, first, last) values, counted month by month as the company closes them.

Rules: specification.md#calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

GRAINS = ["day", "week", "ten_days", "month", "quarter", "half_year", "year"]
LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


DAY = timedelta(days=1)


class Year(NamedTuple):
    """The month in which the fiscal year begins, and the day on which a month closes."""

    start: int
    closing: int = 31


class Listed(NamedTuple):
    """The lines of a company's own calendar: label, first and last day, longer periods' labels."""

    lines: tuple[tuple[str, date, date, str | None, str | None, str | None], ...]

    @cache  # noqa: B019 - a few calendars in a run
    def periods(self, grain: str) -> list[P]:
        """Return all periods of a grain, oldest first (specification.md#own-calendar)."""
        if grain == "month":
            return [P(grain, first, last, label) for label, first, last, *_ in self.lines]
        if grain == "ten_days":
            return [third for line in self.lines for third in parts(*line[:3])]
        column = {"quarter": 3, "half_year": 4, "year": 5}[grain]
        days: dict[str, list[date]] = {}
        for line in self.lines:
            if label := line[column]:
                days.setdefault(str(label), []).extend(line[1:3])
        return [P(grain, min(found), max(found), label) for label, found in days.items()]

    def called(self, label: str, grain: str) -> P | None:
        return self._by_label(grain).get(label)

    @cache  # noqa: B019 - a few calendars in a run
    def _by_label(self, grain: str) -> dict[str, P]:
        return {period.label: period for period in self.periods(grain)}

    def before(self, period: P, months: int) -> P | None:
        """Return the period of the same name so many whole years before, then step by step."""
        label = f"{int(period.label[:4]) - months // 12}{period.label[4:]}"
        same = self.called(label, period.grain)
        if same is None:
            return None
        length, earlier = LENGTH[period.grain], self.periods(period.grain)
        step = earlier.index(same) - (months % 12 + length - 1) // length
        return earlier[step] if step >= 0 else None

    def opening(self, day: date, months: int) -> date | None:
        """Return the first day of the period so many months before that which begins on ``day``.

        None where none begins on it. A thirteenth without a twin counts like what follows it,
        and what follows the last line has the name that follows.
        """
        starts = [line[1] for line in self.lines] + [self.lines[-1][2] + DAY]
        if day not in starts:
            return None
        names = [line[0] for line in self.lines]
        year, ended = int(names[-1][:4]), names[-1][5:]
        thirteenth = f"{year - 1}-P13" in names and ended == "12"
        within = f"{year}-{int(ended) + 1:02}" if ended < "12" else f"{year + 1}-01"
        names.append(f"{year}-P13" if thirteenth else within)
        for name in names[starts.index(day) :][:2]:
            twin = f"{int(name[:4]) - months // 12}{name[4:]}"
            at = names.index(twin) if twin in names else -1
            if at >= 0:
                return starts[at - months % 12] if at >= months % 12 else date(1900, 1, 1)
        return date(1900, 1, 1)


def parts(label: str, first: date, last: date) -> list[P]:
    """Return a month's days 1-10, 11-20 and the rest, as far as it has them."""
    days = [first + DAY * n for n in range((last - first).days + 1)]
    cut = [days[:10], days[10:20], days[20:]]
    return [P("ten_days", c[0], c[-1], f"{label}-T{n}") for n, c in enumerate(cut, 1) if c]


Fiscal = int | Year | Listed


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


def earlier(period: P, span: str, through: date, fiscal: Fiscal) -> P | None:
    """Return the period that lies ``span`` before; like for like if ``period`` is running."""
    elapsed = period.elapsed
    if elapsed is None and period.last > through:
        elapsed = (through - period.first).days
    base = base_of(period, span, fiscal)
    if elapsed is None or base is None:
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


def base_of(period: P, span: str, fiscal: Fiscal) -> P | None:
    """Return the period to which a lag leads, whole."""
    months = int(span[:-1]) * 12 if span[-1] == "y" else 0
    if span.endswith(("mo", "q")):
        months = int(span.rstrip("moq")) * (3 if span.endswith("q") else 1)
    if period.grain == "week" and months and months % 12 == 0:
        year, number = int(period.label[:4]) - months // 12, int(period.label[6:])
        weeks = run(date(year, 1, 4), date(year, 12, 28), "week", fiscal)
        return weeks[min(number, len(weeks)) - 1]
    if isinstance(fiscal, Listed) and period.grain not in {"day", "week"}:
        if not months:
            day = back(period.first, span)
            begun = [p for p in fiscal.periods(period.grain) if p.first <= day]
            return begun[-1] if begun else None
        if period.grain == "ten_days":
            of = fiscal.called(period.label[:-3], "month")
            month = fiscal.before(of, months) if of else None
            return fiscal.called(f"{month.label}{period.label[-3:]}", "ten_days") if month else None
        return fiscal.before(period, months)
    if period.grain == "ten_days" and months:
        called_so = shift(date.fromisoformat(f"{period.label[:7]}-01"), -months)
        first = opens(called_so.year, called_so.month, fiscal)
        third = timedelta(days=10 * (int(period.label[-1]) - 1))
        return containing(first + third, "ten_days", fiscal)
    return containing(back_of(period.first, span, period.grain, fiscal), period.grain, fiscal)


def back_of(day: date, span: str, grain: str, fiscal: Fiscal) -> date:
    """Return the day ``span`` earlier: from the start of a company's month the start of one."""
    if isinstance(fiscal, Listed):
        if grain == "day" or span[-1] in "dw":
            return back(day, span)
        unit = {"y": 12, "q": 3}.get(span[-1], 1)
        found = fiscal.opening(day, int(span.rstrip("moqy")) * unit)
        return found or back(day, span)
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


def around(day: date, grain: str, fiscal: Fiscal) -> P | None:
    """Return the period of ``grain`` around ``day``, if there is one."""
    if isinstance(fiscal, Listed) and grain not in {"day", "week"}:
        return next((p for p in fiscal.periods(grain) if p.first <= day <= p.last), None)
    return containing(day, grain, fiscal)


def containing(day: date, grain: str, fiscal: Fiscal) -> P:
    """Return the period of ``grain`` around ``day``; ``fiscal`` is the year's first month."""
    if isinstance(fiscal, Listed) and grain not in {"day", "week"}:
        found = around(day, grain, fiscal)
        assert found is not None, (day, grain)
        return found
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
    assert isinstance(start, int)
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
    if isinstance(fiscal, Listed) and grain not in {"day", "week"}:
        return [p for p in fiscal.periods(grain) if p.last >= first and p.first <= last]
    found = [containing(first, grain, fiscal)]
    while found[-1].last < last:
        found.append(containing(found[-1].last + timedelta(days=1), grain, fiscal))
    return found


def start_of(label: str, fiscal: Fiscal) -> date:
    """Return the first day of a period written as ``2026-10``, ``2026-Q3``, ``2026`` …"""
    if isinstance(fiscal, Listed) and grain_of(label) not in {"day", "week"}:
        period = fiscal.called(label, grain_of(label))
        assert period is not None, label
        return period.first
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
    assert isinstance(start, int)
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
