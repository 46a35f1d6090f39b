"""The formula as mathematics: well-formed, safe, and with parentheses where they are needed."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpi_site.formula.evaluate import evaluate
from kpi_site.formula.mathml import filled_mathml, formula_mathml, plain_formula
from kpi_site.formula.parse import parse_formula
from kpi_site.results import State
from kpi_site.sql.nodes import Code, Expression

LABELS = {"actual": "实际额", "target": "目标额"}
PLAIN = [
    ("actual / target", "实际额 ÷ 目标额"),
    ("(actual - target) / target * 100", "(实际额 − 目标额) ÷ 目标额 × 100"),
    ("a - (b - c)", "a − (b − c)"),
    ("a - b - c", "a − b − c"),
    ("(a + b) + c", "a + b + c"),
    ("a / (b * c)", "a ÷ (b × c)"),
    ("a * (b + 1.50)", "a × (b + 1.50)"),
    ("-(a + b)", "−(a + b)"),
    ("a - -5", "a − (−5)"),
    ("a * -b", "a × (−b)"),
    ("- -a", "−(−a)"),
    ("ABS(a - b)", "|a − b|"),
    ("LEAST(a, b, 1)", "最小(a, b, 1)"),
    ("a / NULLIF(b, 0)", "a ÷ b"),
    ("NULLIF(a, 1)", "a (≠ 1)"),
    ("COALESCE(a, 0)", "首个有值(a, 0)"),
    ("ROUND(a / b, 2)", "四舍五入(a ÷ b, 2)"),
]


def formula(text: str) -> Expression:
    places = tuple((1, i + 1) for i in range(len(text) + 1))
    expression, problems = parse_formula(Code(text, "card.yml", places))
    assert expression is not None, problems
    return expression


def texts(mathml: str) -> str:
    """Return what a reader sees, fractions as ``[top|bottom]``."""

    def read(element: ET.Element) -> str:
        parts = [read(child) for child in element]
        inside = "|".join(parts) if element.tag == "mfrac" else "".join(parts)
        shown = (element.text or "") + inside
        return f"[{shown}]" if element.tag == "mfrac" else shown

    return read(ET.fromstring(mathml))


@pytest.mark.parametrize(("text", "wanted"), PLAIN)
def test_plain(text: str, wanted: str) -> None:
    assert plain_formula(formula(text), LABELS) == wanted


MATHS = [
    ("actual / target", "达成率=[实际额|目标额]"),
    ("(actual - target) / target * 100", "达成率=[实际额−目标额|目标额]×100"),
    ("a * (b + c)", "达成率=a×(b+c)"),
    ("a / b / c", "达成率=[[a|b]|c]"),
    ("1 - a / b", "达成率=1−[a|b]"),
    ("GREATEST(a - b, 0)", "达成率=最大(a−b,0)"),
    ("ABS(a) / NULLIF(b, 0)", "达成率=[|a||b]"),
]


@pytest.mark.parametrize(("text", "wanted"), MATHS)
def test_symbols(text: str, wanted: str) -> None:
    assert texts(formula_mathml(formula(text), LABELS, name="达成率")) == wanted


def test_english_words_and_no_name() -> None:
    found = formula_mathml(formula("LEAST(a, ROUND(b, 1))"), {}, language="en")
    assert texts(found) == "min(a,round(b,1))"


def test_numbers_filled_in() -> None:
    given = {"a": "1,234.5 万元", "b": "-1,500", "c": "—"}
    found = filled_mathml(formula("(a - b) / b * c"), given, "−82.3%")
    assert texts(found) == "[1,234.5 万元−(−1,500)|−1,500]×—=−82.3%"
    assert plain_formula(formula("a - b"), given) == "1,234.5 万元 − (−1,500)"


@given(st.text(max_size=20))
def test_labels_are_inert_and_whole(label: str) -> None:
    label = "".join(c for c in label if c >= " " and not "\ud800" <= c <= "\udfff" and c != "\x7f")
    assume("\ufffe" not in label and "\uffff" not in label)
    found = formula_mathml(formula("a / 2"), {"a": label}, name=label)
    assert "\n" not in found
    flat = " ".join(label.split())
    root = ET.fromstring(found)
    assert ["".join(e.itertext()) for e in root.iter("mi")] == [flat, flat]
    assert root.tag == "math"
    assert {e.tag for e in root.iter()} <= {"math", "mrow", "mi", "mo", "mn", "mfrac", "span"}


def test_markup_in_labels_stays_text() -> None:
    found = formula_mathml(formula("a"), {"a": "<script>alert(1)</script> **x** {: .y }"})
    assert "<script" not in found
    assert "*" not in found
    assert "{" not in found


def _formulas() -> st.SearchStrategy[str]:
    leaf = st.sampled_from(["a", "b", "c", "2", "0.5", "-3"])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({' '.join(t)})"),
            inner.map(lambda x: f"(- {x})"),
            inner.map(lambda x: f"ABS({x})"),
        ),
        max_leaves=8,
    )


@given(_formulas())
def test_a_line_of_text_means_the_same(text: str) -> None:
    """The line, read back as a formula, has the same value."""
    values = {"a": Decimal(7), "b": Decimal("-1.5"), "c": Decimal(5)}
    line = plain_formula(formula(text), {})
    while "|" in line:  # bars nest, so read the innermost pairs first
        assume(line.count("|") == 2)
        head, inside, tail = line.split("|")
        line = f"{head}ABS({inside}){tail}"
    back = line.replace("÷", "/").replace("×", "*").replace("−", "-").replace("--", "- -")
    one, two = evaluate(formula(text).node, values), evaluate(formula(back).node, values)
    if isinstance(one, State) or isinstance(two, State):
        assert one == two
    else:
        assert math.isclose(one, two, rel_tol=1e-12)
