"""All that a change of a card comes apart into: by term, and by the members of each dimension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from kpi_site.catalog import Indicator
from kpi_site.contributions.by_member import Mixture, Unsplit, own_changes, sums_of
from kpi_site.contributions.by_term import Terms, terms_of
from kpi_site.contributions.parts import Contribution, Group, add_up
from kpi_site.periods import Calendar, Grain, Period, Span
from kpi_site.results import Apart, IndicatorResults, Result, Series, State

Against = Literal["previous", "year"]
"""What a change is from: the period before, or the same one a year before."""
AGAINST: Final[tuple[Against, ...]] = get_args(Against)
_YEAR: Final = Span(months=12)


@dataclass(frozen=True, slots=True)
class Explained:
    """A change between two results that are both final, and the groups that add up to it."""

    indicator: str
    against: Against
    old: Result
    new: Result
    groups: tuple[Group, ...]

    @property
    def change(self) -> Decimal:
        """New less old."""
        assert self.old.value is not None
        assert self.new.value is not None
        return self.new.value - self.old.value

    def group(self, dimension: str) -> Group | None:
        """Return the group of a dimension, or ("") that of the terms."""
        return next((g for g in self.groups if g.dimension == dimension), None)


@dataclass(frozen=True, slots=True)
class Panel:
    """A card's results at one grain, ready to be compared period by period."""

    card: Indicator
    calendar: Calendar
    whole: Series
    terms: Terms
    positions: Mapping[date, int]
    dimensions: Mapping[str, Mixture | tuple[Series, ...]]

    def every(self) -> Iterator[Explained]:
        """Yield every change that can be explained, oldest first."""
        for at in range(len(self.whole.results)):
            yield from self.at(at)

    def of(self, period: Period) -> tuple[Explained, ...]:
        """Return the changes up to ``period``: from the one before, and from a year before."""
        at = self.positions.get(period.first)
        return () if at is None else tuple(self.at(at))

    def at(self, at: int) -> Iterator[Explained]:
        """Yield the changes up to the period at position ``at``."""
        new = self.whole.results[at]
        if new.state is not State.OK:
            return
        for against in AGAINST:
            earlier = self._earlier(new.period, against)
            before = self.positions.get(earlier.first) if earlier else None
            old = None if before is None else self.whole.results[before]
            known = before is not None and old is not None and old.state is State.OK
            if known and before is not None and old is not None and self._newest(old, new):
                groups = tuple(self._groups(before, at))
                yield Explained(str(self.card.id), against, old, new, groups)

    def _newest(self, *results: Result) -> bool:
        """Tell whether all of ``results`` are computed as the newest: they compare."""
        held = self.card.version(self.whole.results[-1].period.last)
        if held is None:
            return True
        versions = [self.card.version(r.period.last) for r in results]
        return all(one is not None and one.computes_as(held) for one in versions)

    def _earlier(self, period: Period, against: Against) -> Period | None:
        if against == "year":
            return self.calendar.before(period, _YEAR)
        return self.calendar.previous(period)

    def _groups(self, before: int, at: int) -> Iterator[Group]:
        old, new = self.whole.results[before], self.whole.results[at]
        by_term = add_up("", old, new, self.terms.shares(self.whole, before, at))
        if by_term is not None:
            yield by_term
        for dimension, members in self.dimensions.items():
            try:
                raw = _by_member(members, before, at)
            except Unsplit:
                continue
            found = add_up(dimension, old, new, raw)
            if found is not None:
                yield found


def _by_member(members: Mixture | tuple[Series, ...], before: int, at: int) -> list[Contribution]:
    if isinstance(members, Mixture):
        return members.effects(before, at)
    return own_changes(members, before, at)


def make_panel(
    calendar: Calendar, card: Indicator, found: IndicatorResults, grain: Grain
) -> Panel | None:
    """Return the card's results at ``grain``; None where it has none there.

    A dimension whose series do not reach over the same periods, or lack a term, is left out.
    """
    whole = found.whole(grain)
    if whole is None:
        return None
    apart, dimensions = found.apart, {}
    for dimension in card.dimensions if apart else ():
        series = tuple(found.members(grain, dimension))
        if apart and all(len(s.results) == len(whole.results) for s in series):
            members = series if apart.bottom is None else _mixture(apart, whole, series)
            if members:
                dimensions[str(dimension)] = members
    positions = {r.period.first: i for i, r in enumerate(whole.results)}
    return Panel(card, calendar, whole, terms_of(card), positions, dimensions)


def _mixture(apart: Apart, whole: Series, members: tuple[Series, ...]) -> Mixture | None:
    own, parts = sums_of(apart, whole), [sums_of(apart, series) for series in members]
    known = tuple(sums for sums in parts if sums is not None)
    if own is None or not known or len(known) < len(parts):
        return None
    return Mixture(own, tuple(series.key.member for series in members), known)


def explain(
    calendar: Calendar, card: Indicator, found: IndicatorResults, period: Period
) -> tuple[Explained, ...]:
    """Return the changes of the card up to ``period``, those that can be explained."""
    panel = make_panel(calendar, card, found, period.grain)
    return panel.of(period) if panel else ()
