"""How a value stands against its thresholds, as a level with a mark and words."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from kpi_site.catalog import Direction, Indicator, Threshold
from kpi_site.results import Result
from kpi_site.scoring import ScoredLine
from kpi_site.wording.words import word

Level = Literal["challenge", "target", "baseline", "below", "none"]

_MARKS: Final[dict[Level, str]] = {
    "challenge": "▲",
    "target": "●",
    "baseline": "▼",
    "below": "✕",
    "none": "○",
}


def level(
    value: Decimal | None, threshold: Threshold | None, direction: Direction, centre: Decimal
) -> Level:
    """Return the best threshold that ``value`` meets; meeting it exactly counts.

    ``none`` where there is no value, no threshold, or no direction to judge by.
    """
    if value is None or threshold is None or direction == "none":
        return "none"
    goodness = good(value, direction, centre)
    steps: tuple[tuple[Level, Decimal | None], ...] = (
        ("challenge", threshold.challenge),
        ("target", threshold.target),
        ("baseline", threshold.baseline),
    )
    known = [(name, step) for name, step in steps if step is not None]
    if not known:
        return "none"
    for name, step in known:
        if goodness >= (step if direction == "higher" else -step):
            return name
    return "below"


def good(value: Decimal, direction: Direction, centre: Decimal) -> Decimal:
    """Return a number that grows as ``value`` gets better (DESIGN §3.7)."""
    if direction == "lower":
        return -value
    return -abs(value - centre) if direction == "within" else value


def status(result: Result, indicator: Indicator) -> Level:
    """Return the level of ``result`` against the thresholds it carries."""
    return level(result.value, result.threshold, indicator.direction, indicator.centre)


def line_level(scored: ScoredLine) -> Level:
    """Return how a line stands against its own thresholds; ``none`` for a retired card's."""
    indicator = scored.indicator
    if scored.result is None or not scored.state.has_value or indicator.retired:
        return "none"
    return level(scored.result.value, scored.threshold, indicator.direction, indicator.centre)


def status_mark(found: Level) -> str:
    """Return the level's mark: its shape alone tells it from the others."""
    return _MARKS[found]


def status_words(found: Level, language: str) -> str:
    """Return the level in words: ``达到目标值`` / ``target reached``."""
    return word(f"level.{found}", language)
