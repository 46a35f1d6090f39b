"""Prints a checked row expression for a dialect, from its parts up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kpi_site.sql.bounds import bound_of, wide
from kpi_site.sql.kinds import BOOLEAN, NULL, Bound, offset_name
from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node
from kpi_site.sql.printing.operand import Printed
from kpi_site.sql.signatures import Typed
from kpi_site.sql.types import Schema, typed_node

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect

Names = Mapping[str, str]
"""The identifiers of columns in a statement, by their names in the dataset."""


def print_row(node: Node, schema: Schema, names: Names, dialect: Dialect) -> Printed:
    """Return a checked row expression (without windows) as SQL.

    It means what `kpi_site.sql.to_polars.row_expr` means. Raises `Refused` where the engine
    cannot promise that, and `TooWide` as that does.
    """
    return _printed(typed_node(node, schema), names, dialect)


def _printed(found: Typed, names: Names, dialect: Dialect) -> Printed:
    parts = [_printed(part, names, dialect) for part in found.parts]
    bound = bound_of(found, [part.bound for part in parts])
    return Printed(
        text=_text(found, parts, bound, names, dialect),
        type=found.type,
        constant=found.constant,
        literal=isinstance(found.node, Literal_),
        bound=bound,
        offset=_offset(found, parts, names),
        at=found.node.at,
    )


def _text(
    found: Typed, parts: list[Printed], bound: Bound | None, names: Names, dialect: Dialect
) -> str:
    if found.type == NULL:
        return "NULL"
    match found.node:
        case Column(name):
            return names[name]
        case Literal_(value):
            return dialect.literal(value, found.type, wide=wide(bound))
        case Call(op, _, at):
            return dialect.call(op, parts, found.type, at)
        case Case(whens):
            return _case(found, parts, len(whens), dialect)
    raise ValueError("only what is worked out from one row can be printed")


def _case(found: Typed, parts: list[Printed], count: int, dialect: Dialect) -> str:
    steps = []
    for index in range(count):
        when = dialect.convert(parts[2 * index], BOOLEAN)
        then = dialect.convert(parts[2 * index + 1], found.type)
        steps.append(f"WHEN {when} THEN {then}")
    rest = [f"ELSE {dialect.convert(part, found.type)}" for part in parts[2 * count :]]
    return f"(CASE {' '.join((*steps, *rest))} END)"


def _offset(found: Typed, parts: list[Printed], names: Names) -> str | None:
    """Return how far a moment is from UTC in seconds, where it comes from a column that tells."""
    if found.type.kind != "datetime":
        return None
    match found.node:
        case Column(name):
            return names[offset_name(name)] if found.type.zoned else None
        case Call(op="coalesce"):
            steps = [f"WHEN {p.text} IS NOT NULL THEN {p.offset}" for p in parts]
            known = all(part.offset is not None for part in parts)
            return f"(CASE {' '.join(steps)} END)" if known else None
    return None
