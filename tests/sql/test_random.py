"""Random expressions of the grammar give the same as DuckDB, or are refused by types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kpi_site.sql.parse import parse_row
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.too_wide import TooWide
from kpi_site.sql.types import infer
from tests.sql.facts import FRAME, SCHEMA, code, connect, same

Text = st.SearchStrategy[str]
_UNITS = st.sampled_from(["year", "quarter", "month", "day", "hour", "minute"])


def _join(*parts: str | Text) -> Text:
    """Return the parts written one after another."""
    pieces = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*pieces).map(lambda found: "(" + " ".join(found) + ")")


def _mix(deep: int, leaves: list[str], *more: Text) -> Text:
    leaf = st.sampled_from(leaves)
    return st.one_of(leaf, *more) if deep else leaf


def _cases(value: Text, condition: Text) -> list[Text]:
    return [
        _join("CASE WHEN", condition, "THEN", value, "ELSE", value, "END"),
        _join("CASE WHEN", condition, "THEN", value, "END"),
        _join("COALESCE(", value, ",", value, ")"),
        _join("NULLIF(", value, ",", value, ")"),
    ]


def numbers(deep: int) -> Text:
    leaves = ["i", "j", "a", "b", "NULL", "0", "3", "-2", "0.5", "12.25", '"实际 金额"', "n"]
    if not deep:
        return _mix(0, leaves)
    inner, when = numbers(deep - 1), conditions(deep - 1)
    day, text = days(deep - 1), texts(deep - 1)
    whole = st.sampled_from(["i", "j", "n", "7", "-3"])
    return _mix(
        deep,
        leaves,
        _join(inner, st.sampled_from("+-*/"), inner),
        _join(whole, st.sampled_from(["//", "%"]), whole),
        _join(st.sampled_from(["a", "b", "i"]), "%", st.sampled_from(["b", "j", "0.7"])),
        _join("-", inner),
        _join("ABS(", inner, ")"),
        _join("ROUND(", st.sampled_from(["a", "b", "i", "x"]), ",", st.sampled_from("012"), ")"),
        _join("FLOOR(", st.sampled_from(["a", "b", "x", "a - b"]), ")"),
        _join("CEIL(", st.sampled_from(["a", "b", "x", "a * b"]), ")"),
        _join("LEAST(", inner, ",", inner, ")"),
        _join("GREATEST(", inner, ",", inner, ",", inner, ")"),
        _join("LENGTH(", text, ")"),
        _join("DATE_DIFF('", _UNITS, "',", day, ",", day, ")"),
        _join("DATE_PART('", _UNITS, "',", day, ")"),
        *_cases(inner, when),
    )


def conditions(deep: int) -> Text:
    leaves = ["f", "h", "TRUE", "FALSE", "NULL", "i > 0", "g = 'p'", "d >= '2026-01-01'"]
    if not deep:
        return _mix(0, leaves)
    compare = st.sampled_from(
        ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]
    )
    inner, number = conditions(deep - 1), numbers(deep - 1)
    text, day = texts(deep - 1), days(deep - 1)
    within = st.sampled_from(["IN", "NOT IN"])
    between = st.sampled_from(["BETWEEN", "NOT BETWEEN"])
    like = st.sampled_from(["LIKE", "NOT LIKE", "ILIKE"])
    anything = st.one_of(inner, number, text, day)
    return _mix(
        deep,
        leaves,
        _join(inner, st.sampled_from(["AND", "OR"]), inner),
        _join(inner, "AND", inner, "OR", inner, "AND NOT", inner),
        _join("NOT", inner),
        _join(number, compare, number),
        _join(text, compare, text),
        _join(day, compare, day),
        _join(anything, st.sampled_from(["IS NULL", "IS NOT NULL"])),
        _join(number, within, "(", number, ",", number, ")"),
        _join(st.sampled_from(["i", "a", "b"]), within, "(1, 0.25, NULL)"),
        _join(st.sampled_from(["i", "a", "b"]), within, "(1, 2.5, 0)"),
        _join(text, within, "('open', 'p', '微信')"),
        _join(number, between, number, "AND", number),
        _join(text, like, st.sampled_from(["'%o%'", "'_'", "'p'", "'%信'", "''"])),
        *_cases(inner, inner)[:3],
    )


def texts(deep: int) -> Text:
    leaves = ["s", "g", "渠道", "'open'", "''", "'微信'", "NULL"]
    if not deep:
        return _mix(0, leaves)
    inner, when = texts(deep - 1), conditions(deep - 1)
    cut = st.sampled_from(["LEFT", "RIGHT"])
    return _mix(
        deep,
        leaves,
        _join(st.sampled_from(["LOWER", "UPPER", "TRIM"]), "(", inner, ")"),
        _join(inner, "||", inner),
        _join("CONCAT(", inner, ",", inner, ", n)"),
        _join(cut, "(", inner, ",", st.sampled_from("0125"), ")"),
        _join("SUBSTRING(", inner, ",", st.sampled_from(["1", "2", "-2", "-5"]), ", 3)"),
        _join("REPLACE(", inner, ", 'o', '零')"),
        *_cases(inner, when),
    )


def days(deep: int) -> Text:
    leaves = ["d", "e", "t", "u", "DATE '2024-02-29'", "TIMESTAMP '2026-03-31 08:00:00'"]
    if not deep:
        return _mix(0, leaves)
    inner, when = days(deep - 1), conditions(deep - 1)
    span = st.sampled_from(["1 DAY", "36 HOURS", "1 MONTH", "2 QUARTERS", "1 YEAR", "5 MINUTES"])
    return _mix(
        deep,
        leaves,
        _join(inner, st.sampled_from("+-"), "INTERVAL", span),
        _join("DATE_TRUNC('", _UNITS, "',", inner, ")"),
        _join("LAST_DAY(", inner, ")"),
        _join(inner, "::DATE"),
        *_cases(inner, when),
        _join("LEAST(", inner, ",", inner, ")"),
    )


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    yield connection
    connection.close()


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.one_of(numbers(3), conditions(3), texts(2), days(2)))
def test_same_as_duckdb(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("(' ", "('").replace("' ", "'").replace(" ',", "',")
    expression, problems = parse_row(code(text))
    assert expression is not None, (text, problems)
    found, _ = infer(expression, SCHEMA)
    assume(found is not None)
    try:
        theirs = duck.execute(f"SELECT {text} FROM facts ORDER BY n").fetchall()
    except (duckdb.OutOfRangeException, duckdb.BinderException, duckdb.ConversionException):
        assume(condition=False)
        raise
    try:
        value = row_expr(expression.node, SCHEMA)
    except TooWide:  # DuckDB finds room by looking at the rows that there are
        assume(condition=False)
        raise
    ours = FRAME.lazy().select("n", value.alias("r")).collect()["r"]
    assert found is not None
    scale = Decimal(1).scaleb(-found.scale)
    cut = [b for (b,) in theirs if isinstance(b, Decimal) and not b.same_quantum(scale)]
    assume(not cut)  # DuckDB rounds to fewer places where LEAST or GREATEST has no room
    bad = [(a, b) for a, (b,) in zip(ours, theirs, strict=True) if not same(a, b)]
    assert not bad, f"{text}: (ours, DuckDB) {bad}"
