"""Points and totals, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.catalog import Direction, Scoring, Threshold
from kpi_site.scoring import points


def threshold(*limits: str | None) -> Threshold:
    numbers = [None if limit is None else Decimal(limit) for limit in limits]
    return Threshold(*numbers)


HIGHER = threshold("0.90", "0.95", "0.98")
LOWER = threshold("30", "20", "10")
WITHIN = threshold("0.05", "0.04", "0.03")
NEGATIVE = threshold("-10", "0", "10")


@pytest.mark.parametrize(
    ("value", "limits", "direction", "earned"),
    [
        ("0.8999", HIGHER, "higher", 0),
        ("0.90", HIGHER, "higher", 60),
        ("0.925", HIGHER, "higher", 80),  # halfway from 60 to 100
        ("0.95", HIGHER, "higher", 100),
        ("0.96", HIGHER, "higher", Decimal("106.666666666667")),  # 100 + 20 x 1/3
        ("1.5", HIGHER, "higher", 120),
        ("31", LOWER, "lower", 0),
        ("25", LOWER, "lower", 80),
        ("0", LOWER, "lower", 120),
        ("-0.045", WITHIN, "within", 80),
        ("0.045", WITHIN, "within", 80),
        ("0", WITHIN, "within", 120),
        ("-0.06", WITHIN, "within", 0),
        ("-5", NEGATIVE, "higher", 80),
        ("0", NEGATIVE, "higher", 100),
        ("0.9", threshold("0.9", None, None), "higher", 60),
        ("0.89", threshold("0.9", None, None), "higher", 0),
        ("5", threshold("0", None, "10"), "higher", 90),
    ],
)
def test_points(value: str, limits: Threshold, direction: Direction, earned: Decimal) -> None:
    assert points(Decimal(value), limits, direction, Decimal(0), Scoring()) == earned


def test_a_centre_shifts_the_band() -> None:
    assert points(Decimal("100.04"), WITHIN, "within", Decimal(100), Scoring()) == 100


def test_without_direction_there_are_no_points() -> None:
    assert points(Decimal(1), HIGHER, "none", Decimal(0), Scoring()) is None


@given(st.decimals(-2, 2, places=9), st.decimals(-2, 2, places=9))
def test_better_never_earns_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    worse = points(low, HIGHER, "higher", Decimal(0), Scoring())
    better = points(high, HIGHER, "higher", Decimal(0), Scoring())
    assert worse is not None
    assert better is not None
    assert worse <= better
