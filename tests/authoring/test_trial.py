"""Worked examples for people: the arithmetic by hand, and what failed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.formula.evaluate import Operand
from kpi_site.formula.parse import parse_formula
from kpi_site.formula.steps import steps
from kpi_site.results import State
from kpi_site.sql.nodes import Code

Run = Callable[..., subprocess.CompletedProcess[str]]
MISSING = State.NO_DATA


def written(formula: str, **values: int | str | State) -> list[str]:
    code = Code(formula, "x.yml", tuple((1, i) for i in range(len(formula) + 1)))
    expression, problems = parse_formula(code)
    assert expression is not None, problems
    operands: dict[str, Operand] = {
        name: value if isinstance(value, State) else Decimal(value)
        for name, value in values.items()
    }
    return list(steps(expression.node, operands))


@pytest.mark.parametrize(
    ("formula", "values", "lines"),
    [
        ("a", {"a": 12}, ["12"]),
        ("a / b", {"a": 90, "b": 100}, ["90 / 100", "0.9"]),
        (
            "(p - d) / n * 100",
            {"p": 6, "d": 1, "n": 10},
            ["(6 - 1) / 10 * 100", "5 / 10 * 100", "0.5 * 100", "50"],
        ),
        ("a - (b - c)", {"a": 9, "b": 5, "c": 2}, ["9 - (5 - 2)", "9 - 3", "6"]),
        ("a / (b / c)", {"a": 8, "b": 4, "c": 2}, ["8 / (4 / 2)", "8 / 2", "4"]),
        ("-a * b", {"a": 2, "b": -3}, ["-2 * (-3)", "(-2) * (-3)", "6"]),
        ("a / b", {"a": 1, "b": 3}, ["1 / 3", "0.333333333333…"]),
        ("a / b", {"a": 1, "b": 0}, ["1 / 0", "zero_denominator"]),
        ("a + b", {"a": 1, "b": MISSING}, ["1 + no_data", "no_data"]),
        (
            "COALESCE(a, 0) + GREATEST(b, c)",
            {"a": MISSING, "b": 1, "c": "2.5"},
            ["COALESCE(no_data, 0) + GREATEST(1, 2.5)", "0 + 2.5", "2.5"],
        ),
        (
            "ROUND(a / b, 2)",
            {"a": 2, "b": 3},
            ["ROUND(2 / 3, 2)", "ROUND(0.666666666666…, 2)", "0.67"],
        ),
    ],
)
def test_arithmetic_is_written_step_by_step(
    formula: str, values: dict[str, int | str | State], lines: list[str]
) -> None:
    assert written(formula, **values) == lines


def test_a_failing_example_shows_given_expected_got_and_the_way(site: Path, run: Run) -> None:
    card = site / "content/indicators/sales/sales_attainment.yml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("expect: 0.9", "expect: 0.8"), encoding="utf-8")
    found = run("kpi_site", "test", cwd=site)
    assert found.returncode == 1
    lines = [line.strip() for line in found.stdout.splitlines()]
    assert lines[0].startswith("✗ content/indicators/sales/sales_attainment.yml:")
    assert "given       actual = 90, planned = 100" in lines
    assert "expected    0.8" in lines
    assert "got         0.9" in lines
    assert lines[lines.index("= 90 / 100") + 1] == "= 0.9"
    assert "4 cards, 1 example: 0 hold, 1 fail" in lines
    assert "without an example: revenue, csat, nps" in lines


def test_examples_that_hold_end_with_0(site: Path, run: Run) -> None:
    every = run("kpi_site", "test", cwd=site)
    assert every.returncode == 0
    assert every.stdout.startswith("4 cards, 1 example: 1 hold, 0 fail\n")
    one = run("kpi_site", "test", "sales_attainment", "--lang", "zh", cwd=site)
    assert one.returncode == 0
    assert "期望" in one.stdout


def test_a_card_that_cannot_be_read_is_not_said_to_hold(site: Path, run: Run) -> None:
    card = site / "content/indicators/sales/sales_attainment.yml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("formula: ", "formula: ( "), encoding="utf-8")
    found = run("kpi_site", "test", "sales_attainment", cwd=site)
    assert found.returncode == 1
    assert "1 card, 0 examples: 0 hold, 0 fail" in found.stdout
    assert "sales_attainment.yml:" in found.stdout


def test_an_unknown_card_has_a_did_you_mean(site: Path, run: Run) -> None:
    found = run("kpi_site", "test", "nsp", cwd=site)
    assert found.returncode == 2
    assert found.stderr == "no indicator 'nsp'. Did you mean 'nps'?\n"
