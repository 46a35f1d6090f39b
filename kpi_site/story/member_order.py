"""The order of a dimension's members, and which of many have a row of their own.

Rules: specification.md#member-order. Every table and chart takes its members from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from kpi_site.catalog import Catalog, Indicator
from kpi_site.formula.evaluate import compile_node
from kpi_site.nature import divisor_of, is_counted
from kpi_site.results import Result, Series, State
from kpi_site.schema import dimension_field
from kpi_site.sql.nodes import Node, columns

MOST_MEMBERS: Final = 30

Shown = tuple[Series, Result]
"""A member's series with its result in the period that is shown."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Members in their order: those with a row of their own, and the rest."""

    kept: tuple[Shown, ...]
    rest: tuple[Shown, ...]


def in_order(
    catalog: Catalog, indicator: Indicator, dimension: str, found: Iterable[Shown]
) -> Ordered:
    """Return the members in the order of the column's ``enum`` if it is ``ordered``, else by size.

    The first 30 of the enum, or the 30 of the greatest magnitude, have a row of their own.
    """
    field = dimension_field(catalog, indicator, dimension)
    ranks = {m: i for i, m in enumerate(field.enum)} if field and field.ordered else {}
    size = _Size(divisor_of(indicator.formula.node), counted=is_counted(indicator))
    listed = sorted(found, key=partial(_place, size, ranks))
    if ranks:
        kept = {series.key.member for series, _ in listed[:MOST_MEMBERS]}
    else:
        largest = sorted(listed, key=lambda shown: _magnitude(size, shown))
        kept = {series.key.member for series, _ in largest[:MOST_MEMBERS]}
    return Ordered(
        kept=tuple(shown for shown in listed if shown[0].key.member in kept),
        rest=tuple(shown for shown in listed if shown[0].key.member not in kept),
    )


_Place = tuple[int, bool, bool, Decimal, Decimal, str]


def _place(size: _Size, ranks: Mapping[str, int], shown: Shown) -> _Place:
    """Sort by the enum, then by size and value; without a value, and "not given", come last."""
    series, result = shown
    member, value = series.key.member, result.value
    large = size(series, result)
    return (
        ranks.get(member, len(ranks)),
        not member,
        value is None,
        Decimal(0) if large is None else -large,
        Decimal(0) if value is None else -value,
        member,
    )


def _magnitude(size: _Size, shown: Shown) -> tuple[bool, Decimal, Decimal, str]:
    """Sort the greatest first, a large loss before a small gain."""
    series, result = shown
    large, value = size(series, result), result.value
    return (
        value is None,
        Decimal(0) if large is None else -abs(large),
        Decimal(0) if value is None else -value,
        series.key.member,
    )


@dataclass(frozen=True, slots=True)
class _Size:
    """How large a member is: an amount by itself, a ratio by its divisor, a mean by its rows."""

    divisor: Node | None
    counted: bool

    def __call__(self, series: Series, result: Result) -> Decimal | None:
        if self.divisor is not None:
            return _divided_by(self.divisor, series, result)
        if not self.counted and result.n is not None:
            return Decimal(result.n)
        return result.value


def _divided_by(divisor: Node, series: Series, result: Result) -> Decimal | None:
    at = series.index(result.period)
    cells = {c.name: series.terms.get(c.name) for c in columns(divisor)}
    if at is None or not all(cells.values()):
        return None
    known = {name: found[at] for name, found in cells.items() if found}
    number = compile_node(divisor)(
        {name: c.state if c.value is None else c.value for name, c in known.items()}
    )
    return None if isinstance(number, State) else abs(Decimal(number))
