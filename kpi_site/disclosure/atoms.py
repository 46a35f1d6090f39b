"""What a term shows of the rows about people, as sums that add up.

A count or sum of rows is known by what is added (`What`), by which column dates the rows, and by
the conditions that they meet (`Rows`): those of the term and of its filter, and the member of the
dimension. So equal sums of different cards are the same sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kpi_site.apart import base_names, base_of, persons_name, persons_of
from kpi_site.catalog import BalanceTerm, DataTerm, RowTerm, StockTerm
from kpi_site.compute.averages import is_average, runs_of
from kpi_site.compute.spans import Stretch, reach
from kpi_site.engine.atoms import strip
from kpi_site.nature import is_linear
from kpi_site.periods import Calendar
from kpi_site.sql.nodes import Aggregate, Call, Column, Literal_, Node
from kpi_site.tables.model import Table

What = tuple[str, Node | None]
"""What is added: ``("count", None)`` rows, ``("sum", x)``, ``("linear", x)`` sums of sums.

``("distinct", x)`` values do not add up: those of all are at most those of the parts together.
"""
Condition = tuple[str, "str | Node"]
"""A column and the member that it has, or ("", any other condition)."""
Rows = frozenset[Condition]
COUNT: Final[What] = ("count", None)


class Axis(NamedTuple):
    """What adds up: one kind of sum over the rows of a dataset, dated in one way."""

    dataset: str
    time: tuple[str, ...]
    what: What

    @property
    def counts(self) -> bool:
        """Tell whether rows are counted: never less than none, and a part never exceeds all."""
        return self.what == COUNT

    @property
    def adds(self) -> bool:
        """Tell whether the sums of parts add up to that of all."""
        return self.what[0] != "distinct"


class Quantity(NamedTuple):
    """A sum over the rows that meet conditions, from a first day to a last one (ordinals)."""

    axis: Axis
    rows: Rows
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One sum that a term shows: ``n``, its ``value``, or one of the ``bases`` of a mean."""

    source: str  # "n", "value", or the name of a base
    what: What
    rows: Rows


def readings(term: DataTerm, table: Table) -> tuple[Reading, ...]:
    """Return the sums and distinct counts that ``term`` shows; medians are none.

    The persons behind it are no figure, but known as if they were.
    """
    where = frozenset(_conditions(term.where.node if term.where else None))
    found = [] if is_average(term) else [Reading("n", COUNT, where)]
    key = table.dataset.people_key
    if key is not None and not is_average(term):
        name, own = persons_name(term.name), persons_of(term, key)
        found.append(_reading(name, own.value.node, where, table))
    base = base_of(term)
    if base is not None:
        for name, own in zip(base_names(term.name), base, strict=True):
            found.append(_reading(name, own.value.node, where, table))
    elif _is_distinct(term.value.node):
        if not is_average(term):
            found.append(_reading("value", term.value.node, where, table))
    elif is_linear(term.value.node):
        found.append(_reading("value", term.value.node, where, table))
    return tuple(found)


def _is_distinct(node: Node) -> bool:
    return isinstance(node, Aggregate) and node.kind == "count" and node.distinct


def _reading(source: str, node: Node, where: Rows, table: Table) -> Reading:
    match node:
        case Aggregate(kind="count", distinct=True, arg=arg, where=own) if arg is not None:
            return Reading(source, ("distinct", strip(arg)), where | {*_conditions(own)})
        case Aggregate(kind="count", arg=arg, where=own):
            return Reading(source, COUNT, where | {*_conditions(own)} | present(arg, table))
        case Aggregate(kind="sum", arg=arg, where=own) if arg is not None:
            return Reading(source, ("sum", strip(arg)), where | {*_conditions(own)})
    return Reading(source, ("linear", strip(node)), where)


def present(arg: Node | None, table: Table) -> Rows:
    """Return the condition that ``arg`` is known in a row; none where it always is."""
    if arg is None:
        return frozenset()
    if isinstance(arg, Column) and (table.null_counts or {}).get(arg.name, 1) == 0:
        return frozenset()
    return frozenset({("", Call("is_not_null", (strip(arg),)))})


def _conditions(node: Node | None) -> Iterator[Condition]:
    """Yield what must hold of each row, one condition at a time."""
    match node:
        case None:
            return
        case Call(op="and", args=args):
            for arg in args:
                yield from _conditions(arg)
        case (
            Call(op="=", args=(Column(name=name), Literal_(value=value)))
            | Call(op="=", args=(Literal_(value=value), Column(name=name)))
        ) if isinstance(value, str | bool | int):
            yield name, str(value).lower() if isinstance(value, bool) else str(value)
        case Column(name=name):
            yield name, "true"
        case Call(op="not", args=(Column(name=name),)):
            yield name, "false"
        case Call(op="is_null", args=(Column(name=name),)):
            yield name, ""
        case _:
            yield "", strip(node)


@dataclass(frozen=True, slots=True)
class Dating:
    """How a term dates its rows, and over how many days its value in a stretch is a mean."""

    time: tuple[str, ...]
    first: int
    last: int
    days: int = 1


def dating(
    term: DataTerm, own_time: str, stretch: Stretch, calendar: Calendar, begun: int
) -> Dating:
    """Return when the rows are that ``term`` counts in ``stretch``.

    Rows of a period add up over its parts; what stands on a day does not. A mean over days is
    the sum over these days, divided by their number: such sums add up too. ``begun`` is the
    first day of the facts.
    """
    days = reach(term, stretch, calendar)
    first, last = days.first.toordinal(), days.last.toordinal()
    match term:
        case RowTerm():
            return Dating(("rows", str(term.time or own_time)), first, last)
        case StockTerm():
            told: tuple[str, ...] = ("alive", str(term.since), str(term.until or ""))
        case BalanceTerm():
            told = ("stands", str(term.time or own_time), str(term.last_per or ""))
    if not is_average(term):
        return Dating(told, first, last)
    runs = runs_of(term, stretch, calendar, stretch.period.first.fromordinal(begun))
    count = sum((run.last - run.first).days + 1 for run in runs)
    return Dating(("mean", term.average, *told), first, last, count)


def shown_by(dataset: str, reading: Reading, when: Dating, member: Mapping[str, str]) -> Quantity:
    """Return the sum that ``reading`` shows for ``member`` (a column's, or none)."""
    rows = reading.rows | frozenset(member.items())
    return Quantity(Axis(dataset, when.time, reading.what), rows, when.first, when.last)
