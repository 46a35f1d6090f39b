"""A report as an article: figures and texts of its period alone, so that it can be frozen.

Nothing here speaks of today, of a draft or of another page's state; pictures are inline SVG,
and links are relative to the page on which the article stands (specification.md#editions).
What is told, and in which order, stands in ``story.report``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Report
from kpi_site.charts.bridge import bridge_svg
from kpi_site.charts.mini import mini_trend
from kpi_site.charts.why import total_bridge
from kpi_site.pages.context import Context
from kpi_site.pages.overview import StandTable, stand_table
from kpi_site.pages.parts import ActionView, Link, action_view, link_to
from kpi_site.pages.pictures import bullet_of, markup, spark
from kpi_site.pages.scorecard import PeriodView, TotalView, period_view, total_view
from kpi_site.pages.signals import MovesView, MoveView, move_views, moves_view
from kpi_site.pages.tables import Counts, Mark, level_marks, linked_levels, marks
from kpi_site.pages.template import fragment
from kpi_site.scoring import Level
from kpi_site.story.departments import DepartmentStory
from kpi_site.story.member_totals import SpreadStory
from kpi_site.story.off_target import OffTarget
from kpi_site.story.quality import DatasetStory, QualityStory, StateStory
from kpi_site.story.reading import Now, Reading, recent
from kpi_site.story.report import ReportScorecard, ReportStory, SignoffStory, TileStory, tell_report
from kpi_site.story.scorecard import ScorecardStory
from kpi_site.story.teller import Ref
from kpi_site.story.total_change import Change
from kpi_site.story.units import tell_stands

_BULLET: Final = 190  # pixels


@dataclass(frozen=True, slots=True)
class TileView:
    """A headline figure; ``period`` is named where it is not the report's."""

    link: Link
    now: Now
    period: str
    bullet: Markup
    spark: Markup


@dataclass(frozen=True, slots=True)
class ScorecardPart:
    """A scorecard inside a report."""

    anchor: Markup
    link: Link
    scored: bool
    total: TotalView
    change: Change | None
    lines: PeriodView
    spread: SpreadStory | None
    more: int
    levels: Counts
    why: str
    bridge: Markup


@dataclass(frozen=True, slots=True)
class OffView:
    """An indicator off its target, with what the report says of it."""

    link: Link
    reading: Reading
    wanted: str
    standard_of: Link | None
    comment: Markup
    owed: bool
    why: str
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class OffsView:
    """Everything off target: below baseline, above it, and how many more the annex lists."""

    below: tuple[OffView, ...]
    short: tuple[OffView, ...]
    more: int
    names: bool


@dataclass(frozen=True, slots=True)
class MiniChart:
    """A small chart with its address and what its caption says."""

    anchor: Markup
    link: Link
    reading: Reading
    picture: Markup


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """A department in a report; ``figures`` leads to all of its figures in the annex."""

    anchor: Markup
    name: Markup
    link: Markup
    figures: Markup
    levels: Counts
    charts: tuple[MiniChart, ...]


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset in the tables of a report."""

    link: Link
    story: DatasetStory


@dataclass(frozen=True, slots=True)
class StateView:
    """How many figures of the period are in a state, and which (not of the good ones)."""

    story: StateStory
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class QualityView:
    """Data quality in the article: figures by state, and the datasets to look at."""

    states: tuple[StateView, ...]
    due: int
    complete: int
    faults: tuple[DatasetLine, ...]


@dataclass(frozen=True, slots=True)
class SignoffView:
    """What a role has signed; ``by`` is empty while it has not."""

    story: SignoffStory
    by: Markup


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that the article of a report prints."""

    story: ReportStory
    summary: Markup
    tiles: tuple[TileView, ...]
    levels: Counts
    scorecards: tuple[ScorecardPart, ...]
    scored: tuple[ScorecardPart, ...]
    off: OffsView
    moves: MovesView
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
    moves: tuple[MoveView, ...]
    unscored: tuple[ScorecardPart, ...]
    legend: tuple[Mark, ...]
    datasets: tuple[DatasetLine, ...]


def article(
    ctx: Context, report: Report, path: str, *, day: date | None = None, digest: str = ""
) -> str:
    """Return the Markdown of ``report`` as it stands on the page at ``path``, below reports/.

    ``day`` and ``digest`` are those of ``tell_report``. The annex is expected at
    ``annex_path(path)``.
    """
    return article_of(ctx, tell_report(ctx, report, day=day, digest=digest), path)


def article_of(ctx: Context, told: ReportStory, path: str) -> str:
    """Return the same of a report that is told."""
    return fragment("report_article.md.j2", ctx.language, _article(ctx, told, path))


def annex(ctx: Context, report: Report, path: str) -> str:
    """Return the Markdown of all figures of the report's period, for the page at ``path``."""
    return fragment("report_annex.md.j2", ctx.language, _annex(ctx, tell_report(ctx, report), path))


def annex_path(path: str) -> str:
    """Return where the annex of the article at ``path`` stands: below it."""
    return path.removesuffix(".md") + "/annex.md"


def drawn_as(indicator: str) -> str:
    """Return the name of the chart of a card in a report."""
    return f"{indicator}-trend"


def _article(ctx: Context, told: ReportStory, path: str) -> ReportView:
    parts = tuple(_scorecard(ctx, card, path, annex_path(path)) for card in told.scorecards)
    return ReportView(
        story=told,
        summary=ctx.block(told.summary),
        tiles=tuple(_tile(ctx, tile, path) for tile in told.tiles),
        levels=linked_levels(ctx, told.levels, partial(_standing, told, path)),
        scorecards=parts,
        scored=tuple(part for part in parts if part.scored),
        off=OffsView(
            below=tuple(_off(ctx, m, path) for m in told.off.below),
            short=tuple(_off(ctx, m, path) for m in told.off.short),
            more=told.off.more,
            names=bool(told.off.names),
        ),
        moves=moves_view(told.moved, path, f"{annex_path(path)}#moved"),
        comments=tuple(
            (link_to(path, ctx.card_ref(c.ref_id)), ctx.block(c.text)) for c in told.comments
        ),
        departments=tuple(_department(ctx, d, path) for d in told.departments),
        annex=Link(str(ctx.t("annex")), links.url(path, annex_path(path))),
        actions=tuple(action_view(ctx, path, a) for a in told.actions),
        quality=_quality(told.quality, path),
        signoffs=tuple(SignoffView(s, ctx.inline(s.by)) for s in told.signoffs),
        legend=_legend(ctx, told, scored=True),
    )


def _card(now: Now, path: str) -> Link:
    return link_to(path, Ref("indicator", str(now.indicator.id), now.name, foreign=now.foreign))


def _tile(ctx: Context, tile: TileStory, path: str) -> TileView:
    now, trend = tile.now, tile.trend
    values = recent(trend, trend.results[-1]) if trend else ()
    return TileView(
        link=_card(now, path),
        now=now,
        period=tile.period,
        bullet=bullet_of(now.indicator, now.result, ctx.language, width=_BULLET),
        spark=spark(values, now.name),
    )


def _standing(told: ReportStory, path: str, level: Level) -> Markup:
    """Return where the annex of the article at ``path`` lists the first figure at ``level``."""
    for department in told.departments:
        if level in dict(department.levels):
            return links.url(path, f"{annex_path(path)}#{_rows_of(department)}-{level}")
    return links.url(path, annex_path(path))


def _rows_of(told: DepartmentStory) -> str:
    """Return how the anchors of a department's rows in the annex begin."""
    return f"{links.anchor(told.ref.id)}-status"


def _scorecard(ctx: Context, card: ReportScorecard, path: str, annex: str = "") -> ScorecardPart:
    """Return a scorecard on the page at ``path``; its lines may stand in the ``annex``."""
    told = card.story
    anchor = links.anchor(told.ref.id)
    lines = f"{path if told.scored else annex or path}#{anchor}-lines-"
    return ScorecardPart(
        anchor=anchor,
        link=link_to(path, told.ref),
        scored=told.scored,
        total=total_view(ctx, told.total),
        change=card.change,
        lines=period_view(
            ctx, replace(told, members=told.first), path, f"{anchor}-lines", living=False
        ),
        spread=told.spread,
        more=told.more,
        levels=linked_levels(ctx, told.levels, lambda level: links.url(path, f"{lines}{level}")),
        why=told.why.sentence if told.why else "",
        bridge=_bridge(ctx, told),
    )


def _bridge(ctx: Context, told: ScorecardStory) -> Markup:
    if told.why is None:
        return Markup()
    bridge = total_bridge(ctx.language, ctx.organisation, told.ref.name, told.why)
    return markup(bridge_svg(bridge, ctx.language))


def _off(ctx: Context, miss: OffTarget, path: str) -> OffView:
    return OffView(
        link=link_to(path, miss.ref),
        reading=miss.reading,
        wanted=miss.wanted,
        standard_of=link_to(path, miss.standard_of) if miss.standard_of else None,
        comment=ctx.block(miss.comment),
        owed=miss.owed,
        why=miss.why,
        actions=tuple(action_view(ctx, path, a) for a in miss.actions),
    )


def _department(ctx: Context, told: DepartmentStory, path: str) -> DepartmentPart:
    anchor = links.anchor(told.ref.id)
    rows = f"{annex_path(path)}#{_rows_of(told)}-"
    return DepartmentPart(
        anchor=anchor,
        name=ctx.inline(told.name),
        link=link_to(path, told.ref).url,
        figures=links.url(path, f"{annex_path(path)}#department-{anchor}"),
        levels=linked_levels(ctx, told.levels, lambda level: links.url(path, f"{rows}{level}")),
        charts=tuple(
            MiniChart(
                Markup(links.chart(drawn_as(str(now.indicator.id)))),  # noqa: S704 - an id of ours
                _card(now, path),
                now.reading,
                markup(mini_trend(now.indicator, series, ctx.language) if series else ""),
            )
            for now, series in told.charts
        ),
    )


def _quality(told: QualityStory, path: str) -> QualityView:
    return QualityView(
        states=tuple(
            StateView(s, tuple(link_to(path, ref) for ref in s.first)) for s in told.states
        ),
        due=told.due,
        complete=told.complete,
        faults=_datasets(told.faults, path),
    )


def _datasets(told: Iterable[DatasetStory], path: str) -> tuple[DatasetLine, ...]:
    return tuple(DatasetLine(link_to(path, d.ref), d) for d in told)


def _legend(ctx: Context, told: ReportStory, *, scored: bool) -> tuple[Mark, ...]:
    """Return the marks in the report's scorecards with or without a total, in words."""
    cards = [card.story for card in told.scorecards if card.story.scored is scored]
    levels = level_marks(ctx, (level for card in cards for level, _ in card.levels))
    return (*levels, *marks(ctx, chain.from_iterable(card.states for card in cards)))


def _annex(ctx: Context, told: ReportStory, path: str) -> AnnexView:
    cards = (card for card in told.scorecards if not card.story.scored)
    return AnnexView(
        title=ctx.t("annex_of", told.period),
        departments=tuple(
            AnnexPart(
                links.anchor(d.ref.id),
                ctx.inline(d.name),
                _table(ctx, d.figures, path, _rows_of(d)),
            )
            for d in told.departments
        ),
        other_cycles=_table(ctx, told.other_cycles, path),
        moves=move_views(told.moved.rest, path),
        unscored=tuple(_scorecard(ctx, card, path) for card in cards),
        legend=_legend(ctx, told, scored=False),
        datasets=_datasets(told.quality.datasets, path),
    )


def _table(ctx: Context, found: Iterable[Now], path: str, anchors: str = "") -> StandTable:
    stands = {str(n.indicator.id): n for n in found}
    told = tell_stands(ctx, (n.indicator for n in stands.values()), stands)
    return stand_table(ctx, told, path, anchors=anchors)
