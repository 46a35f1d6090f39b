"""The formula's arithmetic on exact numbers and missing ones."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi_site.formula.evaluate import Operand, compile_exclusion, evaluate
from kpi_site.results import State
from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node

A, B, C = Column("a"), Column("b"), Column("c")


def number(text: str) -> Literal_:
    return Literal_(Decimal(text))


OVER_BOUND = Call("/", (A, Call("nullif", (Call("greatest", (B, number("0"))), number("0")))))


CASES: list[tuple[Node, dict[str, Operand], Operand]] = [
    (Call("/", (A, B)), {"a": Decimal(90), "b": Decimal(100)}, Decimal("0.9")),
    (Call("/", (A, B)), {"a": Decimal(1), "b": Decimal(0)}, State.ZERO_DENOMINATOR),
    (Call("/", (A, B)), {"a": State.NO_DATA, "b": Decimal(0)}, State.NO_DATA),
    (Call("-", (number("1"), number("0.9"))), {}, Decimal("0.1")),
    (Call("+", (A, B)), {"a": State.NO_BASE, "b": State.NO_DATA}, State.NO_DATA),
    (Call("+", (A, B)), {"a": State.NO_BASE, "b": State.SUPPRESSED}, State.SUPPRESSED),
    (Call("least", (A, number("1.2"))), {"a": State.NO_DATA}, State.NO_DATA),
    (Call("least", (A, number("1.2"))), {"a": Decimal(3)}, Decimal("1.2")),
    (Call("greatest", (A, number("0"))), {"a": Decimal(-3)}, Decimal(0)),
    (Call("coalesce", (A, number("0"))), {"a": State.NO_DATA}, Decimal(0)),
    (
        Call("coalesce", (Call("/", (A, B)), number("0"))),
        {"a": Decimal(1), "b": Decimal(0)},
        Decimal(0),
    ),
    (Call("nullif", (A, number("0"))), {"a": Decimal(0)}, State.ZERO_DENOMINATOR),
    (Call("nullif", (A, number("7"))), {"a": Decimal(7)}, State.NO_DATA),
    # a base of -50 is not zero: there is none to compare with
    (OVER_BOUND, {"a": Decimal(1), "b": Decimal(-50)}, State.NO_BASE),
    (OVER_BOUND, {"a": Decimal(1), "b": Decimal(0)}, State.ZERO_DENOMINATOR),
    (OVER_BOUND, {"a": Decimal(1), "b": Decimal(4)}, Decimal("0.25")),
    (
        Call("/", (A, Call("greatest", (B, number("0"))))),
        {"a": Decimal(1), "b": Decimal(-1)},
        State.NO_BASE,
    ),
    (Call("nullif", (A, number("7"))), {"a": Decimal(8)}, Decimal(8)),
    (Call("round", (A, Literal_(1))), {"a": Decimal("-0.25")}, Decimal("-0.3")),
    (Call("round", (A,)), {"a": Decimal("2.5")}, Decimal(3)),
    (Call("abs", (Call("neg", (A,)),)), {"a": Decimal(5)}, Decimal(5)),
]


@pytest.mark.parametrize(("node", "values", "expected"), CASES)
def test_formula(node: Node, values: dict[str, Operand], expected: Operand) -> None:
    assert evaluate(node, values) == expected


# CASE WHEN b > 0 THEN a / b - 1 END
GROWTH = Case(((Call(">", (B, number("0"))), Call("-", (Call("/", (A, B)), number("1")))),), None)


@pytest.mark.parametrize(
    ("node", "values", "excluded"),
    [
        (GROWTH, {"a": Decimal(60), "b": Decimal(-50)}, True),
        (GROWTH, {"a": Decimal(60), "b": Decimal(0)}, True),
        (GROWTH, {"a": State.NO_DATA, "b": Decimal(-50)}, True),  # whatever a is
        (GROWTH, {"a": State.NO_DATA, "b": Decimal(50)}, False),
        (GROWTH, {"a": Decimal(60), "b": State.NO_DATA}, False),  # unknown, not excluded
        (Call("*", (GROWTH, C)), {"a": Decimal(1), "b": Decimal(-1), "c": Decimal(2)}, True),
        (Call("*", (GROWTH, C)), {"a": Decimal(1), "b": Decimal(-1), "c": State.NO_DATA}, False),
        (
            Call("coalesce", (GROWTH, C)),
            {"a": Decimal(1), "b": Decimal(-1), "c": State.NO_DATA},
            False,
        ),
        (Case(GROWTH.whens, Literal_(None)), {"a": Decimal(1), "b": Decimal(-1)}, True),
        (Case(GROWTH.whens, C), {"a": Decimal(1), "b": Decimal(-1), "c": State.NO_DATA}, False),
        (
            Case(((Call(">", (B, number("0"))), GROWTH),), None),
            {"a": Decimal(1), "b": Decimal(-1)},
            True,
        ),
    ],
)
def test_what_the_formula_excludes(node: Node, values: dict[str, Operand], excluded: bool) -> None:
    assert evaluate(node, values) is State.NO_DATA
    assert compile_exclusion(node)(values) is excluded
