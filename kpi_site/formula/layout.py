"""How a formula is laid out, whatever it is written in: MathML or a line of text.

One walk decides where parentheses stand and which notation a function has; a `Style` says
how numbers, terms, fractions and brackets look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node

CASES, EITHER, BOTH, NOT, COMPARED, SUM, PRODUCT, SIGN, ATOM = range(9)
"""How tightly a piece holds together."""

_SIGNS = {
    "+": "+", "-": "−", "*": "×", "/": "÷",
    "=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥",
}  # fmt: skip
_BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
_CONNECTIVES = {"or": (EITHER, "或", "or"), "and": (BOTH, "且", "and"), "not": (NOT, "非", "not")}

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

    def word(self, left: str, word: str, right: str) -> str:
        """Return two conditions (the first one empty for NOT) with a word between them."""

    def cases(self, rows: Sequence[tuple[str, str]], default: str | None, language: str) -> str:
        """Return values with their conditions, first come first, and what holds otherwise."""


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
        case Call(op, (left, right)) if op in _SIGNS:
            return _compared(
                op, lay_out(left, style, language), lay_out(right, style, language), style
            )
        case Call("and" | "or" | "not" as op, args):
            return _connected(op, [lay_out(arg, style, language) for arg in args], style, language)
        case Case():
            return _cases(node, style, language)
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


def _compared(op: str, left: Piece, right: Piece, style: Style) -> Piece:
    sides = (_held(piece, SUM, style) for piece in (left, right))
    return Piece(style.infix(next(sides), _SIGNS[op], next(sides)), COMPARED)


def _connected(op: str, parts: Sequence[Piece], style: Style, language: str) -> Piece:
    binding, zh, en = _CONNECTIVES[op]
    word = zh if language == "zh" else en
    texts = [_held(part, binding + (op == "not"), style) for part in parts]
    text = style.word("", word, texts[0]) if op == "not" else texts[0]
    for following in texts[1:]:
        text = style.word(text, word, following)
    return Piece(text, binding)


def _cases(node: Case, style: Style, language: str) -> Piece:
    def inside(part: Node) -> str:
        return _held(lay_out(part, style, language), CASES + 1, style)

    rows = [(inside(then), inside(when)) for when, then in node.whens]
    default = None if node.default is None else inside(node.default)
    return Piece(style.cases(rows, default, language), CASES)


def _held(piece: Piece, least: int, style: Style) -> str:
    return piece.text if piece.binding >= least else style.bracket(piece.text)


def _function(op: str, args: list[str], style: Style, language: str) -> Piece:
    if op == "abs":
        return Piece(style.bars(args[0]))
    if op == "nullif":
        return Piece(style.unless(args[0], args[1]), SUM)
    zh, en = WORDS[op]
    return Piece(style.function(zh if language == "zh" else en, args))
