"""How a card's figure comes apart by members: a sum, a ratio of sums, or not at all.

Rules: specification.md#contributions. Whether it does is read from the formula: sums and
differences of what adds up over members add up themselves, and the quotient of two such, also
times or plus a constant, is a ratio. A mean, or a quotient inside a term, is the ratio of its own
two sums, which are computed beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    DataTerm,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    StockTerm,
)
from kpi_site.nature import is_linear
from kpi_site.results import Apart
from kpi_site.sql.nodes import Aggregate, Call, Column, Literal_, Node

_ONE: Final = Literal_(1)


@dataclass(frozen=True, slots=True)
class _Quotient:
    """``top / bottom``; where nothing is divided, ``bottom`` is 1."""

    top: Node
    bottom: Node = _ONE

    @property
    def constant(self) -> bool:
        """Tell whether it is a number."""
        return isinstance(self.top, Literal_) and self.whole

    @property
    def whole(self) -> bool:
        """Tell whether nothing is divided."""
        return self.bottom == _ONE


_Leaf = Callable[[Node], _Quotient | None]


def how_apart(indicator: Indicator, others: Mapping[str, Indicator]) -> Apart | None:
    """Return how the card's figure comes apart by members; None if it does not.

    ``others`` are all cards, for terms that name one.
    """
    found = _quotient(indicator.formula.node, lambda node: _of_term(indicator, node, others))
    return None if found is None else _sums(found)


def base_of(term: DataTerm) -> tuple[DataTerm, DataTerm] | None:
    """Return the two terms whose quotient ``term`` is, where it is a ratio of sums; else None.

    ``AVG(x)`` is ``SUM(x) / COUNT(x)``. A mean over the days of a period is none such.
    """
    if isinstance(term, StockTerm | BalanceTerm) and term.at == "average":
        return None
    found = _quotient(term.value.node, _of_aggregate)
    sums = None if found is None else _sums(found)
    if sums is None or sums.bottom is None:
        return None
    top, bottom = (
        replace(term, value=replace(term.value, node=node)) for node in (sums.top, sums.bottom)
    )
    return top, bottom


def base_names(term: str) -> tuple[str, str]:
    """Return the names of the two sums of the term called ``term``."""
    return f"{term}/top", f"{term}/bottom"


def persons_of(term: DataTerm, key: str) -> DataTerm:
    """Return the term that counts the persons in the rows of ``term``, told apart by ``key``."""
    node = term.value.node
    where = node.where if isinstance(node, Aggregate) else None
    count = Aggregate("count", Column(key), distinct=True, where=where)
    return replace(term, value=replace(term.value, node=count))


def persons_name(term: str) -> str:
    """Return the name of the count of persons behind the term called ``term``."""
    return f"{term}/persons"


def _sums(found: _Quotient) -> Apart | None:
    if not is_linear(found.top):
        return None
    if found.whole:
        return Apart(found.top)
    return Apart(found.top, found.bottom) if is_linear(found.bottom) else None


def _of_term(indicator: Indicator, node: Node, others: Mapping[str, Indicator]) -> _Quotient | None:
    """Return the term that a formula names as a quotient of what adds up over members."""
    if not isinstance(node, Column):
        return None
    name = node.name
    if _adds_up(indicator, name, others):
        return _Quotient(Column(name))
    term = indicator.term(name)
    if term is None or isinstance(term, OtherTerm | IndicatorTerm | CalendarTerm):
        return None
    if base_of(term) is None:
        return None
    return _Quotient(*map(Column, base_names(name)))


def _adds_up(indicator: Indicator, name: str, others: Mapping[str, Indicator]) -> bool:
    """Tell whether the members' values of a term add up to the whole's."""
    match indicator.term(name):
        case OtherTerm(term=base, overall=False):
            return _adds_up(indicator, base, others)
        case IndicatorTerm(indicator=other, measure="value") if other in others:
            found = how_apart(others[other], others)
            return found is not None and found.bottom is None
        case BalanceTerm(at="average"):  # each member's days begin with its own first balance
            return False
        case OtherTerm() | IndicatorTerm() | CalendarTerm() | None:
            return False
        case term:
            return is_linear(term.value.node)


def _of_aggregate(node: Node) -> _Quotient | None:
    match node:
        case Aggregate(kind="count" | "sum", distinct=False):
            return _Quotient(replace(node, at=0))
        case Aggregate(kind="avg", distinct=False):
            return _Quotient(replace(node, kind="sum", at=0), replace(node, kind="count", at=0))
    return None


def _quotient(node: Node, leaf: _Leaf) -> _Quotient | None:
    """Return ``node`` as one quotient without quotients inside; None if it is none."""
    match node:
        case Literal_(value=value):
            return _Quotient(Literal_(value))
        case Call(op="nullif", args=(inner, Literal_(value=0))):
            return _quotient(inner, leaf)  # where it is 0 there is no figure
        case Call(op="neg", args=(inner,)):
            found = _quotient(inner, leaf)
            return found and replace(found, top=Call("neg", (found.top,)))
        case Call(op="+" | "-" | "*" | "/" as op, args=(left, right)):
            one, other = _quotient(left, leaf), _quotient(right, leaf)
            if one is None or other is None:
                return None
            return {"+": _added, "-": _added, "*": _multiplied, "/": _divided}[op](op, one, other)
    return leaf(node)


def _added(op: str, one: _Quotient, other: _Quotient) -> _Quotient | None:
    if one.bottom == other.bottom:
        return _Quotient(Call(op, (one.top, other.top)), one.bottom)
    if one.constant:
        return _Quotient(Call(op, (_times(one.top, other.bottom), other.top)), other.bottom)
    if other.constant:
        return _Quotient(Call(op, (one.top, _times(other.top, one.bottom))), one.bottom)
    return None


def _multiplied(_: str, one: _Quotient, other: _Quotient) -> _Quotient | None:
    if one.constant:
        return replace(other, top=_times(one.top, other.top))
    if other.constant:
        return replace(one, top=_times(other.top, one.top))
    return None


def _divided(_: str, one: _Quotient, other: _Quotient) -> _Quotient | None:
    if other.constant:
        return replace(one, top=Call("/", (one.top, other.top)))
    if one.bottom == other.bottom:
        return _Quotient(one.top, other.top)
    if one.constant:
        return _Quotient(_times(one.top, other.bottom), other.top)
    return None


def _times(constant: Node, node: Node) -> Node:
    return Call("*", (constant, node))
