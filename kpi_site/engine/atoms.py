"""Splits a term's aggregate text into atoms: single aggregates that an engine can count.

``SUM(a) FILTER (WHERE f) / COUNT(*)`` becomes the arithmetic ``#0 / #1`` over two atoms.
A term's own ``where`` joins each atom's filter, so that terms with different ``where``
share one pass over the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from kpi_site.exact import EXACT, WHOLE
from kpi_site.formula.evaluate import Operand
from kpi_site.results import State
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window


@dataclass(frozen=True, slots=True)
class Partial:
    """One summable column: rows are folded into it, and so are its own values.

    ``count`` counts rows (with ``arg``: those where it is not null), ``sum`` adds ``arg``,
    ``min`` and ``max`` keep its extremes. Values are whole numbers: exact decimals come as
    multiples of their smallest step, durations as microseconds.
    """

    kind: Literal["count", "sum", "min", "max"]
    arg: Node | None
    where: Node | None


@dataclass(frozen=True, slots=True)
class Atom:
    """One aggregate without arithmetic around it; equal atoms are counted once.

    ``places`` tells what 1 of a whole-number partial stands for (2: 0.01); ``nullable``
    whether ``aggregate.arg`` may be null in a row.
    """

    aggregate: Aggregate
    places: int
    nullable: bool

    @property
    def holistic(self) -> bool:
        """Tell whether the aggregate needs the rows again in every group.

        Rules: specification.md#rows.
        """
        return self.aggregate.distinct or self.aggregate.kind in {"median", "quantile"}

    @property
    def partials(self) -> tuple[Partial, ...]:
        """The partials from which `value` is made; none for a holistic atom."""
        kind, arg, where = self.aggregate.kind, self.aggregate.arg, self.aggregate.where
        matched, present = Partial("count", None, where), Partial("count", arg, where)
        if self.holistic:
            return ()
        if kind == "count":
            return (present if self.nullable else matched,)
        if kind in {"min", "max"}:
            return (Partial("min" if kind == "min" else "max", arg, where),)
        total = Partial("sum", arg, where)
        if kind == "avg":
            return (total, present if self.nullable else matched)
        return (total, present, matched) if self.nullable else (total,)

    def value(self, parts: tuple[int | None, ...]) -> Operand:
        """Return the aggregate from its folded partials.

        A count or sum of no matching row is 0; a sum of nothing but nulls, and any other
        aggregate of no rows, is missing (specification.md#aggregates).
        """
        first = parts[0]
        match self.aggregate.kind:
            case "count":
                return Decimal(first or 0)
            case "sum":
                if self.nullable and not parts[1] and parts[2]:
                    return State.NO_DATA
                return self._scaled(first or 0)
            case "avg":
                if not parts[1]:
                    return State.NO_DATA
                return EXACT.divide(self._scaled(first or 0), Decimal(parts[1]))
            case _:
                return State.NO_DATA if first is None else self._scaled(first)

    def holistic_value(self, found: float | None) -> Operand:
        """Return the aggregate from what the engine counted over the rows."""
        if self.aggregate.distinct:
            return Decimal(found or 0)
        if found is None:
            return State.NO_DATA
        # The shortest decimal that reads as this double is what was meant.
        return EXACT.scaleb(Decimal(repr(found)), -self.places)

    def _scaled(self, whole: int) -> Decimal:
        return WHOLE.scaleb(Decimal(whole), -self.places) if self.places else Decimal(whole)


def slot(index: int) -> str:
    """Return the name under which the arithmetic around aggregates finds atom ``index``."""
    return f"#{index}"


def split(node: Node, where: Node | None) -> tuple[Node, tuple[Aggregate, ...]]:
    """Return the arithmetic around the aggregates of ``node``, and these, filters joined.

    The arithmetic names aggregate ``i`` as a column called ``slot(i)``.
    """
    found: dict[Aggregate, int] = {}

    def outer(part: Node) -> Node:
        match part:
            case Aggregate():
                bare = strip(replace(part, where=both(where, part.where)))
                assert isinstance(bare, Aggregate)
                return Column(slot(found.setdefault(bare, len(found))))
            case Call():
                return replace(part, args=tuple(outer(arg) for arg in part.args))
            case Case():
                whens = tuple((outer(when), outer(then)) for when, then in part.whens)
                return replace(part, whens=whens, default=part.default and outer(part.default))
            case _:
                return part

    tree = outer(node)
    return tree, tuple(found)


def both(one: Node | None, other: Node | None) -> Node | None:
    """Return the condition that both hold; None stands for "always"."""
    if one is None or other is None:
        return one or other
    return Call("and", (one, other))


def strip(node: Node) -> Node:
    """Return ``node`` without its places, so that equal expressions are equal."""
    match node:
        case Column() | Literal_():
            return replace(node, at=0)
        case Call():
            return replace(node, at=0, args=tuple(map(strip, node.args)))
        case Case():
            whens = tuple((strip(when), strip(then)) for when, then in node.whens)
            return Case(whens, node.default and strip(node.default))
        case Aggregate():
            arg, where = node.arg and strip(node.arg), node.where and strip(node.where)
            return replace(node, at=0, arg=arg, where=where)
        case Window():
            raise NotImplementedError("windows stand in derived columns only")
