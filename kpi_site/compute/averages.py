"""Averages of stocks and balances over the days of a period (specification.md#averages).

A stock or balance is a level that holds from one day until the next change. So its mean is a
sum over the levels that a period meets, each times the days that it held.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kpi_site.catalog import BalanceTerm, DataTerm, StockTerm
from kpi_site.compute.spans import Stretch
from kpi_site.engine.rows import Reach
from kpi_site.exact import EXACT, WHOLE
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Calendar, Grain
from kpi_site.results import State

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Levels:
    """What held from each of ``days`` (rising) until the day before the next one, and its rows."""

    days: Sequence[date]
    values: Sequence[Operand]
    rows: Sequence[int]

    def mean(self, runs: Iterable[Reach]) -> tuple[Operand, int]:
        """Return the mean over the days of ``runs`` that have a value, and the most rows.

        Without any such day it is the state of the last of them, ``no_data`` without a level.
        """
        total, count, most = Decimal(0), 0, 0
        missing = State.NO_DATA
        for value, rows, days in self._met(runs):
            most = max(most, rows)
            if isinstance(value, State):
                missing = value
            else:
                total = WHOLE.fma(value, Decimal(days), total)
                count += days
        return (EXACT.divide(total, Decimal(count)) if count else missing), most

    def _met(self, runs: Iterable[Reach]) -> Iterator[tuple[Operand, int, int]]:
        """Yield each level that a run meets: value, rows, and for how many of its days."""
        for run in runs:
            at = max(bisect_right(self.days, run.first) - 1, 0)
            while at < len(self.days) and self.days[at] <= run.last:
                ended = at + 1 < len(self.days)
                last = min(self.days[at + 1] - _A_DAY, run.last) if ended else run.last
                days = (last - max(self.days[at], run.first)).days + 1
                yield self.values[at], self.rows[at], days
                at += 1


def is_average(term: DataTerm) -> bool:
    """Tell whether ``term`` is the mean of a stock or balance."""
    return isinstance(term, StockTerm | BalanceTerm) and term.at == "average"


def every_day(first: date | None, through: date) -> tuple[Reach, ...]:
    """Return each day on which facts may change a level, as a reach of its own."""
    count = 0 if first is None else (through - first).days + 1
    days = (first + timedelta(days=i) for i in range(count) if first is not None)
    return tuple(Reach(day, day) for day in days)


def runs_of(
    term: StockTerm | BalanceTerm, stretch: Stretch, calendar: Calendar, first: date | None
) -> tuple[Reach, ...]:
    """Return the days over which ``term`` is averaged in ``stretch``, not before ``first``.

    Either all of them, or the ends of months: of a month that still runs, and of a period in
    which no month ends, the last day that counts.
    """
    start, end = stretch.period.first, stretch.end
    begun = start if first is None else max(start, first)
    if term.average == "days":
        return (Reach(begun, end),) if begun <= end else ()
    months = calendar.range(start, end, Grain.MONTH)
    ends = {month.last for month in months if month.last <= end}
    if not ends or end < stretch.period.last:
        ends.add(end)
    return tuple(Reach(day, day) for day in sorted(ends) if day >= begun)
