"""How a card's figure comes apart by members: a sum, a ratio of sums, or not at all.

Rules: specification.md#contributions. Whether it does is read from the formula: sums and
differences of what adds up over members add up themselves, and the quotient of two such, also
times or plus a constant, is a ratio. A mean, or a quotient inside a term, is the ratio of its own
two sums, which are computed beside it. The other sums that a term may tell
(`inside`, `near`) are computed beside it where rows are about people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from kpi_site.sql.kinds import SqlType
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, walk
from kpi_site.sql.types import infer_node

_ONE: Final = Literal_(1)
_NEAR: Final = frozenset({"abs", "round", "floor", "ceil", "cast", "try_cast", "//"})
"""What leaves a number as it is or near it."""
_ONE_OF: Final = frozenset({"greatest", "least", "coalesce", "nullif"})


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
    if _over_days(term):
        return None
    found = _quotient(term.value.node, _of_aggregate)
    sums = None if found is None else _sums(found)
    if sums is None or sums.bottom is None:
        return None
    return _valued(term, sums.top), _valued(term, sums.bottom)


def base_names(term: str) -> tuple[str, str]:
    """Return the names of the two sums of the term called ``term``."""
    return f"{term}/top", f"{term}/bottom"


def answers_of(term: DataTerm) -> tuple[str, DataTerm] | None:
    """Return the count of the answers of which ``term`` is a mean, a median or the like, named.

    Of a ratio of sums that is its divisor, if that is a count. None of what else there is.
    """
    base = base_of(term)
    if base is not None:
        counts = isinstance(base[1].value.node, Aggregate) and base[1].value.node.kind == "count"
        return (base_names(term.name)[1], base[1]) if counts else None
    one = _only_aggregate(term)
    if one is None or one.kind in {"count", "sum"} or _over_days(term):
        return None
    return f"{term.name}/answers", _valued(term, Aggregate("count", one.arg, where=one.where))


def inside(term: DataTerm) -> dict[str, DataTerm]:
    """Return by name the sums and counts in a term that is no sum of such and no ratio: a CASE."""
    node = term.value.node
    if isinstance(node, Aggregate) or is_linear(node) or base_of(term) is not None:
        return {}
    found = (one for part in walk(node) for one in _plain(part))
    return {f"{term.name}/inside{i}": _valued(term, one) for i, one in enumerate(found)}


def near(term: DataTerm, schema: Mapping[str, SqlType]) -> dict[str, DataTerm]:
    """Return by name the sums to which those of ``term`` are near.

    A sum of ``ABS(x)``, ``ROUND(x, 1)`` or ``GREATEST(x, y)`` is near those of ``x`` and of ``y``.
    """
    found = (one for part in walk(term.value.node) for one in _bare(part, schema))
    return {f"{term.name}/near{i}": _valued(term, one) for i, one in enumerate(found)}


def persons_of(term: DataTerm, key: str) -> DataTerm:
    """Return the term that counts the persons in the rows of ``term``, told apart by ``key``.

    Of a mean those who answered.
    """
    answers = answers_of(term)
    node = term.value.node if answers is None else answers[1].value.node
    where = node.where if isinstance(node, Aggregate) else None
    if answers is not None and isinstance(node, Aggregate) and node.arg is not None:
        answered = Call("is_not_null", (node.arg,))
        where = answered if where is None else Call("and", (where, answered))
    return _valued(term, Aggregate("count", Column(key), distinct=True, where=where))


def persons_name(term: str) -> str:
    """Return the name of the count of persons behind the term called ``term``."""
    return f"{term}/persons"


def _valued(term: DataTerm, node: Node) -> DataTerm:
    return replace(term, value=replace(term.value, node=node))


def _over_days(term: DataTerm) -> bool:
    return isinstance(term, StockTerm | BalanceTerm) and term.at == "average"


def _only_aggregate(term: DataTerm) -> Aggregate | None:
    found = [part for part in walk(term.value.node) if isinstance(part, Aggregate)]
    return found[0] if len(found) == 1 else None


def _plain(node: Node) -> Iterator[Node]:
    """Yield the sums and counts of which an aggregate is made, or over which it is taken."""
    match node:
        case Aggregate(kind="count" | "sum"):
            yield replace(node, at=0)
        case Aggregate(kind=kind, arg=arg, where=where):
            if kind == "avg":
                yield Aggregate("sum", arg, where=where)
            yield Aggregate("count", arg, where=where)


def _bare(node: Node, schema: Mapping[str, SqlType]) -> Iterator[Node]:
    """Yield the sum of what is nearly added up by ``node``."""
    match node:
        case Aggregate(kind="sum" | "avg", distinct=False, arg=arg, where=where) if arg is not None:
            for one in _near(arg):
                kind = infer_node(one, schema)[0]
                if one != arg and kind is not None and kind.numeric:
                    yield Aggregate("sum", one, where=where)


def _near(node: Node) -> tuple[Node, ...]:
    """Return what the number ``node`` is near to: itself, where no function rounds or chooses."""
    match node:
        case Call(op=op, args=(inner, *_)) if op in _NEAR:
            return _near(inner)
        case Call(op=op, args=args) if op in _ONE_OF:
            return tuple(near for arg in args if not _constant(arg) for near in _near(arg))
        case Call(op="+" | "-" | "*" | "/" | "neg" as op, args=args):
            return tuple(Call(op, own) for own in _together([_near(arg) for arg in args]))
        case Case(whens=whens, default=default):
            values = [then for _, then in whens] + ([] if default is None else [default])
            return tuple(
                Case(
                    tuple((when, own[i]) for i, (when, _) in enumerate(whens)),
                    None if default is None else own[-1],
                )
                for own in _together([_near(value) for value in values])
            )
    return (node,)


def _together(found: list[tuple[Node, ...]]) -> Iterator[tuple[Node, ...]]:
    """Yield the parts of a whole, each in one of the ways ``found``, so that all ways come."""
    for at in range(max(map(len, found))) if all(found) else ():
        yield tuple(ways[min(at, len(ways) - 1)] for ways in found)


def _constant(node: Node) -> bool:
    return isinstance(node, Literal_) or (
        isinstance(node, Call) and node.op == "neg" and isinstance(node.args[0], Literal_)
    )


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
