"""Exact numbers and the accountants' rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.exact import EXACT, round_half_away, settled

SHORT = st.decimals("-1e12", "1e12", allow_nan=False, allow_infinity=False, places=6)
NUMBERS = st.decimals("-1e30", "1e30", allow_nan=False, allow_infinity=False)


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
    assert round_half_away(Decimal(number), places) == Decimal(rounded)


@pytest.mark.parametrize(
    ("top", "bottom", "text"),
    [
        (1, 3, "0.33333333333333333"),
        (2, 3, "0.66666666666666667"),
        (945, 1000, "0.945"),
        (10**20, 1, "100000000000000000000"),
        (-7, 8, "-0.875"),
        (123456789123456789, 10, "12345678912345678.9"),
        (10, 111, "0.09009009009009009"),
    ],
)
def test_published_numbers_are_exact_or_carry_17_digits(top: int, bottom: int, text: str) -> None:
    assert str(settled(EXACT.divide(Decimal(top), Decimal(bottom)))) == text


def test_what_a_division_leaves_is_rounded_away() -> None:
    third = EXACT.divide(Decimal(1), Decimal(3))
    assert settled(EXACT.multiply(third, Decimal(3))) == 1
    assert settled(EXACT.subtract(Decimal(1), EXACT.divide(Decimal(9), Decimal(10)))) == Decimal(
        "0.1"
    )


@given(NUMBERS)
def test_a_number_is_never_off_by_more_than_its_digits(number: Decimal) -> None:
    assert abs(Fraction(settled(number)) - Fraction(number)) <= abs(Fraction(number)) / 10**16


@given(SHORT)
def test_short_decimals_come_back_unchanged(number: Decimal) -> None:
    assert settled(number) == number
    assert "E+" not in str(settled(number))


@given(SHORT, st.integers(-3, 8))
def test_rounding_moves_by_at_most_half_a_step(number: Decimal, places: int) -> None:
    step = Fraction(10) ** -places
    assert abs(Fraction(round_half_away(number, places)) - Fraction(number)) <= step / 2
