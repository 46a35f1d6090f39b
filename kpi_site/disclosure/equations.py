"""What a reader knows of the sums behind the cells: how they hang together, as linear equations.

Every sum over the rows of a time is a sum of atoms: the rows of one set of conditions between two
neighbouring days on which any sum begins or ends. Atoms of the members of a column add up to that
of all rows, a part is never more than the whole, what stands on a day is what stood before with
what came and without what went (specification.md#small-cells).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from kpi_site.disclosure.atoms import Axis, Quantity
from kpi_site.disclosure.book import Book
from kpi_site.disclosure.kinds import Family, families
from kpi_site.disclosure.sums import COUNT, Rows, most_off

INF = float("inf")
_DAYS = 10_000_000  # more than any day's number


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
        if not axis.adds:
            found.atoms[quantity] = (_once(quantity),)
            continue
        found.atoms[quantity] = own = _atoms_of(quantity, starts)
        covered[axis][quantity.rows].update(atom.at for atom in own)
    shown = frozenset(covered)
    found.laws += _read_apart(book, covered, starts)
    _count_bounded(book, covered)
    made_up = tuple(_families(book, covered))
    found.laws += _distinct(book, covered, starts)
    found.laws += (law for axis, one in made_up for law in _add_up(book, axis, one, covered[axis]))
    found.laws += _never_below_nothing(book, covered, shown)
    found.laws += _flows(covered, starts)
    found.laws += _bounded(book, covered)
    found.laws += (law for axis, one in made_up for law in _rest_bounded(book, axis, one, covered))
    found.margins += _margins_of_members(book, made_up)
    found.margins += _margins_of_time(book, [q for q in book.truth if q.axis.adds])
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


def _read_apart(book: Book, covered: _Covered, starts: dict[_Time, list[int]]) -> Iterator[Law]:
    """Yield that sums of several things are made of plain sums, which join those ``covered``."""
    for axis in [axis for axis in covered if axis.pieces]:
        for rows, span in covered[axis].items():
            parts = tuple(_parts(book, axis, rows))
            for one, own, _ in parts:
                covered[one][own].update(span)
            for at in sorted(span):
                plain = ((Atom(one, own, at), -weight) for one, own, weight in parts)
                yield Law(((Atom(axis, rows, at), 1.0), *plain), 0.0, 0.0)
    for quantity in [q for q in book.truth if q.axis.pieces and not q.axis.adds]:
        atoms = [(_once(quantity), 1.0)]
        for one, own, weight in _parts(book, quantity.axis, quantity.rows):
            part = Quantity(one, own, quantity.first, quantity.last)
            found = _atoms_of(part, starts) if one.adds else (_once(part),)
            covered[one][own].update(atom.at for atom in found)
            atoms += ((atom, -weight) for atom in found)
            if (off := most_off(one.what)) is not None:
                yield from (Law(((atom, 1.0),), -float(off), float(off)) for atom in found)
        yield Law(tuple(atoms), 0.0, 0.0)


def _parts(book: Book, axis: Axis, rows: Rows) -> Iterator[tuple[Axis, Rows, float]]:
    """Yield the plain sums of which one over ``rows`` is made: axes, rows and weights."""
    for piece in axis.pieces:
        own = book.rows_with(axis.dataset, rows, piece.rows)
        if own is not None:  # else no row meets them all
            yield axis._replace(what=piece.what), own, float(piece.weight)


def _atoms_of(quantity: Quantity, starts: dict[_Time, list[int]]) -> tuple[Atom, ...]:
    """Return the atoms of a sum that adds up."""
    axis = quantity.axis
    days = starts[axis.dataset, axis.time]
    span = range(bisect_left(days, quantity.first), bisect_left(days, quantity.last + 1))
    return tuple(Atom(axis, quantity.rows, at) for at in span)


def _never_below_nothing(book: Book, covered: _Covered, shown: Collection[Axis]) -> Iterator[Law]:
    """Yield of plain sums that no figure shows that they are at least 0, where every row is."""
    for axis in covered:
        if axis not in shown and (axis.dataset, axis.what) not in book.signed:
            for rows, span in covered[axis].items():
                yield from (Law(((Atom(axis, rows, at), 1.0),), 0.0, INF) for at in sorted(span))


def _families(book: Book, covered: _Covered) -> Iterator[tuple[Axis, Family]]:
    """Yield how the rows of each axis are made up; many axes have the same rows."""
    known: dict[tuple[str, frozenset[Rows]], tuple[Family, ...]] = {}
    for axis, rows in covered.items():
        asked = (axis.dataset, frozenset(rows))
        if asked not in known:
            names = {one: book.names[axis.dataset][one] for one in rows}
            known[asked] = families(book.kinds[axis.dataset], names)
        yield from ((axis, family) for family in known[asked])


def _add_up(
    book: Book, axis: Axis, family: Family, known: Mapping[Rows, set[int]]
) -> Iterator[Law]:
    """Yield that the parts add up to the whole, or come to no more if no row has less than 0."""
    signed = (axis.dataset, axis.what) in book.signed
    for at in sorted(known[family.whole]):
        parts = [rows for rows in family.parts if at in known[rows]]
        if parts:
            exact = family.all_of and len(parts) == len(family.parts)
            if signed and not exact:
                continue
            terms = [(Atom(axis, rows, at), 1.0) for rows in parts]
            whole = (Atom(axis, family.whole, at), -1.0)
            yield Law((*terms, whole), 0.0 if exact else -INF, 0.0)


def _once(quantity: Quantity) -> Atom:
    """Return the atom of what does not add up over time: of these very days."""
    return Atom(quantity.axis, quantity.rows, quantity.first * _DAYS + quantity.last)


def _distinct(book: Book, covered: _Covered, starts: dict[_Time, list[int]]) -> Iterator[Law]:
    """Yield that distinct values are no more than those of their parts, their whole, their rows."""
    counts = [q for q in book.truth if not q.axis.adds and not q.axis.pieces]
    rows: defaultdict[Axis, dict[Rows, set[int]]] = defaultdict(dict)
    for quantity in counts:
        rows[quantity.axis][quantity.rows] = {0}
    made_up = tuple(_families(book, rows))
    known = {*counts}
    for quantity in counts:
        time = quantity.axis._replace(what=COUNT)
        span = (quantity.first, quantity.last + 1)
        behind = _between(covered, starts, time, quantity.rows, span)
        if behind and time.time[0] == "rows":
            yield Law(((_once(quantity), 1.0), *((atom, -1.0) for atom in behind)), -INF, 0.0)
    for axis, family in made_up:
        for whole in (q for q in counts if (q.axis, q.rows) == (axis, family.whole)):
            parts = [q for r in family.parts if (q := whole._replace(rows=r)) in known]
            yield from _overlap(whole, parts, family.all_of and len(parts) == len(family.parts))
    for margin in _margins_of_time(book, counts):
        yield from _overlap(margin.whole, margin.parts, all_of=True)


def _overlap(whole: Quantity, parts: Sequence[Quantity], all_of: bool) -> Iterator[Law]:
    """Yield that each part has no more values than the whole, which has no more than they all."""
    for part in parts:
        yield Law(((_once(part), 1.0), (_once(whole), -1.0)), -INF, 0.0)
    if all_of:
        yield Law((*((_once(part), 1.0) for part in parts), (_once(whole), -1.0)), 0.0, INF)


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


def _count_bounded(book: Book, covered: _Covered) -> None:
    """Let the number of rows of each sum whose numbers have bounds be known of, shown or not."""
    for axis in list(covered):
        bounds = book.bounds.get((axis.dataset, axis.what))
        if bounds is not None and axis.time[0] != "mean":
            for rows, span in covered[axis].items():
                counted = book.rows_with(axis.dataset, rows, bounds.counted)
                if counted is not None:
                    covered[axis._replace(what=COUNT)][counted].update(span)


def _bounded(book: Book, covered: _Covered) -> Iterator[Law]:
    """Yield that a sum is at least (at most) so much for each of its rows."""
    for axis, own in covered.items():
        for rows, span in own.items():
            yield from _per_row(book, axis, ((rows, 1.0),), span)


def _rest_bounded(book: Book, axis: Axis, family: Family, covered: _Covered) -> Iterator[Law]:
    """Yield the same of the rows of a whole that are in none of its known parts."""
    known = covered[axis]
    if not family.all_of and axis in covered:
        span = known[family.whole].intersection(*(known[rows] for rows in family.parts))
        parts = ((rows, -1.0) for rows in family.parts)
        yield from _per_row(book, axis, ((family.whole, 1.0), *parts), span)


def _per_row(
    book: Book, axis: Axis, sums: Sequence[tuple[Rows, float]], span: Collection[int]
) -> Iterator[Law]:
    bounds = book.bounds.get((axis.dataset, axis.what))
    if bounds is None or axis.time[0] == "mean":
        return
    counts = [
        (counted, weight)
        for rows, weight in sums
        if (counted := book.rows_with(axis.dataset, rows, bounds.counted)) is not None
    ]
    for at in sorted(span) if len(counts) == len(sums) else ():
        total = [(Atom(axis, rows, at), weight) for rows, weight in sums]
        for bound, ends in ((bounds.least, (0.0, INF)), (bounds.most, (-INF, 0.0))):
            if bound is not None:
                count = axis._replace(what=COUNT)
                each = ((Atom(count, rows, at), -weight * bound) for rows, weight in counts)
                yield Law((*total, *each), *ends)


def _margins_of_members(book: Book, made_up: Iterable[tuple[Axis, Family]]) -> Iterator[Margin]:
    spans: defaultdict[tuple[Axis, Rows], list[Quantity]] = defaultdict(list)
    for quantity in book.truth:
        spans[quantity.axis, quantity.rows].append(quantity)
    for axis, family in made_up:
        for whole in spans[axis, family.whole] if family.all_of else ():
            parts = tuple(whole._replace(rows=rows) for rows in family.parts)
            if all(part in book.truth for part in parts):
                yield Margin(parts, whole)


def _margins_of_time(book: Book, quantities: Iterable[Quantity]) -> Iterator[Margin]:
    """Yield the shorter periods of each longer one that they make up, grain by grain."""
    known: defaultdict[tuple[Axis, Rows], list[Quantity]] = defaultdict(list)
    for quantity in quantities:
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
