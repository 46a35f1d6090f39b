"""Worked examples: the card's own tests, run by the formula that its figures come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Example, Indicator
from kpi_site.exact import round_half_away, settled
from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.problems import Message, Problem
from kpi_site.results import State
from kpi_site.sql.nodes import columns


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example's numbers come to, and whether that is what it expects."""

    value: Operand
    agrees: bool


def run_example(indicator: Indicator, example: Example) -> Outcome:
    """Evaluate the formula with the example's numbers.

    A term that the example leaves out, or gives as null, is missing (``no_data``). An
    expected number agrees if it is the result rounded to the places it is written with, or
    to those that the card shows, whichever are more.
    """
    value = evaluate(indicator.formula.node, given_operands(indicator, example))
    agrees = "expect" not in example.expects or _agrees(indicator, example, value)
    return Outcome(value, agrees)


def given_operands(
    indicator: Indicator, example: Example, names: Iterable[str] | None = None
) -> dict[str, Operand]:
    """Return what each term (of ``names``, or else of the formula) is in the example.

    One that is left out is ``no_data``.
    """
    if names is None:
        names = {column.name for column in columns(indicator.formula.node)}
    return {name: _operand(example, name) for name in names}


def _operand(example: Example, name: str) -> Operand:
    number = example.given.get(name)
    return State.NO_DATA if number is None else number


def _agrees(indicator: Indicator, example: Example, value: Operand) -> bool:
    expect = example.expect
    if isinstance(value, State):
        return expect is None or expect == value.value
    if expect is None or isinstance(expect, str):
        return False
    exponent = expect.as_tuple().exponent
    written = -exponent if isinstance(exponent, int) else 0
    shown = indicator.decimals + (2 if indicator.unit.kind == "percent" else 0)
    places = max(written, shown)
    return round_half_away(Decimal(value), places) == round_half_away(expect, places)


def evaluate_example(indicator: Indicator, example: Example) -> tuple[Problem, ...]:
    """Return the problem of a worked example that fails: given, expected, got."""
    outcome = run_example(indicator, example)
    if outcome.agrees:
        return ()
    expected = "null" if example.expect is None else str(example.expect)
    got = shown(outcome.value)
    given = ", ".join(f"{name} = {number}" for name, number in example.given.items())
    message = Message(
        f"算例不成立：已知 {given}，期望 {expected}，公式 {indicator.formula.code.text} 得到 {got}",
        f"worked example fails: given {given}, expected {expected}, "
        f"but {indicator.formula.code.text} comes to {got}",
    )
    return (Problem(example.where, "example-fails", message, _hint(indicator, example, got)),)


def _hint(indicator: Indicator, example: Example, got: str) -> Message:
    left_out = {
        c.name: None for c in columns(indicator.formula.node) if c.name not in example.given
    }
    if left_out:
        listed = ", ".join(left_out)
        return Message(f"given 中没有 {listed}。", f"'given' leaves out {listed}.")
    return Message(
        f"请更正 expect（应为 {got}）或公式。", f"Correct 'expect' (to {got}) or the formula."
    )


def shown(value: Operand) -> str:
    """Return an operand as plain text: a decimal, or the name of its state."""
    return value.value if isinstance(value, State) else format(settled(Decimal(value)), "f")
