"""What a term shows of the rows about people, as sums that add up.

A count or sum of rows is known by what is added (`What`), by which column dates the rows, and by
the conditions that they meet (`Rows`): those of the term and of its filter, and the member of the
dimension. So equal sums of different cards are the same sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kpi_site.apart import (
    answers_of,
    base_names,
    base_of,
    inside,
    near,
    persons_name,
    persons_of,
)
from kpi_site.catalog import BalanceTerm, DataTerm, RowTerm, StockTerm
from kpi_site.compute.averages import is_average, runs_of
from kpi_site.compute.spans import Stretch, reach
from kpi_site.disclosure.sums import COUNT, Piece, Reader, Rows, Sums, What, adds, pieces_of
from kpi_site.periods import Calendar
from kpi_site.sql.nodes import Aggregate, Node

_ROWS: Final = Aggregate("count", None)


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
        return adds(self.what)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The plain sums of which it is made; none where it is one itself."""
        return pieces_of(self.what)


class Quantity(NamedTuple):
    """A sum over the rows that meet conditions, from a first day to a last one (ordinals)."""

    axis: Axis
    rows: Rows
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What ``n`` of a term, its ``value``, or one of the ``bases`` of a mean is made of."""

    source: str  # "n", "value", or the name of what was computed beside it
    sums: Sums


def readings(term: DataTerm, reader: Reader) -> tuple[Reading, ...]:
    """Return the sums and distinct counts that ``term`` shows; medians are none.

    The persons behind it are no figure, but known as if they were; so is every sum in what is no
    sum itself, as a CASE.
    """
    where = term.where.node if term.where else None
    shown: list[tuple[str, Node]] = [] if is_average(term) else [("n", _ROWS)]
    key = reader.table.dataset.people_key
    if key is not None and not is_average(term):
        shown.append((persons_name(term.name), persons_of(term, key).value.node))
    base, beside = base_of(term), near(term, reader.schema)
    if base is not None:
        shown += zip(base_names(term.name), (own.value.node for own in base), strict=True)
    elif reader.read(term.value.node, where) is not None:
        shown.append(("value", term.value.node))
    else:
        beside |= inside(term)
    answers = answers_of(term)
    if answers is not None and base is None:
        beside |= [answers]
    shown += ((name, own.value.node) for name, own in beside.items())
    found = ((source, reader.read(node, where)) for source, node in shown)
    return tuple(
        Reading(source, sums)
        for source, sums in found
        if sums is not None and (adds(sums.what) or not is_average(term))
    )


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
            time = str(term.time or own_time)
            if time == own_time and begun <= last:  # there are no rows before, as is published
                first = max(first, begun)
            return Dating(("rows", time), first, last)
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
    rows = reading.sums.rows | frozenset(member.items())
    return Quantity(Axis(dataset, when.time, reading.sums.what), rows, when.first, when.last)
