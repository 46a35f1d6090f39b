"""The book in parts that have nothing to do with each other, and what must be hidden together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

from kpi_site.disclosure.atoms import Quantity
from kpi_site.disclosure.book import Book, CellKey
from kpi_site.disclosure.equations import Atom, Equations, Law, Margin


@dataclass(frozen=True, slots=True)
class Rule:
    """``suppression`` of site.yml; ``protection`` is a share."""

    min_count: int
    protection: float
    numerators: bool

    def small(self, count: int, least: int) -> bool:
        """Tell whether a cell is hidden for its own count, or for that of one of its terms."""
        asked = (count, least) if self.numerators else (count,)
        return any(0 < n < self.min_count for n in asked)


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells that show the same sums, and so are hidden together.

    ``small`` ones are hidden in any case, ``forced`` ones were so before; one of the ``whole``
    is the last resort. ``count`` is the largest number of persons behind its cells, 0 where
    nothing is to be hidden.
    """

    cells: tuple[CellKey, ...]
    quantities: frozenset[Quantity]
    base: frozenset[Quantity]
    count: int
    small: bool
    forced: bool
    whole: bool

    @property
    def certain(self) -> bool:
        """Tell whether it is hidden whatever is chosen."""
        return self.small or self.forced


@dataclass(frozen=True, slots=True)
class Part:
    """Units whose sums hang together; ``given`` sums are known whatever is hidden.

    Each sum is shown by one of the units.
    """

    units: tuple[Unit, ...]
    truth: Mapping[Quantity, float]
    atoms: Mapping[Quantity, tuple[Atom, ...]]
    laws: tuple[Law, ...]
    margins: tuple[Margin, ...]
    given: frozenset[Quantity]

    @property
    def unit_of(self) -> dict[Quantity, int]:
        """The position of the unit that shows each sum."""
        return {q: i for i, unit in enumerate(self.units) for q in unit.quantities}


class _Joined:
    """Sets of things that belong together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def root(self, one: Hashable) -> Hashable:
        """Return what stands for the set of ``one``."""
        path = []
        while (above := self._above.get(one, one)) != one:
            path.append(one)
            one = above
        for passed in path:
            self._above[passed] = one
        return one

    def join(self, things: Iterable[Hashable]) -> None:
        """Put ``things`` into one set."""
        first, *rest = map(self.root, things)
        for other in rest:
            self._above[other] = first


def owned(book: Book) -> dict[CellKey, tuple[Quantity, ...]]:
    """Return the sums that each cell shows as its own.

    What stood at a period's start is the figure of the one before, unless nothing shows that.
    """
    ends = {quantity for shown in book.cells.values() for quantity in shown.own}
    return {
        key: (*shown.own, *(q for q in shown.other if q not in ends))
        for key, shown in book.cells.items()
    }


def units_of(book: Book, rule: Rule, forced: Collection[CellKey]) -> tuple[Unit, ...]:
    """Return all cells in units; those with ``forced`` ones are hidden, few persons or not."""
    own = owned(book)
    joined = _Joined()
    for key, quantities in own.items():
        joined.join((key, *quantities))
    grouped: defaultdict[Hashable, list[CellKey]] = defaultdict(list)
    for key, quantities in own.items():
        if quantities:
            grouped[joined.root(key)].append(key)
    return tuple(_unit(book, own, keys, rule, forced) for keys in grouped.values())


def _unit(
    book: Book,
    own: Mapping[CellKey, tuple[Quantity, ...]],
    keys: list[CellKey],
    rule: Rule,
    forced: Collection[CellKey],
) -> Unit:
    shown = [book.cells[key] for key in keys]
    return Unit(
        cells=tuple(keys),
        quantities=frozenset(q for key in keys for q in own[key]),
        base=frozenset(q for one in shown for q in one.base),
        count=max(one.count for one in shown),
        small=any(rule.small(one.count, one.least) for one in shown),
        forced=any(key in forced for key in keys),
        whole=any(not key.series.dimension for key in keys),
    )


def parts_of(
    book: Book, found: Equations, units: tuple[Unit, ...], given: frozenset[Quantity]
) -> tuple[Part, ...]:
    """Return the parts in which something is to be hidden."""
    joined = _Joined()
    for unit in units:
        joined.join(unit.quantities)
    for quantity, atoms in found.atoms.items():
        joined.join((quantity, *atoms))
    for law in found.laws:
        joined.join(atom for atom, _ in law.parts)
    asked = {joined.root(next(iter(u.quantities))) for u in units if u.certain}
    split: defaultdict[Hashable, list[Quantity]] = defaultdict(list)
    for quantity in book.truth:
        root = joined.root(quantity)
        if root in asked:
            split[root].append(quantity)
    laws, margins, own = (defaultdict(list) for _ in range(3))
    for law in found.laws:
        laws[joined.root(law.parts[0][0])].append(law)
    for margin in found.margins:
        margins[joined.root(margin.whole)].append(margin)
    for unit in units:
        own[joined.root(next(iter(unit.quantities)))].append(unit)
    return tuple(
        Part(
            units=tuple(own[root]),
            truth={q: book.truth[q] for q in quantities},
            atoms={q: found.atoms[q] for q in quantities},
            laws=tuple(laws[root]),
            margins=tuple(margins[root]),
            given=given & set(quantities),
        )
        for root, quantities in split.items()
    )
