"""What kind of figure a card makes: parts of a whole, amounts that add up, actual and target."""

from __future__ import annotations

from typing import Final

from kpi_site.catalog import Indicator, IndicatorTerm, OtherTerm, RowTerm, Term
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window, walk

_TARGETS: Final = frozenset({"target", "plan", "planned", "budget", "budgeted"})


def is_amount(indicator: Indicator) -> bool:
    """Tell whether values are flows that add up over time: bars from zero, not a line.

    Such are sums and counts of a period's rows; a stock, a trailing window or a quotient
    is a level, and a line shows it better.
    """
    flows = all(
        isinstance(t, OtherTerm) or (isinstance(t, RowTerm) and not (t.window or t.to_date))
        for t in indicator.terms
    )
    divides = any(isinstance(n, Call) and n.op == "/" for n in walk(indicator.formula.node))
    additive = indicator.unit.additive and indicator.direction != "within"
    return additive and flows and not divides


def adds_up(indicator: Indicator) -> bool:
    """Tell whether members' values must add up to the whole: sums and counts, added only."""
    by_name = {t.name: t for t in indicator.terms}
    for term in indicator.terms:
        if isinstance(term, IndicatorTerm):
            return False
        if isinstance(term, OtherTerm) and (term.overall or term.term not in by_name):
            return False
    return _linear(indicator.formula.node) and all(
        _linear(t.value.node) for t in data_terms(indicator)
    )


def _linear(node: Node) -> bool:
    """Tell whether ``node`` is a sum of columns, sums and counts, times constants."""
    match node:
        case Column():
            return True
        case Aggregate(kind=kind, distinct=distinct):
            return kind in {"count", "sum"} and not distinct
        case Call(op="+" | "-" | "neg", args=args):
            return all(_linear(arg) for arg in args)
        case Call(op="*", args=(left, right)):
            return (_constant(left) and _linear(right)) or (_linear(left) and _constant(right))
        case Call(op="/", args=(left, right)):
            return _linear(left) and _constant(right)
        case Call() | Case() | Literal_() | Window():
            return False


def _constant(node: Node) -> bool:
    return isinstance(node, Literal_)


def is_share(indicator: Indicator) -> bool:
    """Tell whether a member's value is its share of the whole: ``part / whole``, and no more.

    ``part`` adds up over members, and ``whole`` is the same term without the breakdown.
    """
    match indicator.formula.node:
        case Call(op="/", args=(Column(name=part), Column(name=whole))):
            term, over = indicator.term(part), indicator.term(whole)
        case _:
            return False
    same = isinstance(over, OtherTerm) and over.overall and over.term == part and not over.lag
    value = getattr(term, "value", None)
    return same and indicator.unit.kind == "percent" and value is not None and _linear(value.node)


def stacks(indicator: Indicator) -> bool:
    """Tell whether members are parts of a whole, so that their shares can be stacked to 100 %."""
    return is_share(indicator) or (indicator.unit.additive and adds_up(indicator))


def actual_and_target(indicator: Indicator) -> tuple[Term, Term] | None:
    """Return the two terms that the formula sets against each other, or None.

    That is ``actual / target``, ``(actual - target) / target``, ``actual / target - 1`` or
    ``actual - target``.
    """
    match indicator.formula.node:
        case Call(op="/", args=(Column(name=actual), Column(name=target))):
            pass
        case Call(
            op="/",
            args=(
                Call(op="-", args=(Column(name=actual), Column(name=same))),
                Column(name=target),
            ),
        ) if same == target:
            pass
        case Call(
            op="-",
            args=(Call(op="/", args=(Column(name=actual), Column(name=target))), Literal_(value=1)),
        ):
            pass
        case Call(op="-", args=(Column(name=actual), Column(name=target))):
            pass
        case _:
            return None
    solid, outlined = indicator.term(actual), indicator.term(target)
    if solid is None or outlined is None or actual == target:
        return None
    return solid, outlined


def names_target(indicator: Indicator) -> bool:
    """Tell whether the second of the two terms is a target by its name: target, plan, budget."""
    pair = actual_and_target(indicator)
    return pair is not None and str(pair[1].name) in _TARGETS
