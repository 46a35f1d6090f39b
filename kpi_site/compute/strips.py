"""Strips: one term's operands over the periods of a grain, for the whole or one member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_site.catalog import BalanceTerm, StockTerm
from kpi_site.compute.plan import TermPlan
from kpi_site.compute.spans import Coverage, Timeline, facts_state, reach
from kpi_site.engine.atoms import Atom, Partial, slot
from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.cube import WHOLE, bucket_number
from kpi_site.engine.polars_engine import Answers
from kpi_site.engine.rows import Reach
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Period
from kpi_site.results import State

# Earlier than every bucket: a stock counts all rows that began by its day.
_ALWAYS = -(10**9)


@dataclass(frozen=True, slots=True)
class Strip:
    """Operands, whether each is provisional, and rows counted, one per period.

    ``covered`` is the position of the first period that the dataset's facts reach: a lag
    that leads before it has no base.
    """

    values: list[Operand]
    provisional: list[bool]
    n: list[int | None]
    covered: int = 0


@dataclass(frozen=True, slots=True)
class TermView:
    """A planned term at one grain: the same for the whole and for every member."""

    plan: TermPlan
    answers: Answers
    reaches: tuple[Reach, ...]
    states: tuple[State | None, ...]
    balance: BalanceRequest | None

    def members(self, dimension: str) -> set[str]:
        """Return the members that the term's rows have for a dimension of the card."""
        column = self.plan.dimensions.get(dimension)
        if column is None:
            return set()
        if self.balance is not None:
            keys = self.answers.balances[self.balance].times
            return {member for name, member in keys if name == column}
        return set(self.answers.grids[self.plan.sources[0], column].members(self.plan.rows))

    def strip(self, dimension: str, member: str) -> Strip:
        """Return the term's strip for one member of a dimension, or the whole (both empty)."""
        column = self.plan.dimensions[dimension] if dimension else WHOLE
        if self.balance is not None:
            values, rows = self._balances(self.answers.balances[self.balance], column, member)
        else:
            values, rows = self._folded(column, member)
        return self._judged(values, rows)

    def _judged(self, values: Sequence[Operand], rows: Sequence[int]) -> Strip:
        """Apply what the dataset's coverage says, and the unit of durations."""
        factor = self.plan.factor
        scaled = values if factor == 1 else [_times(value, factor) for value in values]
        missing = State.NO_DATA
        states = self.states
        uncovered = [state is missing for state in states]
        return Strip(
            values=[missing if hidden else v for v, hidden in zip(scaled, uncovered, strict=True)],
            provisional=[state is State.PROVISIONAL for state in states],
            n=list(rows),
            covered=uncovered.index(False) if False in uncovered else len(uncovered),
        )

    def _balances(
        self, balances: Balances, column: str, member: str
    ) -> tuple[list[Operand], list[int]]:
        values: list[Operand] = []
        rows: list[int] = []
        for days in self.reaches:
            snapshot = balances.on(column, member, days.last)
            atoms = snapshot.values if snapshot else tuple(_of_none(a) for a in self.plan.atoms)
            n = snapshot.rows if snapshot else 0
            values.append(self._joined(atoms, n))
            rows.append(n)
        return values, rows

    def _folded(self, column: str, member: str) -> tuple[list[Operand], list[int]]:
        rows = [count or 0 for count in self._partial(self.plan.rows, column, member)]
        if self.plan.arithmetic is None:
            return self._atom(self.plan.atoms[0], column, member), rows
        columns = [self._atom(atom, column, member) for atom in self.plan.atoms]
        values = [self._joined(atoms, n) for *atoms, n in zip(*columns, rows, strict=True)]
        return values, rows

    def _joined(self, atoms: Sequence[Operand], n: int) -> Operand:
        """Return the term's value from its atoms; nothing at all is told as ``no_data``."""
        if self.plan.arithmetic is None:
            return atoms[0]
        value = self.plan.arithmetic({slot(i): atom for i, atom in enumerate(atoms)})
        return State.NO_DATA if isinstance(value, State) and not n else value

    def _atom(self, atom: Atom, column: str, member: str) -> list[Operand]:
        if self.plan.by_rows(atom):
            found = self.answers.rows[self.plan.rows_request(atom, self.reaches)]
            keys = ((column, member, i) for i in range(len(self.reaches)))
            return [atom.holistic_value(found.get(key)) for key in keys]
        parts = [self._partial(partial, column, member) for partial in atom.partials]
        return [atom.value(values) for values in zip(*parts, strict=True)]

    def _partial(self, partial: Partial, column: str, member: str) -> Sequence[int | None]:
        stock = isinstance(self.plan.term, StockTerm)
        begun, *ended = self.plan.sources
        spans = [
            (
                _ALWAYS if stock else bucket_number(days.first, begun.bucket),
                bucket_number(days.last, begun.bucket),
            )
            for days in self.reaches
        ]
        counted = self.answers.grids[begun, column].spans(member, partial, spans)
        if not ended:
            return counted
        gone = self.answers.grids[ended[0], column].spans(member, partial, spans)
        return [(all_ or 0) - (out or 0) for all_, out in zip(counted, gone, strict=True)]


def view(
    plan: TermPlan,
    answers: Answers,
    periods: Sequence[Period],
    timeline: Timeline,
    coverage: Coverage,
    balance: BalanceRequest | None,
) -> TermView:
    """Return ``plan`` looked at in ``periods`` (all of one grain)."""
    term = plan.term
    return TermView(
        plan=plan,
        answers=answers,
        reaches=tuple(reach(term, period, timeline) for period in periods),
        states=tuple(facts_state(term, period, timeline, coverage) for period in periods),
        balance=balance if isinstance(term, BalanceTerm) else None,
    )


def _times(value: Operand, factor: object) -> Operand:
    return value if isinstance(value, State) else value * factor  # type: ignore[operator]


def _of_none(atom: Atom) -> Operand:
    """Return the atom's value over no rows at all."""
    if atom.holistic:
        return atom.holistic_value(None)
    empty = tuple(None if p.kind in {"min", "max"} else 0 for p in atom.partials)
    return atom.value(empty)
