"""The small expression tree that cards may use, apart from any SQL library.

``kpi_site.sql.parse`` makes it; types, Polars expressions, values and mathematics are
all read from it. ``at`` is the offset of the node's own token in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from kpi_site.problems import Location

Value = bool | int | Decimal | str | date | datetime | timedelta | None


@dataclass(frozen=True, slots=True)
class Code:
    """A text of code in a YAML scalar, with the place of every character.

    ``places[i]`` is the (line, column) of ``text[i]``; one more entry stands for the end.
    """

    text: str
    file: str
    places: tuple[tuple[int, int], ...]

    def locate(self, offset: int) -> Location:
        """Return the place in the file of the character at ``offset`` of ``text``."""
        line, column = self.places[max(0, min(offset, len(self.places) - 1))]
        return Location(self.file, line, column)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row, or (in a formula) a term. ``customers.tier`` is one name."""

    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Literal_:
    """A constant. Numbers are ``int`` or exact ``Decimal``; an interval is a ``timedelta``."""

    value: Value
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function by its canonical lower-case name (see ``kpi_site.sql.functions``)."""

    op: str
    args: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """``CASE WHEN … THEN … ELSE … END`` (a simple CASE is rewritten to this)."""

    whens: tuple[tuple[Node, Node], ...]
    default: Node | None
    at: int = 0


AggregateKind = Literal["count", "sum", "avg", "min", "max", "median", "quantile"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of rows. ``arg`` is None for ``COUNT(*)``; ``where`` is its FILTER.

    ``quantile`` (0 to 1) is set for kind ``quantile`` alone, with linear interpolation.
    """

    kind: AggregateKind
    arg: Node | None
    distinct: bool = False
    where: Node | None = None
    quantile: Decimal | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """``aggregate OVER (PARTITION BY … ORDER BY …)``: in derived columns only."""

    function: str  # sum, count, avg, min, max, row_number, rank, lag, lead, first_value, last_value
    args: tuple[Node, ...]
    partition: tuple[Node, ...]
    order: tuple[tuple[Node, bool], ...]  # (expression, descending)
    at: int = 0


Node = Column | Literal_ | Call | Case | Aggregate | Window


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed text: the code as written and its tree."""

    code: Code
    node: Node

    def named(self, names: Mapping[str, str]) -> Expression:
        """Return the same over columns (terms) by other names, where ``names`` has them."""
        return Expression(self.code, renamed(self.node, names))


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct parts of ``node``."""
    match node:
        case Column() | Literal_():
            return ()
        case Call():
            return node.args
        case Case():
            pairs = tuple(part for when in node.whens for part in when)
            return pairs if node.default is None else (*pairs, node.default)
        case Aggregate():
            return tuple(part for part in (node.arg, node.where) if part is not None)
        case Window():
            return (*node.args, *node.partition, *(part for part, _ in node.order))


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and everything below it, in reading order."""
    yield node
    for part in children(node):
        yield from walk(part)


def columns(node: Node) -> tuple[Column, ...]:
    """Return the columns (terms) that ``node`` names, in reading order, with repetitions."""
    return tuple(part for part in walk(node) if isinstance(part, Column))


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Return arithmetic with its columns (terms) by other names, where ``names`` has them."""
    match node:
        case Column(name, at):
            return Column(names.get(name, name), at)
        case Call(op, args, at):
            return Call(op, tuple(renamed(arg, names) for arg in args), at)
        case Case(whens, default, at):
            pairs = tuple((renamed(when, names), renamed(then, names)) for when, then in whens)
            return Case(pairs, None if default is None else renamed(default, names), at)
    return node
