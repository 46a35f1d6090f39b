"""What is held against limits: a card's values, their changes, or nothing at all.

Rules: specification.md#limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.exact import WHOLE
from kpi_site.periods import Grain, Period
from kpi_site.sql.nodes import columns

CYCLES: Final = frozenset({Grain.WEEK, Grain.TEN_DAYS, Grain.MONTH, Grain.QUARTER})
"""The cycles of the cards that have limits."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What of a card is held against limits, where anything is.

    ``change``: not its values but their changes from the period before, since neighbours of a
    stock or balance share most of their rows. ``season``: the difference to what was a season
    of so many periods before; 0 for none.
    """

    change: bool = False
    season: int = 0

    @property
    def plain(self) -> bool:
        """Tell whether it is the values themselves, which a target can be held against."""
        return not self.change and not self.season

    def compared_with(
        self, periods: Sequence[Period], values: Sequence[Decimal | None], i: int
    ) -> Decimal | None:
        """Return what the value of the period at ``i`` is compared with: 0 if it is held as it is.

        None where that, or a part of it, is missing.
        """
        found, parts = Decimal(0), []
        if self.change:
            parts.append((i - 1, 1))
        if self.season:
            before = self._before(periods, _places(periods), i)
            if before is None:
                return None
            parts.append((before, 1))
            if self.change:
                parts.append((before - 1, -1))
        for at, sign in parts:
            value = values[at] if at >= 0 else None
            if value is None:
                return None
            found = WHOLE.add(found, value * sign)
        return found

    def of(
        self, periods: Sequence[Period], values: Sequence[Decimal | None]
    ) -> tuple[Decimal | None, ...]:
        """Return what is held against limits of ``values``; None where any part is missing."""
        found = tuple(values)
        if self.change:
            found = tuple(_less(new, old) for new, old in zip(found, (None, *found), strict=False))
        if not self.season:
            return found
        places = _places(periods)
        before = (self._before(periods, places, i) for i in range(len(periods)))
        earlier = [None if at is None else found[at] for at in before]
        return tuple(_less(new, old) for new, old in zip(found, earlier, strict=True))

    def _before(self, periods: Sequence[Period], places: Mapping[str, int], i: int) -> int | None:
        """Return the place of the period that lies a season before the one at ``i``.

        A season of whole years leads to the period of the same name, so that a thirteenth moves
        no month.
        """
        years, rest = divmod(self.season, _IN_A_YEAR.get(periods[i].grain, self.season + 1))
        if rest:
            return i - self.season if i >= self.season else None
        label = periods[i].label
        return places.get(f"{int(label[:4]) - years:04}{label[4:]}")


_IN_A_YEAR: Final = {Grain.TEN_DAYS: 36, Grain.MONTH: 12, Grain.QUARTER: 4}


def _places(periods: Sequence[Period]) -> Mapping[str, int]:
    return {period.label: i for i, period in enumerate(periods)}


def _less(new: Decimal | None, old: Decimal | None) -> Decimal | None:
    return None if new is None or old is None else WHOLE.subtract(new, old)


def basis_of(indicator: Indicator, others: Mapping[str, Indicator]) -> Basis | None:
    """Return what of ``indicator`` is held against limits; None where nothing is.

    Neighbouring values must not count the same rows: a card that leans on a window, on
    something to date, or on the period just before has no limits. ``others`` are all cards,
    for terms that name one.
    """
    if indicator.cycle not in CYCLES:
        return None
    terms = _leant_on(indicator, others, set())
    if any(isinstance(t, IndicatorTerm) and t.indicator not in others for t in terms):
        return None  # another audience's card: nobody knows what it counts
    if any(_shares_rows(indicator.cycle, term) for term in terms):
        return None
    levels = any(isinstance(term, StockTerm | BalanceTerm) for term in terms)
    return Basis(change=levels, season=indicator.season or 0)


def _leant_on(
    indicator: Indicator, others: Mapping[str, Indicator], seen: set[tuple[str, str]]
) -> list[Term]:
    """Return the terms that the formula needs, also through other terms and cards."""
    found: list[Term] = []
    names = [column.name for column in columns(indicator.formula.node)]
    while names:
        name = names.pop()
        term = indicator.term(name)
        if term is None or (str(indicator.id), name) in seen:
            continue
        seen.add((str(indicator.id), name))
        found.append(term)
        if isinstance(term, OtherTerm):
            names.append(str(term.term))
        elif isinstance(term, IndicatorTerm) and term.indicator in others:
            found += _leant_on(others[term.indicator], others, seen)
    return found


def _shares_rows(cycle: Grain, term: Term) -> bool:
    """Tell whether a term counts rows that it counts in the next period as well."""
    match term:
        case RowTerm(window=window, to_date=to_date):
            return window is not None or to_date is not None
        case CalendarTerm(to_date=to_date):
            return to_date is not None
        case OtherTerm(lag=lag) | IndicatorTerm(lag=lag) if lag is not None:
            return lag.days + 31 * lag.months <= _LONGEST[cycle]
    return False


_LONGEST: Final = {
    Grain.WEEK: 7,
    Grain.TEN_DAYS: 11,
    Grain.MONTH: 31,
    Grain.QUARTER: 93,
}  # days: a lag up to one period leads to the period just before
