"""What a reader knows of the sums behind the cells: how they hang together, as linear equations.

Every sum over the rows of a time is a sum of atoms: the rows of one set of conditions between two
neighbouring days on which any sum begins or ends. Atoms of the members of a column add up to that
of all rows, a part is never more than the whole, what stands on a day is what stood before with
what came and without what went (specification.md#small-cells).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from kpi_site.disclosure.atoms import COUNT, Axis, Quantity, Rows
from kpi_site.disclosure.book import Book
from kpi_site.sql.nodes import Node

INF = float("inf")


class Atom(NamedTuple):
    """The rows of one set of conditions in one stretch of days (its number on the axis)."""

    axis: Axis
    rows: Rows
    at: int


class Law(NamedTuple):
    """A weighted sum of atoms that a reader knows to lie between two numbers."""

    parts: tuple[tuple[Atom, float], ...]
    least: float
    most: float


class Margin(NamedTuple):
    """Sums that add up to another one."""

    parts: tuple[Quantity, ...]
    whole: Quantity


@dataclass(slots=True)
class Equations:
    """The atoms of every sum, and what holds between them."""

    atoms: dict[Quantity, tuple[Atom, ...]] = field(default_factory=dict)
    laws: list[Law] = field(default_factory=list)
    margins: list[Margin] = field(default_factory=list)


_Time = tuple[str, tuple[str, ...]]
_Covered = dict[Axis, dict[Rows, set[int]]]


def equations(book: Book) -> Equations:
    """Return how the sums in ``book`` hang together."""
    found = Equations()
    starts = _starts(book.truth)
    covered: _Covered = defaultdict(lambda: defaultdict(set))
    for quantity in book.truth:
        axis = quantity.axis
        days = starts[axis.dataset, axis.time]
        span = range(bisect_left(days, quantity.first), bisect_left(days, quantity.last + 1))
        found.atoms[quantity] = tuple(Atom(axis, quantity.rows, i) for i in span)
        covered[axis][quantity.rows].update(span)
    families = tuple(_families(book, covered))
    found.laws += (law for family in families for law in family.laws(covered))
    found.laws += _flows(covered, starts)
    found.laws += _bounded(book, covered)
    found.margins += _margins_of_members(book, families)
    found.margins += _margins_of_time(book)
    return found


def _starts(quantities: Iterable[Quantity]) -> dict[_Time, list[int]]:
    """Return the days on which any sum of a dataset's time begins, or the day after one ends."""
    found: defaultdict[_Time, set[int]] = defaultdict(set)
    for quantity in quantities:
        dataset, time = quantity.axis.dataset, quantity.axis.time
        found[dataset, time] |= {quantity.first, quantity.last + 1}
        if time[0] == "alive":
            for column in filter(None, time[1:]):
                found[dataset, ("rows", column)].add(quantity.last + 1)
    return {time: sorted(days) for time, days in found.items()}


@dataclass(frozen=True, slots=True)
class _Family:
    """The members of a column within the rows of a whole; ``all_of`` them, or some."""

    axis: Axis
    whole: Rows
    parts: tuple[Rows, ...]
    all_of: bool

    def laws(self, covered: _Covered) -> Iterator[Law]:
        """Yield that the parts add up to the whole, or come to no more."""
        known = covered[self.axis]
        for at in sorted(known[self.whole]):
            parts = [rows for rows in self.parts if at in known[rows]]
            if parts:
                exact = self.all_of and len(parts) == len(self.parts)
                terms = [(Atom(self.axis, rows, at), 1.0) for rows in parts]
                whole = (Atom(self.axis, self.whole, at), -1.0)
                yield Law((*terms, whole), 0.0 if exact else -INF, 0.0)


def _families(book: Book, covered: _Covered) -> Iterator[_Family]:
    for axis, known in covered.items():
        grouped: defaultdict[tuple[Rows, str | Node], list[Rows]] = defaultdict(list)
        for rows in known:
            for column, value in sorted(rows, key=repr):  # in the same order every time
                named: str | Node = column or value
                whole = rows - {(column, value)}
                if whole in known:
                    grouped[whole, named].append(rows)
        for (whole, named), parts in grouped.items():
            told = book.members.get((axis.dataset, axis.what, whole, named), frozenset())
            every = {whole | {(str(named), member)} for member in told} - {whole}
            all_of = bool(told) and every <= set(parts)
            yield _Family(axis, whole, tuple(parts), all_of)


def _flows(covered: _Covered, starts: dict[_Time, list[int]]) -> Iterator[Law]:
    """Yield that what stands on a day is what stood before, with what came, without what went."""
    for axis in [axis for axis in covered if axis.time[0] == "alive"]:
        _, since, until = axis.time
        came = Axis(axis.dataset, ("rows", since), axis.what)
        went = Axis(axis.dataset, ("rows", until), axis.what) if until else None
        days = starts[axis.dataset, axis.time]
        for rows, standing in covered[axis].items():
            on = sorted(standing)
            for before, after in pairwise(on):
                span = (days[before] + 1, days[after] + 1)
                plus = _between(covered, starts, came, rows, span)
                minus = _between(covered, starts, went, rows, span) if went else ()
                if plus is None and minus is None:
                    continue
                parts = [(Atom(axis, rows, after), 1.0), (Atom(axis, rows, before), -1.0)]
                parts += ((atom, -1.0) for atom in plus or ())
                parts += ((atom, 1.0) for atom in minus or ())
                yield Law(
                    tuple(parts), -INF if minus is None else 0.0, INF if plus is None else 0.0
                )


def _between(
    covered: _Covered,
    starts: dict[_Time, list[int]],
    axis: Axis,
    rows: Rows,
    span: tuple[int, int],
) -> tuple[Atom, ...] | None:
    """Return the atoms of the days from the first of ``span`` to before its last, if all are."""
    if axis not in covered or rows not in covered[axis]:
        return None
    days = starts[axis.dataset, axis.time]
    wanted = range(bisect_left(days, span[0]), bisect_left(days, span[1]))
    if not set(wanted) <= covered[axis][rows]:
        return None
    return tuple(Atom(axis, rows, at) for at in wanted)


def _bounded(book: Book, covered: _Covered) -> Iterator[Law]:
    """Yield that a sum is at least (at most) so much for each of its rows."""
    for axis in list(covered):
        bounds = book.bounds.get((axis.dataset, axis.what))
        count = Axis(axis.dataset, axis.time, COUNT)
        if bounds is None or count not in covered or axis.time[0] == "mean":
            continue
        for rows, own in covered[axis].items():
            counted = rows | bounds.counted
            for at in sorted(own & covered[count].get(counted, set())):
                total, number = Atom(axis, rows, at), Atom(count, counted, at)
                if bounds.least is not None:
                    yield Law(((total, 1.0), (number, -bounds.least)), 0.0, INF)
                if bounds.most is not None:
                    yield Law(((total, 1.0), (number, -bounds.most)), -INF, 0.0)


def _margins_of_members(book: Book, families: Iterable[_Family]) -> Iterator[Margin]:
    spans: defaultdict[tuple[Axis, Rows], list[Quantity]] = defaultdict(list)
    for quantity in book.truth:
        spans[quantity.axis, quantity.rows].append(quantity)
    for family in families:
        for whole in spans[family.axis, family.whole] if family.all_of else ():
            parts = tuple(whole._replace(rows=rows) for rows in family.parts)
            if all(part in book.truth for part in parts):
                yield Margin(parts, whole)


def _margins_of_time(book: Book) -> Iterator[Margin]:
    """Yield the shorter periods of each longer one that they make up, grain by grain."""
    known: defaultdict[tuple[Axis, Rows], list[Quantity]] = defaultdict(list)
    for quantity in book.truth:
        if quantity.axis.time[0] in {"rows", "mean"}:
            known[quantity.axis, quantity.rows].append(quantity)
    for own in known.values():
        by_grain: defaultdict[int, list[Quantity]] = defaultdict(list)
        for quantity in sorted(own, key=lambda q: q.first):
            by_grain[book.grains[quantity].rank].append(quantity)
        for rank, wholes in by_grain.items():
            for finer in (shorter for other, shorter in by_grain.items() if other < rank):
                firsts = [q.first for q in finer]
                for whole in wholes:
                    span = slice(
                        bisect_left(firsts, whole.first), bisect_left(firsts, whole.last + 1)
                    )
                    parts = tuple(q for q in finer[span] if q.last <= whole.last)
                    days = sum(q.last - q.first + 1 for q in parts)
                    if len(parts) > 1 and days == whole.last - whole.first + 1:
                        yield Margin(parts, whole)
