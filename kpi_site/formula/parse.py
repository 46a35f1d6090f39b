"""Reads a card's ``formula``: arithmetic over its terms (DESIGN §2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from kpi_site.problems import Message, Problem
from kpi_site.sql.grammar import read
from kpi_site.sql.nodes import Call, Code, Column, Expression, Literal_, Node, children

FUNCTIONS = ("ABS", "LEAST", "GREATEST", "COALESCE", "NULLIF", "ROUND")
_ALLOWED = frozenset({
    "+", "-", "*", "/", "neg", "abs", "least", "greatest", "coalesce", "nullif", "round",
})  # fmt: skip


_LISTED = " ".join(FUNCTIONS)
_ALL = Message(
    f"公式用 + - * / 和括号，以及 {_LISTED}。",
    f"A formula has + - * /, parentheses, and {_LISTED}.",
)


def parse_formula(code: Code) -> tuple[Expression | None, tuple[Problem, ...]]:
    """Read ``+ - * /``, signs, parentheses, numbers, terms and the functions of `FUNCTIONS`.

    Terms are `Column` nodes; whether the card has them is checked elsewhere. Returns None
    with the problems, each at the wrong word, where the text is no formula.
    """
    if percent := re.search(r"\d\s*%(?!\s*[\w(])", code.text):
        return None, (_percent(code, percent.end() - 1),)
    node, problems = read(code)
    if node is None:
        return None, tuple(map(_hinted, problems))
    found = tuple(_problems(code, node))
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
        case Call(op, args) if op in _ALLOWED:
            if op == "round" and len(args) == 2:
                yield from _places(code, args[1])
        case _:
            message = Message("公式里不能这样写", "not allowed in a formula")
            yield Problem(code.locate(node.at), "formula-part", message, _ALL)
            return
    for part in children(node):
        yield from _problems(code, part)


def _hinted(found: Problem) -> Problem:
    """Name the few functions that a formula has, instead of one that only SQL knows."""
    return replace(found, hint=_ALL) if found.code == "unknown-function" else found


def _places(code: Code, node: Node) -> Iterator[Problem]:
    if not (isinstance(node, Literal_) and type(node.value) is int and abs(node.value) <= 18):
        message = Message("小数位数应为整数", "the number of places is a whole number")
        yield Problem(code.locate(node.at), "formula-part", message)
