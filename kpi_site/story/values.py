"""Which values are told over time, and beside which earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.periods import Grain, Period
from kpi_site.results import Result, Series
from kpi_site.story.reading import main_grain
from kpi_site.story.teller import Teller
from kpi_site.wording.dates import format_days, format_period

MOST_ROWS: Final = 60  # more are a download: a page stays under 80 kB
MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A period or a member, its result, and the earlier ones.

    ``same_day`` tells that these are cut off at the day to which a running period has come.
    ``recent`` are the values of the last periods, of members alone; ``days`` are those of a
    period whose name does not tell them.
    """

    name: str
    result: Result
    previous: Result | None
    year: Result | None
    same_day: bool = False
    share: str = ""
    recent: tuple[Decimal | None, ...] = ()
    days: str = ""


@dataclass(frozen=True, slots=True)
class ValuesStory:
    """The newest values at one grain, the newest first; ``left_out`` counts the older ones."""

    grain: Grain
    rows: tuple[ValueRow, ...]
    left_out: int


def tell_values(teller: Teller, indicator: Indicator) -> tuple[ValuesStory, ...]:
    """Return the values at each grain of the card, the main one first, a daily one last."""
    found = teller.results_of(indicator)
    if found is None:
        return ()
    main = main_grain(indicator)
    grains = dict.fromkeys((*(g for g in indicator.grains if g.rank >= main.rank), indicator.cycle))
    series = (found.whole(grain) for grain in grains)
    return tuple(tell_series(teller, s) for s in series if s is not None and s.results)


def tell_series(teller: Teller, series: Series, until: Period | None = None) -> ValuesStory:
    """Return the newest values of ``series``: a month of days, or 60 others.

    With ``until`` they end with that period.
    """
    most = MOST_DAYS if series.key.grain is Grain.DAY else MOST_ROWS
    last = series.index(until) if until is not None else None
    count = len(series.results) if last is None else last + 1
    rows = tuple(_rows(teller, series, range(max(0, count - most), count)))
    return ValuesStory(series.key.grain, rows[::-1], count - len(rows))


def _rows(teller: Teller, series: Series, places: range) -> Iterator[ValueRow]:
    """Yield the rows of these periods.

    A series has no holes, so a year is a fixed step; of weeks, tens of days and a company's own
    periods it is looked up. Years have none beside the one before.
    """
    results, grain = series.results, series.key.grain
    regular = teller.catalog.site.calendar.regular
    step = 12 // grain.months if grain.months and regular else 0
    without = step or grain in {Grain.DAY, Grain.YEAR}
    by_label = {} if without else {r.period.label: r for r in results}
    for at in places:
        period = results[at].period
        before = results[at - 1] if at else None
        year = results[at - step] if step > 1 and at >= step else by_label.get(period.year_before)
        cut = series.to_same_day(period)
        yield ValueRow(
            name=format_period(period, teller.language),
            result=results[at],
            previous=series.compared(period, before.period) if cut and before else before,
            year=series.compared(period, year.period) if cut and year else year,
            same_day=cut,
            days=format_days(period, teller.language),
        )
