"""How many persons stand behind a cell (specification.md#small-cells)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpi_site.apart import answers_of, persons_name
from kpi_site.catalog import Catalog, DataTerm, Indicator
from kpi_site.nature import divisor_of
from kpi_site.periods import Period
from kpi_site.results import Cell, Series
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import Aggregate, Node, columns


@dataclass(frozen=True, slots=True)
class Counting:
    """The terms of a card that read rows about people, and those in which persons are counted.

    The latter by the day from which a version of the card holds, the newest first; facts reach
    to the day ``through``.
    """

    terms: tuple[DataTerm, ...]
    versions: tuple[tuple[date, frozenset[str]], ...]
    through: date

    def bases(self, period: Period) -> frozenset[str]:
        """Return the names of the terms in which the persons of a period are counted."""
        day = min(period.last, self.through)
        return next((bases for start, bases in self.versions if start <= day), self.versions[-1][1])

    def at(self, series: Series, i: int) -> tuple[int, int]:
        """Return the persons behind a cell, and the smallest of its counts that is not 0."""
        every: list[int] = []
        own: list[int] = []
        bases = self.bases(series.results[i].period)
        for term in self.terms:
            cells = series.terms.get(str(term.name))
            if cells is None:
                continue
            counted = _counted(term, series)
            count = _count(term, cells[i]) if counted is None else int(counted[i].value or 0)
            if count:
                every.append(count)
                if term.name in bases:
                    own.append(count)
        return max(own, default=0), min(every, default=0)


def counting_of(catalog: Catalog, card: Indicator) -> Counting | None:
    """Return how the persons of a card are counted; None where it is not about people.

    In the divisor of a ratio; where that counts things, or there is none, in all such terms.
    """
    terms = tuple(t for t in data_terms(card) if catalog.datasets[t.dataset].people)
    if not terms:
        return None
    people = frozenset(str(term.name) for term in terms)
    versions = tuple((start, _bases(node, people)) for start, node in _formulas(card))
    return Counting(terms, versions, catalog.site.data_through or date.max)


def _formulas(card: Indicator) -> Iterator[tuple[date, Node]]:
    """Yield the formulas of a card and from when they hold, the newest first."""
    for version in reversed(card.versions):
        yield version.start.first if version.start else date.min, version.node
    if not card.versions:
        yield date.min, card.formula.node


def _bases(formula: Node, people: frozenset[str]) -> frozenset[str]:
    divisor = divisor_of(formula)
    below = {c.name for c in columns(divisor)} if divisor is not None else set()
    return people & below or people & {c.name for c in columns(formula)} or people


def _counted(term: DataTerm, series: Series) -> tuple[Cell, ...] | None:
    """Return the persons of a term where they have several rows, or the answers of a mean."""
    persons = series.bases.get(persons_name(term.name))
    answers = answers_of(term) if persons is None else None
    return persons if answers is None else series.bases.get(answers[0])


def _count(term: DataTerm, cell: Cell) -> int:
    """Return the persons that a term counts: what it counts itself, else the rows behind it."""
    node = term.value.node
    counts = isinstance(node, Aggregate) and node.kind == "count"
    if counts and cell.value is not None and cell.value == int(cell.value):
        return int(cell.value)
    return cell.n or 0
