"""Levels, shortfalls, better and worse: exact, and the same for whoever asks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kpi_site.catalog import Direction, Indicator, Threshold
from kpi_site.problems import Location
from kpi_site.results import Result, State
from kpi_site.scoring import excess, gain, is_judged, level, level_of, shortfall, span, tone
from tests.charts.samples import RATE, rate_series

HERE = Location("card.yml")


def card(direction: Direction, centre: str = "0") -> Indicator:
    return replace(RATE, direction=direction, centre=Decimal(centre))


def result(value: str, baseline: str | None, target: str | None) -> Result:
    low, high = (None if x is None else Decimal(x) for x in (baseline, target))
    period = rate_series().results[0].period
    return Result(period, Decimal(value), State.OK, threshold=Threshold(low, high))


def aim(target: Decimal) -> Threshold:
    return Threshold(target=target)


HAIR = Decimal("1e-35")  # far beyond the 28 digits of Python's own arithmetic


def test_a_hair_counts_and_equality_is_exact() -> None:
    around = aim(Decimal(2))
    assert level(Decimal(90) - 2, around, "within", Decimal(90)) == "target"
    high = Decimal("92.00000000000000000000000000000000001")
    assert high - 92 == HAIR
    assert level(high, around, "within", Decimal(90)) == "below"
    exact = Decimal("0.9500000000000000000000000000000000001")
    assert level(exact, aim(exact), "lower", Decimal(0)) == "target"
    assert level(exact, aim(Decimal("0.95")), "lower", Decimal(0)) == "below"


@pytest.mark.parametrize(
    ("direction", "new", "old", "expected"),
    [
        ("higher", "0.8", "0.7", "good"),
        ("lower", "0.8", "0.7", "bad"),
        ("within", "91", "93", "good"),  # 1 from the centre instead of 3
        ("within", "87", "93", "even"),
        ("within", "86", "93", "bad"),
        ("none", "0.8", "0.7", "even"),
        ("higher", "0.7", "0.70", "even"),
    ],
)
def test_better_and_worse(direction: Direction, new: str, old: str, expected: str) -> None:
    assert tone(card(direction, "90"), Decimal(new), Decimal(old)) == expected


def test_how_much_better() -> None:
    assert gain(card("within", "90"), Decimal(91), Decimal(93)) == 2
    assert gain(card("lower"), Decimal(7), Decimal(5)) == -2
    tiny = Decimal("5.00000000000000000000000000000000001")
    assert gain(card("higher"), tiny, Decimal(5)) == HAIR


@pytest.mark.parametrize(
    ("direction", "value", "baseline", "target", "expected"),
    [
        ("higher", "80", "90", "95", "3"),  # 15 short, 5 between baseline and target
        ("higher", "95", "90", "95", None),
        ("lower", "14", "10", "8", "3"),
        ("within", "87", "2", "1", "2"),  # 3 from the centre, 1 allowed
        ("higher", "3", None, "4", "0.25"),  # without a baseline: of the target
        ("higher", "-1", None, "0", "1"),
        ("none", "80", "90", "95", None),
        ("higher", "80", "90", None, None),
    ],
)
def test_shortfall_in_steps(
    direction: Direction, value: str, baseline: str | None, target: str | None, expected: str | None
) -> None:
    found = shortfall(card(direction, "90"), result(value, baseline, target))
    assert found == (None if expected is None else Decimal(expected))


def test_what_is_judged() -> None:
    own = result("1", "90", "90")
    assert span(own.threshold) is None
    assert span(None) is None
    assert is_judged(card("lower"), own.threshold)
    assert not is_judged(card("none"), own.threshold)
    assert not is_judged(card("lower"), None)
    assert level_of(own, card("none")) == "none"
    assert excess(card("within", "90"), Decimal(87), Decimal(2)) == (Decimal(93), Decimal(92))
    assert excess(card("lower", "90"), Decimal(87), Decimal(2)) == (Decimal(87), Decimal(2))
