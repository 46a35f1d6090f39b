"""What an expression over the rows adds up, read apart: ``SUM(a + b)`` is two sums.

Sums, differences and multiples of sums and counts are multiples of plain ones, each over the rows
that meet conditions of its own: ``SUM(a - b) / 2``, ``SUM(CASE WHEN done THEN a END)``,
``COUNT(*) - COUNT(*) FILTER (WHERE done)``. So what one card tells of a sum is known of another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from kpi_site.engine.atoms import strip
from kpi_site.sql.bounds import tree_bound
from kpi_site.sql.kinds import SqlType
from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window, walk
from kpi_site.sql.too_wide import TooWide
from kpi_site.sql.types import infer_node, typed_node
from kpi_site.tables.model import Table

Condition = tuple[str, "str | Node"]
"""A column and the member that it has, or ("", any other condition)."""
Rows = frozenset[Condition]


class Piece(NamedTuple):
    """So many times a plain sum, over those rows that meet ``rows`` too."""

    weight: Fraction
    what: What
    rows: Rows


What = tuple[str, "Node | tuple[Piece, ...] | None"]
"""What is added: ``("count", None)`` rows, ``("sum", x)``, ``("linear", pieces)`` several.

``("distinct", x)`` values do not add up: those of all are at most those of the parts together.
``("rounding", x)`` is by how much ``x`` is off, being rounded.
"""
COUNT: Final[What] = ("count", None)
_NOTHING: Final[What] = ("sum", Literal_(None))
_Found = tuple[Fraction, What | None, Rows]
"""A piece; what is None stands for a constant."""
_OfRow = tuple[Fraction, Node | None, Rows]
"""So many times an expression (None: 1), in the rows that meet conditions."""
_FALSE: Final = Literal_(value=False)


def pieces_of(what: What) -> tuple[Piece, ...]:
    """Return the plain sums of which ``what`` is made; none where it is one itself."""
    return what[1] if isinstance(what[1], tuple) else ()


def adds(what: What) -> bool:
    """Tell whether the sums of parts add up to that of all."""
    return what[0] not in {"distinct", "rounding"} and all(
        adds(one.what) for one in pieces_of(what)
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """``scale * what + shift``, over the rows that meet ``rows``."""

    what: What
    rows: Rows
    scale: Fraction = Fraction(1)
    shift: Fraction = Fraction(0)

    @property
    def all(self) -> tuple[What, ...]:
        """What is added, and the plain sums of which that is made."""
        return (self.what, *(one.what for one in pieces_of(self.what)))

    def of(self, amount: Decimal | int) -> float:
        """Return what the sum comes to where ``amount`` is shown."""
        if self.scale == 1 and not self.shift:
            return float(amount)
        return float((Fraction(amount) - self.shift) / self.scale)


def most_off(what: What) -> Fraction | None:
    """Return by how much what is rounded may be off; None if it is not."""
    match what:
        case ("rounding", Call(op=op, args=(_, *places))):
            digits = _number(places[0]) if places else Fraction(0)
            one = Fraction(10) ** -int(digits or 0)
            return one / 2 if op == "round" else one
    return None


class NotLinear(Exception):  # noqa: N818 - no error: what is not read apart
    """The expression is no sum of sums."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads expressions over the rows of a table, whose columns are of the types in ``schema``."""

    table: Table
    schema: Mapping[str, SqlType]

    def read(self, node: Node, where: Node | None) -> Sums | None:
        """Return what ``node`` adds up of the rows that meet ``where``; None if no plain sums."""
        try:
            found = [*self._of_all(node)]
        except NotLinear:
            return None
        weights: defaultdict[tuple[What, Rows], Fraction] = defaultdict(Fraction)
        shift = sum((weight for weight, what, _ in found if what is None), Fraction(0))
        for weight, what, rows in found:
            if what is not None:
                weights[what, rows] += weight
        pieces = [Piece(w, *of) for of, w in weights.items() if w and of[0] != _NOTHING]
        if all(most_off(one.what) is not None for one in pieces):
            return None
        return _joined(pieces, shift, frozenset(conditions(where)))

    def nonnegative(self, what: What) -> bool:
        """Tell whether no row has less than 0 of what is added."""
        match what:
            case ("linear", tuple() as pieces):
                return all(one.weight > 0 and self.nonnegative(one.what) for one in pieces)
            case ("sum", (Column() | Call() | Case()) as node):
                try:
                    bound = tree_bound(typed_node(node, self.schema))
                except TooWide:
                    return False
                return bound is not None and bound[0] >= 0
        return what[0] != "rounding"

    def _of_all(self, node: Node) -> Iterator[_Found]:
        """Yield the pieces of an expression of aggregates."""
        match node:
            case Literal_(value=int() | Decimal() as value) if not isinstance(value, bool):
                yield Fraction(value), None, frozenset()
            case Aggregate():
                yield from self._of_aggregate(node)
            case Call(op="coalesce" | "nullif", args=(inner, Literal_(value=0))):
                yield from self._of_all(inner)  # where it is missing nothing is added
            case Call(op="round" | "floor" | "ceil", args=(inner, *_)):
                yield from self._of_all(inner)
                yield Fraction(1), ("rounding", strip(node)), frozenset()
            case (
                Call(op="abs", args=(inner,)) | Call(op="greatest", args=(inner, Literal_(value=0)))
            ):
                found = [*self._of_all(inner)]
                if not all(w > 0 and (x is None or self.nonnegative(x)) for w, x, _ in found):
                    raise NotLinear
                yield from found
            case Call(op="neg", args=(inner,)):
                yield from _times(-1, self._of_all(inner))
            case Call(op="+" | "-" as op, args=(left, right)):
                yield from self._of_all(left)
                yield from _times(1 if op == "+" else -1, self._of_all(right))
            case Call(op="*" | "/" as op, args=(left, right)):
                number, inner = _multiple(op, left, right)
                yield from _times(number, self._of_all(inner))
            case _:
                raise NotLinear

    def _of_aggregate(self, node: Aggregate) -> Iterator[_Found]:
        match node:
            case Aggregate(kind="count", distinct=True, arg=arg, where=own) if arg is not None:
                yield Fraction(1), ("distinct", strip(arg)), frozenset(conditions(own))
            case Aggregate(kind="count", arg=arg, where=own):
                yield Fraction(1), COUNT, frozenset(conditions(own)) | self.present(arg)
            case Aggregate(kind="sum", distinct=False, arg=arg, where=own) if arg is not None:
                rows = frozenset(conditions(own))
                for weight, factor, more in self._of_row(arg):
                    known = rows | (more - self.present(factor))
                    yield weight, COUNT if factor is None else ("sum", factor), known
            case _:
                raise NotLinear

    def _of_row(self, node: Node) -> Iterator[_OfRow]:
        """Yield what a row adds: a weight, an expression (None: 1 for the row), and in which rows.

        An expression counts nothing in a row where it is missing.
        """
        match node:
            case Literal_(value=int() | Decimal() as value) if not isinstance(value, bool):
                yield Fraction(value), None, frozenset()
            case Column(name=name) if (own := self._derived(name)) is not None:
                yield from self._of_row(own)
            case Call(op="neg", args=(inner,)):
                yield from _scaled(-1, self._of_row(inner))
            case Call(op="+" | "-" as op, args=(left, right)) if self._numbers(left, right):
                yield from _within(self.present(right), self._of_row(left))
                other = _within(self.present(left), self._of_row(right))
                yield from _scaled(1 if op == "+" else -1, other)
            case Call(op="*" | "/" as op, args=(left, right)) if _is_multiple(op, left, right):
                number, inner = _multiple(op, left, right)
                yield from _scaled(number, self._of_row(inner))
            case _ if self._is_condition(node):
                yield Fraction(1), None, frozenset(conditions(node))
            case Call(op="coalesce", args=(inner, Literal_(value=int() | Decimal() as value))):
                yield from self._of_row(inner)
                yield Fraction(value), None, frozenset({("", Call("is_null", (strip(inner),)))})
            case Case(whens=whens, default=default) if self._numbers(node):
                yield from self._of_cases(whens, default)
            case _:
                yield Fraction(1), strip(node), frozenset()

    def _of_cases(
        self, whens: tuple[tuple[Node, Node], ...], default: Node | None
    ) -> Iterator[_OfRow]:
        """Yield what a row adds by the first condition that it meets."""
        before: Rows = frozenset()
        for when, then in whens:
            yield from _within(before | {*conditions(when)}, self._of_row(then))
            met = Call("coalesce", (strip(when), _FALSE))
            before |= {("", Call("not", (met,)))}
        if default is not None:
            yield from _within(before, self._of_row(default))

    def _derived(self, name: str) -> Node | None:
        """Return the expression of a derived column that looks at its own row alone."""
        own = next((d for d in self.table.dataset.derived if d.name == name), None)
        if own is None or any(isinstance(part, Window) for part in walk(own.value.node)):
            return None
        return own.value.node

    def _is_condition(self, node: Node) -> bool:
        kind = infer_node(node, self.schema)[0]
        return kind is not None and kind.kind == "boolean"

    def _numbers(self, *nodes: Node) -> bool:
        """Tell whether all ``nodes`` are numbers, and no days or times."""
        kinds = (infer_node(node, self.schema)[0] for node in nodes)
        return all(kind is not None and kind.numeric for kind in kinds)

    def present(self, node: Node | None) -> Rows:
        """Return the condition that ``node`` is known in a row; none where it always is."""
        match node:
            case None | Literal_(value=int() | Decimal()):
                return frozenset()
            case Column(name=name) if (self.table.null_counts or {}).get(name, 1) == 0:
                return frozenset()
            case Call(op="+" | "-" | "*" | "neg", args=args):
                return frozenset().union(*map(self.present, args))
        return frozenset({("", Call("is_not_null", (strip(node),)))})


def _joined(pieces: list[Piece], shift: Fraction, where: Rows) -> Sums:
    """Return ``pieces`` as one sum: conditions that all have, and a common factor, in front."""
    common = frozenset.intersection(*(piece.rows for piece in pieces))
    if len(pieces) == 1:
        (one,) = pieces
        return Sums(one.what, where | common, one.weight, shift)
    ordered = sorted(pieces, key=lambda p: (repr(p.what), sorted(map(repr, p.rows))))
    scale = ordered[0].weight
    own = tuple(Piece(p.weight / scale, p.what, p.rows - common) for p in ordered)
    return Sums(("linear", own), where | common, scale, shift)


def _times(number: Fraction | int, found: Iterator[_Found]) -> Iterator[_Found]:
    return ((weight * number, what, rows) for weight, what, rows in found)


def _scaled(number: Fraction | int, found: Iterator[_OfRow]) -> Iterator[_OfRow]:
    return ((weight * number, factor, rows) for weight, factor, rows in found)


def _within(rows: Rows, found: Iterator[_OfRow]) -> Iterator[_OfRow]:
    return ((weight, factor, more | rows) for weight, factor, more in found)


def _number(node: Node) -> Fraction | None:
    """Return the number that ``node`` is; None if it is none."""
    match node:
        case Literal_(value=int() | Decimal() as value) if not isinstance(value, bool):
            return Fraction(value)
        case Call(op="neg", args=(inner,)):
            found = _number(inner)
            return None if found is None else -found
    return None


def _is_multiple(op: str, left: Node, right: Node) -> bool:
    last = _number(right)
    return bool(last) or (op == "*" and (last is not None or _number(left) is not None))


def _multiple(op: str, left: Node, right: Node) -> tuple[Fraction, Node]:
    """Return by which number what is multiplied. Raises ``NotLinear``."""
    if not _is_multiple(op, left, right):
        raise NotLinear
    last = _number(right)
    if last is not None:
        return (last if op == "*" else 1 / last), left
    first = _number(left)
    assert first is not None
    return first, right


def conditions(node: Node | None) -> Iterator[Condition]:
    """Yield what must hold of each row, one condition at a time."""
    match node:
        case None:
            return
        case Call(op="and", args=args):
            for arg in args:
                yield from conditions(arg)
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
