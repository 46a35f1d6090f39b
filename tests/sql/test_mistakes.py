"""What cannot be written, and where the problem stands."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpi_site.formula.parse import parse_formula
from kpi_site.problems import Location, Problem
from kpi_site.sql.nodes import Code
from kpi_site.sql.parse import parse_aggregate, parse_row
from kpi_site.sql.types import infer
from tests.sql.facts import SCHEMA, code


def row_problems(text: str) -> tuple[Problem, ...]:
    expression, problems = parse_row(code(text))
    return problems if expression is None else infer(expression, SCHEMA)[1]


def aggregate_problems(text: str) -> tuple[Problem, ...]:
    expression, problems = parse_aggregate(code(text))
    return problems if expression is None else infer(expression, SCHEMA)[1]


# The caret of each text stands below the wrong word: column and code of the one problem.
ROWS = [
    ("i; DROP TABLE facts", 2, "sql-syntax"),
    ("SELECT 1; DROP TABLE facts", 1, "sql-syntax"),
    ("(SELECT MAX(i) FROM facts)", 2, "sql-syntax"),
    ("i IN (SELECT 1)", 7, "sql-syntax"),
    ("EXISTS(SELECT 1)", 8, "sql-syntax"),
    ("read_csv('/etc/passwd')", 1, "unknown-function"),
    ("i AS k", 3, "sql-syntax"),
    ("i j", 3, "sql-syntax"),
    ("*", 1, "sql-syntax"),
    ("facts.*", 7, "sql-syntax"),
    ("?", 1, "sql-syntax"),
    ("i = $1", 5, "sql-syntax"),
    ("i = :x", 5, "sql-syntax"),
    ("[1, 2]", 1, "sql-syntax"),
    ("{'a': 1}", 1, "sql-syntax"),
    ("x -> x + 1", 3, "sql-syntax"),
    ("i ** 2", 3, "sql-syntax"),
    ("a.b.c", 4, "sql-syntax"),
    ("ORDER BY i", 1, "sql-syntax"),
    ("i +", 4, "sql-syntax"),
    ("(i + 1", 7, "sql-syntax"),
    ("i + 1)", 6, "sql-syntax"),
    ("", 1, "sql-syntax"),
    ("s = 'open", 5, "sql-syntax"),
    ('"s = 1', 1, "sql-syntax"),
    ("i /* what", 3, "sql-syntax"),
    ("i ＞ 3", 3, "full-width"),
    ("COALESCE（i, 0)", 9, "full-width"),
    ("i，j", 2, "full-width"),
    ("1 < i < 3", 7, "sql-syntax"),
    ("i BETWEEN 1 OR 2", 13, "sql-syntax"),
    ("CASE WHEN f THEN 1", 19, "sql-syntax"),
    ("E'x'", 2, "sql-syntax"),
    ("123456789012345678901", 1, "sql-literal"),
    ("0.1234567890123456789", 1, "sql-literal"),
    ("1e99", 1, "sql-literal"),
    ("d = DATE '2026-02-30'", 10, "sql-literal"),
    ("d + INTERVAL 3 FORTNIGHTS", 14, "sql-literal"),
    ("INTERVAL 1 MONTH", 1, "sql-type"),
    ("u - t > INTERVAL 1 MONTH", 9, "sql-type"),
    ("SUM(i)", 1, "sql-aggregate"),
    ("i > AVG(i)", 5, "sql-aggregate"),
    ("LAG(i) OVER (ORDER BY d)", 1, "sql-window"),
    ("SUM(i) OVER ()", 1, "sql-window"),
    ("ROUND(a, 1, 2)", 1, "sql-arguments"),
    ("LEAST()", 1, "sql-arguments"),
    ("i::JSON", 4, "sql-type-name"),
    ("CAST(i AS DECIMAL(5,9))", 11, "sql-type-name"),
    ("1 + amont", 5, "unknown-column"),
    ("customers.teir = 'x'", 1, "unknown-column"),
    ("1 + LOWR(s)", 5, "unknown-function"),
    ("now()", 1, "unknown-function"),
    ("d > 'yesterday'", 5, "sql-type"),
    ("'2026-13-01' <= d", 1, "sql-type"),
    ("d BETWEEN '2026-01-01' AND 'soon'", 28, "sql-type"),
    ("d = 5", 5, "sql-type"),
    ("s = 5", 5, "sql-type"),
    ("a = '5'", 5, "sql-type"),
    ("i IN (1, 'x')", 10, "sql-type"),
    ("a + s", 5, "sql-type"),
    ("i * (s)", 6, "sql-type"),
    ("NOT i", 5, "sql-type"),
    ("f AND i", 7, "sql-type"),
    ("CASE WHEN i THEN 1 END", 11, "sql-type"),
    ("CASE WHEN f THEN 1 ELSE 'x' END", 25, "sql-type"),
    ("s LIKE g", 8, "sql-type"),
    ("LENGTH(i)", 8, "sql-type"),
    ("DATE_DIFF('fortnight', d, e)", 11, "sql-type"),
    ("DATE_DIFF('week', d, e)", 11, "sql-type"),
    ("DATE_DIFF('day', d, i)", 21, "sql-type"),
    ("ROUND(a, i)", 10, "sql-type"),
    ("SUBSTRING(s, 0)", 14, "sql-type"),
    ("STRFTIME(d, '%Q')", 13, "sql-type"),
    ("i // a", 6, "sql-type"),
    ("x % 2", 1, "sql-type"),
    ("CAST(s AS INTEGER)", 6, "sql-type"),
    ("TRY_CAST(i AS DATE)", 10, "sql-type"),
    ("LEAST(f, h)", 7, "sql-type"),
    ("s || t", 6, "sql-type"),
    ("d + e", 1, "sql-type"),
]

AGGREGATES = [
    ("a", 1, "sql-aggregate"),
    ("SUM(a) + a", 10, "sql-aggregate"),
    ("1 + 1", 3, "sql-aggregate"),
    ("SUM(SUM(a))", 5, "sql-aggregate"),
    ("SUM(a) FILTER (WHERE SUM(a) > 1)", 22, "sql-aggregate"),
    ("SUM(DISTINCT a)", 5, "sql-aggregate"),
    ("SUM(a) % 2", 8, "sql-aggregate"),
    ("LENGTH(MAX(s))", 1, "sql-aggregate"),
    ("CASE WHEN COUNT(*) > 0 THEN 'x' END", 29, "sql-aggregate"),
    ("SUM(a) + DATE '2026-01-01'", 10, "sql-aggregate"),
    ("COUNT(*) OVER ()", 1, "sql-window"),
    ("SUM(LAG(a) OVER (ORDER BY n))", 5, "sql-window"),
    ("COUNT(i, j)", 1, "sql-arguments"),
    ("COUNT(DISTINCT)", 15, "sql-syntax"),
    ("COUNT(DISTINCT *)", 16, "sql-syntax"),
    ("SUM(*)", 5, "sql-syntax"),
    ("SUM()", 1, "sql-arguments"),
    ("SUM(a ORDER BY i)", 7, "sql-syntax"),
    ("QUANTILE_CONT(a, 1.5)", 18, "sql-arguments"),
    ("QUANTILE_CONT(a, i)", 18, "sql-arguments"),
    ("PERCENTILE_CONT(0.5)", 21, "sql-syntax"),
    ("(SELECT 1) + COUNT(*)", 2, "sql-syntax"),
    ("SUM(s)", 5, "sql-type"),
    ("AVG(f)", 5, "sql-type"),
    ("MEDIAN(d)", 8, "sql-type"),
    ("SUM(a) FILTER (WHERE i)", 22, "sql-type"),
    ("SUM(amont)", 5, "unknown-column"),
    ("SUMM(a)", 1, "unknown-function"),
    ("CONT(*)", 1, "unknown-function"),
    ("CONT(DISTINCT a) FILTER (WHERE b)", 1, "unknown-function"),
    ("SUM(a) / SUMM(b) FILTER (WHERE c)", 10, "unknown-function"),
]

FORMULAS = [
    ("SUM(a)", 1, "formula-part"),
    ("a = b", 3, "formula-condition"),
    ("a + (b > 1)", 8, "formula-condition"),
    ("a > 1 AND b > 1", 7, "formula-condition"),
    ("CASE WHEN a THEN 1 ELSE 0 END", 11, "formula-condition"),
    ("CASE WHEN NOT a THEN 1 END", 15, "formula-condition"),
    ("CASE WHEN a > 1 THEN b > 1 END", 24, "formula-condition"),
    ("CASE WHEN a > 1 THEN 1 ELSE b = 1 END", 31, "formula-condition"),
    ("CASE WHEN (a > 1) > 0 THEN 1 END", 14, "formula-condition"),
    ("CASE WHEN a > 'x' THEN 1 END", 15, "formula-part"),
    ("a BETWEEN 1 AND 2", 3, "formula-part"),
    ("a // b", 3, "formula-part"),
    ("a + 'x'", 5, "formula-part"),
    ("a + TRUE", 5, "formula-part"),
    ("ROUND(a, b)", 10, "formula-part"),
    ("SQRT(a)", 1, "unknown-function"),
    ("a b", 3, "sql-syntax"),
    ("实际 ÷ 目标", 4, "full-width"),
    ("a / (b", 7, "sql-syntax"),
]


@pytest.mark.parametrize(("text", "column", "kind"), ROWS)
def test_row(text: str, column: int, kind: str) -> None:
    (problem,) = row_problems(text)
    assert (problem.where, problem.code) == (Location("card.yml", 1, column), kind)


@pytest.mark.parametrize(("text", "column", "kind"), AGGREGATES)
def test_aggregate(text: str, column: int, kind: str) -> None:
    (problem,) = aggregate_problems(text)
    assert (problem.where, problem.code) == (Location("card.yml", 1, column), kind)


@pytest.mark.parametrize(("text", "column", "kind"), FORMULAS)
def test_formula(text: str, column: int, kind: str) -> None:
    expression, (problem,) = parse_formula(code(text))
    assert expression is None
    assert (problem.where, problem.code) == (Location("card.yml", 1, column), kind)


def test_every_unknown_name_is_reported() -> None:
    found = aggregate_problems("SUM(amont) / COUNT(DISTINCT custmer) + SUM(a)")
    assert [p.where.column for p in found] == [5, 29]
    found = row_problems("LOWR(s) = UPER(g)")
    assert [(p.where.column, p.text().rpartition(". ")[2]) for p in found] == [
        (1, "Did you mean 'LOWER'?"),
        (11, "Did you mean 'UPPER'?"),
    ]


def test_every_wrong_type_is_reported_once() -> None:
    found = aggregate_problems("SUM(s + 1) + SUM(g * 2) FILTER (WHERE d > 'x')")
    assert [p.where.column for p in found] == [5, 18, 43]


def test_hints_name_the_mend() -> None:
    (problem,) = row_problems("customers.teir = 'gold'")
    assert problem.text("zh").endswith("是不是想写“customers.tier”？")
    (problem,) = row_problems("s = 5")
    assert problem.text("en").endswith("Text is written in quotes: '5'.")
    (problem,) = row_problems("i ＞ 3")
    assert problem.text("zh").endswith("请用半角的 >。")


def test_places_follow_the_file() -> None:
    text = "SUM(a)\n + nope"
    places = (*((3, 10 + i) for i in range(7)), *((4, 5 + i) for i in range(8)))
    _, (problem,) = parse_aggregate(Code(text, "content/x.yml", places))
    assert problem.where == Location("content/x.yml", 4, 8)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "i" + ")" * 3000,
        "- " * 3000 + "i",
        "i" + " + i" * 2000,
        "NOT " * 3000 + "f",
        "ABS(" * 500 + "i" + ")" * 500,
        "CASE WHEN f THEN " * 500 + "1" + " END" * 500,
        "i " * 10_000,
    ],
)
def test_no_text_is_too_deep_to_refuse(text: str) -> None:
    (problem,) = row_problems(text)
    assert problem.code == "sql-nesting"


def test_a_long_list_of_conditions_is_not_deep() -> None:
    text = " OR ".join(f"s = 'v{i}'" for i in range(300))
    assert row_problems(text) == ()
    assert row_problems("i IN (" + ", ".join(map(str, range(1000))) + ")") == ()


@given(st.text(alphabet="ab'\"()+-*/,.;:=<>1 \n$[]{}实，（%|&?@\\", max_size=30))
@example("a'")
@example("/*")
@example("''''")
@example("\x00")
@example("a\u3000b")
@example("-- only a comment")
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    for parse in (parse_row, parse_aggregate, parse_formula):
        expression, problems = parse(code(text))
        assert (expression is None) == bool(problems)
        assert all(1 <= p.where.column <= len(text) + 1 for p in problems)
        assert all(p.message.zh and p.message.en for p in problems)


def test_formulas_take_chinese_terms_and_functions() -> None:
    text = "GREATEST(实际 - 目标, 0) / NULLIF(ABS(目标), 0) * 100 + COALESCE(-b, ROUND(c, 2))"
    expression, problems = parse_formula(code(text))
    assert problems == ()
    assert expression is not None


def test_an_argument_of_another_type_says_what_to_write() -> None:
    (found,) = aggregate_problems("SUM(s)")
    assert found.text().endswith("SUM needs a number, not text. Write a number here.")
