"""The oracle itself, on numbers small enough to be worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.oracle import arith, cal, sqltext
from tests.oracle.content import Json, read
from tests.oracle.engine import Key, Oracle, Row
from tests.oracle.points import points

SITES = Path(__file__).parents[1] / "sites"


@pytest.mark.parametrize(
    ("day", "grain", "fiscal", "label", "first", "last"),
    [
        ("2026-02-28", "month", 7, "2026-02", "2026-02-01", "2026-02-28"),
        ("2026-03-31", "quarter", 4, "2025-Q4", "2026-01-01", "2026-03-31"),
        ("2026-04-01", "quarter", 4, "2026-Q1", "2026-04-01", "2026-06-30"),
        ("2026-01-15", "half_year", 7, "2025-H2", "2026-01-01", "2026-06-30"),
        ("2026-06-30", "year", 7, "2025", "2025-07-01", "2026-06-30"),
        ("2026-02-10", "quarter", 12, "2025-Q1", "2025-12-01", "2026-02-28"),
    ],
)
def test_periods_follow_the_fiscal_year(
    day: str, grain: str, fiscal: int, label: str, first: str, last: str
) -> None:
    found = cal.containing(date.fromisoformat(day), grain, fiscal)
    assert (found.label, str(found.first), str(found.last)) == (label, first, last)
    assert cal.start_of(label, fiscal) == found.first


def test_going_back_stops_at_the_end_of_short_months() -> None:
    assert cal.back(date(2024, 3, 31), "1mo") == date(2024, 2, 29)
    assert cal.back(date(2024, 2, 29), "1y") == date(2023, 2, 28)
    assert cal.back(date(2026, 1, 3), "1w") == date(2025, 12, 27)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a - b) / b * 100", Fraction(-50)),
        ("0.1 + 0.2 - .3", Fraction(0)),
        ("a / zero", "zero_denominator"),
        ("a / zero + gone", "no_data"),
        ("early + gone", "no_data"),
        ("early / zero", "no_base"),
        ("COALESCE(gone, a / zero, b)", Fraction(2)),
        ("LEAST(a, gone)", "no_data"),
        ("NULLIF(zero, 0)", "zero_denominator"),
        ("a / NULLIF(GREATEST(-b, 0), 0)", "no_base"),
        ("a / LEAST(0, b)", "no_base"),
        ("a / GREATEST(-b, zero)", "zero_denominator"),
        ("ROUND(-2.5) + round(1.25, 1)", Fraction("-1.7")),
        ("-abs(-a)", Fraction(-1)),
    ],
)
def test_arithmetic(text: str, expected: arith.Outcome) -> None:
    given: dict[str, arith.Outcome] = {
        "a": Fraction(1), "b": Fraction(2), "zero": Fraction(0),
        "gone": "no_data", "early": "no_base",
    }  # fmt: skip
    assert arith.evaluate(text, given) == expected


def test_names_are_terms_and_no_functions() -> None:
    assert set(arith.names('ROUND(a_1 / b, 2) + a_1 - "销售额"')) == {"a_1", "b", "销售额"}


def test_a_value_is_taken_apart() -> None:
    text = "SUM(CASE WHEN \"a(\" > ')' THEN 1 END) FILTER (WHERE x IN (1, 2)) / count(DISTINCT b)"
    arithmetic, (first, second) = sqltext.split(text)
    assert arithmetic == "a0 / a1"
    assert first.argument == "CASE WHEN \"a(\" > ')' THEN 1 END"
    assert (first.where or "").strip() == "x IN (1, 2)"
    assert (second.kind, second.distinct, second.argument) == ("COUNT", True, "b")


@pytest.mark.parametrize(
    ("direction", "threshold", "value", "expected"),
    [
        ("higher", {"baseline": 0.9, "target": 1, "challenge": 1.1}, "0.95", 80),
        ("higher", {"baseline": 0.9, "target": 1, "challenge": 1.1}, "0.8999", 0),
        ("higher", {"baseline": 0.9, "target": 1, "challenge": 1.1}, "7", 120),
        ("lower", {"baseline": 30, "target": 20, "challenge": 0}, "10", 110),
        ("lower", {"target": -5}, "-5", 100),
        ("lower", {"target": -5}, "-4", 0),
        ("within", {"baseline": 4, "target": 2, "challenge": 0}, "13", 80),
        ("within", {"baseline": 4, "target": 2, "challenge": 0}, "7", 80),
        ("higher", {"baseline": -10, "challenge": 0}, "-5", 90),
    ],
)
def test_points(direction: str, threshold: Json, value: str, expected: int) -> None:
    card = {"direction": direction, "centre": 10}
    assert points(Fraction(value), threshold, card, {}) == expected


@pytest.fixture(scope="module")
def stocks() -> dict[Key, Row]:
    return Oracle(read(SITES / "stocks")).values()


@pytest.mark.parametrize(
    ("indicator", "grain", "period", "dimension", "member", "value", "state"),
    [
        # P1, P2 and P3 stand in March; P2 and P3 leave on its last day
        ("headcount", "month", "2025-02", "", "", 2, "ok"),
        ("headcount", "month", "2025-03", "", "", 1, "ok"),
        ("headcount", "month", "2025-03", "unit", "office", 0, "ok"),
        ("headcount", "year", "2025", "", "", 4, "ok"),  # P1 P5 P6 P11
        ("headcount", "month", "2026-02", "", "", 4, "provisional"),  # P1 P6 P7 P11 on the 14th
        ("headcount", "month", "2026-02", "unit", "", 0, "provisional"),  # P5 left that day
        # one left in March of (2 at the start + 1 at the end) / 2
        ("turnover", "month", "2025-03", "", "", Fraction(2, 3), "ok"),
        # P1 alone has a wage in April; in January P1 and P2 had 300.30 together
        ("payroll", "month", "2025-04", "", "", Fraction(1, 3), "ok"),
        ("payroll", "month", "2025-03", "", "", None, "no_base"),
        # no stay alive at the end of April, though the dataset expects rows then and has none
        ("guests", "month", "2025-04", "", "", None, "no_data"),
        ("guests", "month", "2025-03", "", "", 3, "ok"),  # S3 leaves on 1 April
        # the last time on or before the day: all depots together, or each by itself
        ("stock_level", "month", "2025-01", "", "", Fraction("7.7"), "ok"),
        ("stock_level", "month", "2025-02", "depot", "N", Fraction("7.7"), "ok"),
        ("stock_level", "month", "2025-02", "", "", Fraction("99.999"), "ok"),
        ("stock_level", "month", "2025-03", "depot", "S", Fraction("1.25"), "ok"),
        ("stock_level", "month", "2025-03", "depot", "N", Fraction("6.5"), "ok"),
        ("stock_level", "month", "2025-07", "depot", "S", None, "no_data"),  # a blank amount
        ("stock_level", "year", "2026", "", "", Fraction("55.5"), "provisional"),
    ],
)
def test_stocks_by_hand(
    stocks: dict[Key, Row], indicator: str, grain: str, period: str, dimension: str, member: str,
    value: Fraction | None, state: str,
) -> None:  # fmt: skip
    found = stocks[Key(indicator, "", grain, period, dimension, member)]
    assert (found.value, found.state) == (value, state)


def test_the_default_end_is_that_of_the_last_month_that_is_over() -> None:
    ratios = read(SITES / "ratios")
    assert Oracle(ratios).through == date(2026, 6, 30)
    assert Oracle(ratios, date(2026, 5, 31)).through < date(2026, 5, 31)
