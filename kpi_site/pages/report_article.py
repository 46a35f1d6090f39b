"""A report as an article: figures and texts of its period alone, so that it can be frozen.

Nothing here speaks of today, of a draft or of another page's state; pictures are inline SVG,
and links are relative to the page on which the article stands (specification.md#page-order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Indicator, Report
from kpi_site.editions.signing import Signature, signatures
from kpi_site.pages.context import Context
from kpi_site.pages.overview import StandTable, level_counts, stand_table
from kpi_site.pages.parts import ActionView, Link, action_views
from kpi_site.pages.pictures import bullet_of, spark
from kpi_site.pages.report_departments import DepartmentPart, department_parts
from kpi_site.pages.report_off import OffTargets, off_targets
from kpi_site.pages.report_quality import DatasetLine, QualityView, dataset_lines, quality
from kpi_site.pages.report_scope import Scope, last_day, make_scope
from kpi_site.pages.report_scorecards import ScorecardPart, scorecard_parts
from kpi_site.pages.tables import Mark, level_marks, marks
from kpi_site.pages.template import fragment
from kpi_site.periods import Grain
from kpi_site.scoring import line_level
from kpi_site.story.reading import Now, recent
from kpi_site.story.standing import Move, moves, moves_by_standard
from kpi_site.wording.dates import format_date, format_period

_MOVES: Final = 5  # each way
_BULLET: Final = 190  # pixels


@dataclass(frozen=True, slots=True)
class Moved:
    """A change that is larger than usual, in words."""

    link: Link
    now: Now
    times: Markup


@dataclass(frozen=True, slots=True)
class TileView:
    """A headline figure; ``period`` is named where it is not the report's."""

    link: Link
    now: Now
    period: str
    bullet: Markup
    spark: Markup


@dataclass(frozen=True, slots=True)
class SignoffView:
    """What a role has signed; ``by`` and ``on`` are empty while it has not."""

    role: Markup
    by: Markup
    on: str
    stale: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a report prints."""

    title: Markup
    organisation: str
    data_through: str
    day: str
    until: str
    summary: Markup
    tiles: tuple[TileView, ...]
    valued: int
    levels: tuple[tuple[str, str, int], ...]
    scorecards: tuple[ScorecardPart, ...]
    scored: tuple[ScorecardPart, ...]
    off: OffTargets
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    moved_how: Markup
    comments: tuple[tuple[Link, Markup], ...]
    departments: tuple[DepartmentPart, ...]
    annex: Link
    actions: tuple[ActionView, ...]
    quality: QualityView
    signoffs: tuple[SignoffView, ...]
    legend: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class AnnexPart:
    """All figures of a department."""

    anchor: Markup
    name: Markup
    table: StandTable


@dataclass(frozen=True, slots=True)
class AnnexView:
    """All figures of a report's period, scorecards without a total, the datasets behind."""

    title: Markup
    departments: tuple[AnnexPart, ...]
    other_cycles: StandTable
    unscored: tuple[ScorecardPart, ...]
    legend: tuple[Mark, ...]
    datasets: tuple[DatasetLine, ...]


def article(
    ctx: Context, report: Report, path: str, *, day: date | None = None, digest: str = ""
) -> str:
    """Return the Markdown of ``report`` as it stands on the page at ``path``, below reports/.

    Actions are shown as they stood on ``day``: the day of publication, or by default the
    last one of the period (or of the data, if the period is not over). The annex is expected
    at ``annex_path(path)``. Sign-offs under another digest of the figures than ``digest`` are
    shown as stale; without it none is.
    """
    view = _view(make_scope(ctx, report, path, day), digest)
    return fragment("report_article.md.j2", ctx.language, view)


def annex(ctx: Context, report: Report, path: str) -> str:
    """Return the Markdown of all figures of the report's period, for the page at ``path``."""
    view = _annex(make_scope(ctx, report, path, None))
    return fragment("report_annex.md.j2", ctx.language, view)


def annex_path(path: str) -> str:
    """Return where the annex of the article at ``path`` stands: below it."""
    return path.removesuffix(".md") + "/annex.md"


def _view(scope: Scope, digest: str) -> ReportView:
    ctx, report, path = scope.ctx, scope.report, scope.path
    period = format_period(report.period, ctx.language)
    moved, words = _moves(scope)
    off, parts = off_targets(scope), scorecard_parts(scope)
    return ReportView(
        title=ctx.t("report_of", period),
        organisation=ctx.organisation,
        data_through=format_date(last_day(ctx, report), ctx.language),
        day=format_date(scope.day, ctx.language),
        until=period,
        summary=ctx.block(report.summary),
        tiles=tuple(_tiles(scope)),
        valued=sum(n.result.state.has_value for n in scope.own),
        levels=level_counts(ctx, (n for n in scope.own if n.result.state.has_value)),
        scorecards=parts,
        scored=tuple(part for part in parts if part.summary.scored),
        off=off,
        better=_moved(scope, moved, words, better=True),
        worse=_moved(scope, moved, words, better=False),
        moved_how=ctx.t("moved_how" if words == "times_usual" else "moved_by_standard"),
        comments=tuple(_comments(scope, off.names)),
        departments=department_parts(scope, moved, annex_path(path)),
        annex=Link(str(ctx.t("annex")), links.url(path, annex_path(path))),
        actions=action_views(ctx, path, scope.actions, scope.day),
        quality=quality(scope),
        signoffs=tuple(_signoff(ctx, s, digest) for s in signatures(report.signoffs, digest)),
        legend=_legend(scope, scored=True),
    )


def _tiles(scope: Scope) -> Iterator[TileView]:
    for name in scope.report.highlights:
        n = scope.stands.get(name)
        if n is not None:
            own = n.result.period == scope.report.period
            yield TileView(
                link=scope.link(n.indicator),
                now=n,
                period="" if own else n.reading.period,
                spark=_spark(scope, n),
                bullet=bullet_of(n.indicator, n.result, scope.ctx.language, width=_BULLET),
            )


def _spark(scope: Scope, n: Now) -> Markup:
    series = scope.trend(n)
    return spark(recent(series, series.results[-1]), n.name) if series else Markup()


def _moves(scope: Scope) -> tuple[tuple[Move, ...], str]:
    """Return the changes, the largest first, and the words for how they are measured.

    There are too few half years and years to tell what is usual.
    """
    if scope.report.period.grain.rank <= Grain.QUARTER.rank:
        return moves(scope.ctx, scope.own), "times_usual"
    return moves_by_standard(scope.ctx, scope.own), "times_standard"


def _moved(scope: Scope, found: tuple[Move, ...], words: str, *, better: bool) -> tuple[Moved, ...]:
    kept = [m for m in found if m.better is better][:_MOVES]
    return tuple(
        Moved(scope.link(m.now.indicator), m.now, scope.ctx.t(words, f"{m.times:.1f}"))
        for m in kept
    )


def _comments(scope: Scope, told: frozenset[str]) -> Iterator[tuple[Link, Markup]]:
    """Yield the comments on indicators that are not off target."""
    for name, comment in scope.report.comments.items():
        indicator = scope.ctx.catalog.indicators.get(name)
        if name not in told and indicator is not None:
            yield scope.link(indicator), scope.ctx.block(comment)


def _legend(scope: Scope, *, scored: bool) -> tuple[Mark, ...]:
    """Return the marks in the report's scorecards with or without a total, in words."""
    cards = (card for card in scope.cards if card.scorecard.scored is scored)
    lines = [line for card in cards for line in card.lines]
    levels = level_marks(scope.ctx, map(line_level, lines))
    return (*levels, *marks(scope.ctx, (line.state for line in lines)))


def _signoff(ctx: Context, signature: Signature, digest: str) -> SignoffView:
    signed = signature.signoff
    return SignoffView(
        role=ctx.t(f"role.{signature.role}"),
        by=ctx.inline(signed.by) if signed else Markup(),
        on=format_date(signed.on, ctx.language) if signed else "",
        stale=bool(digest) and signature.stale,
    )


def _annex(scope: Scope) -> AnnexView:
    ctx, period = scope.ctx, scope.report.period
    return AnnexView(
        title=ctx.t("annex_of", format_period(period, ctx.language)),
        departments=tuple(_annex_parts(scope)),
        other_cycles=_table(
            scope, [n.indicator for n in scope.stands.values() if n.result.period != period]
        ),
        unscored=tuple(part for part in scorecard_parts(scope) if not part.summary.scored),
        legend=_legend(scope, scored=False),
        datasets=dataset_lines(scope),
    )


def _annex_parts(scope: Scope) -> Iterator[AnnexPart]:
    """Yield each department's figures of this very period; a department without any too."""
    for unit in scope.ctx.catalog.site.departments:
        stands = [n for n in scope.stands.values() if n.indicator.department == unit.id]
        if stands:
            own = [n.indicator for n in stands if n.result.period == scope.report.period]
            name = scope.ctx.inline(unit.name)
            yield AnnexPart(links.anchor(unit.id), name, _table(scope, own))


def _table(scope: Scope, indicators: list[Indicator]) -> StandTable:
    return stand_table(scope.ctx, indicators, scope.stands, scope.path)
