"""Exact numbers and the accountants' rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.exact import round_half_away, to_decimal

FRACTIONS = st.fractions(max_denominator=10**6)


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.945", 2, "0.95"),
        ("-0.945", 2, "-0.95"),
        ("0.9449999", 2, "0.94"),
        ("12345", -2, "12300"),
        ("12350", -2, "12400"),
        ("0", 3, "0"),
    ],
)
def test_halves_are_rounded_away_from_zero(number: str, places: int, rounded: str) -> None:
    assert round_half_away(Fraction(number), places) == Fraction(rounded)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 3), "0.33333333333333333"),
        (Fraction(2, 3), "0.66666666666666667"),
        (Fraction(945, 1000), "0.945"),
        (Fraction(10**20), "100000000000000000000"),
        (Fraction(-7, 8), "-0.875"),
        (Fraction(123456789123456789, 10), "12345678912345678.9"),
    ],
)
def test_decimals_are_exact_or_carry_17_digits(number: Fraction, text: str) -> None:
    assert str(to_decimal(number)) == text


@given(FRACTIONS)
def test_a_decimal_is_never_off_by_more_than_its_digits(number: Fraction) -> None:
    assert abs(Fraction(to_decimal(number)) - number) <= abs(number) / 10**16


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
    )
)
def test_short_decimals_come_back_unchanged(number: Decimal) -> None:
    assert to_decimal(Fraction(number)) == number


@given(FRACTIONS, st.integers(-3, 6))
def test_rounding_moves_by_at_most_half_a_step(number: Fraction, places: int) -> None:
    step = Fraction(10) ** -places
    assert abs(round_half_away(number, places) - number) <= step / 2
