"""Which days a term looks at in a period, and whether its dataset's facts reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi_site.catalog import BalanceTerm, DataTerm, Expect, Indicator, RowTerm, StockTerm
from kpi_site.engine.rows import Reach
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import State

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period from its first day to ``end``, the last day of it whose facts count."""

    period: Period
    end: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """The calendar and the last day whose facts count."""

    calendar: Calendar
    through: date

    def running(self, period: Period) -> bool:
        """Tell whether ``period`` is not over on the last day that counts."""
        return period.last > self.through

    def so_far(self, period: Period) -> Stretch:
        """Return ``period`` as far as facts count: all of it, but for a running one."""
        return Stretch(period, min(period.last, self.through))

    def lived(self, card: Indicator, first: date, grain: Grain) -> tuple[Period, ...]:
        """Return the periods from ``first`` on in which ``card`` has results."""
        periods = self.calendar.range(first, self.through, grain)
        if card.ends is None:
            return periods
        return tuple(p for p in periods if card.lives(self.so_far(p).end))

    def to_same_day(self, period: Period, running: Period) -> Stretch:
        """Return ``period`` up to the day to which the ``running`` one has come.

        That is the same number of days since its start, at most all of it.
        """
        return Stretch(period, min(period.first + (self.through - running.first), period.last))


@dataclass(frozen=True, slots=True)
class Coverage:
    """From which day a dataset has facts, and how many rows each expected unit has.

    ``rows`` is None where the dataset promises nothing; else it maps the first day of each
    unit of ``expect.every`` to its rows.
    """

    first: date | None
    expect: Expect | None = None
    rows: Mapping[date, int] | None = None

    def before(self, stretch: Stretch) -> bool:
        """Tell whether ``stretch`` was over before the dataset had any facts."""
        return self.first is None or stretch.end < self.first


def reach(term: DataTerm, stretch: Stretch, calendar: Calendar) -> Reach:
    """Return the days whose rows ``term`` counts in ``stretch``; a stock's single day.

    Windows, totals to date, stocks and balances at the end all go by the stretch's end: in a
    running period nothing lies in the future.
    """
    period, end = stretch.period, stretch.end
    match term:
        case StockTerm(at="average") | BalanceTerm(at="average"):
            return Reach(period.first, end)
        case StockTerm() | BalanceTerm():
            day = period.first - _A_DAY if term.at == "start" else end
            return Reach(day, day)
        case RowTerm(window=None, to_date=None):
            return Reach(period.first, end)
        case RowTerm(window=window) if window is not None:
            return Reach(calendar.back(end + _A_DAY, window), end)
        case RowTerm(to_date=unit):
            assert unit is not None
            whole = calendar.containing(end, unit)
            return Reach(end if whole is None else whole.first, end)


def cuts_of(reaches: Sequence[Reach], through: date) -> set[date]:
    """Return the days inside months on which a reach begins, or on the day before which it ends.

    There are no rows after ``through``, so nothing need be cut off there.
    """
    begun = {days.first for days in reaches}
    ended = {days.last + _A_DAY for days in reaches if days.last < through}
    return {day for day in begun | ended if day.day > 1}


def facts_state(
    term: DataTerm, stretch: Stretch, calendar: Calendar, coverage: Coverage
) -> State | None:
    """Return ``no_data`` or ``provisional`` where the dataset's facts call for it.

    Rules: specification.md#expect.

    Coverage begins with the period that holds the first row, whatever day of it a stock or
    balance is taken on; of a period that is compared up to a day, with that part of it.
    """
    if coverage.before(stretch) or not _has_unit(term, stretch, calendar):
        return State.NO_DATA
    if coverage.expect is None or coverage.rows is None:
        return None
    looked_at = _looked_at(term, stretch, calendar)
    units = calendar.range(looked_at.first, looked_at.last, coverage.expect.every)
    counts = [coverage.rows.get(unit.first, 0) for unit in units]
    counts += [0] if looked_at.first < calendar.first else []  # what it does not list is empty
    if counts and not any(counts):
        return State.NO_DATA
    fewest = min(counts, default=coverage.expect.min_rows)
    return State.PROVISIONAL if fewest < coverage.expect.min_rows else None


def _has_unit(term: DataTerm, stretch: Stretch, calendar: Calendar) -> bool:
    """Tell whether there is a quarter, say, to whose date a term counts: not in every list."""
    unit = term.to_date if isinstance(term, RowTerm) else None
    return unit is None or calendar.containing(stretch.end, unit) is not None


def _looked_at(term: DataTerm, stretch: Stretch, calendar: Calendar) -> Reach:
    """Return the days in which the dataset must have facts; a stock's whole period."""
    if isinstance(term, RowTerm):
        return reach(term, stretch, calendar)
    return Reach(stretch.period.first, stretch.end)


def earlier(periods: Sequence[Period], back_to: Sequence[Period | None]) -> list[int | None]:
    """Return the position of each period of ``back_to`` among ``periods``, None outside."""
    at = {period.first: index for index, period in enumerate(periods)}
    return [None if period is None else at.get(period.first) for period in back_to]
