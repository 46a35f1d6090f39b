"""What each member of a dimension adds to a change: its own, or its rate and its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

from kpi_site.contributions.parts import Contribution
from kpi_site.exact import EXACT
from kpi_site.formula.evaluate import Evaluator, Operand, compile_node
from kpi_site.results import Apart, Cell, Series, State
from kpi_site.sql.nodes import Column, Node, columns

_NOTHING: Final = Decimal(0)
_HALF: Final = Decimal("0.5")


class Unsplit(Exception):  # noqa: N818 - no error: a pair of periods that stays whole
    """A pair of periods that cannot be taken apart by the members of a dimension."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over members as a function of the terms of one series."""

    formula: Evaluator | None  # None: the one term itself
    cells: tuple[tuple[str, Sequence[Cell]], ...]

    def at(self, i: int) -> Operand:
        """Return the sum in the period at position ``i``, or why there is none."""
        if self.formula is None:
            return _operand(self.cells[0][1][i])
        return self.formula({name: _operand(cells[i]) for name, cells in self.cells})


def _operand(cell: Cell) -> Operand:
    return cell.state if cell.value is None else cell.value


@dataclass(frozen=True, slots=True)
class Sums:
    """The two sums of a ratio, of the whole or of one member."""

    top: Sum
    bottom: Sum


def sums_of(apart: Apart, series: Series) -> Sums | None:
    """Return the sums of a ratio; None where the series lacks a term of them."""
    if apart.bottom is None:
        return None
    top, bottom = _sum(apart.top, series), _sum(apart.bottom, series)
    return Sums(top, bottom) if top and bottom else None


def _sum(node: Node, series: Series) -> Sum | None:
    names = dict.fromkeys(column.name for column in columns(node))
    found = [(name, series.terms.get(name) or series.bases.get(name)) for name in names]
    cells = tuple((name, own) for name, own in found if own is not None)
    formula = None if isinstance(node, Column) else compile_node(node)
    return Sum(formula, cells) if len(cells) == len(names) else None


def own_changes(members: Sequence[Series], before: int, at: int) -> list[Contribution]:
    """Return each member's own change; one without rows in a period has nothing there.

    Raises ``Unsplit`` where a member may not be seen.
    """
    found: list[Contribution] = []
    for series in members:
        old, new = series.results[before], series.results[at]
        if State.SUPPRESSED in {old.state, new.state}:
            raise Unsplit
        if old.value is None and new.value is None:
            continue
        change = EXACT.subtract(new.value or _NOTHING, old.value or _NOTHING)
        found.append(Contribution("member", series.key.member, change))
    return found


_Part = tuple[Decimal, Decimal]
"""A member's ratio, and its share of what is below the line."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """The whole of a ratio and the members that it is mixed of, period by period.

    What a period is mixed of is worked out once, and compared with several others.
    """

    whole: Sums
    names: tuple[str, ...]
    members: tuple[Sums, ...]
    known: dict[int, tuple[Decimal, list[_Part | None]] | None] = field(default_factory=dict)

    def effects(self, before: int, at: int) -> list[Contribution]:
        """Return the rate effect and the mix effect of each member.

        Rules: specification.md#contributions. Raises ``Unsplit`` where a member has something
        above the line and nothing below it, or may not be seen.
        """
        rate_0, old = self._mixed(before)
        rate_1, new = self._mixed(at)
        found: list[Contribution] = []
        with localcontext(EXACT):
            usual = (rate_0 + rate_1) * _HALF
            for name, was, is_ in zip(self.names, old, new, strict=True):
                there = was or is_
                if there is None:
                    continue
                own_0, weight_0 = was or (there[0], _NOTHING)
                own_1, weight_1 = is_ or (own_0, _NOTHING)
                rate = (own_1 - own_0) * ((weight_0 + weight_1) * _HALF)
                mix = (weight_1 - weight_0) * ((own_0 + own_1) * _HALF - usual)
                found.append(Contribution("rate", name, rate))
                found.append(Contribution("mix", name, mix, (weight_0, weight_1)))
        return found

    def _mixed(self, at: int) -> tuple[Decimal, list[_Part | None]]:
        if at not in self.known:
            try:
                self.known[at] = self._mix(at)
            except Unsplit:
                self.known[at] = None
        found = self.known[at]
        if found is None:
            raise Unsplit
        return found

    def _mix(self, at: int) -> tuple[Decimal, list[_Part | None]]:
        """Return the whole's ratio, and each member's part; None for one that is absent."""
        top, bottom = self.whole.top.at(at), self.whole.bottom.at(at)
        if isinstance(top, State) or isinstance(bottom, State) or not bottom:
            raise Unsplit
        base = Decimal(bottom)
        parts = [_part(sums, at, base) for sums in self.members]
        return EXACT.divide(Decimal(top), base), parts


def _part(sums: Sums, at: int, base: Decimal) -> _Part | None:
    top, bottom = sums.top.at(at), sums.bottom.at(at)
    if State.SUPPRESSED in {top, bottom}:
        raise Unsplit
    if isinstance(bottom, State) or not bottom:
        if isinstance(top, State) or not top:
            return None
        raise Unsplit
    if isinstance(top, State):
        raise Unsplit
    return EXACT.divide(Decimal(top), Decimal(bottom)), EXACT.divide(Decimal(bottom), base)
