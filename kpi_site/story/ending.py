"""Where the data of a card end, if that is earlier than they should (specification.md#data-end)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from kpi_site.catalog import Catalog, Indicator, IndicatorTerm, StockTerm
from kpi_site.compute.through import rhythm
from kpi_site.periods import Calendar, Grain
from kpi_site.results import IndicatorResults, Series, SeriesKey
from kpi_site.schema import data_terms
from kpi_site.tables.model import Table

_SILENCE: Final = 2  # times as long without a row as ever before: there come no more
_RHYTHM: Final = 3  # days with rows tell how often there are some


def data_ends(
    catalog: Catalog, tables: Mapping[str, Table], through: date | None
) -> Mapping[str, date]:
    """Return the last day of the data of each card whose data end early, by its id.

    ``through`` is the last day that the site reports.
    """
    if through is None:
        return {}
    silent: dict[str, tuple[date, Grain | None]] = {}
    for name, table in tables.items():
        found = _silent_since(table, catalog.site.calendar, through)
        if found is not None:
            silent[str(name)] = found
    ends: dict[str, date] = {}
    if silent:
        for card in catalog.indicators.values():
            _end_of(catalog, card, silent, through, ends, frozenset())
    return ends


def _silent_since(
    table: Table, calendar: Calendar, through: date
) -> tuple[date, Grain | None] | None:
    """Return the last day with a row, and how long a row holds, of a dataset that ends early."""
    newest = max(table.days, default="")
    if not newest or (through - date.fromisoformat(newest)).days <= _SILENCE:
        return None  # rows lie ahead, or as near as days follow days
    days = sorted(date.fromisoformat(day) for day in table.days)
    if len(days) < _RHYTHM:
        return None
    longest = max(((after - before).days for before, after in pairwise(days)), default=0)
    if (through - days[-1]).days <= _SILENCE * longest:
        return None
    expect = table.dataset.expect
    return days[-1], expect.every if expect else rhythm(table, calendar)


def _end_of(
    catalog: Catalog,
    card: Indicator,
    silent: Mapping[str, tuple[date, Grain | None]],
    through: date,
    ends: dict[str, date],
    above: frozenset[str],
) -> date | None:
    """Return where the data of ``card`` end, and note it; None where they do not end early."""
    if card.id in ends or card.id in above:
        return ends.get(str(card.id))
    calendar = catalog.site.calendar
    found = []
    for term in data_terms(card):
        if term.dataset in silent and not isinstance(term, StockTerm):
            last, held = silent[str(term.dataset)]
            spans = [calendar.containing(last, g) for g in (held, card.cycle) if g is not None]
            found.append(max([last, *(span.last for span in spans if span is not None)]))
    for name in (t.indicator for t in card.terms if isinstance(t, IndicatorTerm)):
        other = catalog.indicators.get(name)
        below = above | {str(card.id)}
        end = other and _end_of(catalog, other, silent, through, ends, below)
        found += [end] if end else []
    end = min(found, default=None)
    if end is None or not _misses_a_period(calendar, card.cycle, end, through):
        return None
    ends[str(card.id)] = end
    return end


def _misses_a_period(calendar: Calendar, cycle: Grain, end: date, through: date) -> bool:
    """Tell whether a whole period lies between the two days."""
    if end >= through:
        return False
    return any(p.first > end and p.last <= through for p in calendar.range(end, through, cycle))


def until(found: IndicatorResults, end: date) -> IndicatorResults:
    """Return results that end with the periods which hold ``end``."""
    running = found.running
    kept = None if running is None else _cut(running, end)
    return replace(
        found,
        series=_Until(found.series, end),
        running=kept if kept is not None and kept.results else None,
        digest=f"{found.digest} until {end}",
    )


@dataclass(frozen=True, slots=True)
class _Until(Mapping[SeriesKey, Series]):
    """Series by key, each cut off when it is asked for."""

    whole: Mapping[SeriesKey, Series]
    end: date

    def __getitem__(self, key: SeriesKey) -> Series:
        return _cut(self.whole[key], self.end)

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


def _cut(series: Series, end: date) -> Series:
    count = sum(result.period.first <= end for result in series.results)
    if count == len(series.results):
        return series
    return replace(
        series,
        results=series.results[:count],
        terms={name: cells[:count] for name, cells in series.terms.items()},
        bases={name: cells[:count] for name, cells in series.bases.items()},
        same_day=None,
    )
