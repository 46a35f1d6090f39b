"""The attack on what is published: which hidden figures a reader could work out, and how well.

Rules: specification.md#disclosure-check.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kpi_site.disclosure.atoms import Quantity
from kpi_site.disclosure.book import Book, CellKey
from kpi_site.disclosure.choose import Chooser, make_chooser
from kpi_site.disclosure.parts import Rule, parts_of, units_of
from kpi_site.disclosure.protection import Before, Secrets


@dataclass(frozen=True, slots=True)
class Exposed:
    """A cell of which a reader learns that one of its sums lies from ``low`` to ``high``.

    ``by`` are the cells from which that follows; none where the cell itself is told.
    """

    cell: CellKey
    low: float
    high: float
    by: tuple[CellKey, ...] = ()


def exposed(
    rule: Rule, found: Secrets, told: Collection[CellKey], before: Before
) -> Iterator[Exposed]:
    """Yield the cells that readers of ``told`` cells, and of editions, know too much of.

    What editions have told themselves is left out.
    """
    book, own = found.book, found.own
    hidden = {key for key, sums in own.items() if not found.sums.isdisjoint(sums)}
    seen = _told(book, own, told)
    older = _told(book, own, before.told)
    for part in parts_of(book, found.known, units_of(book, rule, hidden), frozenset()):
        chooser = make_chooser(part, rule)
        if chooser is None:
            continue
        asked = [q for at, u in enumerate(part.units) if u.certain for q in chooser.sums_of(at)]
        yield from _worked_out(chooser, asked, seen)
        if not older.isdisjoint(part.truth):
            small = {q for u in part.units if u.small for q in u.quantities}
            later = [q for q in asked if q in small and q not in older and q not in seen]
            yield from _worked_out(chooser, later, seen | older)


def _told(
    book: Book, own: Mapping[CellKey, tuple[Quantity, ...]], cells: Collection[CellKey]
) -> set[Quantity]:
    """Return every sum that ``cells`` show, also as a term of an earlier period."""
    found: set[Quantity] = set()
    for cell in cells:
        shown = book.cells.get(cell)
        if shown is not None:
            found.update(own[cell], shown.other)
            found.update(q for one in shown.units for q in own.get(one, ()))
    return found


def _worked_out(
    chooser: Chooser, asked: Collection[Quantity], known: Collection[Quantity]
) -> Iterator[Exposed]:
    """Yield the worst of each unit whose sums are known better than is promised."""
    part = chooser.part
    worst: dict[int, Exposed] = {}
    for quantity in asked:
        at, true = chooser.unit_of[quantity], part.truth[quantity]
        unit = part.units[at]
        if quantity in known:
            if unit.small and quantity in unit.base:
                worst[at] = Exposed(unit.cells[0], true, true)
            continue
        below, above = (chooser.known_within(quantity, side, known) for side in (-1, 1))
        if below.short or above.short:
            found = Exposed(
                unit.cells[0],
                true - below.reach,
                true + above.reach,
                tuple(dict.fromkeys(part.units[i].cells[0] for i in (*below.by, *above.by))),
            )
            before = worst.get(at)
            if before is None or found.high - found.low < before.high - before.low:
                worst[at] = found
    yield from worst.values()
