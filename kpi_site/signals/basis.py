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
from kpi_site.periods import Grain
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

    def compared_with(self, values: Sequence[Decimal | None], i: int) -> Decimal | None:
        """Return what the value at ``i`` is compared with: 0 where it is held as it is.

        None where that, or a part of it, is missing.
        """
        lags = {1: 1} if self.change else {}
        if self.season:
            lags |= {self.season: 1}
            lags |= {self.season + 1: -1} if self.change else {}
        found = Decimal(0)
        for lag, sign in lags.items():
            value = values[i - lag] if i >= lag else None
            if value is None:
                return None
            found = WHOLE.add(found, value * sign)
        return found

    def of(self, values: Sequence[Decimal | None]) -> tuple[Decimal | None, ...]:
        """Return what is held against limits of ``values``; None where any part is missing."""
        found = tuple(values)
        if self.change:
            found = _differences(found, 1)
        return _differences(found, self.season) if self.season else found


def _differences(values: tuple[Decimal | None, ...], lag: int) -> tuple[Decimal | None, ...]:
    earlier = (*((None,) * lag), *values)
    return tuple(
        None if new is None or old is None else WHOLE.subtract(new, old)
        for new, old in zip(values, earlier, strict=False)
    )


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
