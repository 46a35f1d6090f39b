"""Arithmetic of a ``formula``, and of the aggregates in a ``value``, on exact fractions.

A missing argument makes the result missing, with the first state of ``PRIORITY``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

PRIORITY = ["suppressed", "no_data", "no_base", "zero_denominator"]
Outcome = Fraction | str  # a number, or the state that says why there is none


def worst(outcomes: list[Outcome]) -> str | None:
    """Return the missing state that wins, or None if every outcome is a number."""
    states = [o for o in outcomes if isinstance(o, str)]
    return min(states, key=PRIORITY.index) if states else None


def evaluate(text: str, given: Mapping[str, Outcome]) -> Outcome:
    """Compute ``text`` (SQL arithmetic) over ``given``, names taken as they are written."""
    return _value(_parse(text), given)


def names(text: str) -> list[str]:
    """Return the names in ``text``, in order, each once."""
    tree = _parse(text)
    functions = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions)
    return list(dict.fromkeys(n.id[2:] for n in found))


_TOKEN = re.compile(
    r"(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|\"(?P<quoted>[^\"]+)\"|(?P<word>\w+)"
)


def _parse(text: str) -> ast.expr:
    """Read SQL arithmetic with Python's grammar: both agree on it, names are set apart."""

    def token(match: re.Match[str]) -> str:
        if match["number"]:
            return f"d_('{match['number']}')"
        return f"n_{match['quoted'] or match['word']}"

    tree = ast.parse("(" + _TOKEN.sub(token, text) + ")", mode="eval")
    return tree.body


def _value(node: ast.expr, given: Mapping[str, Outcome]) -> Outcome:
    match node:
        case ast.Call(func=ast.Name(id="d_"), args=[ast.Constant(value=str(text))]):
            return Fraction(Decimal(text))
        case ast.Name(id=name):
            return given[name[2:]]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            found = _value(operand, given)
            return found if isinstance(found, str) else -found
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, given)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _value(left, given), _value(right, given))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _call(name[2:].upper(), [_value(a, given) for a in args])
    raise NotImplementedError(ast.dump(node))


def _binary(op: ast.operator, left: Outcome, right: Outcome) -> Outcome:
    missing = worst([left, right])
    if missing or isinstance(left, str) or isinstance(right, str):
        return str(missing)
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right if right else "zero_denominator"
    raise NotImplementedError(op)


def _call(name: str, args: list[Outcome]) -> Outcome:
    numbers = [a for a in args if isinstance(a, Fraction)]
    if name == "COALESCE" and numbers:
        return numbers[0]
    missing = worst(args)
    if missing:
        return missing
    match name:
        case "ABS":
            return abs(numbers[0])
        case "LEAST":
            return min(numbers)
        case "GREATEST":
            return max(numbers)
        case "NULLIF":
            return "zero_denominator" if numbers[0] == numbers[1] else numbers[0]
        case "ROUND":
            return round_half_away(numbers[0], int(numbers[1]) if numbers[1:] else 0)
    raise NotImplementedError(name)


def round_half_away(number: Fraction, places: int) -> Fraction:
    """Round, halves away from zero."""
    scaled = abs(number) * Fraction(10) ** places + Fraction(1, 2)
    whole = Fraction(scaled.numerator // scaled.denominator) / Fraction(10) ** places
    return whole if number >= 0 else -whole
