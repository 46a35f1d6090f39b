"""Arithmetic of a ``formula``, and of the aggregates in a ``value``, on exact fractions.

A missing argument makes the result missing, with the first state of ``PRIORITY``. A condition
over a missing value is not met (three-valued, as in SQL); of a CASE only the chosen branch counts.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

PRIORITY = ["suppressed", "no_data", "no_base", "zero_denominator"]
Outcome = Fraction | str  # a number, or the state that says why there is none
Truth = bool | None  # None: unknown, because a value is missing


def worst(outcomes: list[Outcome]) -> str | None:
    """Return the missing state that wins, or None if every outcome is a number."""
    states = [o for o in outcomes if isinstance(o, str)]
    return min(states, key=PRIORITY.index) if states else None


def evaluate(text: str, given: Mapping[str, Outcome]) -> Outcome:
    """Compute ``text`` (SQL arithmetic) over ``given``, names taken as they are written."""
    return _value(parse(text), given)


def evaluate_tree(tree: ast.expr, given: Mapping[str, Outcome]) -> Outcome:
    """Compute what ``parse`` returned, or a part of it."""
    return _value(tree, given)


def names(text: str) -> list[str]:
    """Return the names in ``text``, in order, each once."""
    tree = parse(text)
    functions = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions)
    return list(dict.fromkeys(n.id[2:] for n in found if n.id != "n_NULL"))


_TOKEN = re.compile(
    r"(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|\"(?P<quoted>[^\"]+)\"|(?P<word>\w+)"
    r"|(?P<same><>|!=|(?<![<>!=])=(?!=))"
)
_CASE = re.compile(r"\bCASE\b((?:(?!\bCASE\b).)*?)\bEND\b", re.IGNORECASE | re.DOTALL)
_WHEN = re.compile(r"\bWHEN\b(.*?)\bTHEN\b(.*?)(?=\bWHEN\b|\bELSE\b|$)", re.IGNORECASE | re.DOTALL)
_ELSE = re.compile(r"\bELSE\b(.*)", re.IGNORECASE | re.DOTALL)
_PYTHON = {"and", "or", "not"}


def _ternary(case: re.Match[str]) -> str:
    """Write one CASE, without another in it, as Python's ``x if c else y`` (set apart as yet)."""
    default = _ELSE.search(case[1])
    branches = [f"({then}) \1 ({when}) \2 " for when, then in _WHEN.findall(case[1])]
    return f"({''.join(branches)}({default[1] if default else 'NULL'}))"


def parse(text: str) -> ast.expr:
    """Read SQL arithmetic with Python's grammar: both agree on it, names are set apart."""

    def token(match: re.Match[str]) -> str:
        if match["number"]:
            return f"d_('{match['number']}')"
        if (match["word"] or "").lower() in _PYTHON:
            return f" {match['word'].lower()} "
        if match["same"]:
            return "==" if match["same"] == "=" else "!="
        return f"n_{match['quoted'] or match['word']}"

    while _CASE.search(text):
        text = _CASE.sub(_ternary, text)
    python = _TOKEN.sub(token, text).replace("\1", " if ").replace("\2", " else ")
    tree = ast.parse(f"({python})", mode="eval")
    return tree.body


def _value(node: ast.expr, given: Mapping[str, Outcome]) -> Outcome:
    match node:
        case ast.Call(func=ast.Name(id="d_"), args=[ast.Constant(value=str(text))]):
            return Fraction(Decimal(text))
        case ast.Name(id="n_NULL"):
            return "no_data"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _truth(test, given) else orelse, given)
        case ast.Name(id=name):
            return given[name[2:]]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            found = _value(operand, given)
            return found if isinstance(found, str) else -found
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, given)
        case ast.BinOp(left=left, op=op, right=right):
            found = _binary(op, _value(left, given), _value(right, given))
            divided = isinstance(op, ast.Div) and _value(right, given) == 0
            return _zero(right, given) if divided and found == "zero_denominator" else found
        case ast.Call(func=ast.Name(id=name), args=args):
            found = _call(name[2:].upper(), [_value(a, given) for a in args])
            nullif = name.upper() == "N_NULLIF" and _value(args[0], given) == 0
            return _zero(args[0], given) if nullif and found == "zero_denominator" else found
    raise NotImplementedError(ast.dump(node))


def _zero(node: ast.expr, given: Mapping[str, Outcome]) -> str:
    """Return the state of a divisor that came out as 0: a bound of 0 is no zero."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name[2:].upper() in _BOUNDS:
            free = [_value(a, given) for a in args if any(map(_is_name, ast.walk(a)))]
            return "zero_denominator" if Fraction(0) in free else "no_base"
    return "zero_denominator"


_BOUNDS = {"LEAST", "GREATEST"}


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id != "d_"


def _truth(node: ast.expr, given: Mapping[str, Outcome]) -> Truth:
    match node:
        case ast.BoolOp(op=op, values=values):
            found = {_truth(value, given) for value in values}
            decisive = isinstance(op, ast.Or)
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand, given)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            one, other = _value(left, given), _value(right, given)
            if isinstance(one, str) or isinstance(other, str):
                return None
            return _COMPARED[type(op)](one, other)
    raise NotImplementedError(ast.dump(node))


_COMPARED: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


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
