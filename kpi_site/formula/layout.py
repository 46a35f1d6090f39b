"""How a formula is laid out, whatever it is written in: MathML or a line of text.

One walk decides where parentheses stand and which notation a function has; a `Style` says
how numbers, terms, fractions and brackets look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kpi_site.sql.nodes import Call, Column, Literal_, Node

SUM, PRODUCT, SIGN, ATOM = 1, 2, 3, 4
"""How tightly a piece holds together."""

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}

WORDS = {
    "least": ("最小", "min"),
    "greatest": ("最大", "max"),
    "round": ("四舍五入", "round"),
    "coalesce": ("首个有值", "first known"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A laid-out part and how tightly it holds together."""

    text: str
    binding: int = ATOM


class Style(Protocol):
    """How the parts of a formula are written."""

    def term(self, name: str) -> Piece:
        """Return a term's label, or its number."""

    def number(self, text: str) -> Piece:
        """Return a number without its sign."""

    def infix(self, left: str, sign: str, right: str) -> str:
        """Return two operands with a sign between them."""

    def prefix(self, sign: str, operand: str) -> str:
        """Return an operand with a sign in front."""

    def fraction(self, top: Piece, bottom: Piece) -> Piece:
        """Return a quotient."""

    def bracket(self, inner: str) -> str:
        """Return something in parentheses."""

    def bars(self, inner: str) -> str:
        """Return an absolute value."""

    def function(self, name: str, args: Sequence[str]) -> str:
        """Return a function with its arguments."""

    def unless(self, value: str, other: str) -> str:
        """Return a value that is missing where it equals another."""


def lay_out(node: Node, style: Style, language: str) -> Piece:
    """Return ``node`` (a formula) in ``style``; words are in ``language`` (zh, else English)."""
    match node:
        case Column(name):
            return style.term(name)
        case Literal_(value):
            return _number(value, style)
        case Call("/", (top, bottom)):
            return style.fraction(
                lay_out(top, style, language), lay_out(_divisor(bottom), style, language)
            )
        case Call("neg", (operand,)):
            piece = lay_out(operand, style, language)
            return Piece(style.prefix("−", _held(piece, SIGN + 1, style)), SIGN)
        case Call("+" | "-" | "*" as op, (left, right)):
            return _infix(
                op, lay_out(left, style, language), lay_out(right, style, language), style
            )
        case Call(op, args):
            return _function(
                op, [lay_out(arg, style, language).text for arg in args], style, language
            )
    raise NotImplementedError(f"not part of a formula: {node}")


def _divisor(node: Node) -> Node:
    """Leave out the guard of ``NULLIF(x, 0)``: a division by zero has no value anyway."""
    match node:
        case Call("nullif", (inner, Literal_(0))):
            return inner
    return node


def _number(value: object, style: Style) -> Piece:
    if value is None:
        return style.term("NULL")
    text = format(value, "f") if not isinstance(value, int) else str(value)
    if text.startswith("-"):
        return Piece(style.prefix("−", style.number(text[1:]).text), SIGN)
    return style.number(text)


def _infix(op: str, left: Piece, right: Piece, style: Style) -> Piece:
    binding = _BINDING[op]
    before = _held(left, binding, style)
    # a − (b + c), and a sign never stands beside another sign.
    least = binding if op in {"+", "*"} else binding + 1
    after = style.bracket(right.text) if right.binding == SIGN else _held(right, least, style)
    return Piece(style.infix(before, _SIGNS[op], after), binding)


def _held(piece: Piece, least: int, style: Style) -> str:
    return piece.text if piece.binding >= least else style.bracket(piece.text)


def _function(op: str, args: list[str], style: Style, language: str) -> Piece:
    if op == "abs":
        return Piece(style.bars(args[0]))
    if op == "nullif":
        return Piece(style.unless(args[0], args[1]), SUM)
    zh, en = WORDS[op]
    return Piece(style.function(zh if language == "zh" else en, args))
