"""Periods and the calendar: months, quarters, half years and fiscal years.

A fiscal year is labelled by the calendar year in which it starts; quarters and half
years are counted within it. A company's month may close before the calendar's does: with
closing day 25 its October begins on 26 September.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import total_ordering


class Grain(StrEnum):
    """A length of period, as written in cards and in ``data/values.csv``."""

    DAY = "day"
    WEEK = "week"
    TEN_DAYS = "ten_days"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Months in one period of this grain; 0 for those that are no whole months."""
        return _MONTHS[self]

    @property
    def rank(self) -> int:
        """Position from the shortest (0) to the longest."""
        return list(Grain).index(self)

    def and_longer(self) -> tuple[Grain, ...]:
        """Return this grain and the months and longer ones: where a card has results.

        Weeks and thirds of months are nobody's longer grain: they are chosen as a cycle.
        """
        return (self, *(g for g in Grain if g.rank > self.rank and g.months))


LAST_DAY = 31  # closing on it, a month is the calendar's
_A_DAY = timedelta(days=1)

# Years of labels: lags and fiscal years stay within what a date can hold.
_YEARS = (1000, 9000)

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF_YEAR: 6, Grain.YEAR: 12}
_MONTHS |= dict.fromkeys((Grain.DAY, Grain.WEEK, Grain.TEN_DAYS), 0)
_THIRDS = 3  # of a month: its days 1-10, 11-20, and from the 21st on


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time such as ``12mo``: months and days, one of them 0."""

    months: int = 0
    days: int = 0

    _UNITS = {"d": (0, 1), "w": (0, 7), "mo": (1, 0), "q": (3, 0), "y": (12, 0)}  # noqa: RUF012

    @classmethod
    def parse(cls, text: str) -> Span | None:
        """Read ``30d``, ``12mo``, ``1q`` or ``1y``; None if it is none of these."""
        match = re.fullmatch(r"([1-9]\d{0,3})(d|w|mo|q|y)", text)
        if match is None:
            return None
        count, (months, days) = int(match[1]), cls._UNITS[match[2]]
        return cls(count * months, count * days)

    def __str__(self) -> str:
        return f"{self.days}d" if self.days else f"{self.months}mo"


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later (or earlier), or the last one of that month.

    31 March - 1 month is the last day of February (specification.md#spans).
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def back(day: date, span: Span) -> date:
    """Return the day that lies ``span`` before ``day``."""
    return add_months(day, -span.months) - timedelta(days=span.days)


def weeks_of(year: int) -> int:
    """Return how many ISO weeks a year has: 52, or 53."""
    return date(year, 12, 28).isocalendar().week


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One period: a grain and its first and last day (both included)."""

    grain: Grain
    first: date
    last: date
    label: str

    def __lt__(self, other: Period) -> bool:
        return (self.first, self.last) < (other.first, other.last)

    def __str__(self) -> str:
        return self.label

    @property
    def month(self) -> date:
        """The first day of the calendar month after which its last month is called."""
        return self.last.replace(day=1)

    @property
    def year_before(self) -> str:
        """The label of the same period a year before."""
        if self.grain is Grain.DAY:
            return add_months(self.first, -12).isoformat()
        year = int(self.label[:4]) - 1
        if self.grain is Grain.WEEK:
            return f"{year:04}-W{min(int(self.label[6:]), weeks_of(year)):02}"
        return f"{year:04}{self.label[4:]}"

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` lies in this period."""
        return self.first <= day <= self.last


_SHORT = re.compile(r"(\d{4})-(?:W(\d\d)|(\d\d)-T([123]))", re.ASCII)


def _week(day: date) -> Period:
    """Return the ISO week of ``day``: Monday to Sunday, of the year that holds its Thursday."""
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(Grain.WEEK, first, first + timedelta(days=6), f"{year:04}-W{week:02}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Makes periods for a fiscal year that starts in month ``fiscal_year_start`` (1-12).

    A month ends on ``closing_day``, or on its last day where it has no such day.
    """

    fiscal_year_start: int = 1
    closing_day: int = LAST_DAY

    @property
    def plain(self) -> bool:
        """Tell whether months are those of the calendar."""
        return self.closing_day >= LAST_DAY

    def _closing(self, month: date) -> date:
        """Return the last day of the company's month that is called like ``month``'s."""
        if self.plain:
            return add_months(month.replace(day=1), 1) - _A_DAY
        last = monthrange(month.year, month.month)[1]
        return month.replace(day=min(self.closing_day, last))

    def _month_of(self, day: date) -> date:
        """Return the first day of the calendar month after which ``day``'s month is called."""
        month = day.replace(day=1)
        return month if self.plain or day <= self._closing(month) else add_months(month, 1)

    def containing(self, day: date, grain: Grain) -> Period:
        """Return the period of ``grain`` that holds ``day``."""
        if grain is Grain.DAY:
            return Period(grain, day, day, day.isoformat())
        if grain is Grain.WEEK:
            return _week(day)
        month = self._month_of(day)
        if grain is Grain.TEN_DAYS:
            since = (day - self._period(month, Grain.MONTH).first).days
            return self._third(month, min(since // 10 + 1, _THIRDS))
        since_start = (month.month - self.fiscal_year_start) % 12
        into = since_start % grain.months
        return self._period(add_months(month, -into), grain)

    def _third(self, month: date, number: int) -> Period:
        """Return the first, second or third part of the month called like ``month``'s."""
        whole = self._period(month, Grain.MONTH)
        first = whole.first + timedelta(days=10 * (number - 1))
        last = whole.last if number == _THIRDS else first + timedelta(days=9)
        return Period(Grain.TEN_DAYS, first, last, f"{whole.label}-T{number}")

    def _period(self, month: date, grain: Grain) -> Period:
        """Return the period that begins with the month called like ``month``'s."""
        first = month
        if not self.plain:
            first = self._closing(add_months(month, -1)) + _A_DAY
        last = self._closing(add_months(month, grain.months - 1))
        return Period(grain, first, last, self._label(month, grain))

    def _label(self, first: date, grain: Grain) -> str:
        if grain is Grain.MONTH:
            return f"{first:%Y-%m}"
        year = first.year if first.month >= self.fiscal_year_start else first.year - 1
        number = (first.month - self.fiscal_year_start) % 12 // grain.months + 1
        if grain is Grain.YEAR:
            return f"{year:04}"
        return f"{year:04}-{'Q' if grain is Grain.QUARTER else 'H'}{number}"

    def parse(self, label: str) -> Period | None:
        """Read ``2026-10``, ``2026-Q3``, ``2026-H1``, ``2026``, or ``2026-10-31``.

        Weeks are ``2026-W01``, thirds of a month ``2026-10-T1``.
        """
        if (short := _SHORT.fullmatch(label)) and _YEARS[0] <= int(short[1]) <= _YEARS[1]:
            return self._short(int(short[1]), short[2], short[3], short[4])
        match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(\d\d)(?:-(\d\d))?))?", label)
        if match is None or not _YEARS[0] <= int(match[1]) <= _YEARS[1]:
            return None
        year, quarter, half, month, day = match.groups()
        try:
            if day:
                return self.containing(date(int(year), int(month), int(day)), Grain.DAY)
            if month:
                return self._period(date(int(year), int(month), 1), Grain.MONTH)
        except ValueError:
            return None
        start = date(int(year), self.fiscal_year_start, 1)
        if quarter:
            return self._period(add_months(start, 3 * (int(quarter) - 1)), Grain.QUARTER)
        if half:
            return self._period(add_months(start, 6 * (int(half) - 1)), Grain.HALF_YEAR)
        return self._period(start, Grain.YEAR)

    def _short(self, year: int, week: str | None, month: str, third: str) -> Period | None:
        if week is not None:
            known = 1 <= int(week) <= weeks_of(year)
            return _week(date.fromisocalendar(year, int(week), 1)) if known else None
        if not 1 <= int(month) <= 12:
            return None
        return self._third(date(year, int(month), 1), int(third))

    def before(self, period: Period, span: Span) -> Period:
        """Return the period of the same grain that lies ``span`` earlier.

        A span shorter than the grain means one period (specification.md#lag). Years before a
        week lies the one of the same number, months before a third of a month the same third.
        """
        if period.grain is Grain.WEEK and span.months and span.months % 12 == 0:
            year = int(period.label[:4]) - span.months // 12
            number = min(int(period.label[6:]), weeks_of(year))
            return _week(date.fromisocalendar(year, number, 1))
        if period.grain is Grain.TEN_DAYS and span.months:
            month = add_months(date.fromisoformat(f"{period.label[:7]}-01"), -span.months)
            return self._third(month, int(period.label[-1]))
        first = period.first
        day = back(first, span) if period.grain is Grain.DAY else self.back(first, span)
        return self.containing(day, period.grain)

    def back(self, day: date, span: Span) -> date:
        """Return the day that lies ``span`` before ``day``.

        From the first day of a month that is the first day of another one.
        """
        if self.plain or not span.months:
            return back(day, span)
        month = self._month_of(day)
        if self._period(month, Grain.MONTH).first != day:
            return back(day, span)
        return self._period(add_months(month, -span.months), Grain.MONTH).first

    def previous(self, period: Period) -> Period:
        """Return the period just before ``period``."""
        return self.containing(period.first - timedelta(days=1), period.grain)

    def following(self, period: Period) -> Period:
        """Return the period just after ``period``."""
        return self.containing(period.last + timedelta(days=1), period.grain)

    def range(self, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
        """Return the periods from the one that holds ``first`` to the one that holds ``last``."""
        found = []
        period = self.containing(first, grain)
        while period.first <= last:
            found.append(period)
            period = self.following(period)
        return tuple(found)
