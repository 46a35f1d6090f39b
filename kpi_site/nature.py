"""What kind of figure a card makes: parts of a whole, amounts that add up, actual and target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.periods import Period
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window, columns, walk

_TARGETS: Final = frozenset({"target", "plan", "planned", "budget", "budgeted"})


@dataclass(frozen=True, slots=True)
class Nature:
    """Whether a card's figures are amounts: of longer periods, and of members, they differ in size.

    Rules: specification.md#level-or-amount.

    A level (a ratio, mean, median or stock) is of the same size for a month and for a year,
    for one region and for all of them, and so may be held against the same thresholds.
    """

    adds_over_time: bool
    adds_over_members: bool


def nature_of(indicator: Indicator, others: Mapping[str, Indicator]) -> Nature:
    """Return whether the card's figures add up over time, and over members.

    Sums and counts of a period's rows do, also from the start of a year to date; and so do sums,
    differences and multiples of such. What divides them, or multiplies them with each other, is
    a level, as are means, medians and distinct counts. Stocks, balances and windows are levels
    over time and amounts over members. ``others`` are all cards, for terms that name one.
    """
    kinds = (_of_card(indicator, others, members, ()) for members in (False, True))
    return Nature(*(kind == "amount" for kind in kinds))


_Kind = Literal["constant", "amount", "level"]
# What is of the same kind as what stands in it.
_KEEPING: Final = frozenset({
    "+", "-", "neg", "abs", "round", "coalesce", "nullif", "least", "greatest", "floor", "ceil",
})  # fmt: skip


def _of_card(
    indicator: Indicator,
    others: Mapping[str, Indicator],
    members: bool,
    above: tuple[tuple[str, str], ...],
) -> _Kind:
    """Return the kind of the card's figures; ``above`` are the terms on the way to it."""

    def of_term(name: str) -> _Kind:
        return _of_term(indicator, name, others, members, above)

    return _of_node(indicator.formula.node, of_term)


def _of_term(
    indicator: Indicator,
    name: str,
    others: Mapping[str, Indicator],
    members: bool,
    above: tuple[tuple[str, str], ...],
) -> _Kind:
    step = (str(indicator.id), name)
    match indicator.term(name):
        case _ if step in above:  # a circle, which is reported as such
            return "level"
        case OtherTerm(overall=True) if members:
            return "level"
        case OtherTerm(period=Period()) if not members:  # one and the same for every period
            return "constant"
        case OtherTerm(term=base):
            return _of_term(indicator, base, others, members, (*above, step))
        case IndicatorTerm(indicator=other, measure="value") if other in others:
            return _of_card(others[other], others, members, (*above, step))
        case CalendarTerm(to_date=to_date) if not members:
            return "amount" if to_date is None else "level"
        case RowTerm(window=window, value=value) if window is None or members:
            return _of_node(value.node, lambda _: "level")
        case StockTerm(value=value) | BalanceTerm(value=value) if members:
            return _of_node(value.node, lambda _: "level")
    return "level"


def _of_node(node: Node, of_term: Callable[[str], _Kind]) -> _Kind:
    match node:
        case Literal_():
            return "constant"
        case Column(name=name):
            return of_term(name)
        case Aggregate(kind=kind, distinct=distinct):
            return "amount" if kind in {"count", "sum"} and not distinct else "level"
        case Case(whens=whens, default=default):
            results = [then for _, then in whens] + ([] if default is None else [default])
            return _together(_of_node(one, of_term) for one in results)
        case Call(op="*" | "/" as op, args=(left, right)):
            one, other = _of_node(left, of_term), _of_node(right, of_term)
            if other == "constant":
                return one
            return other if op == "*" and one == "constant" else "level"
        case Call(op=op, args=args) if op in _KEEPING:
            return _together(_of_node(arg, of_term) for arg in args)
    return "level"


def _together(kinds: Iterable[_Kind]) -> _Kind:
    """Return the kind of a sum of figures of these kinds."""
    found = set(kinds)
    return "level" if "level" in found else "amount" if "amount" in found else "constant"


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
        if isinstance(term, BalanceTerm) and term.at == "average":
            return False  # each member's days begin with its own first balance
        if isinstance(term, OtherTerm) and (term.overall or term.term not in by_name):
            return False
    return is_linear(indicator.formula.node) and all(
        is_linear(t.value.node) for t in data_terms(indicator)
    )


def is_linear(node: Node) -> bool:
    """Tell whether ``node`` is a sum of columns, sums and counts, times constants."""
    match node:
        case Column():
            return True
        case Aggregate(kind=kind, distinct=distinct):
            return kind in {"count", "sum"} and not distinct
        case Call(op="+" | "-" | "neg", args=args):
            return all(is_linear(arg) for arg in args)
        case Call(op="*", args=(left, right)):
            return (_constant(left) and is_linear(right)) or (is_linear(left) and _constant(right))
        case Call(op="/", args=(left, right)):
            return is_linear(left) and _constant(right)
        case Call() | Case() | Literal_() | Window():
            return False


def _constant(node: Node) -> bool:
    return isinstance(node, Literal_)


def divisor_of(node: Node) -> Node | None:
    """Return what a ratio is divided by: ``b`` of ``a / b``, ``100 * a / b`` and ``a / b - 1``."""
    match node:
        case Call(op="/", args=(left, right)):
            return divisor_of(left) if _constant(right) else right
        case Call(op="+" | "-" | "*", args=(left, right)) if _constant(left) or _constant(right):
            return divisor_of(right if _constant(left) else left)
        case Call(op="*", args=(left, right)):
            return divisor_of(left) or divisor_of(right)
        case Call(op="round" | "neg", args=(inner, *_)):
            return divisor_of(inner)
    return None


def is_counted(indicator: Indicator) -> bool:
    """Tell whether a figure is made of sums and counts of rows alone: no mean, median, extreme."""
    used = {column.name for column in columns(indicator.formula.node)}
    nodes = [n for t in data_terms(indicator) if t.name in used for n in walk(t.value.node)]
    return not any(
        (isinstance(n, Aggregate) and n.kind not in {"count", "sum"})
        or (isinstance(n, Call) and n.op == "/")
        for n in nodes
    )


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
    return same and indicator.unit.kind == "percent" and value is not None and is_linear(value.node)


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
