"""Plans: what a card's terms ask of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kpi_site.catalog import BalanceTerm, Catalog, DataTerm, Indicator, Measure, RowTerm, StockTerm
from kpi_site.engine.atoms import Atom, Partial, split, strip
from kpi_site.engine.balance import BalanceRequest
from kpi_site.engine.cube import NEXT, Bucket, CubeRequest, RowSource, Schema, places
from kpi_site.engine.rows import Reach, RowsRequest
from kpi_site.engine.seam import Request
from kpi_site.formula.evaluate import Evaluator, compile_node
from kpi_site.schema import resolve_dimension
from kpi_site.sql.nodes import Aggregate, Column, Node
from kpi_site.sql.types import infer, infer_node
from kpi_site.tables.model import Table

# Microseconds in one unit of a duration (a card in another unit counts hours).
_MICROSECONDS = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000}


@dataclass(frozen=True, slots=True)
class TermPlan:
    """A term that reads a dataset, ready to be asked and evaluated.

    ``arithmetic`` joins the atoms; None where the one atom is the value. ``per_unit`` is the
    microseconds in one of the card's unit, for a duration. ``dimensions`` maps the card's
    dimensions to columns.
    """

    term: DataTerm
    where: Node | None
    atoms: tuple[Atom, ...]
    arithmetic: Evaluator | None
    per_unit: Decimal | None
    dimensions: Mapping[str, str]
    sources: tuple[RowSource, ...]

    @property
    def rows(self) -> Partial:
        """The partial that counts the term's rows."""
        return Partial("count", None, self.where)

    @property
    def alive(self) -> bool:
        """Tell whether rows count from one day until another: a stock, or the last of each."""
        return bool(self.sources) and self.sources[0].alive is not None

    @property
    def at_times(self) -> bool:
        """Tell whether the rows of one exact time count: a balance."""
        return isinstance(self.term, BalanceTerm) and not self.alive

    @property
    def begun(self) -> tuple[Partial, ...]:
        """The partial that tells whether there was any row yet, where that is asked."""
        last_of_each = self.alive and isinstance(self.term, BalanceTerm)
        return (Partial("count", None, None),) if last_of_each else ()

    def cut(self, days: tuple[date, ...]) -> TermPlan:
        """Return the plan with its buckets of months cut at ``days`` too."""
        sources = (replace(s, cuts=days) if s.bucket == "month" else s for s in self.sources)
        return replace(self, sources=tuple(sources))

    def by_rows(self, atom: Atom) -> bool:
        """Tell whether ``atom`` must be counted over the rows of each span again."""
        extreme = atom.aggregate.kind in {"min", "max"}
        return atom.holistic or (extreme and self.alive)

    def cube_requests(self) -> tuple[CubeRequest, ...]:
        """The cubes from which the additive atoms and the row counts come."""
        partials = [p for atom in self.atoms if not self.by_rows(atom) for p in atom.partials]
        wanted = tuple(dict.fromkeys([self.rows, *self.begun, *partials]))
        columns = tuple(self.dimensions.values())
        return tuple(CubeRequest(source, wanted, columns) for source in self.sources)

    def rows_request(self, atom: Atom, reaches: tuple[Reach, ...]) -> RowsRequest:
        """Return the request that counts ``atom`` over the rows of each reach."""
        return RowsRequest(self.sources[0], atom, reaches, tuple(self.dimensions.values()))

    def balance_request(self, time: str) -> BalanceRequest:
        """Return the request for a balance, taken by the column ``time``."""
        columns = tuple(self.dimensions.values())
        return BalanceRequest(self.term.dataset, time, self.rows, self.atoms, columns)


def plan_term(
    catalog: Catalog,
    tables: Mapping[str, Table],
    card: Indicator,
    term: DataTerm,
    schemas: Mapping[str, Schema],
) -> TermPlan:
    """Plan one term of ``card``."""
    schema = schemas[term.dataset]
    where = strip(term.where.node) if term.where is not None else None
    tree, aggregates = split(term.value.node, where)
    atoms = tuple(_atom(aggregate, tables[term.dataset], schema) for aggregate in aggregates)
    kind, _ = infer(term.value, schema)
    duration = kind is not None and kind.kind == "duration"
    return TermPlan(
        term=term,
        where=where,
        atoms=atoms,
        arithmetic=None if isinstance(tree, Column) else compile_node(tree),
        per_unit=_microseconds(card.unit) if duration else None,
        dimensions=_columns_of(catalog, card, term),
        sources=_sources(catalog, card, term),
    )


def _atom(aggregate: Aggregate, table: Table, schema: Schema) -> Atom:
    if aggregate.arg is None:
        return Atom(aggregate, 0, nullable=False)
    found, _ = infer_node(aggregate.arg, schema)
    is_count = aggregate.kind == "count"
    whole = 0 if is_count else places(found)
    return Atom(aggregate, whole, nullable=_nullable(aggregate.arg, table))


def _nullable(arg: Node, table: Table) -> bool:
    """Tell whether ``arg`` may be null: only a column counted as complete may not."""
    if not isinstance(arg, Column) or table.null_counts is None:
        return True
    return table.null_counts.get(arg.name, 1) > 0


def _microseconds(unit: Measure) -> Decimal:
    return Decimal(_MICROSECONDS.get(unit.kind, _MICROSECONDS["hours"]))


def _columns_of(catalog: Catalog, card: Indicator, term: DataTerm) -> dict[str, str]:
    """Return the column of each of the card's dimensions in the term's dataset."""
    dataset = catalog.datasets[term.dataset]
    found = {name: resolve_dimension(catalog, dataset, name) for name in card.dimensions}
    return {name: column for name, column in found.items() if column is not None}


def _sources(catalog: Catalog, card: Indicator, term: DataTerm) -> tuple[RowSource, ...]:
    """Return the rows that the term counts; for a stock, those that begin and that end."""
    by_day = not (card.cycle.months and catalog.site.calendar.plain)
    bucket: Bucket = "day" if by_day else "month"
    match term:
        case StockTerm():
            alive = (str(term.since), str(term.until) if term.until else None)
            if term.at == "average":
                bucket = "day"
            begin = RowSource(term.dataset, term.since, bucket, alive)
            return (begin, replace(begin, time=term.until)) if term.until else (begin,)
        case RowTerm():
            if term.window is not None and term.window.days:
                bucket = "day"
            time = term.time or catalog.datasets[term.dataset].time
            return (RowSource(term.dataset, str(time), bucket),)
        case BalanceTerm(last_per=None):
            return ()
        case BalanceTerm(last_per=entity):
            if term.at == "average":
                bucket = "day"
            when = str(term.time or catalog.datasets[term.dataset].time)
            begin = RowSource(term.dataset, when, bucket, (when, NEXT), entity=entity)
            return begin, replace(begin, time=NEXT)


def requests_of(plan: TermPlan, time: str, reaches: Iterable[tuple[Reach, ...]]) -> list[Request]:
    """Return everything that ``plan`` asks of the engine, for each of ``reaches``.

    ``time`` dates the rows of a balance.
    """
    if plan.at_times:
        return [plan.balance_request(time)]
    by_rows = [
        plan.rows_request(atom, days)
        for days in reaches
        if days
        for atom in plan.atoms
        if plan.by_rows(atom)
    ]
    return [*plan.cube_requests(), *by_rows]
