"""How a value stands against its thresholds, and which of two values is the better one.

Thresholds lie on the scale of the value, for ``within`` as distances from the centre. All
comparisons are of exact numbers; meeting a threshold exactly counts as reaching it.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from kpi_site.catalog import Direction, Indicator, Scoring, Threshold
from kpi_site.exact import EXACT, tidy
from kpi_site.results import Result

Level = Literal["challenge", "target", "baseline", "below", "none"]
Standard = Literal["baseline", "target", "challenge"]
Tone = Literal["good", "bad", "even"]
LEVELS: Final[tuple[Level, ...]] = ("challenge", "target", "baseline", "below", "none")
"""All levels, the best first; ``none`` is what is not judged."""
THRESHOLDS: Final[tuple[Standard, ...]] = ("baseline", "target", "challenge")
"""The thresholds, the easiest first."""


def target_of(indicator: Indicator, threshold: Threshold | None) -> Decimal | None:
    """Return the target that values of ``indicator`` are judged by, if there is one."""
    return threshold.target if threshold is not None and is_judged(indicator, threshold) else None


def is_judged(indicator: Indicator, threshold: Threshold | None) -> bool:
    """Tell whether values of ``indicator`` are judged by ``threshold``."""
    return threshold is not None and indicator.direction != "none"


def level(
    value: Decimal | None, threshold: Threshold | None, direction: Direction, centre: Decimal
) -> Level:
    """Return the best threshold that ``value`` meets; meeting it exactly counts.

    ``none`` where there is no value, no threshold, or no direction to judge by.
    """
    if value is None or threshold is None or direction == "none":
        return "none"
    at = _goodness(value, direction, centre)
    known = [(name, step) for name, step in _steps(threshold, direction) if step is not None]
    for name, step in reversed(known):
        if at >= step:
            return name
    return "below" if known else "none"


def level_of(result: Result, indicator: Indicator) -> Level:
    """Return the level of ``result`` against the thresholds it carries."""
    return level(result.value, result.threshold, indicator.direction, indicator.centre)


def shortfall(indicator: Indicator, result: Result) -> Decimal | None:
    """Return how far ``result`` is from its target; None if it meets it or has none.

    Measured in steps from baseline to target, so that indicators of any unit compare; where
    there is no baseline, relative to the target.
    """
    threshold = result.threshold
    aim = target_of(indicator, threshold)
    if result.value is None or aim is None:
        return None
    target = _on_scale(aim, indicator.direction)
    at = _goodness(result.value, indicator.direction, indicator.centre)
    missing = EXACT.subtract(target, at)
    if missing <= 0:
        return None
    step = span(threshold) or EXACT.abs(aim) or Decimal(1)
    return EXACT.divide(missing, step)


def span(threshold: Threshold | None) -> Decimal | None:
    """Return the distance from baseline to target; None where one is missing, or they are equal."""
    if threshold is None or threshold.baseline is None or threshold.target is None:
        return None
    return distance(threshold.target, threshold.baseline) or None


def distance(one: Decimal, other: Decimal) -> Decimal:
    """Return how far two numbers lie apart, exactly."""
    return EXACT.abs(EXACT.subtract(one, other))


def excess(indicator: Indicator, value: Decimal, target: Decimal) -> tuple[Decimal, Decimal]:
    """Return ``value`` and ``target`` on one scale, so that their difference can be told.

    For ``within``: by how much farther from the centre the value is than the target allows.
    """
    if indicator.direction != "within":
        return value, target
    centre = indicator.centre
    return EXACT.add(centre, distance(value, centre)), EXACT.add(centre, target)


def gain(indicator: Indicator, new: Decimal, old: Decimal) -> Decimal:
    """Return by how much ``new`` is better than ``old``: negative where it is worse.

    0 for cards without a direction: nothing says whether their change is good.
    """
    if indicator.direction == "none":
        return Decimal(0)
    now = _goodness(new, indicator.direction, indicator.centre)
    return EXACT.subtract(now, _goodness(old, indicator.direction, indicator.centre))


def tone(indicator: Indicator, new: Decimal, old: Decimal) -> Tone:
    """Return whether the step from ``old`` to ``new`` is good, bad, or neither."""
    better = gain(indicator, new, old)
    return "good" if better > 0 else "bad" if better < 0 else "even"


def points(
    value: Decimal,
    threshold: Threshold,
    direction: Direction,
    centre: Decimal,
    scoring: Scoring,
) -> Decimal | None:
    """Return the points of a settled ``value``: straight lines between the given thresholds.

    Worse than the worst threshold is ``scoring.below_baseline``; better than the best is the
    best one's points. None if the indicator has no direction or no threshold.
    """
    anchors = _anchors(threshold, direction, scoring)
    if not anchors or direction == "none":
        return None
    at = _goodness(value, direction, centre)
    if at < anchors[0][0]:
        return scoring.below_baseline
    for (left, low), (right, high) in pairwise(anchors):
        if at < right:
            rise = EXACT.multiply(EXACT.subtract(at, left), EXACT.subtract(high, low))
            return tidy(EXACT.add(low, EXACT.divide(rise, EXACT.subtract(right, left))))
    return anchors[-1][1]


def _anchors(
    threshold: Threshold, direction: Direction, scoring: Scoring
) -> list[tuple[Decimal, Decimal]]:
    """Return (goodness, points) of the given thresholds, worst first."""
    steps = _steps(threshold, direction)
    return [(at, getattr(scoring, name)) for name, at in steps if at is not None]


def _steps(
    threshold: Threshold, direction: Direction
) -> tuple[tuple[Standard, Decimal | None], ...]:
    """Return the thresholds on the scale of goodness, the easiest first."""
    values = (threshold.baseline, threshold.target, threshold.challenge)
    return tuple(
        (name, None if at is None else _on_scale(at, direction))
        for name, at in zip(THRESHOLDS, values, strict=True)
    )


def _on_scale(threshold: Decimal, direction: Direction) -> Decimal:
    """Return a threshold on the scale of goodness: distances from a centre are negative."""
    return EXACT.plus(threshold) if direction == "higher" else EXACT.minus(threshold)


def _goodness(value: Decimal, direction: Direction, centre: Decimal) -> Decimal:
    """Return a number that rises as ``value`` gets better."""
    if direction == "within":
        return EXACT.minus(distance(value, centre))
    return value if direction == "higher" else EXACT.minus(value)
