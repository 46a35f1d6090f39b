"""What every calendar can tell, and the periods that are the same in all: days and weeks."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from kpi_site.periods.model import Grain, Period, Span, back, weeks_of

A_DAY: Final = timedelta(days=1)
THIRDS: Final = 3  # of a month: its days 1-10, 11-20, and from the 21st on

# Years of labels: lags and fiscal years stay within what a date can hold.
_YEARS: Final = (1000, 9000)
_WEEK: Final = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)


class Calendar(ABC):
    """Gives the periods of a company.

    A day may lie in no period of a grain: before a listed calendar begins, say.
    """

    @property
    @abstractmethod
    def plain(self) -> bool:
        """Tell whether months are those of the calendar on the wall."""

    @property
    @abstractmethod
    def first(self) -> date:
        """The first day that lies in a month."""

    @property
    @abstractmethod
    def last(self) -> date:
        """The last day that lies in a month."""

    @property
    def regular(self) -> bool:
        """Tell whether every year has the same periods: a fixed step leads back by a year."""
        return True

    @abstractmethod
    def containing(self, day: date, grain: Grain) -> Period | None:
        """Return the period of ``grain`` that holds ``day``."""

    @abstractmethod
    def parse(self, label: str) -> Period | None:
        """Read ``2026-10``, ``2026-Q3``, ``2026-H1``, ``2026``, or ``2026-10-31``.

        Weeks are ``2026-W01``, thirds of a month ``2026-10-T1``.
        """

    def before(self, period: Period, span: Span) -> Period | None:
        """Return the period of the same grain that lies ``span`` earlier.

        A span shorter than the grain means one period (specification.md#lag). Years before a
        week lies the one of the same number, months before a third of a month the same third.
        """
        if period.grain is Grain.DAY:
            return common(back(period.first, span), Grain.DAY)
        if period.grain is Grain.WEEK:
            if span.months and span.months % 12 == 0:
                return years_before(period, span.months // 12)
            return common(self.back(period.first, span), Grain.WEEK)
        return self._before(period, span)

    @abstractmethod
    def _before(self, period: Period, span: Span) -> Period | None:
        """Return the same of a grain that this calendar makes."""

    @abstractmethod
    def back(self, day: date, span: Span) -> date:
        """Return the day that lies ``span`` before ``day``.

        From the first day of a month that is the first day of another one.
        """

    @abstractmethod
    def previous(self, period: Period) -> Period | None:
        """Return the period just before ``period``."""

    @abstractmethod
    def following(self, period: Period) -> Period | None:
        """Return the period just after ``period``."""

    @abstractmethod
    def range(self, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
        """Return the periods from the one that holds ``first`` to the one that holds ``last``."""


def is_common(grain: Grain) -> bool:
    """Tell whether the periods of ``grain`` are the same in every calendar."""
    return grain in {Grain.DAY, Grain.WEEK}


def common(day: date, grain: Grain) -> Period:
    """Return the day, or the ISO week: Monday to Sunday, of the year that holds its Thursday."""
    if grain is Grain.DAY:
        return Period(grain, day, day, day.isoformat())
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(Grain.WEEK, first, first + timedelta(days=6), f"{year:04}-W{week:02}")


def years_before(week: Period, years: int) -> Period:
    """Return the week of the same number; of a year that has none, the last one."""
    year = week.year - years
    number = min(int(week.label[6:]), weeks_of(year))
    return common(date.fromisocalendar(year, number, 1), Grain.WEEK)


def parse_common(label: str) -> Period | None:
    """Read the label of a day or a week."""
    if (week := _WEEK.fullmatch(label)) is not None:
        year, number = int(week[1]), int(week[2])
        known = is_year(year) and 1 <= number <= weeks_of(year)
        return common(date.fromisocalendar(year, number, 1), Grain.WEEK) if known else None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", label, re.ASCII) is None or not is_year(int(label[:4])):
        return None
    try:
        return common(date.fromisoformat(label), Grain.DAY)
    except ValueError:
        return None


def is_year(year: int) -> bool:
    """Tell whether labels may have ``year``."""
    return _YEARS[0] <= year <= _YEARS[1]


def thirds(month: Period) -> Iterator[Period]:
    """Yield the three parts of ``month``; a short one may have fewer."""
    first = month.first
    for number in range(1, THIRDS + 1):
        last = month.last if number == THIRDS else min(first + 9 * A_DAY, month.last)
        if first <= last:
            label = f"{month.label}-T{number}"
            yield Period(Grain.TEN_DAYS, first, last, label, month.called)
        first = last + A_DAY
