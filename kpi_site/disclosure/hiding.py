"""Results as readers may see them: a hidden cell has no value, terms, count or points.

The one step between what is computed and everything that reads it (specification.md#small-cells).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kpi_site.catalog import Catalog, Indicator, IndicatorTerm
from kpi_site.compute.run import in_order
from kpi_site.disclosure.book import CellKey
from kpi_site.disclosure.counting import counting_of
from kpi_site.disclosure.protection import rule_of
from kpi_site.periods import Period
from kpi_site.results import Cell, IndicatorResults, Result, Results, Series, SeriesKey, State

_HIDDEN = Cell(None, State.SUPPRESSED)


def hide(catalog: Catalog, results: Results, cells: Collection[CellKey]) -> Results:
    """Return ``results`` without the figures of the hidden ``cells``."""
    rule = rule_of(catalog)
    if rule is None:
        return results
    grouped: defaultdict[str, set[CellKey]] = defaultdict(set)
    for cell in cells:
        grouped[cell.card].add(cell)
    seen: dict[str, HiddenSeries] = {}
    found: dict[str, IndicatorResults] = {}
    for name in in_order(catalog):
        card, own = catalog.indicators[name], grouped.get(name, set())
        leant = {str(t.indicator) for t in card.terms if isinstance(t, IndicatorTerm)}
        sources = tuple(seen[one] for one in sorted(leant) if one in seen)
        counting = counting_of(catalog, card)
        if counting is None and not own and not sources:
            continue
        firsts: defaultdict[SeriesKey, set[date]] = defaultdict(set)
        for cell in own:
            if not cell.running:
                firsts[cell.series].add(cell.first)
        least = 0 if counting is None else rule.min_count
        seen[name] = HiddenSeries(results[name].series, firsts, least, sources)
        running = results[name].running
        if running is not None:
            running = _without(running, {cell.first for cell in own if cell.running})
        digest = _digest(results[name].digest, own, least)
        found[name] = replace(results[name], series=seen[name], running=running, digest=digest)
    return {name: found.get(name, own) for name, own in results.items()}


def _digest(digest: str, own: Collection[CellKey], least: int) -> str:
    """Return what stands for the figures that are left; "" where it is not known."""
    if not digest:
        return ""
    return hashlib.sha256(repr((digest, sorted(map(repr, own)), least)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class HiddenSeries(Mapping[SeriesKey, Series]):
    """Series by key, each without its hidden cells: made when it is asked for.

    ``least`` is how many persons a figure needs that a running period is compared with (0: there
    are none); ``sources`` are the series of other cards that go into these.
    """

    whole: Mapping[SeriesKey, Series]
    firsts: Mapping[SeriesKey, Collection[date]]
    least: int
    sources: tuple[HiddenSeries, ...]
    known: dict[SeriesKey, Series] = field(default_factory=dict, compare=False)

    def __getitem__(self, key: SeriesKey) -> Series:
        found = self.known.get(key)
        if found is None:
            found = _without(self.whole[key], self.firsts.get(key, ()))
            if found.same_day is not None and self.in_danger(key):
                cut = tuple(map(_hidden, found.same_day.results))
                found = replace(found, same_day=replace(found.same_day, results=cut))
            self.known[key] = found
        return found

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)

    def in_danger(self, key: SeriesKey) -> bool:
        """Tell whether the parts that a running period is compared with may not be seen.

        They are seen or hidden for all members of a dimension alike: hidden where few persons
        stand behind one of them, or a cell is hidden in these periods, at any grain.
        """
        told = self.whole[key].same_day if key in self.whole else None
        if told is None:
            return False
        kin = [k for k in self.whole if k.dimension in {"", key.dimension}]
        spans = [r.period for r in told.results] + [told.running]
        if any(_met(self.whole[k], self.firsts.get(k, ()), spans) for k in kin):
            return True
        parts = (self.whole[k].same_day for k in kin if k.grain is key.grain)
        few = (0 < (r.n or 0) < self.least for part in parts if part for r in part.results)
        return any(few) or any(source.in_danger(key) for source in self.sources)


def _met(series: Series, firsts: Collection[date], spans: list[Period]) -> bool:
    """Tell whether any of ``spans`` meets a period that begins on one of ``firsts``."""
    hidden = (r.period for r in series.results if r.period.first in firsts) if firsts else ()
    return any(p.first <= s.last and s.first <= p.last for p in hidden for s in spans)


def hide_as_before(catalog: Catalog, results: Results, widest: Results, through: date) -> Results:
    """Return ``results`` of a time when facts reached ``through``, without what is hidden now.

    ``widest`` are those of today, as readers may see them. A period that was running then is
    seen or hidden for all members alike, as are the parts that today's is compared with.
    """
    if rule_of(catalog) is None:
        return results
    cells: set[CellKey] = set()
    for name in in_order(catalog):
        card, found, now = catalog.indicators[name], results[name], widest.get(name)
        if now is None:
            continue
        secret = {
            key: {r.period for r in now.series[key].results if r.state is State.SUPPRESSED}
            for key in now.series
        }
        for key in found.series:
            cells |= {
                CellKey(name, key, p.first) for p in secret.get(key, ()) if p.first <= through
            }
        cells |= {*_running_then(catalog, card, found, secret, through, cells)}
        if now.running is not None:
            days = (r.period for r in now.running.results if r.state is State.SUPPRESSED)
            cells |= {CellKey(name, now.running.key, day.first, running=True) for day in days}
    return hide(catalog, results, cells)


def _running_then(
    catalog: Catalog,
    card: Indicator,
    found: IndicatorResults,
    secret: Mapping[SeriesKey, Collection[Period]],
    through: date,
    cells: Collection[CellKey],
) -> Iterator[CellKey]:
    """Yield the cells of periods that ran on the day ``through`` and may not be seen."""
    rule, counting = rule_of(catalog), counting_of(catalog, card)
    leant = [str(t.indicator) for t in card.terms if isinstance(t, IndicatorTerm)]
    running = {
        key: series.results[-1].period
        for key, series in ((key, found.series[key]) for key in found.series)
        if series.results and series.results[-1].period.last > through
    }
    for key, period in running.items():
        kin = [k for k in found.series if k.dimension in {"", key.dimension}]
        met = any(
            p.first <= period.last and period.first <= p.last
            for k in kin
            for p in secret.get(k, ())
        )
        few = (
            rule is not None
            and counting is not None
            and any(
                rule.small(*counting.at(found.series[k], len(found.series[k].results) - 1))
                for k in kin
                if k in running and k.grain is key.grain
            )
        )
        if met or few or any(CellKey(one, key, period.first) in cells for one in leant):
            yield CellKey(str(card.id), key, period.first)


def _without(series: Series, days: Collection[date]) -> Series:
    """Return ``series`` without the figures of the periods that begin on ``days``."""
    at = [i for i, result in enumerate(series.results) if result.period.first in days]
    if not at:
        return series

    def cells(own: tuple[Cell, ...]) -> tuple[Cell, ...]:
        kept = list(own)
        for i in at:
            kept[i] = _HIDDEN
        return tuple(kept)

    results = list(series.results)
    for i in at:
        results[i] = _hidden(results[i])
    return replace(
        series,
        results=tuple(results),
        terms={name: cells(own) for name, own in series.terms.items()},
        bases={name: cells(own) for name, own in series.bases.items()},
    )


def _hidden(result: Result) -> Result:
    return Result(result.period, None, State.SUPPRESSED)
