"""Thresholds, weights and totals in words."""

from __future__ import annotations

from decimal import Decimal

from kpi_site.catalog import Indicator, Threshold
from kpi_site.scoring import ScoredCard, contribution, grades_of, is_judged
from kpi_site.story.teller import Teller
from kpi_site.wording.judged import grade_bounds, points_text, threshold_text
from kpi_site.wording.numbers import format_number, format_points, format_value


def threshold_texts(
    ctx: Teller, indicator: Indicator, threshold: Threshold, *, with_unit: bool = True
) -> tuple[str, str, str]:
    """Return baseline, target and challenge with all of the digits they are written with.

    Distances from a centre have their sign: ``±5.0%``. A percent sign stays without a unit.
    """
    shows_unit = with_unit or indicator.unit.kind == "percent"
    sign = "±" if indicator.direction == "within" else ""

    def shown(value: Decimal | None) -> str:
        text = threshold_text(
            value, indicator.unit, indicator.decimals, ctx.language, with_unit=shows_unit
        )
        return f"{sign}{text}" if text else ""

    return shown(threshold.baseline), shown(threshold.target), shown(threshold.challenge)


def centre_text(ctx: Teller, indicator: Indicator) -> str:
    """Return what thresholds are measured from: ``88.0% ``; "" where it is 0 or there is none."""
    if indicator.direction != "within" or not indicator.centre:
        return ""
    return format_value(indicator.centre, indicator.unit, indicator.decimals, ctx.language) + " "


def threshold_points(ctx: Teller) -> tuple[str, str, str]:
    """Return what baseline, target and challenge are worth."""
    scoring = ctx.catalog.site.scoring
    first, second, third = (
        format_number(p, 0) if p == p.to_integral_value() else format_points(p)
        for p in (scoring.baseline, scoring.target, scoring.challenge)
    )
    return first, second, third


def bare_limits(
    ctx: Teller, indicator: Indicator, threshold: Threshold | None
) -> tuple[str, str, str]:
    """Return baseline, target and challenge without their unit; "" where they judge nothing."""
    if threshold is None or not is_judged(indicator, threshold):
        return "", "", ""
    return threshold_texts(ctx, indicator, threshold, with_unit=False)


def target_text(ctx: Teller, indicator: Indicator, threshold: Threshold | None) -> str:
    """Return the target that a value is judged by: ``95.0%``, ``88.0% ±2.0%``, or ""."""
    if threshold is None or not is_judged(indicator, threshold):
        return ""
    text = threshold_texts(ctx, indicator, threshold)[1]
    return centre_text(ctx, indicator) + text if text else ""


def thresholds_of(
    ctx: Teller, indicator: Indicator, threshold: Threshold | None, *, with_unit: bool = True
) -> str:
    """Return baseline, target and challenge as far as they are given: ``90% / 95% / 98%``."""
    if threshold is None:
        return ""
    texts = [t for t in threshold_texts(ctx, indicator, threshold, with_unit=with_unit) if t]
    return centre_text(ctx, indicator) + " / ".join(texts) if texts else ""


def weight_text(weight: Decimal | None) -> str:
    """Return a weight with all of its digits; "" where a line has none."""
    return "" if weight is None else f"{weight.normalize():f}"


def total_text(ctx: Teller, card: ScoredCard, total: Decimal | None = None) -> str:
    """Return a total with as many decimals as its grade asks for; "" where there is none.

    ``total`` is another one than the card's, judged by the same grades.
    """
    bounds = grade_bounds(grades_of(ctx.catalog, card.scorecard))
    return points_text(card.total if total is None else total, bounds)


def arithmetic(card: ScoredCard, total: str) -> str:
    """Return the sum behind the ``total`` as it is shown: before any veto.

    ``(60 × 97.3 + 40 × 100) ÷ 100 − 10 + 3 = 91.4``. Rules: specification.md#totals.
    """
    if not total:
        return ""
    counted = [line for line in card.lines if line.counted]
    products = [
        f"{weight_text(line.line.weight)} × {_two(line.worth)}"
        for line in counted
        if line.line.weight is not None
    ]
    if card.start is not None:
        text, exact = weight_text(card.start), card.start
    else:
        text = f"({' + '.join(products)}) ÷ {weight_text(card.weight_counted)}"
        parts = (contribution(card, line) for line in counted if line.effect is None)
        exact = sum((n for n in parts if n is not None), Decimal(0))
    for effect in (line.effect for line in counted if line.effect):
        text += f" {'+' if effect > 0 else '−'} {_two(abs(effect))}"
        exact += effect
    return f"max(0, {text}) = {total}" if exact < 0 else f"{text} = {total}"


def _two(points: Decimal | None) -> str:
    """Return points with two places, so that the printed sum comes to the printed total."""
    return weight_text((points or Decimal(0)).quantize(Decimal("0.01")))
