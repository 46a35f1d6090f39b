"""Types of expressions, before any row is read (specification.md#sql-types)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpi_site.problems import Message, Problem, closest, unknown
from kpi_site.sql.functions import FUNCTIONS
from kpi_site.sql.kinds import (
    INTEGER,
    SqlType,
    field_type,
    polars_type,
    value_type,
)
from kpi_site.sql.nodes import (
    Aggregate,
    Call,
    Case,
    Code,
    Column,
    Expression,
    Literal_,
    Node,
    Window,
    children,
)
from kpi_site.sql.signatures import Mismatch, Typed, align, averaged, logical, summed

__all__ = ["Schema", "SqlType", "field_type", "infer", "infer_node", "polars_type", "typed_node"]

Schema = Mapping[str, SqlType]


def infer(expression: Expression, schema: Schema) -> tuple[SqlType | None, tuple[Problem, ...]]:
    """Return the type of ``expression`` over the columns of ``schema``, or its problems.

    Every unknown column and every argument of a wrong type is reported at its own word; what
    is built on a wrong part is not reported again.
    """
    return _infer(expression.node, schema, expression.code)


def infer_node(node: Node, schema: Schema) -> tuple[SqlType | None, tuple[Problem, ...]]:
    """Like `infer`, for a part of an expression; its problems have no place."""
    return _infer(node, schema, Code("", "", ((0, 0),)))


def typed_node(node: Node, schema: Schema) -> Typed:
    """Return the typed tree of a checked ``node``; ``ValueError`` if it was not checked."""
    problems: list[Problem] = []
    found = _typed(node, schema, Code("", "", ((0, 0),)), problems)
    if found is None:
        raise ValueError("; ".join(p.message.en for p in problems))
    return found


def _infer(node: Node, schema: Schema, code: Code) -> tuple[SqlType | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    found = _typed(node, schema, code, problems)
    return (found.type if found is not None else None), tuple(problems)


def _typed(node: Node, schema: Schema, code: Code, problems: list[Problem]) -> Typed | None:
    """Type ``node`` from its parts up; None after adding to ``problems``."""
    if isinstance(node, Column):
        if node.name in schema:
            return Typed(node, schema[node.name])
        kind = Message("列", "column")
        where = code.locate(node.at)
        found = unknown(where, "unknown-column", kind, node.name, schema)
        if closest(node.name, schema) is None and node.name.isidentifier():
            found = replace(found, hint=_maybe_a_text(node.name, schema))
        problems.append(found)
        return None
    if isinstance(node, Literal_):
        return Typed(node, value_type(node.value))
    parts = [_typed(part, schema, code, problems) for part in children(node)]
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    try:
        return _combine(node, known)
    except Mismatch as wrong:
        at = node.at if wrong.at is None else wrong.at
        problems.append(Problem(code.locate(at), "sql-type", wrong.message, wrong.hint))
        return None


_MOST_LISTED = 40  # columns, in a hint


def _maybe_a_text(word: str, known: Iterable[str]) -> Message:
    names = list(known)
    listed = ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
    return Message(
        f"若是文字，请写 '{word}'（单引号）；可用的列有：{listed}。",
        f"If it is a text, write '{word}' in single quotes; the columns are {listed}.",
    )


def _combine(node: Node, parts: tuple[Typed, ...]) -> Typed:
    match node:
        case Call(op):
            result, args = FUNCTIONS[op].rule(op, parts)
            return Typed(node, result, args)
        case Case():
            return _case(node, parts)
        case Aggregate():
            return _aggregate(node, parts)
        case Window():
            return _window(node, parts)
    raise AssertionError(node)


def _case(node: Case, parts: tuple[Typed, ...]) -> Typed:
    """Type a CASE: its conditions are conditions, its results meet in one type."""
    count = len(node.whens)
    whens, results = parts[: 2 * count : 2], parts[1 : 2 * count : 2] + parts[2 * count :]
    logical("CASE WHEN", whens)
    found, results = align(results)
    pairs = (part for pair in zip(whens, results, strict=False) for part in pair)
    return Typed(node, found, (*pairs, *results[count:]))


def _aggregate(node: Aggregate, parts: tuple[Typed, ...]) -> Typed:
    if node.where is not None:
        logical("FILTER", parts[-1:])
    arg = parts[0] if node.arg is not None else None
    return Typed(node, _aggregate_type(node.kind, arg), parts)


def _aggregate_type(kind: str, arg: Typed | None) -> SqlType:
    if kind == "count" or arg is None:
        return INTEGER
    if kind == "sum":
        return summed(kind, arg)
    if kind in {"min", "max"}:
        return arg.type
    return averaged(kind, arg)


def _window(node: Window, parts: tuple[Typed, ...]) -> Typed:
    if node.function in {"row_number", "rank"}:
        return Typed(node, INTEGER, parts)
    if node.function in {"sum", "avg", "min", "max", "count"}:
        return Typed(node, _aggregate_type(node.function, parts[0] if node.args else None), parts)
    if len(node.args) == 2:
        steps = parts[1]
        if type(steps.constant) is not int or steps.constant < 0:
            zh, en = "行数应为整数常数", "the number of rows is a constant whole number"
            raise Mismatch(steps.node.at, zh, en)
    return Typed(node, parts[0].type, parts)
