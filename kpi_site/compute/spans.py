"""Which days a term looks at in a period, and whether its dataset's facts reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi_site.catalog import BalanceTerm, DataTerm, Expect, RowTerm, StockTerm
from kpi_site.engine.rows import Reach
from kpi_site.periods import Calendar, Period, back
from kpi_site.results import State


@dataclass(frozen=True, slots=True)
class Timeline:
    """The calendar and the last day whose facts count."""

    calendar: Calendar
    through: date

    def running(self, period: Period) -> bool:
        """Tell whether ``period`` is not over on the last day that counts."""
        return period.last > self.through


@dataclass(frozen=True, slots=True)
class Coverage:
    """From which day a dataset has facts, and how many rows each expected unit has.

    ``rows`` is None where the dataset promises nothing; else it maps the first day of each
    unit of ``expect.every`` to its rows.
    """

    first: date | None
    expect: Expect | None = None
    rows: Mapping[date, int] | None = None


def reach(term: DataTerm, period: Period, timeline: Timeline) -> Reach:
    """Return the days whose rows ``term`` counts in ``period``; a stock's single day."""
    match term:
        case StockTerm() | BalanceTerm():
            day = _day(term, period, timeline)
            return Reach(day, day)
        case RowTerm(window=None, to_date=None):
            return Reach(period.first, period.last)
        case RowTerm(window=window) if window is not None:
            return Reach(back(period.last + timedelta(days=1), window), period.last)
        case RowTerm(to_date=unit):
            assert unit is not None
            day = min(period.last, timeline.through)
            return Reach(timeline.calendar.containing(day, unit).first, period.last)


def _day(term: StockTerm | BalanceTerm, period: Period, timeline: Timeline) -> date:
    """Return the day of a stock or balance: the period's last, or the one before its first."""
    if term.at == "start":
        return period.first - timedelta(days=1)
    return min(period.last, timeline.through)


def facts_state(
    term: DataTerm, period: Period, timeline: Timeline, coverage: Coverage
) -> State | None:
    """Return ``no_data`` or ``provisional`` where the dataset's facts call for it.

    Rules: specification.md#expect.

    Coverage begins with the period that holds the first row, whatever day of it a stock or
    balance is taken on.
    """
    if coverage.first is None or period.last < coverage.first:
        return State.NO_DATA
    looked_at = _looked_at(term, period, timeline)
    if coverage.expect is None or coverage.rows is None:
        return None
    units = timeline.calendar.range(
        looked_at.first, min(looked_at.last, timeline.through), coverage.expect.every
    )
    counts = [coverage.rows.get(unit.first, 0) for unit in units]
    if not any(counts):
        return State.NO_DATA
    return State.PROVISIONAL if min(counts) < coverage.expect.min_rows else None


def _looked_at(term: DataTerm, period: Period, timeline: Timeline) -> Reach:
    """Return the days in which the dataset must have facts; a stock's whole period."""
    if isinstance(term, RowTerm):
        return reach(term, period, timeline)
    return Reach(period.first, period.last)


def earlier(periods: Sequence[Period], back_to: Sequence[Period]) -> list[int | None]:
    """Return the position of each period of ``back_to`` among ``periods``, None outside."""
    at = {period.first: index for index, period in enumerate(periods)}
    return [at.get(period.first) for period in back_to]
