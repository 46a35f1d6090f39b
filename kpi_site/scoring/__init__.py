"""The one place that judges: levels, points, better or worse; totals and grades of scorecards.

Equality is that of exact numbers: a value that meets its target is never a hair below it.
"""

from __future__ import annotations

from kpi_site.scoring.judging import (
    LEVELS,
    THRESHOLDS,
    Level,
    Tone,
    distance,
    excess,
    gain,
    is_judged,
    level,
    level_of,
    points,
    shortfall,
    span,
    target_of,
    tone,
)
from kpi_site.scoring.scorecards import (
    ScoredCard,
    ScoredLine,
    contribution,
    judged_result,
    line_level,
    line_series,
    score,
    score_period,
    weight_shown,
)

__all__ = [
    "LEVELS",
    "THRESHOLDS",
    "Level",
    "ScoredCard",
    "ScoredLine",
    "Tone",
    "contribution",
    "distance",
    "excess",
    "gain",
    "is_judged",
    "judged_result",
    "level",
    "level_of",
    "line_level",
    "line_series",
    "points",
    "score",
    "score_period",
    "shortfall",
    "span",
    "target_of",
    "tone",
    "weight_shown",
]
