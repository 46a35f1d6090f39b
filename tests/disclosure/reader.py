"""A reader of the published files who can solve equations, and shares nothing with the program.

What the files tell are sums over kinds of rows (`Micro`) that nobody may see. For each hidden sum
the reader looks for other worlds: numbers of rows of each kind, none below 0, in which every
published sum is what it is, and the hidden one is larger, or smaller. A world that a linear
program proposes counts only if it holds exactly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from tests.disclosure.survey import Key, downloads_of, rows_of
from tests.disclosure.tables import (
    ADDED,
    AMOUNTS,
    MIN_COUNT,
    PROTECTION,
    Drawn,
    Micro,
    Term,
    write_site,
)
from tests.disclosure.worlds import Line, Worlds

LAST_MONTH: Final = 10
Sum = tuple[str, frozenset[int]]
"""What is added up (a key of `ADDED`) of a set of kinds, by their positions."""
Cell = tuple[str, str, str, str]
"""Card, grain, period, member."""
Rows = Mapping[Key, Mapping[str, str]]


def months_of(label: str) -> range:
    """Return the months of a period of 2026."""
    part = label.removeprefix("2026")
    if not part:
        return range(1, 13)
    at = int(re.sub(r"\D", "", part))
    length = {"Q": 3, "H": 6}.get(part[1], 1)
    return range((at - 1) * length + 1, at * length + 1)


@dataclass(frozen=True)
class Reader:
    """What stands in the files of one drawn table; ``told`` are its sums that do.

    One who ``knows_kinds`` knows besides which kinds of rows there never are, in no month.
    """

    drawn: Drawn
    cells: Mapping[Cell, Mapping[str, tuple[Sum, ...]]]
    hidden: frozenset[Cell]
    told: frozenset[Sum]
    knows_kinds: bool = False
    truth: dict[Sum, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def kinds(self) -> list[Micro]:
        return [*self.drawn.rows]

    @cached_property
    def measures(self) -> int:
        """How many unknowns there are of each kind of rows: rows, scores, extra points."""
        return {"means": 2, AMOUNTS: 3}.get(self.drawn.kind, 1)

    @cached_property
    def _totals(self) -> list[tuple[int, int, int]]:
        """Rows, scores and extra points of each kind."""
        rows, extra = self.drawn.rows, self.drawn.extra
        return [(len(rows[kind]), sum(rows[kind]), sum(extra[kind])) for kind in self.kinds]

    def true(self, one: Sum) -> int:
        """Return what a sum truly comes to."""
        found = self.truth.get(one)
        if found is None:
            what, places = one
            own = [self._totals[i] for i in places]
            found = sum(w * x for some in own for w, x in zip(ADDED[what], some, strict=True))
            self.truth[one] = found
        return found

    def weights(self, one: Sum) -> dict[int, int]:
        """Return how often each unknown stands in a sum."""
        what, places = one
        count = len(self.kinds)
        return {m * count + i: w for m, w in enumerate(ADDED[what]) if w for i in sorted(places)}

    def small(self, cell: Cell) -> bool:
        """Tell whether few persons stand behind a cell."""
        terms = self.drawn.cards[cell[0]]
        own = [self.true(s) for t, sums in self.cells[cell].items() if terms[t].base
               for s in sums if s[0] == "n"]  # fmt: skip
        return 0 < max(own, default=0) < MIN_COUNT

    def sums(self, cells: Iterable[Cell]) -> frozenset[Sum]:
        """Return all sums that ``cells`` show."""
        return frozenset(s for c in cells for sums in self.cells[c].values() for s in sums)

    def lines(self, told: Collection[Sum]) -> list[Line]:
        """Return what must hold in every world in which ``told`` sums are as they are."""
        count = len(self.kinds)
        found = [Line(self.weights(one), self.true(one), self.true(one)) for one in told]
        known = {kind._replace(month=0) for kind, rows in self.drawn.rows.items() if rows}
        for i, kind in enumerate(self.kinds):
            if self.knows_kinds and kind._replace(month=0) not in known:
                found.append(Line({i: 1}, 0, 0))
            for measure in range(1, self.measures):  # scores are 1 to 5, extra points 0 to 9
                least, most = ((1, 5), (0, 9))[measure - 1]
                found.append(Line({measure * count + i: 1, i: -least}, 0, None))
                found.append(Line({measure * count + i: 1, i: -most}, None, 0))
        return found

    def knowing(self, told: Collection[Sum]) -> Knowledge:
        """Return what one knows who knows ``told`` sums."""
        return Knowledge(self, Worlds(len(self.kinds) * self.measures, self.lines(told)))


@dataclass(frozen=True)
class Knowledge:
    """What a reader knows of sums that are not told: the worlds that are left."""

    reader: Reader
    worlds: Worlds

    def reach(self, asked: Sum, side: int, most: Fraction) -> Fraction:
        """Return how far ``asked`` may lie from the truth on one side, up to ``most``, exactly."""
        goal = {i: side * w for i, w in self.reader.weights(asked).items()}
        true = side * self.reader.true(asked)
        return self.worlds.furthest(goal, true + most).total(goal) - true


def read(drawn: Drawn, values: Rows, terms: Rows) -> Reader:
    """Return what stands in ``values.csv`` and ``terms.csv`` of a drawn table."""
    kinds = [*drawn.rows]
    cells: dict[Cell, dict[str, tuple[Sum, ...]]] = {}
    told: set[Sum] = set()
    hidden = set()
    for key, row in values.items():
        cell = (key[0], key[1], key[2], key[3])
        cells[cell] = {}
        if row["state"] == "suppressed":
            hidden.add(cell)
    for key, row in terms.items():
        name, term, *rest = key
        cell = (name, rest[0], rest[1], rest[2])
        own = _sums(kinds, drawn.cards[name][term], *rest[1:])
        if own is None:
            continue
        cells[cell][term] = own
        if row["value"] or row["n"]:
            told.update(own)
            assert cell not in hidden, cell
    return Reader(drawn, cells, frozenset(hidden), frozenset(told))


def look(drawn: Drawn, root: Path) -> Reader:
    """Write a drawn table as a site, and read what is published of it."""
    files = downloads_of(write_site(drawn, root))
    return read(drawn, rows_of(files, "values"), rows_of(files, "terms"))


def _sums(kinds: Sequence[Micro], term: Term, label: str, member: str) -> tuple[Sum, ...] | None:
    months = months_of(label)
    if term.to_date:
        months = range(1, min(months[-1], LAST_MONTH) + 1)
    if term.lag:
        months = range(months[0] - term.lag, months[-1] + 1 - term.lag)
    if months[0] < 1:
        return None
    places = frozenset(
        i for i, m in enumerate(kinds)
        if m.month in months and term.meets(m) and member in {"", m.team, m.unit, m.channel}
    )  # fmt: skip
    own = frozenset(i for i in places if term.valued(kinds[i]))
    return (("n", places), (term.value, own)) if term.value else (("n", places),)


class Short(NamedTuple):
    """A hidden sum of which too much is known."""

    asked: Sum
    side: int
    got: Fraction
    need: Fraction


def recovered(reader: Reader) -> list[Cell]:
    """Return the hidden cells of which a sum that no other cell tells is known exactly."""
    half = Fraction(1, 2)
    known = reader.knowing(reader.told)
    found = []
    for cell in sorted(reader.hidden):
        secret = [s for s in reader.sums([cell]) - reader.told if reader.true(s)]
        if any(not any(known.reach(s, side, half) for side in (1, -1)) for s in secret):
            found.append(cell)
    return found


def wide(reader: Reader, hidden: Collection[Cell]) -> frozenset[Sum]:
    """Return what is told where every figure of a member is hidden, and what must be besides.

    Figures of the whole, and what shows the same sums, are not.
    """
    forced = reader.sums(hidden)
    whole = reader.sums(c for c in reader.cells if not c[3]) - forced
    members = reader.sums(c for c in reader.cells if c[3] and not whole & reader.sums([c]))
    secret = {s for s in members if reader.true(s)} | forced
    return reader.sums(reader.cells) - secret


class Promise:
    """How far a reader is kept from each hidden sum, whatever cells are chosen.

    What is promised of a small cell's sums is half of each to both sides; of others as much of it
    as there is to be had where every figure of a member is hidden and none of the whole.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        small = [c for c in reader.cells if reader.small(c)]
        self._hard = reader.sums(small)
        self._had: dict[tuple[Sum, int], Fraction] = {}
        self._most = reader.knowing(wide(reader, small))

    def whole(self, one: Sum) -> Fraction:
        """Return the protection that is asked for."""
        return Fraction(PROTECTION) * abs(self._reader.true(one))

    def least(self, one: Sum, side: int) -> Fraction:
        """Return what is promised."""
        if one in self._hard:
            return self.whole(one)
        if (one, side) not in self._had:
            self._had[one, side] = self._most.reach(one, side, self.whole(one))
        return self._had[one, side]


def short(
    reader: Reader, promise: Promise | None = None, first: Collection[Sum] = ()
) -> Iterator[Short]:
    """Yield the hidden sums of which more is known than is promised; ``first`` of some."""
    promise = promise or Promise(reader)
    known = reader.knowing(reader.told)
    nearly = 1 - Fraction(1, 1000)
    secret = reader.sums(reader.hidden) - reader.told
    for one in sorted(secret, key=lambda s: (s not in first, repr(s))):
        need = promise.whole(one)
        for side in (1, -1):
            got = known.reach(one, side, need)
            if got < need * nearly:
                had = promise.least(one, side)
                if got < had * nearly:
                    yield Short(one, side, got, had)


def too_few(reader: Reader) -> Iterator[Cell]:
    """Yield the published figures whose hidden parts have too few persons together."""
    for whole in reader.cells:
        name, grain, label, member = whole
        if whole in reader.hidden or reader.drawn.kind == "shared":
            continue
        months = months_of(label)
        shorter = [c for c in reader.cells if c[1] == "month" and (c[0], c[3]) == (name, member)]
        margins = [[c for c in shorter if grain != "month" and months_of(c[2])[0] in months]]
        if not member:
            own = [c for c in reader.cells if c[3] and c[:3] == whole[:3]]
            margins += [[c for c in own if c[3][0] == letter] for letter in "tuc"]
        for margin in margins:
            joint = sum(_persons(reader, c) for c in margin if c in reader.hidden)
            if 0 < joint < MIN_COUNT <= _persons(reader, whole):
                yield whole


def _persons(reader: Reader, cell: Cell) -> int:
    terms = reader.drawn.cards[cell[0]]
    sums = (s for t, own in reader.cells[cell].items() if terms[t].base for s in own)
    return max((reader.true(s) for s in sums if s[0] == "n"), default=0)


def fewest(reader: Reader, most: int = 9) -> int | None:
    """Return how few cells any sound choice hides: all are tried, the smallest first.

    Sound is what keeps its promise to one who knows which kinds of rows there are, as the
    program takes every reader to do.
    None where there are more than ``most`` sets of cells to choose from.
    """
    units = _units(reader)
    small = {i for i, unit in enumerate(units) if any(map(reader.small, unit))}
    wholes = any(not c[3] for i, u in enumerate(units) if i not in small and not u.isdisjoint(
        reader.hidden) for c in u)  # fmt: skip
    free = [
        i for i, unit in enumerate(units)
        if i not in small and any(_persons(reader, c) for c in unit)
        and (wholes or all(c[3] for c in unit))
    ]  # fmt: skip
    if not small or len(free) > most:
        return None
    promise, failed = Promise(replace(reader, knows_kinds=True)), dict[Sum, None]()
    tries = [{*some} for size in range(len(free) + 1) for some in combinations(free, size)]
    for tried in sorted(tries, key=lambda some: sum(len(units[i]) for i in some)):
        hidden = frozenset(c for i in small | tried for c in units[i])
        told = reader.sums(reader.cells) - reader.sums(hidden)
        other = replace(reader, hidden=hidden, told=told, knows_kinds=True)
        fault = next(short(other, promise, failed), None)
        if fault is None and next(too_few(other), None) is None:
            return len(hidden)
        if fault is not None:
            failed[fault.asked] = None
    raise AssertionError("not even everything hidden is sound")


def _units(reader: Reader) -> list[set[Cell]]:
    """Return the cells in sets that show the same sums."""
    found: list[tuple[set[Cell], set[Sum]]] = []
    for cell in reader.cells:
        cells, sums = {cell}, {*reader.sums([cell])}
        apart = []
        for unit in found:
            if unit[1].isdisjoint(sums):
                apart.append(unit)
            else:
                cells |= unit[0]
                sums |= unit[1]
        found = [*apart, (cells, sums)]
    return [cells for cells, _ in found]
