"""Other worlds in which everything published is as it is, found by HiGHS, checked in whole numbers.

What a linear program proposes is in floating point. Each of its numbers is taken as the fraction
near it, all are brought to one denominator, and the world counts only if every line holds exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

import highspy
import numpy as np

_DENOMINATORS: Final = (5000, 100_000, 5_000_000)
_WHOLE: Final = 1e-8
_WORD: Final = 2**62


class Line(NamedTuple):
    """A weighted sum of unknowns that lies between two numbers."""

    weights: Mapping[int, int]
    least: int | None
    most: int | None


class World(NamedTuple):
    """What the unknowns are: ``parts``, each of them divided by ``whole``."""

    parts: Sequence[int]
    whole: int

    def total(self, weights: Mapping[int, int]) -> Fraction:
        """Return what a weighted sum of them comes to."""
        return Fraction(sum(w * self.parts[i] for i, w in weights.items()), self.whole)


class Worlds:
    """All worlds in which ``lines`` hold, of ``width`` unknowns, none of them below 0."""

    def __init__(self, width: int, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._matrix = np.zeros((len(lines), width), dtype=np.int64)
        for at, line in enumerate(lines):
            for i, weight in line.weights.items():
                self._matrix[at, i] = weight
        self._most = int(np.abs(self._matrix).max(initial=1)) * width
        ends = [[(i, x) for i, x in enumerate(own) if x is not None]
                for own in ([x.least for x in lines], [x.most for x in lines])]  # fmt: skip
        self._ends = [([i for i, _ in own], np.array([x for _, x in own])) for own in ends]
        self._solver = highspy._core._Highs()
        for name, option in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self._solver.setOptionValue(name, option)
        self._solver.passModel(_model(self._matrix, lines))

    def furthest(self, goal: Mapping[int, int], end: Fraction) -> World:
        """Return the world in which ``goal`` is largest, but not above ``end``: the truth is one.

        Raises AssertionError where what the linear program proposes does not hold exactly.
        """
        index = np.array([*goal], dtype=np.int32)
        weights = np.array([*goal.values()], dtype=float)
        self._solver.addRow(-highspy.kHighsInf, float(end), len(index), index, weights)
        self._solver.changeColsCost(len(index), index, -weights)
        found = self._solved()
        self._solver.changeColsCost(len(index), index, np.zeros(len(index)))
        self._solver.deleteRows(1, np.array([len(self._lines)], dtype=np.int32))
        for most in _DENOMINATORS:
            world = _near(found, most)
            if self.holds(world):
                return world
        raise AssertionError("no world: the solver was not exact enough")

    def _solved(self) -> list[float]:
        """Return the best world; from nothing where the way from the last one leads nowhere."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()
            self._solver.run()
        assert self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return [*self._solver.getSolution().col_value]

    def holds(self, world: World) -> bool:
        """Tell whether every line does in ``world``, exactly."""
        if min(world.parts, default=0) < 0:
            return False
        fits = max(max(world.parts, default=0), world.whole) * self._most < _WORD
        parts = np.array(world.parts, dtype=np.int64 if fits else object)
        found = (self._matrix if fits else self._matrix.astype(object)) @ parts
        (low, least), (high, most) = self._ends
        whole = world.whole if fits else np.array(world.whole, dtype=object)
        return bool((found[low] >= least * whole).all() and (found[high] <= most * whole).all())


def _near(found: Sequence[float], most: int) -> World:
    """Return a world of fractions near ``found``, none with a denominator above ``most``."""
    near = [
        Fraction(round(x)) if abs(x - round(x)) < _WHOLE else Fraction(x).limit_denominator(most)
        for x in found
    ]
    whole = lcm(*(x.denominator for x in near))
    return World([x.numerator * (whole // x.denominator) for x in near], whole)


def _model(matrix: np.ndarray, lines: Sequence[Line]) -> highspy.HighsLp:
    """Return the linear program: the unknowns, and the lines they stand in."""
    model = highspy.HighsLp()
    rows, width = matrix.shape
    model.num_col_, model.num_row_ = width, rows
    model.col_cost_ = np.zeros(width)
    model.col_lower_, model.col_upper_ = np.zeros(width), np.full(width, 1e6)
    endless = highspy.kHighsInf
    model.row_lower_ = np.array([-endless if x.least is None else float(x.least) for x in lines])
    model.row_upper_ = np.array([endless if x.most is None else float(x.most) for x in lines])
    at, index = np.nonzero(matrix)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = width, rows
    model.a_matrix_.start_ = np.searchsorted(at, np.arange(rows + 1)).astype(np.int32)
    model.a_matrix_.index_ = index.astype(np.int32)
    model.a_matrix_.value_ = matrix[at, index].astype(float)
    return model
