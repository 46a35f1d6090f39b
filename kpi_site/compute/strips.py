"""Strips: one term's operands over the periods of a grain, for the whole or one member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kpi_site.catalog import RowTerm
from kpi_site.compute.averages import Levels, every_day, is_average, runs_of
from kpi_site.compute.plan import TermPlan
from kpi_site.compute.spans import Coverage, Stretch, facts_state, reach
from kpi_site.engine.atoms import slot
from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.cube import WHOLE, day_of
from kpi_site.engine.grid import Grid, GridPart
from kpi_site.engine.rows import Reach
from kpi_site.engine.seam import Answers
from kpi_site.exact import EXACT, settled
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Calendar
from kpi_site.results import State

# Earlier than every bucket: what is alive counts all rows that began by its day.
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
    _settled: dict[bool, list[Decimal | None]] = field(default_factory=dict, compare=False)

    def settled(self, *, exact: bool) -> list[Decimal | None]:
        """Return the values as they are published, None where there is none."""
        if exact not in self._settled:
            self._settled[exact] = settled_all(self.values, exact=exact)
        return self._settled[exact]


def settled_all(values: Sequence[Operand], *, exact: bool) -> list[Decimal | None]:
    """Return the numbers among ``values`` as they are published, None for the others."""
    return [None if isinstance(v, State) else settled(Decimal(v), exact=exact) for v in values]


@dataclass(frozen=True, slots=True)
class TermView:
    """A planned term in some periods of one grain: for the whole and for every member.

    ``runs`` are, for a mean, the days over which each period's is taken.
    """

    plan: TermPlan
    answers: Answers
    reaches: tuple[Reach, ...]
    states: tuple[State | None, ...]
    covered: int
    balance: BalanceRequest | None
    spans: tuple[tuple[int, int], ...]
    runs: tuple[tuple[Reach, ...], ...] | None = None
    cubes: dict[str, tuple[_Cube, ...]] = field(default_factory=dict)

    def members(self, dimension: str) -> set[str]:
        """Return the members that the term's rows have for a dimension of the card."""
        column = self.plan.dimensions.get(dimension)
        if column is None:
            return set()
        if self.balance is not None:
            return self.answers.balances[self.balance].members(column)
        return set(self.answers.grids[self.plan.sources[0], column].members(self.plan.rows))

    def strip(self, dimension: str, member: str) -> Strip:
        """Return the term's strip for one member of a dimension, or the whole (both empty)."""
        column = self.plan.dimensions[dimension] if dimension else WHOLE
        if self.runs is not None:
            levels = self._levels(column, member)
            means = [levels.mean(runs) for runs in self.runs]
            values, rows = [value for value, _ in means], [most for _, most in means]
        elif self.balance is not None:
            values, rows = self._balances(self.answers.balances[self.balance], column, member)
        else:
            values, rows = self.folded(column, member)
        return self._judged(values, rows)

    def _judged(self, values: Sequence[Operand], rows: Sequence[int]) -> Strip:
        """Apply what the dataset's coverage says, and the unit of durations."""
        unit = self.plan.per_unit
        scaled = values if unit is None else [_converted(value, unit) for value in values]
        missing = State.NO_DATA
        states = self.states
        uncovered = [state is missing for state in states]
        return Strip(
            values=[missing if hidden else v for v, hidden in zip(scaled, uncovered, strict=True)],
            provisional=[state is State.PROVISIONAL for state in states],
            n=list(rows),
            covered=self.covered,
        )

    def _levels(self, column: str, member: str) -> Levels:
        """Return the term's value on each day on which it may change."""
        if self.balance is not None:
            found = self.answers.balances[self.balance].by_day(column, member)
            values = [self._joined(one.values) for one in found.values()]
            return Levels([*found], values, [one.rows for one in found.values()])
        if any(map(self.plan.by_rows, self.plan.atoms)):
            reaches = self.reaches  # every day
        else:
            grids = (self.answers.grids[source, column] for source in self.plan.sources)
            changes = {day_of(n) for grid in grids for n in grid.changes(member)}
            changes |= {days.last for days in self.reaches[:1]}  # nothing alive is a level too
            reaches = tuple(Reach(day, day) for day in sorted(changes))
        spans = tuple(_spans(self.plan, reaches))
        on_days = replace(self, reaches=reaches, spans=spans, runs=None, cubes={})
        values, rows = on_days.folded(column, member)
        return Levels([days.last for days in reaches], values, rows)

    def _balances(
        self, balances: Balances, column: str, member: str
    ) -> tuple[list[Operand], list[int]]:
        """Return what stood on each day; before the first balance there is none to tell."""
        found = [balances.on(column, member, days.last) for days in self.reaches]
        values = [State.NO_DATA if one is None else self._joined(one.values) for one in found]
        return values, [0 if one is None else one.rows for one in found]

    def folded(self, column: str, member: str) -> tuple[list[Operand], list[int]]:
        """Return the term's value in each of the reaches, and its rows."""
        cubes = self._cubes(column)
        rows = [count or 0 for count in _net(cubes, 0, member)]
        columns = self._atoms(cubes, column, member)
        values = columns[0]
        if self.plan.arithmetic is not None:
            values = [self._joined(atoms) for atoms in zip(*columns, strict=True)]
        for place in range(len(cubes[0].parts) - len(self.plan.begun), len(cubes[0].parts)):
            begun = cubes[0].fold(place, member)
            values = [v if any_ else State.NO_DATA for v, any_ in zip(values, begun, strict=True)]
        return values, rows

    def _joined(self, atoms: Sequence[Operand]) -> Operand:
        """Return the term's value from its atoms."""
        if self.plan.arithmetic is None:
            return atoms[0]
        return self.plan.arithmetic({slot(i): atom for i, atom in enumerate(atoms)})

    def _atoms(self, cubes: Sequence[_Cube], column: str, member: str) -> list[list[Operand]]:
        """Return the values of each atom in the reaches."""
        found: list[list[Operand]] = []
        place = 1
        for atom in self.plan.atoms:
            count = len(atom.partials)
            if not self.reaches:
                found.append([])
            elif self.plan.by_rows(atom):
                held = self.answers.rows[self.plan.rows_request(atom, self.reaches)]
                keys = ((column, member, i) for i in range(len(self.reaches)))
                found.append([atom.holistic_value(held.get(key)) for key in keys])
            else:
                parts = [_net(cubes, at, member) for at in range(place, place + count)]
                found.append([atom.value(values) for values in zip(*parts, strict=True)])
            place += count
        return found

    def _cubes(self, column: str) -> tuple[_Cube, ...]:
        """Return what the term takes from the cube of each of its sources, for one dimension.

        All members take the same: it is looked up once.
        """
        if column not in self.cubes:
            partials = [self.plan.rows]
            partials += [one for atom in self.plan.atoms for one in atom.partials]
            partials += self.plan.begun
            grids = [self.answers.grids[source, column] for source in self.plan.sources]
            self.cubes[column] = tuple(
                _Cube(grid, tuple(map(grid.part, partials)), grid.clip(self.spans))
                for grid in grids
            )
        return self.cubes[column]


@dataclass(frozen=True, slots=True)
class _Cube:
    """What a term takes from one cube: its rows, its atoms' partials, and what has begun."""

    grid: Grid
    parts: tuple[GridPart | None, ...]
    clipped: Sequence[tuple[int, int]]

    def fold(self, place: int, member: str) -> Sequence[int | None]:
        part = self.parts[place]
        assert part is not None
        return self.grid.fold_part(member, part, self.clipped)


def _net(cubes: Sequence[_Cube], place: int, member: str) -> Sequence[int | None]:
    """Return a partial over each span: what has begun without what has ended."""
    begun, *ended = (cube.fold(place, member) for cube in cubes)
    if not ended:
        return begun
    return [(all_ or 0) - (gone or 0) for all_, gone in zip(begun, ended[0], strict=True)]


def view(
    plan: TermPlan,
    answers: Answers,
    stretches: Sequence[Stretch],
    calendar: Calendar,
    coverage: Coverage,
    balance: BalanceRequest | None,
    through: date,
) -> TermView:
    """Return ``plan`` looked at in ``stretches`` (of one grain, oldest first)."""
    term = plan.term
    runs = None
    if is_average(term):
        assert not isinstance(term, RowTerm)
        runs = tuple(runs_of(term, stretch, calendar, coverage.first) for stretch in stretches)
        reaches = every_day(coverage.first, through)
    else:
        reaches = tuple(reach(term, stretch, calendar) for stretch in stretches)
    return TermView(
        plan=plan,
        answers=answers,
        reaches=reaches,
        states=tuple(facts_state(term, stretch, calendar, coverage) for stretch in stretches),
        covered=sum(coverage.before(stretch) for stretch in stretches),
        balance=balance,
        spans=tuple(_spans(plan, reaches)),
        runs=runs,
    )


def _spans(plan: TermPlan, reaches: Sequence[Reach]) -> Iterator[tuple[int, int]]:
    """Yield the buckets of each reach; a stock counts all rows that began by its day."""
    if plan.sources:
        source, alive = plan.sources[0], plan.alive
        for days in reaches:
            yield _ALWAYS if alive else source.number(days.first), source.number(days.last)


def _converted(value: Operand, unit: Decimal) -> Operand:
    return value if isinstance(value, State) else EXACT.divide(value, unit)
