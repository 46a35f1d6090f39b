"""Reads the SQL of cards and datasets: one expression over a row, or one aggregate.

DuckDB's dialect, a whitelist (specification.md#sql); no subqueries, no statements, no table
functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpi_site.problems import Message, Problem
from kpi_site.sql.grammar import read
from kpi_site.sql.nodes import (
    Aggregate,
    Call,
    Code,
    Column,
    Expression,
    Literal_,
    Node,
    Window,
    children,
    walk,
)

Parsed = tuple[Expression | None, tuple[Problem, ...]]

# What may stand around aggregates: it is evaluated on exact numbers, after the counting.
OUTER = frozenset({
    "+", "-", "*", "/", "neg", "abs", "round", "floor", "ceil", "least", "greatest", "coalesce",
    "nullif", "=", "<>", "<", "<=", ">", ">=", "and", "or", "not", "between", "in", "is_null",
    "is_not_null",
})  # fmt: skip


def parse_row(code: Code, *, windows: bool = False) -> Parsed:
    """Read an expression over one row: a filter, a rule or (with ``windows``) a derived column.

    Returns None with the problems where the text is no such expression; each problem stands
    at the wrong word.
    """
    node, problems = read(code)
    if node is None:
        return None, problems
    return _checked(code, node, _row_problems(code, node, windows=windows))


def parse_aggregate(code: Code) -> Parsed:
    """Read a term's ``value``: aggregates of rows, and arithmetic around them.

    Every column stands inside an aggregate, and there is at least one of these.
    """
    node, problems = read(code)
    if node is None:
        return None, problems
    found = list(_aggregate_problems(code, node))
    if not found and not any(isinstance(part, Aggregate) for part in walk(node)):
        message = Message("需要聚合函数", "an aggregate is needed")
        hint = Message("例如 SUM(amount) 或 COUNT(*)。", "For example: SUM(amount) or COUNT(*).")
        found.append(Problem(code.locate(node.at), "sql-aggregate", message, hint))
    return _checked(code, node, iter(found))


def _checked(code: Code, node: Node, problems: Iterator[Problem]) -> Parsed:
    found = tuple(problems)
    return (None, found) if found else (Expression(code, node), ())


def _row_problems(code: Code, node: Node, *, windows: bool) -> Iterator[Problem]:
    match node:
        case Aggregate():
            zh, en = (
                "这里按行计算，不能用聚合函数",
                "no aggregate here: this is computed for each row",
            )
            yield Problem(code.locate(node.at), "sql-aggregate", Message(zh, en))
            return
        case Window() if not windows:
            zh, en = "这里不能用窗口函数", "no window function here"
            hint = Message(
                "把它写成数据集的派生列（derived）。", "Make it a derived column of the dataset."
            )
            yield Problem(code.locate(node.at), "sql-window", Message(zh, en), hint)
            return
        case Window():
            for part in walk(node):
                if part is not node and isinstance(part, Window):
                    message = Message("窗口函数不能嵌套", "a window function inside another")
                    yield Problem(code.locate(part.at), "sql-window", message)
                    return
        case Call("months"):
            yield _months(code, node)
    for part in children(node):
        yield from _row_problems(code, part, windows=windows)


def _aggregate_problems(code: Code, node: Node) -> Iterator[Problem]:
    where = code.locate(node.at)
    match node:
        case Aggregate():
            for part in children(node):
                yield from _row_problems(code, part, windows=False)
            return
        case Column(name):
            zh, en = f"列“{name}”要写在聚合函数里", f"column '{name}' stands outside an aggregate"
            hint = Message(f"例如 SUM({name})。", f"For example: SUM({name}).")
            yield Problem(where, "sql-aggregate", Message(zh, en), hint)
        case Window():
            message = Message("这里不能用窗口函数", "no window function here")
            yield Problem(where, "sql-window", message)
            return
        case Call(op) if op not in OUTER:
            name = op.upper()
            zh, en = f"聚合函数之外不能用 {name}", f"{name} cannot stand outside an aggregate"
            hint = Message("把它写到聚合函数里面。", "Write it inside the aggregate.")
            yield Problem(where, "sql-aggregate", Message(zh, en), hint)
            return
        case Literal_(value) if value is not None and not _exact(value):
            zh, en = "聚合函数之外只能用数", "only numbers can stand outside an aggregate"
            yield Problem(where, "sql-aggregate", Message(zh, en))
    for part in children(node):
        yield from _aggregate_problems(code, part)


def _exact(value: object) -> bool:
    return isinstance(value, bool | int | Decimal)


def _months(code: Code, node: Node) -> Problem:
    zh, en = "月份间隔只能加到日期上，或从日期减去", "months can only be added to a date"
    hint = Message("月有长有短。", "Months differ in length.")
    return Problem(code.locate(node.at), "sql-type", Message(zh, en), hint)
