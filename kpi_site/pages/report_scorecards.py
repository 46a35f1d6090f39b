"""The scorecards of a report: totals with their change on top, the lines further down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kpi_site import links
from kpi_site.pages.context import Context
from kpi_site.pages.report_scope import Scope
from kpi_site.pages.scorecard import PeriodView, SummaryView, period_view, summary
from kpi_site.results import to_same_day
from kpi_site.scoring import ScoredCard, Tone, line_series, score_period
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class Change:
    """A total against that of the period before, in points."""

    text: str
    arrow: str
    tone: Tone
    basis: str = ""  # "to the same day", where a running period is compared with the same part


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
        change=_change(ctx, card),
        lines=period_view(ctx, card, scope.path),
    )


def _change(ctx: Context, card: ScoredCard) -> Change | None:
    """Return how the total moved from the period before; like for like in a running one."""
    lines = (line_series(ctx.results, x.line, card.period.grain) for x in card.lines)
    running = any(series is not None and series.to_same_day(card.period) for series in lines)
    new, old = card.total, _before(ctx, card, running=running)
    if new is None or old is None:
        return None
    text = format_number(new - old, 1, signed=True)
    basis = word("same_day", ctx.language) if running else ""
    if text.startswith("±"):
        return Change(text, "→", "even", basis)
    return Change(text, "↑", "good", basis) if new > old else Change(text, "↓", "bad", basis)


def _before(ctx: Context, card: ScoredCard, *, running: bool) -> Decimal | None:
    """Return the total of the period before, if there is one; up to the same day if ``running``."""
    own = card.scorecard
    earlier = ctx.catalog.site.calendar.previous(card.period)
    if running:
        return score_period(ctx.catalog, to_same_day(ctx.results), own, earlier).total
    known = (s for s in ctx.scores.get(own.id, ()) if s.period == earlier)
    found = next(known, None) or score_period(ctx.catalog, ctx.results, own, earlier)
    return found.total
