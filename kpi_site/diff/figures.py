"""Which figures differ: every result of both states, compared exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Catalog, Threshold
from kpi_site.periods import Grain, Period
from kpi_site.results import IndicatorResults, Result, Results, Series, SeriesKey, State


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A result that differs: the value, state, points or standards of a period.

    ``old`` or ``new`` is None where that state has no such result at all.
    """

    key: SeriesKey
    period: Period
    old: Result | None
    new: Result | None

    @property
    def whole(self) -> bool:
        """Tell whether it is about the whole, and not a member."""
        return not self.key.dimension

    @property
    def value_differs(self) -> bool:
        """Tell whether readers may see another number or state."""
        return _seen(self.old)[:2] != _seen(self.new)[:2]

    @property
    def points_differ(self) -> bool:
        """Tell whether other points are earned."""
        return _seen(self.old)[2] != _seen(self.new)[2]


@dataclass(frozen=True, slots=True)
class IndicatorFigures:
    """The changed figures of one card: the whole before members, short grains first, by time.

    ``former`` is its id in the old state, where that is another.
    """

    indicator: str
    former: str | None
    changes: tuple[FigureChange, ...]

    @property
    def telling(self) -> tuple[FigureChange, ...]:
        """The changes of values, states and points; all where only the standards differ."""
        found = tuple(c for c in self.changes if c.value_differs or c.points_differ)
        return found or self.changes


@dataclass(frozen=True, slots=True)
class FirstFigures:
    """What a new card says: its results for the whole, of its own cycle, oldest first."""

    indicator: str
    grain: Grain
    results: tuple[Result, ...]

    @property
    def newest(self) -> Result | None:
        """The result of the newest period, also where that runs or has no value."""
        return self.results[-1] if self.results else None

    @property
    def known(self) -> tuple[Result, ...]:
        """The results that have a value."""
        return tuple(r for r in self.results if r.state.has_value)


@dataclass(frozen=True, slots=True)
class HiddenFigures:
    """How many figures of a card become hidden for too few people, and how many come to light."""

    indicator: str
    hidden: int
    shown: int


def hidden_figures(
    old: Results, new: Results, former: Mapping[str, str]
) -> Iterator[HiddenFigures]:
    """Count what only one of both states hides; its number is told in neither."""
    for name, after in new.items():
        before = old.get(former.get(name, name))
        if before is None or (before.digest and before.digest == after.digest):
            continue
        pairs = [
            pair
            for key, series in after.series.items()
            for pair in _pairs(before.series.get(key), series)
        ]
        hidden = [
            (_is_hidden(first), _is_hidden(second)) for first, second in pairs if first and second
        ]
        found = HiddenFigures(name, hidden.count((False, True)), hidden.count((True, False)))
        if found.hidden or found.shown:
            yield found


def _is_hidden(result: Result | None) -> bool:
    return result is not None and result.state is State.SUPPRESSED


def first_figures(catalog: Catalog, new: Results, added: Collection[str]) -> Iterator[FirstFigures]:
    """Yield what each card of ``added`` says that could be computed."""
    for name, card in catalog.indicators.items():
        if name in added and name in new:
            series = new[name].whole(card.cycle)
            yield FirstFigures(name, card.cycle, tuple(series.results) if series else ())


def figure_changes(
    old: Results, new: Results, former: Mapping[str, str]
) -> tuple[IndicatorFigures, ...]:
    """Compare the results of cards that both states have; ``former`` ids by the new ones.

    Results with the same digest are made of the same things, and are not even looked at.
    """
    found = []
    for name, after in new.items():
        was = former.get(name, name)
        before = old.get(was)
        if before is None or (before.digest and before.digest == after.digest):
            continue
        changes = tuple(_differing(before, after))
        if changes:
            found.append(IndicatorFigures(name, None if was == name else was, changes))
    return tuple(found)


def _differing(old: IndicatorResults, new: IndicatorResults) -> Iterator[FigureChange]:
    keys = dict.fromkeys((*new.series, *old.series))
    for key in sorted(keys, key=lambda k: (bool(k.dimension), k.dimension, k.member, k.grain.rank)):
        yield from _of_series(key, old.series.get(key), new.series.get(key))


def _of_series(key: SeriesKey, old: Series | None, new: Series | None) -> Iterator[FigureChange]:
    """Yield what differs, by the names of periods: a calendar may have moved their days.

    What one of the states hides is not told of the other either.
    """
    for first, second in _pairs(old, new):
        known = second or first
        hidden = _is_hidden(first) or _is_hidden(second)
        if known and not hidden and _seen(first) != _seen(second):
            yield FigureChange(key, known.period, first, second)


def _pairs(old: Series | None, new: Series | None) -> Iterator[tuple[Result | None, Result | None]]:
    """Yield the results of each period, by time, as the newer state dates it."""
    before, after = _by_name(old), _by_name(new)
    for name, _ in sorted((before | after).items(), key=lambda pair: pair[1].period):
        yield before.get(name), after.get(name)


def _by_name(series: Series | None) -> dict[str, Result]:
    return {r.period.label: r for r in series.results} if series else {}


_Seen = tuple[Decimal | None, State | None, Decimal | None, tuple[Decimal | None, ...]]


def _seen(result: Result | None) -> _Seen:
    """Return what is published of a result; ``n`` follows from the facts and is left out."""
    if result is None:
        return None, None, None, ()
    value = result.value if result.state.has_value else None
    return value, result.state, result.points, _standards(result.threshold)


def _standards(threshold: Threshold | None) -> tuple[Decimal | None, ...]:
    if threshold is None:
        return ()
    return threshold.baseline, threshold.target, threshold.challenge


def former_ids(old: Catalog, new: Catalog) -> dict[str, str]:
    """Return the id in ``old`` of each card of ``new`` that was renamed since."""
    return {
        str(name): str(once)
        for name, card in new.indicators.items()
        for once in card.formerly
        if name not in old.indicators and once in old.indicators and once not in new.indicators
    }
