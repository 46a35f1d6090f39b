"""The arithmetic of a formula step by step, as a person would write it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, Context, Decimal
from itertools import count
from typing import Final

from kpi_site.exact import settled
from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.results import State
from kpi_site.sql.nodes import Call, Column, Literal_, Node

_STRENGTH: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3}
_SHOWN = 12  # significant digits of a long quotient
_CUT = Context(prec=_SHOWN, rounding=ROUND_DOWN)


def steps(node: Node, values: Mapping[str, Operand]) -> Iterator[str]:
    """Yield the formula with its terms' ``values`` written in, then ever shorter until the result.

    Each step works out every operation whose operands are numbers (or missing) by then:
    ``(90 - 10) / 100``, ``80 / 100``, ``0.8``. A missing operand shows as its state.
    """
    known: dict[str, Operand] = dict(values)
    fresh = (f"={number}" for number in count())  # no term can be called so
    yield _text(node, known)
    while isinstance(node, Call):
        node = _worked_out(node, known, fresh)
        yield _text(node, known)


def _worked_out(node: Node, known: dict[str, Operand], fresh: Iterator[str]) -> Node:
    """Return ``node`` with its innermost operations replaced by their results."""
    if not isinstance(node, Call):
        return node
    if any(isinstance(arg, Call) for arg in node.args):
        return Call(node.op, tuple(_worked_out(arg, known, fresh) for arg in node.args))
    name = next(fresh)
    known[name] = evaluate(node, known)
    return Column(name)


def _text(node: Node, known: Mapping[str, Operand], around: int = 0) -> str:
    """Write ``node``; in brackets where what stands ``around`` it binds more strongly."""
    match node:
        case Column(name):
            return _operand(known[name], around)
        case Literal_(value):
            return _operand(State.NO_DATA if value is None else Decimal(str(value)), around)
        case Call(op, args) if op in _STRENGTH:
            return _operation(op, args, known, around)
        case Call(op, args):
            return f"{op.upper()}({', '.join(_text(arg, known) for arg in args)})"
    raise NotImplementedError(f"not part of a formula: {node}")


def _operation(op: str, args: tuple[Node, ...], known: Mapping[str, Operand], around: int) -> str:
    strength = _STRENGTH[op]
    if op == "neg":
        text = f"-{_text(args[0], known, strength + 1)}"
    else:  # a - (b - c) and a / (b / c) keep their brackets
        left, right = _text(args[0], known, strength), _text(args[1], known, strength + 1)
        text = f"{left} {op} {right}"
    return f"({text})" if strength < around else text


def _operand(value: Operand, around: int) -> str:
    if isinstance(value, State):
        return value.value
    number = settled(Decimal(value))
    text = format(number, "f")
    if len(number.as_tuple().digits) > _SHOWN > number.adjusted() + 1:
        text = format(_CUT.plus(number), "f") + "…"
    elif "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"({text})" if text.startswith("-") and around > 1 else text
