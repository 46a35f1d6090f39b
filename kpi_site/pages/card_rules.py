"""Computed thresholds and points as mathematics: in words, and with a period's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.formula.mathml import filled_mathml, formula_mathml
from kpi_site.pages.arithmetic import bare, cell_text
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup
from kpi_site.results import Key, Result
from kpi_site.scoring import LEVEL_NAMES, VALUE, card_ruler, points_node
from kpi_site.sql.nodes import Code, Expression, Node
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import points_bounds, points_text, threshold_text
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class RuleView:
    """A threshold or the points as mathematics, and filled in with ``period``'s numbers."""

    symbols: Markup
    filled: Markup
    period: str


def rules(ctx: Context, indicator: Indicator, result: Result | None) -> tuple[RuleView, ...]:
    """Return what judges the card by arithmetic: thresholds first, then the points."""
    return (*_limits(ctx, indicator, result), *_points(ctx, indicator, result))


def _limits(ctx: Context, indicator: Indicator, result: Result | None) -> Iterator[RuleView]:
    standards = indicator.thresholds[-1:]
    texts = _texts(ctx, indicator, result)
    if result is not None:
        ruler = card_ruler(ctx.catalog, indicator).series(Key(result.period.grain))
        found = ruler.standard(result.period)
        standards = () if found is None else (found,)
    for standard in standards:
        for name, limit in zip(LEVEL_NAMES, standard.limits, strict=True):
            if isinstance(limit, Expression):
                known = getattr(result.threshold, name, None) if result is not None else None
                shown = threshold_text(known, indicator.unit, indicator.decimals, ctx.language)
                yield _view(ctx, indicator, name, limit, (texts, shown), result)


def _points(ctx: Context, indicator: Indicator, result: Result | None) -> Iterator[RuleView]:
    node = points_node(indicator.points, indicator.steps, indicator)
    if node is None:
        return
    texts = _texts(ctx, indicator, result)
    earned = ""
    if result is not None:
        earned = points_text(result.points, points_bounds(ctx.catalog.site.scoring))
        texts = {**texts, VALUE: _number(result.value), **_levels(result)}
    yield _view(ctx, indicator, "points", _expression(node), (texts, earned), result)


def _view(
    ctx: Context,
    indicator: Indicator,
    name: str,
    rule: Expression,
    filled: tuple[Mapping[str, str], str],
    result: Result | None,
) -> RuleView:
    """Return one rule; ``filled`` are the numbers that go in, and what comes out ("": nothing)."""
    language, (texts, outcome) = ctx.language, filled
    labels = {str(t.name): ctx.name(t.label) for t in indicator.terms}
    labels |= {level: word(level, language) for level in LEVEL_NAMES if level not in labels}
    labels.setdefault(VALUE, ctx.name(indicator.name))
    symbols = formula_mathml(rule, labels, name=word(name, language), language=language)
    numbers = (
        markup(filled_mathml(rule, texts, outcome, language=language)) if outcome else Markup()
    )
    period = format_period(result.period, language) if result is not None and outcome else ""
    return RuleView(markup(symbols), numbers, period)


def _expression(node: Node) -> Expression:
    return Expression(Code("", "", ((1, 1),)), node)


def _texts(ctx: Context, indicator: Indicator, result: Result | None) -> dict[str, str]:
    """Return the number of each term in the period of ``result``."""
    found = ctx.results_of(indicator)
    series = found.whole(result.period.grain) if found and result else None
    at = series.index(result.period) if series and result else None
    if series is None or at is None:
        return {}
    return {
        str(t.name): cell_text(ctx, indicator, t, series.terms[t.name][at])
        for t in indicator.terms
        if t.name in series.terms
    }


def _levels(result: Result) -> dict[str, str]:
    found = {name: getattr(result.threshold, name, None) for name in LEVEL_NAMES}
    return {name: _number(limit) for name, limit in found.items() if limit is not None}


def _number(value: Decimal | None) -> str:
    return "" if value is None else bare(value)
