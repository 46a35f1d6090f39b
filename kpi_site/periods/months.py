"""The calendar of months: quarters, half years and fiscal years are made of them.

A fiscal year is labelled by the calendar year in which it starts; quarters and half
years are counted within it. A company's month may close before the calendar's does: with
closing day 25 its October begins on 26 September.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from kpi_site.periods.calendar import (
    A_DAY,
    Calendar,
    common,
    is_common,
    is_year,
    parse_common,
    thirds,
)
from kpi_site.periods.model import Grain, Period, Span, add_months, back

LAST_DAY: Final = 31  # closing on it, a month is the calendar's
_LABEL: Final = re.compile(
    r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])(?:-T([123]))?))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class MonthCalendar(Calendar):
    """Makes periods for a fiscal year that starts in month ``fiscal_year_start`` (1-12).

    A month ends on ``closing_day``, or on its last day where it has no such day. Every day has
    its period of every grain.
    """

    fiscal_year_start: int = 1
    closing_day: int = LAST_DAY

    @property
    def plain(self) -> bool:
        """Tell whether months are those of the calendar on the wall."""
        return self.closing_day >= LAST_DAY

    @property
    def first(self) -> date:
        """The first day that lies in a month: there is none before it."""
        return date.min

    @property
    def last(self) -> date:
        """The last day that lies in a month: there is none after it."""
        return date.max

    def _closing(self, month: date) -> date:
        """Return the last day of the company's month that is called like ``month``'s."""
        if self.plain:
            return add_months(month.replace(day=1), 1) - A_DAY
        last = monthrange(month.year, month.month)[1]
        return month.replace(day=min(self.closing_day, last))

    def _month_of(self, day: date) -> date:
        """Return the first day of the calendar month after which ``day``'s month is called."""
        month = day.replace(day=1)
        return month if self.plain or day <= self._closing(month) else add_months(month, 1)

    def containing(self, day: date, grain: Grain) -> Period:
        """Return the period of ``grain`` that holds ``day``."""
        return _containing(self, day, grain)

    def work_out(self, day: date, grain: Grain) -> Period:
        """Return the same as ``containing``, worked out anew."""
        if is_common(grain):
            return common(day, grain)
        month = self._month_of(day)
        if grain is Grain.TEN_DAYS:
            return next(third for third in self._thirds(month) if third.holds(day))
        since_start = (month.month - self.fiscal_year_start) % 12
        into = since_start % grain.months
        return self._period(add_months(month, -into), grain)

    def _thirds(self, month: date) -> tuple[Period, ...]:
        """Return the parts of the month called like ``month``'s."""
        return tuple(thirds(self._period(month, Grain.MONTH)))

    def _period(self, month: date, grain: Grain) -> Period:
        """Return the period that begins with the month called like ``month``'s."""
        first = month
        if not self.plain:
            first = self._closing(add_months(month, -1)) + A_DAY
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
        if (found := parse_common(label)) is not None:
            return found
        match = _LABEL.fullmatch(label)
        if match is None or not is_year(int(match[1])):
            return None
        year, quarter, half, month, third = match.groups()
        if third:
            return self._thirds(date(int(year), int(month), 1))[int(third) - 1]
        if month:
            return self._period(date(int(year), int(month), 1), Grain.MONTH)
        start = date(int(year), self.fiscal_year_start, 1)
        if quarter:
            return self._period(add_months(start, 3 * (int(quarter) - 1)), Grain.QUARTER)
        if half:
            return self._period(add_months(start, 6 * (int(half) - 1)), Grain.HALF_YEAR)
        return self._period(start, Grain.YEAR)

    def _before(self, period: Period, span: Span) -> Period:
        if period.grain is Grain.TEN_DAYS and span.months:
            month = add_months(date(period.year, period.month, 1), -span.months)
            return self._thirds(month)[int(period.label[-1]) - 1]
        return self.containing(self.back(period.first, span), period.grain)

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
        return self.containing(period.first - A_DAY, period.grain)

    def following(self, period: Period) -> Period:
        """Return the period just after ``period``."""
        return self.containing(period.last + A_DAY, period.grain)

    def range(self, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
        """Return the periods from the one that holds ``first`` to the one that holds ``last``."""
        return _range(self, first, last, grain)


@lru_cache(maxsize=20_000)
def _containing(calendar: MonthCalendar, day: date, grain: Grain) -> Period:
    """Return what ``calendar`` finds: every card asks for the same periods."""
    return calendar.work_out(day, grain)


@lru_cache(maxsize=256)
def _range(calendar: MonthCalendar, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
    found = []
    period = calendar.containing(first, grain)
    while period.first <= last:
        found.append(period)
        period = calendar.following(period)
    return tuple(found)
