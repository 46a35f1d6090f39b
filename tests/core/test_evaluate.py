"""The formula's arithmetic on exact numbers and missing ones."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.results import State
from kpi_site.sql.nodes import Call, Column, Literal_, Node

A, B, C = Column("a"), Column("b"), Column("c")


def number(text: str) -> Literal_:
    return Literal_(Decimal(text))


CASES: list[tuple[Node, dict[str, Operand], Operand]] = [
    (Call("/", (A, B)), {"a": Fraction(90), "b": Fraction(100)}, Fraction(9, 10)),
    (Call("/", (A, B)), {"a": Fraction(1), "b": Fraction(0)}, State.ZERO_DENOMINATOR),
    (Call("/", (A, B)), {"a": State.NO_DATA, "b": Fraction(0)}, State.NO_DATA),
    (Call("-", (number("1"), number("0.9"))), {}, Fraction(1, 10)),
    (Call("+", (A, B)), {"a": State.NO_BASE, "b": State.NO_DATA}, State.NO_DATA),
    (Call("+", (A, B)), {"a": State.NO_BASE, "b": State.SUPPRESSED}, State.SUPPRESSED),
    (Call("least", (A, number("1.2"))), {"a": State.NO_DATA}, State.NO_DATA),
    (Call("least", (A, number("1.2"))), {"a": Fraction(3)}, Fraction(6, 5)),
    (Call("greatest", (A, number("0"))), {"a": Fraction(-3)}, Fraction(0)),
    (Call("coalesce", (A, number("0"))), {"a": State.NO_DATA}, Fraction(0)),
    (
        Call("coalesce", (Call("/", (A, B)), number("0"))),
        {"a": Fraction(1), "b": Fraction(0)},
        Fraction(0),
    ),
    (Call("nullif", (A, number("0"))), {"a": Fraction(0)}, State.ZERO_DENOMINATOR),
    (Call("nullif", (A, number("7"))), {"a": Fraction(7)}, State.NO_DATA),
    (Call("nullif", (A, number("7"))), {"a": Fraction(8)}, Fraction(8)),
    (Call("round", (A, Literal_(1))), {"a": Fraction(-25, 100)}, Fraction(-3, 10)),
    (Call("round", (A,)), {"a": Fraction(5, 2)}, Fraction(3)),
    (Call("abs", (Call("neg", (A,)),)), {"a": Fraction(5)}, Fraction(5)),
]


@pytest.mark.parametrize(("node", "values", "expected"), CASES)
def test_formula(node: Node, values: dict[str, Operand], expected: Operand) -> None:
    assert evaluate(node, values) == expected
