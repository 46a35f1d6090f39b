"""Formulas on exact numbers: one evaluator for results, worked examples and the terminal.

An operand is a decimal, a truth value (inside CASE), or the state that says why the number
is missing. A missing operand makes the result missing with the most telling state; only
COALESCE and CASE can do without one. Division by zero is the state ``zero_denominator``,
never infinity (specification.md#missing).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

from kpi_site.exact import EXACT, WHOLE, round_half_away
from kpi_site.results import State
from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node

Operand = Decimal | bool | State
Values = Mapping[str, Operand]
Evaluator = Callable[[Values], Operand]

# Which reason is told when several operands are missing.
_PRIORITY = (State.SUPPRESSED, State.NO_DATA, State.NO_BASE, State.ZERO_DENOMINATOR, State.NOT_DUE)


def evaluate(node: Node, values: Values) -> Operand:
    """Return the value of ``node`` with the terms' ``values``; see `compile_node`."""
    return compile_node(node)(values)


def compile_node(node: Node) -> Evaluator:
    """Turn a formula (or the arithmetic around aggregates) into a function of its terms.

    Raises ``KeyError`` when called without one of the terms, and ``NotImplementedError``
    for a node that the parsers do not let through.
    """
    match node:
        case Column(name):
            return lambda values: values[name]
        case Literal_():
            constant = _constant(node)
            return lambda _: constant
        case Case():
            return _case(node)
        case Call(op, args):
            return _call(op, tuple(compile_node(arg) for arg in args), args)
    raise NotImplementedError(f"not part of a formula: {node}")


def compile_exclusion(node: Node) -> Callable[[Values], bool]:
    """Turn a formula into the question whether its own conditions leave it without a value.

    So it is where they are known and lead to no branch, or to NULL. It is asked of a formula
    without a value.
    """
    match node:
        case Literal_():
            return lambda _: node.value is None
        case Case():
            return _case_excludes(node)
        case Call(_, args):
            parts = [(compile_node(arg), compile_exclusion(arg)) for arg in args]

            def lacking(values: Values) -> bool:
                missing = [ask(values) for part, ask in parts if isinstance(part(values), State)]
                return bool(missing) and all(missing)

            return lacking
    return lambda _: False


def _case_excludes(node: Case) -> Callable[[Values], bool]:
    whens = [(compile_node(when), compile_exclusion(then)) for when, then in node.whens]
    default = compile_exclusion(node.default) if node.default is not None else None

    def ask(values: Values) -> bool:
        for when, then in whens:
            known = when(values)
            if known is True:
                return then(values)
            if isinstance(known, State):
                return False
        return default(values) if default else True

    return ask


def worst(*operands: Operand) -> State | None:
    """Return the state to tell when any of ``operands`` is missing, else None."""
    states = [operand for operand in operands if isinstance(operand, State)]
    return min(states, key=_PRIORITY.index) if states else None


def _constant(node: Literal_) -> Operand:
    if node.value is None:
        return State.NO_DATA
    if isinstance(node.value, bool):
        return node.value
    if isinstance(node.value, int | Decimal):
        return Decimal(node.value)
    raise NotImplementedError(f"not a number: {node.value!r}")


def _call(op: str, parts: tuple[Evaluator, ...], args: tuple[Node, ...]) -> Evaluator:
    if op == "/":
        return _divide(parts[0], parts[1], _refusal(args[1]))
    if op == "coalesce":
        return _coalesce(parts)
    if op in {"and", "or"}:
        return _connective(op, parts)
    if op in {"is_null", "is_not_null"}:
        missing = op == "is_null"
        return lambda values: isinstance(parts[0](values), State) is missing
    if op == "nullif":
        return _nullif(parts[0], parts[1], _refusal(args[0]))
    if op == "round":
        return _round(parts[0], args)
    return _strict(_FUNCTIONS[op], parts)


def _refusal(node: Node) -> Callable[[Values], State]:
    """Return what to say where ``node`` is 0 and may not be: ``zero_denominator``, if it is so.

    ``GREATEST(profit, 0)`` is 0 of a loss of 50: there the divisor is not zero, it is no base
    to compare with.
    """
    if not isinstance(node, Call) or node.op not in {"least", "greatest"}:
        return lambda _: State.ZERO_DENOMINATOR
    bounded = [compile_node(arg) for arg in node.args if not isinstance(arg, Literal_)]

    def refuse(values: Values) -> State:
        reached = any(part(values) == 0 for part in bounded)
        return State.ZERO_DENOMINATOR if reached else State.NO_BASE

    return refuse


def _divide(left: Evaluator, right: Evaluator, refuse: Callable[[Values], State]) -> Evaluator:
    def divide(values: Values) -> Operand:
        top, bottom = left(values), right(values)
        if isinstance(top, State) or isinstance(bottom, State):
            return worst(top, bottom) or State.NO_DATA
        return EXACT.divide(top, bottom) if bottom else refuse(values)

    return divide


def _strict(function: Callable[..., Operand], parts: tuple[Evaluator, ...]) -> Evaluator:
    """Make an evaluator that is missing as soon as one operand is."""

    def apply(values: Values) -> Operand:
        operands = [part(values) for part in parts]
        for operand in operands:
            if isinstance(operand, State):
                return worst(*operands) or operand
        return function(*operands)

    return apply


def _coalesce(parts: tuple[Evaluator, ...]) -> Evaluator:
    def first(values: Values) -> Operand:
        operands = [part(values) for part in parts]
        present = [operand for operand in operands if not isinstance(operand, State)]
        return present[0] if present else worst(*operands) or State.NO_DATA

    return first


def _nullif(left: Evaluator, right: Evaluator, refuse: Callable[[Values], State]) -> Evaluator:
    def nullif(values: Values) -> Operand:
        one, other = left(values), right(values)
        if isinstance(one, State) or isinstance(other, State) or one != other:
            return one
        return State.NO_DATA if other else refuse(values)

    return nullif


def _round(part: Evaluator, args: tuple[Node, ...]) -> Evaluator:
    places = compile_node(args[1])({}) if len(args) > 1 else Decimal(0)
    digits = 0 if isinstance(places, State) else int(places)
    return _strict(lambda number: round_half_away(Decimal(number), digits), (part,))


def _connective(op: str, parts: tuple[Evaluator, ...]) -> Evaluator:
    decisive = op == "or"

    def connect(values: Values) -> Operand:
        operands = [part(values) for part in parts]
        if any(operand is decisive for operand in operands):
            return decisive
        return worst(*operands) or (not decisive)

    return connect


def _case(node: Case) -> Evaluator:
    whens = [(compile_node(when), compile_node(then)) for when, then in node.whens]
    default = compile_node(node.default) if node.default is not None else None

    def choose(values: Values) -> Operand:
        for when, then in whens:
            if when(values) is True:
                return then(values)
        return default(values) if default else State.NO_DATA

    return choose


_FUNCTIONS: dict[str, Callable[..., Operand]] = {
    "+": WHOLE.add,
    "-": WHOLE.subtract,
    "*": WHOLE.multiply,
    "neg": WHOLE.minus,
    "abs": WHOLE.abs,
    "least": min,
    "greatest": max,
    "floor": lambda a: Decimal(math.floor(a)),
    "ceil": lambda a: Decimal(math.ceil(a)),
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "not": lambda a: not a,
    "between": lambda a, low, high: low <= a <= high,
    "in": lambda a, *members: a in members,
}
