"""Working days: Monday to Friday, or as the company's own calendar says.

Rules: specification.md#calendar-terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kpi_site.catalog import CalendarTerm, Catalog
from kpi_site.compute.spans import Stretch
from kpi_site.periods import Calendar
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

HOLIDAY, WORKDAY = "holiday", "workday"
_WEEK = 5  # days of a week that are worked on, unless told


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days that are not as their weekday says, and the years of which they are known.

    ``kinds`` is None where no dataset names any: Monday to Friday, whatever the year.
    """

    kinds: Mapping[date, str] | None = None

    @property
    def years(self) -> frozenset[int]:
        """The years of which any day is told."""
        return frozenset(day.year for day in self.kinds or {})

    def between(self, first: date, last: date) -> int | None:
        """Count the working days from ``first`` to ``last``; None where some year is unknown."""
        if first > last:
            return 0
        if self.kinds is None:
            return _weekdays(first, last)
        if not self.years.issuperset(range(first.year, last.year + 1)):
            return None
        told = {day: kind for day, kind in self.kinds.items() if first <= day <= last}
        added = sum(kind == WORKDAY and day.weekday() >= _WEEK for day, kind in told.items())
        taken = sum(kind == HOLIDAY and day.weekday() < _WEEK for day, kind in told.items())
        return _weekdays(first, last) + added - taken


def _weekdays(first: date, last: date) -> int:
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * _WEEK + sum((first.weekday() + n) % 7 < _WEEK for n in range(rest))


def read_working_days(catalog: Catalog, tables: Mapping[str, Table]) -> WorkingDays:
    """Return the working days of ``catalog``'s site."""
    name = catalog.site.holidays
    if name is None:
        return WorkingDays()
    return WorkingDays(dict(_rows(tables, name)))


def _rows(tables: Mapping[str, Table], name: str) -> Iterator[tuple[date, str]]:
    yield from scan(tables, name, ["day", "kind"]).collect().select("day", "kind").iter_rows()


def days_of(
    term: CalendarTerm, stretch: Stretch, calendar: Calendar, working: WorkingDays
) -> int | None:
    """Return the days that a term of the calendar counts in ``stretch``; None if not known."""
    unit = calendar.containing(stretch.end, term.to_date) if term.to_date else stretch.period
    if unit is None:
        return None
    last = stretch.end if term.calendar.endswith("_elapsed") else unit.last
    if term.calendar.startswith("days"):
        return (last - unit.first).days + 1
    return working.between(unit.first, last)
