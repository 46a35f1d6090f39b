"""Points of a value against its thresholds (specification.md#points), interval by interval."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.content import Json, fraction

DEFAULT = {"baseline": 60, "target": 100, "challenge": 120}


def points(value: Fraction, threshold: Json, card: Json, scoring: Json) -> Fraction | None:
    """Return the points, or None where the card has no direction."""
    direction = card.get("direction", "none")
    if direction == "none":
        return None
    worth = DEFAULT | scoring.get("points", {})
    if direction == "within":
        value = abs(value - fraction(card.get("centre", 0)))
    sign = 1 if direction == "higher" else -1
    steps = [
        (sign * fraction(threshold[name]), fraction(worth[name]))
        for name in DEFAULT
        if name in threshold
    ]
    reached = [i for i, (at, _) in enumerate(steps) if sign * value >= at]
    if not reached:
        return fraction(scoring.get("below_baseline", 0))
    if reached[-1] == len(steps) - 1:
        return steps[-1][1]
    (x0, y0), (x1, y1) = steps[reached[-1]], steps[reached[-1] + 1]
    return y0 + (sign * value - x0) / (x1 - x0) * (y1 - y0)
