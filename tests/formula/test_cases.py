"""CASE, comparisons and connectives in formulas: as DuckDB has them, and as readers see them."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.formula.latex import formula_latex
from kpi_site.formula.mathml import filled_mathml, formula_mathml
from kpi_site.formula.parse import parse_formula
from kpi_site.formula.steps import steps
from kpi_site.formula.words import plain_formula
from kpi_site.results import State
from kpi_site.sql.nodes import Code, Expression
from tests.oracle import arith

SCORE = (
    "CASE WHEN actual / target >= 1.2 THEN 5 WHEN actual / target > 1 THEN 4 "
    "WHEN actual = target THEN 3 WHEN NOT actual < 0.8 * target AND target > 0 THEN 2 ELSE 1 END"
)


def formula(text: str) -> Expression:
    places = tuple((1, i + 1) for i in range(len(text) + 1))
    expression, problems = parse_formula(Code(text, "card.yml", places))
    assert expression is not None, problems
    return expression


@pytest.mark.parametrize(
    ("actual", "target", "score"),
    [(130, 100, 5), (120, 100, 5), (101, 100, 4), (100, 100, 3), (80, 100, 2), (79, 100, 1)],
)
def test_the_first_condition_that_holds_chooses(actual: int, target: int, score: int) -> None:
    values: dict[str, Operand] = {"actual": Decimal(actual), "target": Decimal(target)}
    assert evaluate(formula(SCORE).node, values) == score


def test_a_condition_over_a_missing_value_is_not_met() -> None:
    values: dict[str, Operand] = {"a": State.NO_BASE, "b": Decimal(2)}
    for text, wanted in (
        ("CASE WHEN a > 1 THEN 5 ELSE 1 END", Decimal(1)),
        ("CASE WHEN NOT a > 1 THEN 5 ELSE 1 END", Decimal(1)),
        ("CASE WHEN a > 1 OR b > 1 THEN 5 ELSE 1 END", Decimal(5)),
        ("CASE WHEN a > 1 AND b > 1 THEN 5 ELSE 1 END", Decimal(1)),
        ("CASE WHEN b > 1 THEN b ELSE a END", Decimal(2)),
        ("CASE WHEN b > 1 THEN a ELSE b END", State.NO_BASE),
        ("CASE WHEN b > 5 THEN b END", State.NO_DATA),
        ("CASE WHEN 1 / (b - 2) > 0 THEN 1 ELSE 0 END", Decimal(0)),
    ):
        assert evaluate(formula(text).node, values) == wanted, text


def _numbers() -> st.SearchStrategy[str]:
    return st.integers(0, 2**32).map(lambda seed: _number(Random(seed), 2))


def _number(random: Random, depth: int) -> str:
    kind = random.choice(["case", "case", "binary", "leaf"]) if depth else "leaf"
    if kind == "leaf":
        return random.choice(["a", "b", "c", "2", "0.5", "-3"])
    if kind == "binary":
        left, right = _number(random, depth - 1), _number(random, depth - 1)
        return f"({left} {random.choice('+-*/')} {right})"
    whens = " ".join(
        f"WHEN {_condition(random, 1, depth - 1)} THEN {_number(random, depth - 1)}"
        for _ in range(random.randint(1, 3))
    )
    default = f" ELSE {_number(random, depth - 1)}" if random.random() < 0.7 else ""
    return f"(CASE {whens}{default} END)"


def _condition(random: Random, depth: int, deep: int) -> str:
    kind = random.choice(["and", "OR", "NOT", "compared"]) if depth else "compared"
    if kind == "compared":
        sign = random.choice(["=", "<>", "!=", "<", "<=", ">", ">="])
        return f"{_number(random, deep)} {sign} {_number(random, deep)}"
    if kind == "NOT":
        return f"NOT ({_condition(random, depth - 1, deep)})"
    return f"({_condition(random, depth - 1, deep)} {kind} {_condition(random, depth - 1, deep)})"


VALUES: dict[str, Decimal | None] = {"a": Decimal(7), "b": Decimal("-1.5"), "c": None}


@settings(max_examples=200, deadline=None)
@given(_numbers())
def test_it_means_what_it_means_in_duckdb(text: str) -> None:
    given_: dict[str, Operand] = {n: State.NO_DATA if v is None else v for n, v in VALUES.items()}
    mine = evaluate(formula(text).node, given_)
    columns = "7::DOUBLE AS a, (-1.5)::DOUBLE AS b, NULL::DOUBLE AS c"
    asked = f"SELECT ({text})::DOUBLE FROM (SELECT {columns})"
    ((theirs,),) = duckdb.execute(asked).fetchall()
    if theirs is None or not math.isfinite(theirs):
        assert isinstance(mine, State), text
    else:
        assert isinstance(mine, Decimal)
        assert math.isclose(mine, theirs, rel_tol=1e-9), text
    oracle = arith.evaluate(
        text, {n: "no_data" if v is None else Fraction(v) for n, v in VALUES.items()}
    )
    if isinstance(oracle, str):
        assert mine == State(oracle), text
    else:
        assert isinstance(mine, Decimal)
        assert math.isclose(mine, oracle, rel_tol=1e-12), text


@settings(deadline=None)
@given(_numbers())
def test_the_steps_end_with_the_value(text: str) -> None:
    given_: dict[str, Operand] = {n: State.NO_DATA if v is None else v for n, v in VALUES.items()}
    last = list(steps(formula(text).node, given_))[-1]
    value = evaluate(formula(text).node, given_)
    if isinstance(value, State):
        assert last == value.value
    else:
        assert math.isclose(float(last.rstrip("…")), float(value), rel_tol=1e-9, abs_tol=1e-12)


@settings(deadline=None)
@given(_numbers())
def test_mathematics_is_well_formed(text: str) -> None:
    for language in ("zh", "en"):
        ET.fromstring(formula_mathml(formula(text), {}, language=language))
        assert plain_formula(formula(text), {}, language=language)
        tex = formula_latex(formula(text), {}, language=language)
        assert tex.count(r"\begin{cases}") == tex.count(r"\end{cases}")


def test_steps() -> None:
    values: dict[str, Operand] = {"a": Decimal(90), "b": Decimal(100)}
    text = "CASE WHEN a / b >= 1 OR NOT b > 0 THEN 5 WHEN a > 80 THEN a / b ELSE 0 END"
    assert list(steps(formula(text).node, values)) == [
        "CASE WHEN 90 / 100 >= 1 OR NOT 100 > 0 THEN 5 WHEN 90 > 80 THEN 90 / 100 ELSE 0 END",
        "CASE WHEN 0.9 >= 1 OR NOT TRUE THEN 5 WHEN TRUE THEN 90 / 100 ELSE 0 END",
        "CASE WHEN FALSE OR FALSE THEN 5 WHEN TRUE THEN 90 / 100 ELSE 0 END",
        "CASE WHEN FALSE THEN 5 WHEN TRUE THEN 90 / 100 ELSE 0 END",
        "90 / 100",
        "0.9",
    ]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "CASE WHEN a >= b THEN 100 WHEN a <> 0 AND (b < 1 OR a = b) THEN a / b ELSE 0 END",
            "若 a ≥ b 则 100；若 a ≠ 0 且 (b < 1 或 a = b) 则 a ÷ b；否则 0",
            "100 if a ≥ b; a ÷ b if a ≠ 0 and (b < 1 or a = b); else 0",
        ),
        (
            "1 + CASE WHEN NOT (a > 1 AND b > 1) THEN 1 END * 2",
            "1 + (若 非 (a > 1 且 b > 1) 则 1) × 2",
            "1 + (1 if not (a > 1 and b > 1)) × 2",
        ),
    ],
)
def test_words(text: str, zh: str, en: str) -> None:
    assert plain_formula(formula(text), {}, language="zh") == zh
    assert plain_formula(formula(text), {}, language="en") == en


def test_a_brace_holds_the_cases() -> None:
    text = "CASE WHEN a >= 1 THEN 100 ELSE a / 2 END"
    root = ET.fromstring(formula_mathml(formula(text), {"a": "率"}, language="zh"))
    rows = ["".join(row.itertext()) for row in root.iter("mtr")]
    assert rows == ["100若率≥1", "率2否则"]
    assert next(root.iter("mtable")).attrib["class"] == "kpi-cases"
    filled = filled_mathml(formula(text), {"a": "95%"}, "47.5%")
    assert "95%" in "".join(ET.fromstring(filled).itertext())
    assert formula_latex(formula(text), {"a": "率"}, language="en") == (
        r"\begin{cases}100 & \text{if}\;\text{率} \ge 1 \\ "
        r"\frac{\text{率}}{2} & \text{otherwise}\end{cases}"
    )
