"""A card's thresholds over time, and the scorecards on which it counts."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_site.catalog import Indicator, Standard
from kpi_site.formula.words import plain_formula
from kpi_site.members import member_text, part_text
from kpi_site.scoring import ScoredLine
from kpi_site.sql.nodes import Expression
from kpi_site.story.standards import centre_text, threshold_texts, weight_text
from kpi_site.story.teller import Ref, Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class ThresholdStory:
    """Thresholds, when they came into force, and what they hold for where it is not all."""

    start: str
    what: str
    baseline: str
    target: str
    challenge: str


@dataclass(frozen=True, slots=True)
class UseStory:
    """A line of a scorecard that this indicator stands on."""

    ref: Ref
    group: str
    part: str
    no: str
    weight: str
    period: str
    reading: str
    points: str
    own_thresholds: bool


def tell_thresholds(teller: Teller, indicator: Indicator) -> tuple[ThresholdStory, ...]:
    """Return the card's thresholds, the newest first of those for the same grain and member."""
    return tuple(_standard(teller, indicator, s) for s in reversed(indicator.thresholds))


def _standard(teller: Teller, indicator: Indicator, standard: Standard) -> ThresholdStory:
    start = format_period(standard.start, teller.language) if standard.start else ""
    centre = centre_text(teller, indicator)
    texts = threshold_texts(teller, indicator, standard.fixed)
    labels = {str(term.name): teller.name(term.label) for term in indicator.terms}
    shown = (
        plain_formula(limit, labels, language=teller.language)
        if isinstance(limit, Expression)
        else text
        for limit, text in zip(standard.limits, texts, strict=True)
    )
    return ThresholdStory(
        start,
        _holds_for(teller, indicator, standard),
        *(f"{centre}{x}" if x else "" for x in shown),
    )


def _holds_for(teller: Teller, indicator: Indicator, standard: Standard) -> str:
    """Return the one grain or member that a standard is for, or that its cycles add up."""
    parts = []
    if standard.of is not None:
        part = member_text(teller.catalog, indicator, standard.of.dimension, standard.of.member)
        parts.append(teller.name(part))
    if standard.grain is not None:
        parts.append(word(f"grain.{standard.grain}", teller.language))
    if standard.per_cycle:
        parts.append(word("per_cycle", teller.language))
    return " · ".join(parts)


def tell_uses(teller: Teller, indicator: Indicator) -> tuple[UseStory, ...]:
    """Return the lines that the indicator stands on, also where nothing was scored yet."""
    return tuple(
        UseStory(
            ref=Ref("scorecard", str(use.scorecard), teller.name(use.title)),
            group=" › ".join(teller.name(title) for title in use.groups),
            part=teller.name(part_text(teller.catalog, use.scored.line)),
            no=use.scored.line.no or "",
            weight=weight_text(use.scored.line.weight),
            period=format_period(use.scored.period, teller.language),
            reading=_line_value(teller, use.scored),
            points=points_text(use.scored.points, points_bounds(teller.catalog.site.scoring)),
            own_thresholds=use.scored.line.judges,
        )
        for use in teller.lines_of.get(indicator.id, ())
    )


def _line_value(teller: Teller, scored: ScoredLine) -> str:
    result, state = scored.result, scored.state
    if result is None and state.has_value:
        return ""  # a scorecard for each member: the line has as many figures
    if result is None or not state.has_value:
        return word(f"state.{state.value}", teller.language)
    return figure_text(result.value, scored.indicator, scored.threshold, teller.language)
