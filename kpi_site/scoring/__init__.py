"""The one place that judges: levels, points, better or worse; totals and grades of scorecards.

Equality is that of exact numbers: a value that meets its target is never a hair below it.
"""

from __future__ import annotations

from kpi_site.scoring.examples import evaluate_points, example_points, points_agree
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
from kpi_site.scoring.over_time import ScoredCards, score
from kpi_site.scoring.ruler import Ruler, card_ruler, line_ruler
from kpi_site.scoring.scorecards import (
    contribution,
    judged_result,
    line_level,
    line_series,
    score_period,
    weight_shown,
)
from kpi_site.scoring.scored import ScoredCard, ScoredLine
from kpi_site.scoring.standards import (
    LEVEL_NAMES,
    VALUE,
    Judgement,
    in_order,
    operands,
    points_node,
    threshold_names,
)
from kpi_site.scoring.verdicts import grades_of

__all__ = [
    "LEVELS",
    "LEVEL_NAMES",
    "THRESHOLDS",
    "VALUE",
    "Judgement",
    "Level",
    "Ruler",
    "ScoredCard",
    "ScoredCards",
    "ScoredLine",
    "Tone",
    "card_ruler",
    "contribution",
    "distance",
    "evaluate_points",
    "example_points",
    "excess",
    "gain",
    "grades_of",
    "in_order",
    "is_judged",
    "judged_result",
    "level",
    "level_of",
    "line_level",
    "line_ruler",
    "line_series",
    "operands",
    "points",
    "points_agree",
    "points_node",
    "score",
    "score_period",
    "shortfall",
    "span",
    "target_of",
    "threshold_names",
    "tone",
    "weight_shown",
]
