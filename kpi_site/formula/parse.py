"""Reads the arithmetic of cards: ``formula``, ``points`` and computed thresholds, over terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from kpi_site.problems import Message, Problem
from kpi_site.sql.grammar import read
from kpi_site.sql.nodes import Call, Case, Code, Column, Expression, Literal_, Node, children

FUNCTIONS = ("ABS", "LEAST", "GREATEST", "COALESCE", "NULLIF", "ROUND")
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_ARITHMETIC = frozenset({
    "+", "-", "*", "/", "neg", "abs", "least", "greatest", "coalesce", "nullif", "round",
})  # fmt: skip
_CONNECTIVES = frozenset({"and", "or", "not"})

_LISTED = " ".join(FUNCTIONS)
_ALL = Message(
    f"公式用 + - * / 和括号，以及 {_LISTED}；分情况用 CASE WHEN … THEN … ELSE … END，"
    "条件用 = <> < <= > >= AND OR NOT。",
    f"A formula has + - * /, parentheses, and {_LISTED}; by cases CASE WHEN … THEN … ELSE … END, "
    "with conditions of = <> < <= > >= AND OR NOT.",
)
_NO_CONDITION = Message("这里要一个数，不是条件", "a number is expected here, not a condition")
_AS_NUMBER = Message(
    "条件写在 CASE WHEN 条件 THEN 1 ELSE 0 END 里。",
    "Put the condition into CASE WHEN condition THEN 1 ELSE 0 END.",
)
_NO_NUMBER = Message("这里要一个条件，不是数", "a condition is expected here, not a number")
_AS_CONDITION = Message("例如 actual >= target。", "For example: actual >= target.")
_Kind = Literal["number", "condition"]


def parse_formula(code: Code) -> tuple[Expression | None, tuple[Problem, ...]]:
    """Read ``+ - * /``, signs, parentheses, numbers, terms, the functions of `FUNCTIONS`, CASE.

    Conditions (comparisons of numbers, AND, OR, NOT) stand after WHEN alone; the whole is a
    number.

    Terms are `Column` nodes; whether the card has them is checked elsewhere. Returns None
    with the problems, each at the wrong word, where the text is no formula.
    """
    if percent := re.search(r"\d\s*%(?!\s*[\w(])", code.text):
        return None, (_percent(code, percent.end() - 1),)
    node, problems = read(code)
    if node is None:
        return None, tuple(map(_hinted, problems))
    found = tuple(_problems(code, node)) or tuple(_misplaced(code, node, "number"))
    return (None, found) if found else (Expression(code, node), ())


def _percent(code: Code, at: int) -> Problem:
    message = Message("公式里不能写百分号", "a percent sign in a formula")
    hint = Message(
        "100% 就是 1：去掉 * 100%，写 unit: percent 即显示为百分数。",
        "100% is 1: leave out * 100%, and unit: percent shows a percentage.",
    )
    return Problem(code.locate(at), "percent-text", message, hint)


def _problems(code: Code, node: Node) -> Iterator[Problem]:
    match node:
        case Column() | Literal_(None):
            pass
        case Literal_(value) if type(value) in {int, Decimal}:
            pass
        case Case():
            pass
        case Call(op, args) if op in _ARITHMETIC | COMPARISONS | _CONNECTIVES:
            if op == "round" and len(args) == 2:
                yield from _places(code, args[1])
        case _:
            message = Message("公式里不能这样写", "not allowed in a formula")
            yield Problem(code.locate(node.at), "formula-part", message, _ALL)
            return
    for part in children(node):
        yield from _problems(code, part)


def _misplaced(code: Code, node: Node, wanted: _Kind) -> Iterator[Problem]:
    """Yield a condition where a number is ``wanted``, and the reverse, each at its word."""
    found: _Kind
    match node:
        case Call(op, args) if op in COMPARISONS:
            found, parts = "condition", _each(args, "number")
        case Call(op, args) if op in _CONNECTIVES:
            found, parts = "condition", _each(args, "condition")
        case Case(whens, default):
            results = [then for _, then in whens] + ([] if default is None else [default])
            parts = _each((when for when, _ in whens), "condition") + _each(results, "number")
            found = "number"
        case _:
            found, parts = "number", _each(children(node), "number")
    if found != wanted:
        message, hint = (
            (_NO_CONDITION, _AS_NUMBER) if wanted == "number" else (_NO_NUMBER, _AS_CONDITION)
        )
        yield Problem(code.locate(node.at), "formula-condition", message, hint)
        return
    for part, kind in parts:
        yield from _misplaced(code, part, kind)


def _each(nodes: Iterable[Node], kind: _Kind) -> list[tuple[Node, _Kind]]:
    return [(node, kind) for node in nodes]


def _hinted(found: Problem) -> Problem:
    """Name the few functions that a formula has, instead of one that only SQL knows."""
    return replace(found, hint=_ALL) if found.code == "unknown-function" else found


def _places(code: Code, node: Node) -> Iterator[Problem]:
    if not (isinstance(node, Literal_) and type(node.value) is int and abs(node.value) <= 18):
        message = Message("小数位数应为整数", "the number of places is a whole number")
        yield Problem(code.locate(node.at), "formula-part", message)
