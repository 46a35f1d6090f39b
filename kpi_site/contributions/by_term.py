"""What each term of the formula adds to a change: its Shapley value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from math import comb
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.contributions.parts import Contribution
from kpi_site.exact import EXACT
from kpi_site.formula.evaluate import Evaluator, Operand, compile_node
from kpi_site.results import Cell, Series, State
from kpi_site.sql.nodes import columns

MOST_TERMS: Final = 7
"""With more terms the orders in which they may be replaced are too many to look at."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that a formula names, and the formula as a function of them."""

    names: tuple[str, ...]
    formula: Evaluator

    def shares(self, series: Series, before: int, at: int) -> Iterator[Contribution]:
        """Yield what each term adds between two positions of the whole's series.

        That is the mean, over all orders in which new terms may take the places of the old
        ones, of what the formula gains by it. Nothing where there are too many terms, or where
        some mix of old and new ones has no value.
        """
        cells = [series.terms.get(name) for name in self.names]
        if len(self.names) > MOST_TERMS or None in cells:
            return
        sides = [(_operand(own, before), _operand(own, at)) for own in cells if own is not None]
        moved = [i for i, (old, new) in enumerate(sides) if old != new]
        worth = self._worths(sides, moved)
        if worth is None:
            return
        gained = dict(zip(moved, _shapley(worth, len(moved)), strict=True))
        for i, name in enumerate(self.names):
            yield Contribution("term", name, gained.get(i, Decimal(0)))

    def _worths(
        self, sides: Sequence[tuple[Operand, Operand]], moved: Sequence[int]
    ) -> Mapping[int, Decimal] | None:
        """Return the formula's value with each set of the ``moved`` terms new, by its bits."""
        old = {name: side[0] for name, side in zip(self.names, sides, strict=True)}
        found: dict[int, Decimal] = {}
        for bits in range(1 << len(moved)):
            new = {self.names[i]: sides[i][1] for n, i in enumerate(moved) if bits >> n & 1}
            value = self.formula(old | new)
            if isinstance(value, State):
                return None
            found[bits] = Decimal(value)
        return found


def terms_of(indicator: Indicator) -> Terms:
    """Return the terms that the card's formula names, in its order."""
    node = indicator.formula.node
    return Terms(tuple(dict.fromkeys(c.name for c in columns(node))), compile_node(node))


def _operand(cells: Sequence[Cell], at: int) -> Operand:
    cell = cells[at]
    return cell.state if cell.value is None else cell.value


def _shapley(worth: Mapping[int, Decimal], count: int) -> list[Decimal]:
    """Return the Shapley value of each of ``count`` players from what every set is worth."""
    if count == 1:
        return [EXACT.subtract(worth[1], worth[0])]
    found = []
    with localcontext(EXACT):
        for player in range(count):
            mine, total = 1 << player, Decimal(0)
            for bits, orders in _others(count, player):
                total += (worth[bits | mine] - worth[bits]) / orders
            found.append(total)
    return found


@cache
def _others(count: int, player: int) -> tuple[tuple[int, int], ...]:
    """Return the sets of the others by their bits, and what share of orders begins with each.

    One in so many: in all orders, the sets of one size stand before the player equally often.
    """
    sets = (bits for bits in range(1 << count) if not bits >> player & 1)
    return tuple((bits, count * comb(count - 1, bits.bit_count())) for bits in sets)
