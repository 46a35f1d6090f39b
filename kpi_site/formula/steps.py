"""The arithmetic of a formula step by step, as a person would write it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, Context, Decimal
from itertools import count
from typing import Final

from kpi_site.exact import settled
from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.results import State
from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node

_STRENGTH: Final = {
    "or": 1, "and": 2, "not": 3, "=": 4, "<>": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7,
}  # fmt: skip
_SUM: Final = 5
_SHOWN = 12  # significant digits of a long quotient
_CUT = Context(prec=_SHOWN, rounding=ROUND_DOWN)


def steps(node: Node, values: Mapping[str, Operand]) -> Iterator[str]:
    """Yield the formula with its terms' ``values`` written in, then ever shorter until the result.

    Each step works out every operation whose operands are numbers (or missing) by then:
    ``(90 - 10) / 100``, ``80 / 100``, ``0.8``. A missing operand shows as its state. Of a
    CASE the conditions are worked out first, then the branch that they choose.
    """
    known: dict[str, Operand] = dict(values)
    fresh = (f"={number}" for number in count())  # no term can be called so
    yield _text(node, known)
    while isinstance(node, Call | Case):
        node = _worked_out(node, known, fresh)
        yield _text(node, known)


def _worked_out(node: Node, known: dict[str, Operand], fresh: Iterator[str]) -> Node:
    """Return ``node`` with its innermost operations replaced by their results."""
    if isinstance(node, Case):
        return _case_worked_out(node, known, fresh)
    if not isinstance(node, Call):
        return node
    if any(isinstance(arg, Call | Case) for arg in node.args):
        return Call(node.op, tuple(_worked_out(arg, known, fresh) for arg in node.args))
    name = next(fresh)
    known[name] = evaluate(node, known)
    return Column(name)


def _case_worked_out(node: Case, known: dict[str, Operand], fresh: Iterator[str]) -> Node:
    """Return the CASE with its conditions a step further; once they are known, the branch."""
    if any(isinstance(when, Call | Case) for when, _ in node.whens):
        whens = tuple((_worked_out(when, known, fresh), then) for when, then in node.whens)
        return Case(whens, node.default)
    for when, then in node.whens:
        if evaluate(when, known) is True:
            return then
    return Literal_(None) if node.default is None else node.default


def _text(node: Node, known: Mapping[str, Operand], around: int = 0) -> str:
    """Write ``node``; in brackets where what stands ``around`` it binds more strongly."""
    match node:
        case Column(name):
            return _operand(known[name], around)
        case Literal_(value):
            return _operand(State.NO_DATA if value is None else Decimal(str(value)), around)
        case Case(whens, default):
            parts = [f"WHEN {_text(w, known)} THEN {_text(then, known)}" for w, then in whens]
            parts += [] if default is None else [f"ELSE {_text(default, known)}"]
            return f"CASE {' '.join(parts)} END"
        case Call(op, args) if op in _STRENGTH:
            return _operation(op, args, known, around)
        case Call(op, args):
            return f"{op.upper()}({', '.join(_text(arg, known) for arg in args)})"
    raise NotImplementedError(f"not part of a formula: {node}")


def _operation(op: str, args: tuple[Node, ...], known: Mapping[str, Operand], around: int) -> str:
    strength = _STRENGTH[op]
    if op in {"neg", "not"}:
        text = f"{'-' if op == 'neg' else 'NOT '}{_text(args[0], known, strength + 1)}"
    else:  # a - (b - c) and a / (b / c) keep their brackets
        parts = (_text(arg, known, strength + (i > 0)) for i, arg in enumerate(args))
        text = f" {op.upper()} ".join(parts)
    return f"({text})" if strength < around else text


def _operand(value: Operand, around: int) -> str:
    if isinstance(value, State):
        return value.value
    if isinstance(value, bool):
        return str(value).upper()
    number = settled(Decimal(value))
    text = format(number, "f")
    if len(number.as_tuple().digits) > _SHOWN > number.adjusted() + 1:
        text = format(_CUT.plus(number), "f") + "…"
    elif "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"({text})" if text.startswith("-") and around > _SUM else text
