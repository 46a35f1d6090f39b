"""Reads a card's ``formula``: arithmetic over its terms (DESIGN §2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpi_site.problems import Message, Problem
from kpi_site.sql.grammar import read
from kpi_site.sql.nodes import Call, Code, Column, Expression, Literal_, Node, children

FUNCTIONS = ("ABS", "LEAST", "GREATEST", "COALESCE", "NULLIF", "ROUND")
_ALLOWED = frozenset({
    "+", "-", "*", "/", "neg", "abs", "least", "greatest", "coalesce", "nullif", "round",
})  # fmt: skip


def parse_formula(code: Code) -> tuple[Expression | None, tuple[Problem, ...]]:
    """Read ``+ - * /``, signs, parentheses, numbers, terms and the functions of `FUNCTIONS`.

    Terms are `Column` nodes; whether the card has them is checked elsewhere. Returns None
    with the problems, each at the wrong word, where the text is no formula.
    """
    node, problems = read(code)
    if node is None:
        return None, problems
    found = tuple(_problems(code, node))
    return (None, found) if found else (Expression(code, node), ())


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
            listed = " ".join(FUNCTIONS)
            message = Message("公式里不能这样写", "not allowed in a formula")
            hint = Message(
                f"公式用 + - * / 和括号，以及 {listed}。",
                f"A formula has + - * /, parentheses, and {listed}.",
            )
            yield Problem(code.locate(node.at), "formula", message, hint)
            return
    for part in children(node):
        yield from _problems(code, part)


def _places(code: Code, node: Node) -> Iterator[Problem]:
    if not (isinstance(node, Literal_) and type(node.value) is int and abs(node.value) <= 18):
        message = Message("小数位数应为整数", "the number of places is a whole number")
        yield Problem(code.locate(node.at), "formula", message)
