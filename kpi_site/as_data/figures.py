"""A figure and a score as data: what it is, why it is none, and what judges it."""

from __future__ import annotations

from typing import Any

from kpi_site.as_data.values import number, text
from kpi_site.catalog import Threshold
from kpi_site.results import Result
from kpi_site.scoring import THRESHOLDS, ScoredCard, ScoredLine


def threshold_json(threshold: Threshold | None) -> dict[str, Any]:
    """Return the three thresholds that judge a figure; None for what is not given."""
    return {name: number(getattr(threshold, name, None)) for name in THRESHOLDS}


def figure_json(result: Result) -> dict[str, Any]:
    """Return a result's value, its state and its points, without its period."""
    return {
        "value": number(result.value if result.state.has_value else None),
        "state": result.state.value,
        "points": number(result.points),
    }


def line_json(line: ScoredLine) -> dict[str, Any]:
    """Return a line of a scorecard as scored, without what it is about."""
    return {
        "period": line.period.label,
        "weight": number(line.line.weight),
        "value": number(line.value),
        "state": line.state.value,
        "points": number(line.points),
        "counted": line.counted,
        "effect": number(line.effect),
        "struck": line.struck,
    }


def total_json(card: ScoredCard) -> dict[str, Any]:
    """Return the total of a scorecard, the weight behind it, and its grade."""
    return {
        "total": number(card.total),
        "weight_counted": number(card.weight_counted),
        "grade": text(card.grade.name) if card.grade else None,
        "rank": card.rank,
        "unvetoed": number(card.unvetoed),
    }
