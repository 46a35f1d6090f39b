"""The members that have no row of their own, as one: figures made of their terms together.

Rules: specification.md#member-order. Sums and counts of rows, of which each belongs to one
member, add up; a mean, a median or a distinct count of several members cannot be told from
those of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Literal

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Catalog,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    Term,
)
from kpi_site.exact import WHOLE, settled
from kpi_site.formula.evaluate import Operand, compile_node, worst
from kpi_site.nature import adds_up, is_linear
from kpi_site.results import Cell, Result, SameDay, Series, State
from kpi_site.sql.nodes import columns

_Way = Literal["sum", "same"]


def others_of(
    catalog: Catalog, indicator: Indicator, rest: Sequence[Series], whole: Series
) -> Series | None:
    """Return the series of the members ``rest`` together; None where their figures do not tell.

    It has results in the periods of ``whole``, the series of all, without points. A running
    period has nothing to be compared with: terms up to the same day are not kept.
    """
    through = catalog.site.data_through
    days = {r.period: min(r.period.last, through or r.period.last) for r in whole.results}
    versions = {p: indicator.version(day) for p, day in days.items()}
    nodes = {p: indicator.formula.node if v is None else v.node for p, v in versions.items()}
    names = tuple(dict.fromkeys(c.name for node in nodes.values() for c in columns(node)))
    ways = {name: _way(catalog, indicator, indicator.term(name)) for name in names}
    known = {name: way for name, way in ways.items() if way is not None}
    if len(known) < len(ways) or any(name not in s.terms for s in rest for name in names):
        return None
    results = []
    for result in whole.results:
        formula = compile_node(nodes[result.period])
        cells = _cells(rest, result, known)
        number = formula({n: c.state if c.value is None else c.value for n, c in cells.items()})
        results.append(_result(result, number, cells.values()))
    key = replace(whole.key, dimension=rest[0].key.dimension if rest else "")
    same_day = whole.same_day and SameDay(whole.same_day.running, ())
    return Series(key, tuple(results), {}, same_day)


def _cells(rest: Sequence[Series], whole: Result, ways: Mapping[str, _Way]) -> dict[str, Cell]:
    """Return each term's cell of all of ``rest`` in the period of ``whole``."""
    places = [(series, series.index(whole.period)) for series in rest]
    return {
        name: _together([s.terms[name][at] for s, at in places if at is not None], way)
        for name, way in ways.items()
    }


def _together(cells: Sequence[Cell], way: _Way) -> Cell:
    """Return the sum of the cells that have a value, or the one that they all are."""
    present = [cell for cell in cells if cell.value is not None]
    if not present:
        return Cell(None, worst(*(cell.state for cell in cells)) or State.NO_DATA)
    if way == "same":
        return present[0]
    loose = any(cell.state is State.PROVISIONAL for cell in present)
    value = reduce(WHOLE.add, (cell.value for cell in present if cell.value is not None))
    counts = [cell.n for cell in cells if cell.n is not None]
    return Cell(value, State.PROVISIONAL if loose else State.OK, sum(counts) if counts else None)


def _result(whole: Result, number: Operand, cells: Iterable[Cell]) -> Result:
    cells = tuple(cells)
    n = max((cell.n for cell in cells if cell.n is not None), default=None)
    if isinstance(number, State):
        return Result(whole.period, None, number, n)
    loose = State.PROVISIONAL in {whole.state, *(cell.state for cell in cells)}
    state = State.PROVISIONAL if loose else State.OK
    return Result(whole.period, settled(Decimal(number)), state, n)


def _way(catalog: Catalog, indicator: Indicator, term: Term | None) -> _Way | None:
    """Return how the cells of several members make one; None where they do not tell."""
    match term:
        case OtherTerm(overall=True) | CalendarTerm():
            return "same"
        case OtherTerm(term=base):
            return _way(catalog, indicator, indicator.term(base))
        case IndicatorTerm(indicator=other, measure=measure):
            sums = measure == "value" and adds_up(catalog.indicators[other])
            return "sum" if sums else None
        case None | BalanceTerm(at="average"):
            return None
    return "sum" if is_linear(term.value.node) else None
