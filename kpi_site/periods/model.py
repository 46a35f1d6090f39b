"""Periods and lengths of time: what every calendar speaks in."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, total_ordering
from typing import Literal


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
        return _RANKS[self]

    @cache
    def and_longer(self) -> tuple[Grain, ...]:
        """Return this grain and the months and longer ones: where a card has results.

        Weeks and thirds of months are nobody's longer grain: they are chosen as a cycle.
        """
        return (self, *(g for g in Grain if g.rank > self.rank and g.months))


_RANKS = {grain: rank for rank, grain in enumerate(Grain)}
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF_YEAR: 6, Grain.YEAR: 12}
_MONTHS |= dict.fromkeys((Grain.DAY, Grain.WEEK, Grain.TEN_DAYS), 0)


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


Called = Literal["", "number", "fiscal"]


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One period: a grain and its first and last day (both included).

    ``called`` tells whether its label is the calendar's: of a company's own periods, quarters
    and years are ``fiscal``, and a month may go by its ``number`` alone.
    """

    grain: Grain
    first: date
    last: date
    label: str
    called: Called = ""

    def __lt__(self, other: Period) -> bool:
        return (self.first, self.last) < (other.first, other.last)

    def __str__(self) -> str:
        return self.label

    @property
    def year(self) -> int:
        """The year under which its label counts it; for a week that of ISO 8601."""
        return int(self.label[:4])

    @property
    def month(self) -> int:
        """The number of a month, or of that of ten days, within its year; 13 of a thirteenth."""
        return int(self.label[5:].removeprefix("P")[:2])

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
