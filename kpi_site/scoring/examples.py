"""Points of worked examples: earned by the same rule as those of the card's figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kpi_site.catalog import Catalog, Example, Indicator
from kpi_site.exact import round_half_away, settled
from kpi_site.formula.examples import given_operands, run_example, shown
from kpi_site.periods import Period
from kpi_site.problems import Message, Problem
from kpi_site.results import SeriesKey, State
from kpi_site.scoring.ruler import card_ruler
from kpi_site.scoring.standards import Judgement

_LAST_DAY = date(8999, 12, 31)  # when the newest thresholds are in force


def example_points(catalog: Catalog, indicator: Indicator, example: Example) -> Judgement:
    """Judge the example's value as one cycle of the whole, by the thresholds of its period.

    Without a period by the newest.
    """
    value = run_example(indicator, example).value
    ruler = card_ruler(catalog, indicator)
    given = given_operands(indicator, example, ruler.names)
    period = Period(indicator.cycle, _LAST_DAY, _LAST_DAY, "")
    if example.period is not None:
        period = replace(example.period, grain=indicator.cycle)
    known = None if isinstance(value, State) else settled(Decimal(value))
    return ruler.series(SeriesKey(indicator.cycle)).judge(period, known, lambda: given)


def points_agree(example: Example, earned: Decimal | None) -> bool:
    """Tell whether ``earned`` is what the example expects, to the places that it writes."""
    expect = example.expect_points
    if "expect_points" not in example.expects or expect is None or earned is None:
        return "expect_points" not in example.expects or expect is earned
    exponent = expect.as_tuple().exponent
    places = max(-exponent if isinstance(exponent, int) else 0, 1)
    return round_half_away(earned, places) == round_half_away(expect, places)


def evaluate_points(
    catalog: Catalog, indicator: Indicator, example: Example
) -> tuple[Problem, ...]:
    """Return the problem of an example that earns other points than it expects."""
    earned = example_points(catalog, indicator, example).points
    if points_agree(example, earned):
        return ()
    expected = "null" if example.expect_points is None else str(example.expect_points)
    got = "null" if earned is None else shown(earned)
    given = ", ".join(f"{name} = {number}" for name, number in example.given.items())
    message = Message(
        f"算例不成立：已知 {given}，期望得分 {expected}，算出 {got}",
        f"worked example fails: given {given}, expected {expected} points, but it earns {got}",
    )
    hint = Message(
        f"请更正 expect_points（应为 {got}），或阈值、points、steps。",
        f"Correct 'expect_points' (to {got}), or the thresholds, points or steps.",
    )
    return (Problem(example.where, "example-fails", message, hint),)
