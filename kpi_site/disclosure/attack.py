"""What a reader can work out: the interval that the published sums leave for a hidden one.

One linear program for each question, solved by HiGHS: how large, and how small, may a hidden sum
be where every atom is at least 0 and everything published is as it is. Atoms that are published
by themselves are no variables, so that the programs are as small as what is hidden. Each answer
is a world in which every other hidden sum is something too: a sum that is seen far enough from
the truth in one of them need not be asked for.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import highspy
import numpy as np
from highspy._core import _Highs as Solver

from kpi_site.disclosure.atoms import Axis, Quantity
from kpi_site.disclosure.equations import Atom, Law

FAR: Final = 1e3  # times the largest published sum: further than any reader must be kept
_CLOSE: Final = 1e-9
_FITS: Final = 1e-6  # of the largest sum


class Unfit(Exception):  # noqa: N818 - no error: facts that do not hang together as they should
    """What is published does not fit together, so that nobody knows what it tells."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a hidden sum may lie from its true value, and which published sums say so.

    ``weights`` are by how much the bound moves with each published sum.
    """

    reach: float
    weights: Mapping[Quantity, float]


class _Line(NamedTuple):
    """A weighted sum of atoms that lies between two numbers; ``says`` it where one is published."""

    columns: tuple[int, ...]
    weights: tuple[float, ...]
    least: float
    most: float
    says: Quantity | None


@dataclass(frozen=True, slots=True)
class _Program:
    """A linear program of some unknown atoms, and the lines in which they stand."""

    solver: Solver
    position: Mapping[int, int]
    lines: tuple[_Line, ...]


class Attacker:
    """Solves for hidden sums, from those that it has learned."""

    def __init__(
        self,
        truth: Mapping[Quantity, float],
        atoms: Mapping[Quantity, Sequence[Atom]],
        laws: Iterable[Law],
    ) -> None:
        laws = tuple(laws)
        self._truth = truth
        self._scale = _scales(truth, laws)
        self._signed = self._scale.keys() - {q.axis for q in truth}
        self._signed |= {q.axis for q, value in truth.items() if value < 0}
        own = (atom for quantity in truth for atom in atoms[quantity])
        others = (atom for law in laws for atom, _ in law.parts)
        self._atoms: list[Atom] = list(dict.fromkeys((*own, *others)))
        self._numbers = {atom: i for i, atom in enumerate(self._atoms)}
        self._columns = {q: tuple(self._numbers[a] for a in atoms[q]) for q in truth}
        self._laws = [self._law(law) for law in laws]
        self._order = {quantity: i for i, quantity in enumerate(truth)}
        self._parts = np.array([c for q in truth for c in self._columns[q]], dtype=np.intp)
        self._starts = np.cumsum([0, *(len(self._columns[q]) for q in truth)])[:-1]
        self._true = np.array([self._scaled(q) for q in truth])
        self._settle(frozenset())

    def _settle(self, known: frozenset[Quantity]) -> None:
        """Know ``known`` sums, and nothing that follows from them yet."""
        self._known = known
        self._fixed: dict[int, Quantity] = {
            self._columns[q][0]: q for q in known if len(self._columns[q]) == 1
        }
        self._lines_of: Mapping[int, Sequence[_Line]] = {}
        self._programs: dict[int, _Program] = {}
        self._atom_values = np.full(len(self._atoms), np.nan)
        for column, quantity in self._fixed.items():
            self._atom_values[column] = self._scaled(quantity)
        self._furthest = {side: np.zeros(len(self._true)) for side in (1, -1)}

    def another(self) -> Attacker:
        """Return one who may learn other things."""
        return copy.copy(self)

    def _law(self, law: Law) -> _Line:
        most = max(self._scale[atom.axis] for atom, _ in law.parts)
        weights = tuple(weight * self._scale[atom.axis] / most for atom, weight in law.parts)
        numbers = tuple(self._numbers[atom] for atom, _ in law.parts)
        return _Line(numbers, weights, law.least / most, law.most / most, None)

    def _scaled(self, quantity: Quantity) -> float:
        return self._truth[quantity] / self._scale[quantity.axis]

    def learn(self, published: Iterable[Quantity]) -> None:
        """Know exactly the sums ``published``, and no others."""
        known = frozenset(published)
        if known == self._known:
            return
        self._settle(known)
        found: defaultdict[int, list[_Line]] = defaultdict(list)
        told = (
            _Line(self._columns[q], (1.0,) * len(self._columns[q]), *(self._scaled(q),) * 2, q)
            for q in self._truth
            if q in known and len(self._columns[q]) > 1
        )
        for line in (*told, *self._laws):
            for column in line.columns:
                if column not in self._fixed:
                    found[column].append(line)
        self._lines_of = found

    def fits(self) -> bool:
        """Tell whether everything that is known by itself fits together."""
        told = [
            _Line(self._columns[q], (1.0,) * len(self._columns[q]), *(self._scaled(q),) * 2, q)
            for q in self._known
        ]
        for line in (*told, *self._laws):
            if all(column in self._fixed for column in line.columns):
                total = self._settled(line)
                if not line.least - _FITS <= total <= line.most + _FITS:
                    return False
        return True

    def _settled(self, line: _Line) -> float:
        """Return what the known atoms of ``line`` come to."""
        pairs = zip(line.columns, line.weights, strict=True)
        return sum(w * self._scaled(self._fixed[c]) for c, w in pairs if c in self._fixed)

    def seen(self, quantity: Quantity, side: int) -> float:
        """Return how far ``quantity`` lies from its true value in the worlds seen so far."""
        return float(self._furthest[side][self._order[quantity]]) * self._scale[quantity.axis]

    def _remember(self, program: _Program, found: Sequence[float]) -> None:
        """Keep how far each sum lies from the truth in a world that was ``found``.

        Sums of atoms that are not in this program are left out.
        """
        world = self._atom_values.copy()
        world[np.fromiter(program.position, dtype=np.intp)] = found
        moved = np.add.reduceat(world[self._parts], self._starts) - self._true
        for side, furthest in self._furthest.items():
            np.fmax(furthest, side * moved, out=furthest)

    def extent(self, quantity: Quantity, side: int) -> Extent:
        """Return how far ``quantity`` may lie above its true value (``side`` 1) or below (-1).

        Raises ``Unfit``.
        """
        scale = self._scale[quantity.axis]
        weights: defaultdict[int | Quantity, float] = defaultdict(float)
        asked = [c for c in self._columns[quantity] if c not in self._fixed]
        best = 0.0
        for column in self._columns[quantity]:
            if column in self._fixed:
                best += side * self._scaled(self._fixed[column])
                weights[self._fixed[column]] += side
        if asked:
            program = self._program(asked)
            best += self._solve(program, asked, side, weights)
        reach = best * scale - side * self._truth[quantity]
        moved = {
            q: w * scale / self._scale[q.axis]
            for q, w in weights.items()
            if isinstance(q, Quantity) and abs(w) > _CLOSE
        }
        return Extent(max(reach, 0.0), moved)

    def _solve(
        self,
        program: _Program,
        asked: Sequence[int],
        side: int,
        weights: defaultdict[int | Quantity, float],
    ) -> float:
        """Return how large ``side`` times the sum of the atoms ``asked`` may be."""
        solver = program.solver
        at = [program.position[column] for column in asked]
        for column in at:
            solver.changeColCost(column, -float(side))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            solver.clearSolver()  # the way from the last answer led nowhere
            solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unfit
        solution = solver.getSolution()
        found, duals = -solver.getInfo().objective_function_value, solution.row_dual
        self._remember(program, solution.col_value)
        for column in at:
            solver.changeColCost(column, 0.0)
        for line, dual in zip(program.lines, duals, strict=True):
            if abs(dual) > _CLOSE:
                if line.says is not None:
                    weights[line.says] -= dual
                for column, weight in zip(line.columns, line.weights, strict=True):
                    if column in self._fixed:
                        weights[self._fixed[column]] += dual * weight
        return float(found)

    def _program(self, asked: Sequence[int]) -> _Program:
        """Return the program of all unknown atoms that have to do with those ``asked``."""
        found = self._programs.get(asked[0])
        if found is not None and all(column in found.position for column in asked):
            return found
        position: dict[int, int] = {}
        lines: dict[int, _Line] = {}
        waiting = list(asked)
        while waiting:
            column = waiting.pop()
            if column in position:
                continue
            position[column] = len(position)
            for line in self._lines_of.get(column, ()):
                if id(line) not in lines:
                    lines[id(line)] = line
                    waiting += (c for c in line.columns if c not in self._fixed)
        program = _Program(
            self._solver(position, tuple(lines.values())), position, tuple(lines.values())
        )
        self._programs |= dict.fromkeys(position, program)
        return program

    def _solver(self, position: Mapping[int, int], lines: Sequence[_Line]) -> Solver:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(position), len(lines)
        model.col_cost_ = np.zeros(len(position))
        signed = [self._atoms[column].axis in self._signed for column in position]
        model.col_lower_ = np.array([-FAR if one else 0.0 for one in signed])
        model.col_upper_ = np.full(len(position), FAR)
        settled = [self._settled(line) for line in lines]
        model.row_lower_ = np.array([x.least - s for x, s in zip(lines, settled, strict=True)])
        model.row_upper_ = np.array([x.most - s for x, s in zip(lines, settled, strict=True)])
        open_ = [
            [(position[c], w) for c, w in zip(x.columns, x.weights, strict=True) if c in position]
            for x in lines
        ]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *map(len, open_)])
        model.a_matrix_.index_ = np.array([c for x in open_ for c, _ in x], dtype=np.int32)
        model.a_matrix_.value_ = np.array([w for x in open_ for _, w in x])
        return solver(model)


def solver(model: highspy.HighsLp) -> Solver:
    """Return a quiet solver of ``model`` that always takes the same way.

    The class that HiGHS's own is built on: that one prints who it is as soon as it is made.
    """
    found = Solver()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("presolve", "off"),
    ):
        found.setOptionValue(option, value)
    found.passModel(model)
    return found


def _scales(truth: Mapping[Quantity, float], laws: Iterable[Law]) -> dict[Axis, float]:
    """Return how large the sums of each axis are: those that nothing shows as what they make up."""
    found: dict[Axis, float] = {}
    for quantity, value in truth.items():
        found[quantity.axis] = max(found.get(quantity.axis, 1.0), abs(value))
    others: dict[Axis, float] = {}
    for law in laws:
        axes = {atom.axis for atom, _ in law.parts}
        most = max((found[axis] for axis in axes if axis in found), default=1.0)
        others |= {axis: max(others.get(axis, 1.0), most) for axis in axes if axis not in found}
    return found | others
