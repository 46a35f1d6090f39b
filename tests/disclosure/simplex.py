"""An attacker of the tests' own: linear programs in exact fractions, by the simplex method.

It shares nothing with the program: dense tables of fractions and Bland's rule, no solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


def largest(cost: Sequence[int], equations: Sequence[tuple[Sequence[int], int]]) -> Fraction | None:
    """Return how large ``cost · x`` may be where ``x >= 0`` fulfils ``equations``; None: endless.

    Right sides must not be negative, and the equations must have a solution.
    """
    count, extra = len(cost), len(equations)
    table = [
        [Fraction(v) for v in left] + [Fraction(i == j) for j in range(extra)] + [Fraction(right)]
        for i, (left, right) in enumerate(equations)
    ]
    basis = [count + i for i in range(extra)]
    # first make the artificial variables 0, then never let them in again
    start = [Fraction(0)] * count + [Fraction(-1)] * extra
    assert _climb(table, basis, start, count + extra)
    assert all(table[i][-1] == 0 for i, b in enumerate(basis) if b >= count), "no solution"
    for i in range(extra):
        if basis[i] >= count:
            entering = next((j for j in range(count) if table[i][j] != 0), None)
            if entering is not None:
                _pivot(table, basis, i, entering)
    kept = [i for i in range(extra) if basis[i] < count]
    table, basis = [table[i] for i in kept], [basis[i] for i in kept]
    goal = [Fraction(v) for v in cost] + [Fraction(0)] * extra
    if not _climb(table, basis, goal, count):
        return None
    return sum((goal[b] * table[i][-1] for i, b in enumerate(basis)), Fraction(0))


def _climb(table: list[Row], basis: list[int], goal: Sequence[Fraction], width: int) -> bool:
    """Improve until nothing is better; False if there is no end to it."""
    while True:
        gains = (
            goal[j] - sum(goal[b] * table[i][j] for i, b in enumerate(basis)) for j in range(width)
        )
        entering = next((j for j, gain in enumerate(gains) if gain > 0), None)
        if entering is None:
            return True
        rows = [i for i in range(len(table)) if table[i][entering] > 0]
        if not rows:
            return False
        leaving = min(rows, key=lambda i: (table[i][-1] / table[i][entering], basis[i]))
        _pivot(table, basis, leaving, entering)


def _pivot(table: list[Row], basis: list[int], row: int, column: int) -> None:
    divisor = table[row][column]
    table[row] = [v / divisor for v in table[row]]
    for i, other in enumerate(table):
        if i != row and other[column]:
            factor = other[column]
            table[i] = [a - factor * b for a, b in zip(other, table[row], strict=True)]
    basis[row] = column
