"""Which figures are exact: sums, counts and extremes, added and multiplied, never divided."""

from __future__ import annotations

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Catalog,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    StockTerm,
    Term,
)
from kpi_site.schema import columns_of
from kpi_site.sql.nodes import Aggregate, Call, Node, columns, walk
from kpi_site.sql.types import infer

_KEPT = frozenset({"count", "sum", "min", "max"})


def exact_terms(catalog: Catalog, card: Indicator) -> frozenset[str]:
    """Return the names of the card's terms whose values are exact."""
    return frozenset(str(t.name) for t in card.terms if _exact(catalog, card, t))


def keeps_exact(formula: Node, exact: frozenset[str]) -> bool:
    """Tell whether ``formula`` is exact where the terms ``exact`` are: it does not divide."""
    divides = any(isinstance(node, Call) and node.op == "/" for node in walk(formula))
    return not divides and all(column.name in exact for column in columns(formula))


def _exact(catalog: Catalog, card: Indicator, term: Term) -> bool:
    match term:
        case OtherTerm():
            base = card.term(term.term)
            return base is not None and _exact(catalog, card, base)
        case CalendarTerm():
            return True
        case IndicatorTerm():
            other = catalog.indicators[term.indicator]
            return term.measure == "value" and keeps_exact(
                other.formula.node, exact_terms(catalog, other)
            )
        case StockTerm(at="average") | BalanceTerm(at="average"):
            return False
        case _:
            kinds = {n.kind for n in walk(term.value.node) if isinstance(n, Aggregate)}
            found, _ = infer(term.value, columns_of(catalog, term.dataset))
            return kinds <= _KEPT and found is not None and found.kind in {"integer", "number"}
