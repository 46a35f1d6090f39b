"""What is published about people: every cell of every card, and the sums that it shows.

A cell is a card's figure for the whole or one member in one period (specification.md#small-cells).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kpi_site.catalog import (
    Catalog,
    Dataset,
    DataTerm,
    Field,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
)
from kpi_site.compute.room import Schemas
from kpi_site.compute.spans import Timeline
from kpi_site.compute.through import first_day
from kpi_site.disclosure.atoms import Quantity, Reading, dating, readings, shown_by
from kpi_site.disclosure.counting import counting_of
from kpi_site.disclosure.kinds import Kinds, kinds_of
from kpi_site.disclosure.sums import Condition, Reader, Rows, What, pieces_of
from kpi_site.periods import Grain, Period
from kpi_site.results import Results, Series, SeriesKey
from kpi_site.schema import data_terms, resolve_dimension
from kpi_site.sql.nodes import Column
from kpi_site.tables.model import Table


class CellKey(NamedTuple):
    """Which cell: a card, its series and the first day of its period; ``running`` totals apart."""

    card: str
    series: SeriesKey
    first: date
    running: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows: ``own`` sums, those of its own member and period, and others' figures.

    ``count`` is the number of persons behind it, ``least`` the smallest of its counted terms
    that is not 0. ``cells`` are those whose figures it is made of, ``units`` those whose sums
    it repeats: a lag repeats a term, not the figure.
    """

    own: tuple[Quantity, ...]
    base: frozenset[Quantity]
    other: tuple[Quantity, ...]
    count: int
    least: int
    cells: tuple[CellKey, ...]
    units: tuple[CellKey, ...]


class Bounds(NamedTuple):
    """What each row adds to a sum: ``least`` to ``most``; ``counted`` tells in which rows."""

    least: float | None
    most: float | None
    counted: frozenset[Condition]


@dataclass(slots=True)
class Book:
    """All cells, and the true value of each sum that any of them shows.

    ``grains`` tells at which grain a sum was shown, ``bounds`` what a reader knows of each number
    that is added, ``signed`` of which numbers some are below 0. ``kinds`` are the kinds of rows of
    each dataset, ``names`` all the conditions by which the same rows are known.
    """

    cells: dict[CellKey, Shown] = field(default_factory=dict)
    truth: dict[Quantity, float] = field(default_factory=dict)
    grains: dict[Quantity, Grain] = field(default_factory=dict)
    bounds: dict[tuple[str, What], Bounds] = field(default_factory=dict)
    signed: set[tuple[str, What]] = field(default_factory=set)
    kinds: dict[str, Kinds] = field(default_factory=dict)
    names: dict[str, dict[Rows, set[Rows]]] = field(default_factory=dict)

    def join(self, dataset: str, kinds: Kinds) -> None:
        """Let sums over the same rows of ``dataset`` be the same sum."""
        self.kinds[dataset] = kinds
        own = {(q.rows, q.axis.what) for q in self.truth if q.axis.dataset == dataset}
        shown = {rows for rows, _ in own}
        sums = {(rows | one.rows, one.what) for rows, what in own for one in pieces_of(what)}
        within = {rows for rows, _ in sums}
        for rows, what in own | sums:
            bounds = self.bounds.get((dataset, what))
            within |= {rows | bounds.counted} if bounds is not None else set()
        known = [*sorted(shown, key=_by_length), *sorted(within - shown, key=_by_length)]
        first: dict[int, Rows] = {}
        named: dict[Rows, Rows] = {}
        for rows in known:
            met = kinds.met(rows)
            named[rows] = first.setdefault(met, rows) if met else rows
        found: defaultdict[Rows, set[Rows]] = defaultdict(set)
        for rows, name in named.items():
            found[name].add(rows)
        self.names[dataset] = dict(found)
        if len(found) < len(named):
            self._rename(dataset, named)

    def _rename(self, dataset: str, named: Mapping[Rows, Rows]) -> None:
        def renamed(quantity: Quantity) -> Quantity:
            if quantity.axis.dataset != dataset:
                return quantity
            return quantity._replace(rows=named[quantity.rows])

        self.truth = {renamed(q): value for q, value in self.truth.items()}
        grains: dict[Quantity, Grain] = {}
        for quantity, grain in self.grains.items():
            known = grains.setdefault(renamed(quantity), grain)
            if grain.rank < known.rank:
                grains[renamed(quantity)] = grain
        self.grains = grains
        self.cells = {
            key: replace(
                shown,
                own=tuple(map(renamed, shown.own)),
                base=frozenset(map(renamed, shown.base)),
                other=tuple(map(renamed, shown.other)),
            )
            for key, shown in self.cells.items()
        }

    def rows_with(self, dataset: str, rows: Rows, more: Rows) -> Rows | None:
        """Return under which name the ``rows`` are known that meet ``more`` as well, if any do."""
        kinds = self.kinds[dataset]
        if any(condition not in kinds.of for condition in more):
            return None
        wanted = kinds.met(rows | more)
        own = (rows for rows in self.names[dataset] if wanted and kinds.met(rows) == wanted)
        return next(own, None)


def _by_length(rows: Rows) -> tuple[int, str]:
    return len(rows), repr(sorted(rows, key=repr))


@dataclass(frozen=True, slots=True)
class _Term:
    """A term about people, and what it takes to say which sums it shows."""

    term: DataTerm
    read: tuple[Reading, ...]
    time: str
    begun: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the cells of cards into a book."""

    catalog: Catalog
    tables: Mapping[str, Table]
    results: Results
    timeline: Timeline
    book: Book
    schemas: Schemas

    def write(self, cards: Iterable[Indicator]) -> None:
        """Write every cell of ``cards``, each after those that it leans on."""
        for card in cards:
            found = self.results[card.id]
            terms = tuple(self._terms(card))
            for key in found.series:
                self._series(card, terms, found.series[key], running=False)
            if found.running is not None:
                self._series(card, terms, found.running, running=True)
        self._join()

    def _join(self) -> None:
        """Look up in the rows how the conditions of all cards hang together."""
        asked: defaultdict[str, set[Condition]] = defaultdict(set)
        for quantity in self.book.truth:
            asked[quantity.axis.dataset].update(
                quantity.rows, *(one.rows for one in quantity.axis.pieces)
            )
        for (dataset, _), bounds in self.book.bounds.items():
            if dataset in asked:
                asked[dataset] |= bounds.counted
        for dataset, conditions in asked.items():
            found = kinds_of(self.tables, dataset, conditions, self.schemas[dataset])
            self.book.join(dataset, found)

    def _terms(self, card: Indicator) -> Iterator[_Term]:
        for term in data_terms(card):
            dataset = self.catalog.datasets[term.dataset]
            if dataset.people:
                begun = first_day(term, dataset, self.tables) or self.timeline.through
                reader = Reader(self.tables[dataset.id], self.schemas[str(dataset.id)])
                read = readings(term, reader)
                for what in {what for one in read for what in one.sums.all}:
                    self._note(dataset, reader, what)
                yield _Term(term, read, str(dataset.time), begun.toordinal())

    def _note(self, dataset: Dataset, reader: Reader, what: What) -> None:
        """Note what every reader of the dataset's page knows of the numbers that are added."""
        at, (kind, node) = (str(dataset.id), what), what
        if not reader.nonnegative(what):
            self.book.signed.add(at)
        found = dataset.field(node.name) if isinstance(node, Column) else None
        if kind == "sum" and found is not None and found.type in {"integer", "number"}:
            assert isinstance(node, Column)
            self.book.bounds[at] = Bounds(*_limits(found), reader.present(node))

    def _column(self, term: DataTerm, dimension: str) -> str | None:
        return resolve_dimension(self.catalog, self.catalog.datasets[term.dataset], dimension)

    def _series(
        self, card: Indicator, terms: tuple[_Term, ...], series: Series, *, running: bool
    ) -> None:
        key = series.key
        counting = counting_of(self.catalog, card)
        for i, result in enumerate(series.results):
            cell = CellKey(str(card.id), key, result.period.first, running)
            own: list[Quantity] = []
            other: list[Quantity] = []
            base: set[Quantity] = set()
            for one in terms:
                cells = series.terms.get(str(one.term.name))
                if cells is None:
                    continue
                shown = self._shown(one, series, i, running=running)
                start = isinstance(one.term, StockTerm) and one.term.at == "start"
                (other if start else own).extend(shown)
                if counting is not None and one.term.name in counting.bases(result.period):
                    base.update(q for q in shown if q.axis.counts)
            count, least = counting.at(series, i) if counting is not None else (0, 0)
            figures, repeated = self._leans(card, key, result.period)
            if own or other or figures or repeated:
                self.book.cells[cell] = Shown(
                    tuple(own), frozenset(base), tuple(other), count, least, figures, repeated
                )

    def _shown(self, one: _Term, series: Series, i: int, *, running: bool) -> list[Quantity]:
        """Return the sums that a term shows in one cell, and note how much they come to."""
        term, key = one.term, series.key
        if running and isinstance(term, RowTerm) and term.to_date is None:
            term = replace(term, to_date=Grain.MONTH)
        member = {}
        if key.dimension:
            column = self._column(term, key.dimension)
            if column is None:
                return []
            member = {column: key.member}
        period = series.results[i].period
        stretch = self.timeline.so_far(period)
        when = dating(term, one.time, stretch, self.timeline.calendar, one.begun)
        found = []
        for reading in one.read:
            amount = _amount(reading, series, str(term.name), i)
            if amount is not None and when.days:
                quantity = shown_by(str(term.dataset), reading, when, member)
                days = 1 if reading.source == "n" else when.days
                self.book.truth[quantity] = reading.sums.of(amount) * days
                grain = self.book.grains.get(quantity)
                if grain is None or key.grain.rank < grain.rank:
                    self.book.grains[quantity] = key.grain
                found.append(quantity)
        return found

    def _leans(
        self, card: Indicator, key: SeriesKey, period: Period
    ) -> tuple[tuple[CellKey, ...], tuple[CellKey, ...]]:
        """Return the cells whose figures a cell is made of, and those whose terms it repeats."""
        figures: list[CellKey] = []
        repeated: list[CellKey] = []
        calendar = self.timeline.calendar
        for term in card.terms:
            at: Period | None = period
            where, base = key, term
            while isinstance(base, OtherTerm):
                if base.overall:
                    where = SeriesKey(where.grain)
                if base.period is not None:
                    at = base.period
                    where = SeriesKey(at.grain, where.dimension, where.member)
                elif base.lag is not None and at is not None:
                    at = calendar.before(at, base.lag)
                inner = card.term(base.term)
                assert inner is not None
                base = inner
            if isinstance(base, IndicatorTerm):
                if base.lag is not None and at is not None:
                    at = calendar.before(at, base.lag)
                if at is not None:
                    figures.append(CellKey(str(base.indicator), where, at.first))
            elif base is not term and at is not None:
                repeated.append(CellKey(str(card.id), where, at.first))
        return tuple(figures), tuple(repeated)


def _limits(field: Field) -> tuple[float | None, float | None]:
    """Return the least and the most that a cell may hold by what the dataset's page tells."""
    least, most = (None if x is None else float(x) for x in (field.minimum, field.maximum))
    if field.enum and field.notation is None:
        listed = [float(one) for one in field.enum]
        least = max(min(listed), min(listed) if least is None else least)
        most = min(max(listed), max(listed) if most is None else most)
    return least, most


def _amount(reading: Reading, series: Series, term: str, i: int) -> Decimal | int | None:
    if reading.source == "n":
        return series.terms[term][i].n
    if reading.source == "value":
        return series.terms[term][i].value
    cells = series.bases.get(reading.source)
    return None if cells is None else cells[i].value
