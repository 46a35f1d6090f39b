"""A scorecard in all of its periods, each scored when it is first asked for: most pages need few.

What it is made of is narrowed to its own cards, so that it is known by their digests: what is
kept of a scorecard holds until one of them changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from kpi_site.catalog import Catalog, Indicator, IndicatorTerm, Scorecard
from kpi_site.kept import FOUND
from kpi_site.periods import Period
from kpi_site.results import Results
from kpi_site.scoring.scorecards import score_period, scored_periods
from kpi_site.scoring.scored import ScoredCard


@dataclass(frozen=True, slots=True)
class ScoredCards(Sequence[ScoredCard]):
    """``scorecard`` in every period of its cycle, oldest first.

    ``catalog`` and ``results`` hold the cards on its lines, and nothing else.
    """

    scorecard: Scorecard
    catalog: Catalog
    results: Results
    _periods: list[Period] = field(
        default_factory=list, compare=False, repr=False, metadata={FOUND: True}
    )
    _made: dict[Period, ScoredCard] = field(
        default_factory=dict, compare=False, repr=False, metadata={FOUND: True}
    )

    @property
    def periods(self) -> Sequence[Period]:
        """The periods; none where no line has a figure."""
        if not self._periods:
            calendar = self.catalog.site.calendar
            self._periods.extend(scored_periods(self.scorecard, self.results, calendar))
        return self._periods

    def at(self, period: Period) -> ScoredCard | None:
        """Return the scorecard in ``period``, if that is one of its own."""
        return self._scored(period) if period in self.periods else None

    def __len__(self) -> int:
        """Count the periods."""
        return len(self.periods)

    @overload
    def __getitem__(self, at: int) -> ScoredCard: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[ScoredCard, ...]: ...

    def __getitem__(self, at: int | slice) -> ScoredCard | tuple[ScoredCard, ...]:
        """Return the scorecard in one period, or in several."""
        if isinstance(at, slice):
            return tuple(map(self._scored, self.periods[at]))
        return self._scored(self.periods[at])

    def _scored(self, period: Period) -> ScoredCard:
        if period not in self._made:
            found = score_period(self.catalog, self.results, self.scorecard, period)
            self._made[period] = found
        return self._made[period]


def score(catalog: Catalog, results: Results) -> dict[str, ScoredCards]:
    """Score every scorecard in every period of its cycle, oldest first."""
    return {
        str(card.id): _over_time(catalog, results, card) for card in catalog.scorecards.values()
    }


def _over_time(catalog: Catalog, results: Results, card: Scorecard) -> ScoredCards:
    own = {str(i.id): i for i in _cards(catalog, [line.indicator for line in card.all_lines()])}
    narrow = Catalog(site=catalog.site, datasets={}, indicators=own)
    return ScoredCards(card, narrow, {name: results[name] for name in own if name in results})


def _cards(catalog: Catalog, names: Iterable[str]) -> Iterator[Indicator]:
    """Yield the cards called ``names``, and those whose figures they are made of."""
    todo, seen = list(names), set[str]()
    while todo:
        name = todo.pop(0)
        card = catalog.indicators.get(name)
        if card is not None and name not in seen:
            seen.add(name)
            todo += [str(t.indicator) for t in card.terms if isinstance(t, IndicatorTerm)]
            yield card
