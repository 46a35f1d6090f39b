"""Our expressions as standard SQL, as far as it means the same there.

Written from the trees, with every column named with its dataset. What standard SQL has not, or
reads otherwise (medians, lengths of time, windows), is not said: None. A sum of no rows is 0
here and NULL there, and a division by zero an error: both are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kpi_site.sql.nodes import Aggregate, Call, Case, Column, Literal_, Node, Window, columns

Names = Callable[[str], str | None]  # a column as it is written; None: it cannot be
_BETWEEN: Final = frozenset({"+", "-", "*", "and", "or", "=", "<>", "<", "<=", ">", ">=", "||"})
_PRINTED: Final = {
    "is_null": "({0} IS NULL)",
    "is_not_null": "({0} IS NOT NULL)",
    "is_distinct": "({0} IS DISTINCT FROM {1})",
    "is_not_distinct": "({0} IS NOT DISTINCT FROM {1})",
    "between": "({0} BETWEEN {1} AND {2})",
    "like": "({0} LIKE {1})",
    "not": "(NOT {0})",
    "neg": "(- {0})",
    "nullif": "NULLIF({0}, {1})",
    "abs": "ABS({0})",
    "/": "(1.0 * {0} / NULLIF({1}, 0))",
}


def standard_sql(node: Node, names: Names, times: frozenset[str] = frozenset()) -> str | None:
    """Return ``node`` as standard SQL; None where that cannot say it.

    ``names`` writes the columns; ``times`` are those with days or moments, whose arithmetic
    standard SQL has otherwise.
    """
    match node:
        case Column(name):
            return names(name)
        case Literal_(value):
            return _literal(value)
        case Call():
            return _call(node, names, times)
        case Case(whens, default):
            pairs = [
                (standard_sql(w, names, times), standard_sql(t, names, times)) for w, t in whens
            ]
            last = "NULL" if default is None else standard_sql(default, names, times)
            if last is None or any(None in pair for pair in pairs):
                return None
            body = " ".join(f"WHEN {when} THEN {then}" for when, then in pairs)
            return f"CASE {body} ELSE {last} END"
        case Aggregate():
            return _aggregate(node, names, times)
        case Window():
            return None


def _call(node: Call, names: Names, times: frozenset[str]) -> str | None:
    if node.op in {"+", "-", "*", "/"} and any(c.name in times for c in columns(node)):
        return None
    found = [standard_sql(arg, names, times) for arg in node.args]
    parts = [part for part in found if part is not None]
    if len(parts) < len(found):
        return None
    if node.op in _BETWEEN:
        return f"({f' {node.op.upper()} '.join(parts)})"
    if node.op == "in":
        return f"({parts[0]} IN ({', '.join(parts[1:])}))"
    if node.op == "coalesce":
        return f"COALESCE({', '.join(parts)})"
    pattern = _PRINTED.get(node.op)
    return None if pattern is None else pattern.format(*parts)


def _aggregate(node: Aggregate, names: Names, times: frozenset[str]) -> str | None:
    if node.kind in {"median", "quantile"}:
        return None
    arg = "1" if node.arg is None else standard_sql(node.arg, names, times)
    where = None if node.where is None else standard_sql(node.where, names, times)
    if arg is None or (node.where is not None and where is None):
        return None
    if where is not None:
        arg = f"CASE WHEN {where} THEN {arg} END"
    elif node.arg is None:
        arg = "*"
    distinct = "DISTINCT " if node.distinct else ""
    text = f"{node.kind.upper()}({distinct}{arg})"
    return f"COALESCE({text}, 0)" if node.kind == "sum" else text


def with_condition(node: Node, where: Node | None) -> Node:
    """Return ``node`` with ``where`` as a condition of each of its aggregates."""
    if where is None:
        return node
    match node:
        case Aggregate(kind, arg, distinct, own, quantile, at):
            both = where if own is None else Call("and", (where, own), at)
            return Aggregate(kind, arg, distinct, both, quantile, at)
        case Call(op, args, at):
            return Call(op, tuple(with_condition(arg, where) for arg in args), at)
        case Case(whens, default, at):
            pairs = tuple((with_condition(w, where), with_condition(t, where)) for w, t in whens)
            last = None if default is None else with_condition(default, where)
            return Case(pairs, last, at)
    return node


def _literal(value: object) -> str | None:
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case str():
            quoted = value.replace("'", "''")
            return f"'{quoted}'"
        case datetime():
            return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
        case date():
            return f"DATE '{value.isoformat()}'"
    return None


def quoted(name: str) -> str:
    """Return a column's name as standard SQL writes it."""
    plain = name.isascii() and name.isidentifier() and name == name.lower()
    escaped = name.replace('"', '""')
    return str(name) if plain else f'"{escaped}"'


def placed(given: Mapping[str, str]) -> Names:
    """Return what writes the names that are ``given``, and no others."""
    return given.get
