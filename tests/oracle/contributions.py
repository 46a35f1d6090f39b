"""Another implementation of why figures change, from published rows alone, on fractions.

Written from the rule, not from the program: the Shapley value goes through every order of the
terms, and what is a ratio is seen in the text of the formula.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations
from typing import TypeGuard

from tests.oracle import arith
from tests.oracle.arith import Outcome

Rows = Sequence[Mapping[str, str]]
Key = tuple[str, str, str, str, str]  # period, against, kind, dimension, member or term
Part = tuple[Fraction, Fraction]  # above and below the line


@dataclass(frozen=True)
class Card:
    """A card as it is written: the formula, and what each term that counts rows counts.

    ``additive`` names the terms whose members add up to the whole.
    """

    formula: str
    values: Mapping[str, str]
    additive: frozenset[str]


def year_before(label: str) -> str:
    """Return the label a year earlier."""
    found = f"{int(label[:4]) - 1}{label[4:]}"
    return found.replace("-02-29", "-02-28")


class Oracle:
    """One card's rows of ``values.csv`` and ``terms.csv``, at its cycle."""

    def __init__(self, card: Card, values: Rows, terms: Rows) -> None:
        self.card = card
        self.tree = arith.parse(card.formula)
        self.plain = all(map(_plain, ast.walk(self.tree)))
        self.whole = {r["period"]: r for r in values if not r["dimension"]}
        self.cells: dict[tuple[str, str, str], dict[str, Outcome]] = {}
        self.rows: dict[tuple[str, str, str], int] = {}
        for row in values:
            self.cells[_where(row)] = {}
            self.rows[_where(row)] = int(row["n"] or 0)
        for row in terms:
            value = Fraction(row["value"]) if row["value"] else "no_data"
            self.cells[_where(row)][row["term"]] = value

    def of(self, period: str) -> dict[Key, Fraction]:
        """Return every contribution to the changes up to ``period``."""
        found: dict[Key, Fraction] = {}
        before = {b: a for a, b in pairwise(self.whole)}.get(period)
        for against, old in (("previous", before), ("year", year_before(period))):
            if {self._state(old), self._state(period)} != {"ok"}:
                continue
            for name, share in self._terms(str(old), period).items():
                found[period, against, "term", "", name] = share
            for dimension in dict.fromkeys(d for d, *_ in self.cells if d):
                for kind, name, share in self._members(dimension, str(old), period):
                    found[period, against, kind, dimension, name] = share
        return found

    def counts_all_rows(self, period: str) -> bool:
        """Tell whether a mean is of all rows of every member: else ``n`` is no weight of it."""
        for dimension in dict.fromkeys(d for d, *_ in self.cells if d):
            places = [(d, m) for d, m, p in self.cells if d == dimension and p == period]
            parts = [self._part(d, m, period) for d, m in places]
            whole = self._part("", "", period)
            top = sum((part[0] for part in parts if part), Fraction(0))
            if whole and abs(top - whole[0]) > Fraction(1, 10**9) * abs(whole[0]):
                return False
        return True

    def _state(self, period: str | None) -> str:
        return self.whole[period]["state"] if period in self.whole else "missing"

    def _formula(self, given: Mapping[str, Outcome]) -> Outcome:
        return arith.evaluate_tree(self.tree, given)

    def _terms(self, old: str, new: str) -> dict[str, Fraction]:
        names = arith.names(self.card.formula)
        if len(names) > 7:
            return {}
        then, now = self.cells["", "", old], self.cells["", "", new]
        orders = list(permutations(names))
        total = dict.fromkeys(names, Fraction(0))
        for order in orders:
            mixed = dict(then)
            for name in order:
                before = self._formula(mixed)
                mixed[name] = now[name]
                after = self._formula(mixed)
                if isinstance(before, str) or isinstance(after, str):
                    return {}
                total[name] += after - before
        return {name: gained / len(orders) for name, gained in total.items()}

    def _members(self, dimension: str, old: str, new: str) -> list[tuple[str, str, Fraction]]:
        names = [m for d, m, p in self.cells if d == dimension and p == new]
        if self._linear():
            return list(self._changes(dimension, names, old, new))
        sides = (old, new)
        pair = _both(self._part("", "", period) for period in sides)
        parts = {m: _both(self._part(dimension, m, period) for period in sides) for m in names}
        known = {m: own for m, own in parts.items() if own is not None}
        if pair is None or len(known) < len(parts):
            return []
        if any(top and not below for own in known.values() for top, below in own):
            return []
        return list(_effects(pair, known))

    def _linear(self) -> bool:
        """Tell whether the formula is a sum of terms that add up, times numbers."""
        divides = any(_divides(n) for n in ast.walk(self.tree))
        names = arith.names(self.card.formula)
        return self.plain and not divides and all(n in self.card.additive for n in names)

    def _changes(
        self, dimension: str, names: list[str], old: str, new: str
    ) -> Iterator[tuple[str, str, Fraction]]:
        for member in names:
            sides = [self._formula(self.cells[dimension, member, p]) for p in (old, new)]
            then, now = (Fraction(0) if isinstance(side, str) else side for side in sides)
            if not all(isinstance(side, str) for side in sides):
                yield "member", member, now - then

    def _part(self, dimension: str, member: str, period: str) -> Part | None:
        """Return what is above and below the line; None where the formula is no ratio."""
        cells = self.cells[dimension, member, period]
        names = arith.names(self.card.formula)
        value = self._formula(cells)
        if len(names) == 1 and self.card.values.get(names[0], "").startswith("AVG("):
            weight = Fraction(self.rows[dimension, member, period])
            return (
                (Fraction(0), Fraction(0)) if isinstance(value, str) else (value * weight, weight)
            )
        quotients = [n for n in ast.walk(self.tree) if _divides(n)]
        if len(quotients) != 1 or not self.plain or not set(names) <= self.card.additive:
            return None
        bottom = arith.evaluate_tree(quotients[0].right, cells)
        if isinstance(bottom, str) or bottom == 0:
            above = arith.evaluate_tree(quotients[0].left, cells)
            return (Fraction(0) if isinstance(above, str) else above), Fraction(0)
        assert not isinstance(value, str), (dimension, member, period)
        return value * bottom, bottom


def _plain(node: ast.AST) -> bool:
    """Tell whether ``node`` is arithmetic of terms and numbers alone."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "d_"
    return isinstance(node, _PLAIN)


def _both(parts: Iterable[Part | None]) -> tuple[Part, Part] | None:
    """Return a part in both periods, if it is one in both."""
    old, new = parts
    return None if old is None or new is None else (old, new)


_PLAIN = (
    ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub,
)  # fmt: skip


def _divides(node: ast.AST) -> TypeGuard[ast.BinOp]:
    """Tell whether ``node`` divides by something else than a number."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
        return False
    return not isinstance(node.right, ast.Call)


def _effects(
    pair: tuple[Part, Part], parts: Mapping[str, tuple[Part, Part]]
) -> Iterator[tuple[str, str, Fraction]]:
    """Yield the rule's own two lines for each member."""
    (a0, b0), (a1, b1) = pair
    rate0, rate1 = a0 / b0, a1 / b1
    for name, ((top0, below0), (top1, below1)) in parts.items():
        if not below0 and not below1:
            continue
        w0, w1 = below0 / b0, below1 / b1
        r0 = top0 / below0 if below0 else top1 / below1
        r1 = top1 / below1 if below1 else top0 / below0
        yield "rate", name, (r1 - r0) * (w0 + w1) / 2
        yield "mix", name, (w1 - w0) * ((r0 + r1) / 2 - (rate0 + rate1) / 2)


def _where(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["dimension"], row["member"], row["period"]


def adds_up(term: str) -> bool:
    """Tell whether the aggregates of a term's text are sums and counts, and only added."""
    bare = re.sub(r"FILTER *\(WHERE.*\)|SUM\(.*?\)|COUNT\((?!DISTINCT).*?\)", "", term)
    return not re.search(r"[A-Z/]|\* *[a-z]", bare)
