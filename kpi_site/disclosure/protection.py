"""Which figures of a site are hidden, since few persons stand behind them or behind others.

Rules: specification.md#small-cells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kpi_site.catalog import Catalog, Indicator, IndicatorTerm
from kpi_site.compute.room import measured_columns
from kpi_site.compute.run import in_order
from kpi_site.compute.spans import Timeline
from kpi_site.disclosure.atoms import Quantity
from kpi_site.disclosure.attack import Unfit
from kpi_site.disclosure.book import Book, CellKey, Writer
from kpi_site.disclosure.choose import make_chooser
from kpi_site.disclosure.counting import counting_of
from kpi_site.disclosure.equations import Equations, equations
from kpi_site.disclosure.parts import Part, Rule, owned, parts_of, units_of
from kpi_site.results import IndicatorResults, Results
from kpi_site.tables.model import Table


@dataclass(frozen=True, slots=True)
class Before:
    """What editions have made known: cells ``told``, and those that were ``hidden`` in them."""

    told: frozenset[CellKey] = frozenset()
    hidden: frozenset[CellKey] = frozenset()


NOTHING_BEFORE = Before()
LookBefore = Callable[[Collection[str]], Before]
"""Looks up what editions have told of some cards."""


def rule_of(catalog: Catalog) -> Rule | None:
    """Return the site's rule for small cells; None where it has none, or nothing about people."""
    asked = catalog.site.suppression
    if not asked.min_count or not any(d.people for d in catalog.datasets.values()):
        return None
    return Rule(asked.min_count, asked.protection / 100, asked.numerators)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The cells that hang together with small ones, and the ``sums`` of them that are hidden."""

    book: Book
    own: Mapping[CellKey, tuple[Quantity, ...]]
    known: Equations
    sums: frozenset[Quantity]

    @property
    def cells(self) -> frozenset[CellKey]:
        """The cells that show a hidden sum, or a figure made of one."""
        direct = {key for key, shown in self.own.items() if not self.sums.isdisjoint(shown)}
        found: set[CellKey] = set()
        for key, shown in self.book.cells.items():  # each after those that it leans on
            if (
                key in direct
                or not self.sums.isdisjoint(shown.other)
                or any(one in direct for one in shown.units)
                or any(one in found for one in shown.cells)
            ):
                found.add(key)
        return frozenset(found)


def hidden_cells(
    catalog: Catalog,
    tables: Mapping[str, Table],
    results: Results,
    look_before: LookBefore = lambda _: NOTHING_BEFORE,
) -> frozenset[CellKey]:
    """Return every cell of ``results`` that no reader may see."""
    found = secrets(catalog, tables, results, look_before)
    return found.cells if found is not None else frozenset()


def secrets(
    catalog: Catalog, tables: Mapping[str, Table], results: Results, look_before: LookBefore
) -> Secrets | None:
    """Return what is to be hidden; None where nothing is."""
    rule = rule_of(catalog)
    if rule is None:
        return None
    people = people_cards(catalog)
    before = look_before(people)
    small = {name for name in people if _has_small(catalog, results[name], rule)}
    cards = connected(catalog, small | {cell.card for cell in before.hidden} & people)
    if not cards:
        return None
    book = book_of(catalog, tables, results, cards)
    own, known = owned(book), equations(book)
    given = frozenset(q for key in before.told for q in own.get(key, ()))
    sums = _chosen(book, known, rule, before.hidden, given)
    if given:
        # what was told cannot be kept secret, but today's files do not tell it once more
        forced = {key for key, shown in own.items() if not sums.isdisjoint(shown)}
        sums |= _chosen(book, known, rule, forced, frozenset())
    return Secrets(book, own, known, frozenset(sums))


def _chosen(
    book: Book,
    known: Equations,
    rule: Rule,
    forced: Collection[CellKey],
    given: frozenset[Quantity],
) -> set[Quantity]:
    """Return the sums that are hidden, beside those of ``forced`` cells."""
    found: set[Quantity] = set()
    units = units_of(book, rule, forced)
    for part in parts_of(book, known, units, given):
        found |= {q for i in _hidden_units(part, rule) for q in part.units[i].quantities}
    return found


def _hidden_units(part: Part, rule: Rule) -> Iterable[int]:
    """Return which units are hidden: all where facts do not hang together as they should."""
    chooser = make_chooser(part, rule)
    try:
        return range(len(part.units)) if chooser is None else chooser.choose()
    except Unfit:
        return range(len(part.units))


def people_cards(catalog: Catalog) -> frozenset[str]:
    """Return the cards with a term that reads a dataset about people."""
    cards = catalog.indicators.values()
    return frozenset(str(c.id) for c in cards if counting_of(catalog, c) is not None)


def connected(catalog: Catalog, names: AbstractSet[str]) -> frozenset[str]:
    """Return the cards that share datasets about people with ``names``, directly or in turn."""
    reads = {name: _datasets(catalog, name) for name in people_cards(catalog)}
    found, datasets = set(names), {d for name in names for d in reads[name]}
    while more := {n for n, own in reads.items() if n not in found and own & datasets}:
        found |= more
        datasets |= {d for name in more for d in reads[name]}
    return frozenset(found)


def _datasets(catalog: Catalog, name: str) -> frozenset[str]:
    counting = counting_of(catalog, catalog.indicators[name])
    return frozenset(str(term.dataset) for term in counting.terms) if counting else frozenset()


def book_of(
    catalog: Catalog, tables: Mapping[str, Table], results: Results, cards: Collection[str]
) -> Book:
    """Return all cells of ``cards``, and of those that lean on them."""
    through = catalog.site.data_through
    assert through is not None
    book, timeline = Book(), Timeline(catalog.site.calendar, through)
    writer = Writer(catalog, tables, results, timeline, book, measured_columns(catalog, tables))
    writer.write(leaning(catalog, cards))
    return book


def leaning(catalog: Catalog, cards: Collection[str]) -> tuple[Indicator, ...]:
    """Return ``cards`` and those that are made of their figures, in turn; each after its own."""
    found: dict[str, Indicator] = {}
    for name in in_order(catalog):
        card = catalog.indicators[name]
        leant = {str(t.indicator) for t in card.terms if isinstance(t, IndicatorTerm)}
        if name in cards or not leant.isdisjoint(found):
            found[name] = card
    return tuple(found.values())


def _has_small(catalog: Catalog, found: IndicatorResults, rule: Rule) -> bool:
    counting = counting_of(catalog, catalog.indicators[found.indicator])
    if counting is None:
        return False
    every = [*found.series.values(), *([found.running] if found.running else [])]
    return any(
        rule.small(*counting.at(series, i)) for series in every for i in range(len(series.results))
    )
