"""A company's own calendar, listed period by period: 4-4-5 weeks, thirteen times four, any other.

Rules: specification.md#own-calendar.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Final

from kpi_site.periods.calendar import (
    A_DAY,
    Calendar,
    common,
    is_common,
    parse_common,
    thirds,
)
from kpi_site.periods.model import Called, Grain, Period, Span, back

THIRTEENTH: Final = "P13"
_PER_YEAR: Final = 12  # numbered periods, beside the thirteenth


@dataclass(frozen=True, slots=True)
class ListedPeriod:
    """One line of the calendar, and the labels of the longer periods it is part of, if any."""

    label: str
    first: date
    last: date
    quarter: str | None = None
    half_year: str | None = None
    year: str | None = None


_LONGER: Final = {Grain.QUARTER: "quarter", Grain.HALF_YEAR: "half_year", Grain.YEAR: "year"}


@dataclass(frozen=True)
class ListedCalendar(Calendar):
    """The periods of ``listed``: at least one, each on the day after the one before.

    What lies before the first and after the last is in no period; days and weeks are in none
    of its lines, and as everywhere.
    """

    listed: tuple[ListedPeriod, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.listed)  # it is a key of what is kept for every series

    @property
    def plain(self) -> bool:
        """Never: its months begin where the list says."""
        return False

    @property
    def regular(self) -> bool:
        """Never: some year may have a thirteenth period."""
        return False

    @property
    def first(self) -> date:
        """The first day that it knows."""
        return self.listed[0].first

    @property
    def last(self) -> date:
        """The last day that it knows."""
        return self.listed[-1].last

    @cached_property
    def _called(self) -> Called:
        """How periods are called: as months where each lies mostly in the month of its number."""
        numbered = [p for p in self.listed if is_numbered(p.label)]
        middles = (p.first + (p.last - p.first) / 2 for p in numbered)
        as_months = all(f"{m:%Y-%m}" == p.label for p, m in zip(numbered, middles, strict=True))
        return "" if as_months else "number"

    @cached_property
    def _periods(self) -> Mapping[Grain, Sequence[Period]]:
        months = [Period(Grain.MONTH, p.first, p.last, p.label, self._called) for p in self.listed]
        parts = [third for month in months for third in thirds(month)]
        longer = {grain: [*self._joined(grain, key)] for grain, key in _LONGER.items()}
        return {Grain.MONTH: months, Grain.TEN_DAYS: parts, **longer}

    def _joined(self, grain: Grain, key: str) -> Iterator[Period]:
        """Yield the periods of ``grain``: lines that follow each other with the same label."""
        for label, lines in groupby(self.listed, lambda line: getattr(line, key)):
            first, *rest = lines
            if label is not None:
                last = rest[-1].last if rest else first.last
                yield Period(grain, first.first, last, label, "fiscal")

    @cached_property
    def _by_label(self) -> Mapping[str, Period]:
        return {period.label: period for found in self._periods.values() for period in found}

    def _begun(self, day: date, grain: Grain) -> int:
        """Return how many periods of ``grain`` have begun on ``day``."""
        return bisect_right(self._periods[grain], day, key=lambda period: period.first)

    def containing(self, day: date, grain: Grain) -> Period | None:
        """Return the period of ``grain`` that holds ``day``; None where there is none."""
        if is_common(grain):
            return common(day, grain)
        at = self._begun(day, grain)
        found = self._periods[grain][at - 1] if at else None
        return found if found is not None and found.holds(day) else None

    def parse(self, label: str) -> Period | None:
        """Read the label of a period that is listed, of a week or a day."""
        return parse_common(label) or self._by_label.get(label)

    def _before(self, period: Period, span: Span) -> Period | None:
        """Return the period of the same grain that lies ``span`` earlier.

        Twelve months are a year, in which the period of the same name is looked for; what
        remains are steps from period to period. None where there is no such period.
        """
        if period.grain is Grain.TEN_DAYS and span.months:
            month = self._by_label[period.label[: -len("-T1")]]
            earlier = self.before(month, span)
            return self.parse(f"{earlier}{period.label[-3:]}") if earlier else None
        if not span.months:
            at = self._begun(period.first - span.days * A_DAY, period.grain)
            return self._at(at - 1, period.grain)
        years, months = divmod(span.months, _PER_YEAR)
        same = self._by_label.get(_years_before(period.label, years))
        if same is None:
            return None
        steps = -(-months // period.grain.months)
        return self._at(self._begun(same.first, period.grain) - 1 - steps, period.grain)

    def _at(self, position: int, grain: Grain) -> Period | None:
        periods = self._periods[grain]
        return periods[position] if 0 <= position < len(periods) else None

    def back(self, day: date, span: Span) -> date:
        """Return the day that lies ``span`` before ``day``.

        From the first day of a period, also of the one after the last, that is the first day of
        another one. Before the list begins there is nothing to count.
        """
        at = bisect_left(self._starts, day)
        if not span.months or self._starts[at : at + 1] != [day]:
            return back(day, span)
        years, months = divmod(span.months, _PER_YEAR)
        if years:
            names = self._labels[at : at + 2]  # a thirteenth without another goes by the next
            found = (self._position(_years_before(name, years)) for name in names)
            same = next((position for position in found if position is not None), -1)
        else:
            same = at
        if same < months:
            return min(back(day, span), self.first - A_DAY)
        return self._starts[same - months]

    @cached_property
    def _starts(self) -> list[date]:
        return [*(line.first for line in self.listed), self.last + A_DAY]

    @cached_property
    def _labels(self) -> list[str]:
        """The labels of all lines, and of the one that will follow."""
        labels = [line.label for line in self.listed]
        twin = self._position(_years_before(labels[-1], 1))
        if twin is not None and labels[twin + 1].endswith(THIRTEENTH):
            following = f"{labels[-1][:4]}-{THIRTEENTH}"
        else:
            following = next_label(next(filter(is_numbered, reversed(labels)), "0000-12"))
        return [*labels, following]

    def _position(self, label: str) -> int | None:
        found = self._by_label.get(label)
        return None if found is None else self._begun(found.first, Grain.MONTH) - 1

    def previous(self, period: Period) -> Period | None:
        """Return the period of its grain that is listed before ``period``."""
        if is_common(period.grain):
            return common(period.first - A_DAY, period.grain)
        return self._at(self._begun(period.first - A_DAY, period.grain) - 1, period.grain)

    def following(self, period: Period) -> Period | None:
        """Return the period of its grain that is listed after ``period``."""
        if is_common(period.grain):
            return common(period.last + A_DAY, period.grain)
        return self._at(self._begun(period.last, period.grain), period.grain)

    def range(self, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
        """Return the periods that hold any day from ``first`` to ``last``."""
        if not is_common(grain):
            periods = self._periods[grain]
            start = bisect_left(periods, first, key=lambda period: period.last)
            return tuple(periods[start : self._begun(last, grain)])
        found = [common(first, grain)]
        while found[-1].last < last:
            found.append(common(found[-1].last + A_DAY, grain))
        return tuple(found)


def is_numbered(label: str) -> bool:
    """Tell a period with a number from 1 to 12 from a thirteenth."""
    return not label.endswith(THIRTEENTH)


def _years_before(label: str, years: int) -> str:
    return f"{int(label[:4]) - years:04}{label[4:]}"


def next_label(label: str) -> str:
    """Return what the numbered period after ``label`` is called: 2026-12, then 2027-01."""
    year, month = int(label[:4]), int(label[5:])
    return f"{year + 1:04}-01" if month == _PER_YEAR else f"{year:04}-{month + 1:02}"
