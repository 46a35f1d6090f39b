"""The scorecards of a report: totals with their change on top, the lines further down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kpi_site.catalog import Scorecard
from kpi_site.pages import links
from kpi_site.pages.context import Context
from kpi_site.pages.report_scope import Scope
from kpi_site.pages.scorecard import PeriodView, SummaryView, period_view, summary
from kpi_site.periods import Period
from kpi_site.scoring import ScoredCard, Tone, score_period
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number


@dataclass(frozen=True, slots=True)
class Change:
    """A total against that of the period before, in points."""

    text: str
    arrow: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ScorecardPart:
    """A scorecard inside a report."""

    anchor: Markup
    title: str
    period: str
    summary: SummaryView
    change: Change | None
    lines: PeriodView


def scorecard_parts(scope: Scope) -> tuple[ScorecardPart, ...]:
    """Return the report's scorecards in its order."""
    return tuple(_part(scope, card) for card in scope.cards)


def _part(scope: Scope, card: ScoredCard) -> ScorecardPart:
    ctx, own = scope.ctx, card.scorecard
    return ScorecardPart(
        anchor=links.anchor(own.id),
        title=ctx.name(own.title),
        period=format_period(card.period, ctx.language),
        summary=summary(ctx, own, scope.path, card),
        change=_change(card.total, _before(ctx, own, card.period)),
        lines=period_view(ctx, card, scope.path),
    )


def _before(ctx: Context, card: Scorecard, period: Period) -> Decimal | None:
    """Return the total of the period before, if there is one."""
    earlier = ctx.catalog.site.calendar.previous(period)
    known = (s for s in ctx.scores.get(card.id, ()) if s.period == earlier)
    found = next(known, None) or score_period(ctx.catalog, ctx.results, card, earlier)
    return found.total


def _change(new: Decimal | None, old: Decimal | None) -> Change | None:
    if new is None or old is None:
        return None
    text = format_number(new - old, 1, signed=True)
    if text.startswith("±"):
        return Change(text, "→", "even")
    return Change(text, "↑", "good") if new > old else Change(text, "↓", "bad")
