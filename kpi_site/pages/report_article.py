"""A report as an article: figures and texts of its period alone, so that it can be frozen.

Nothing here speaks of today, of a draft or of another page's state; pictures are inline SVG,
and links are relative to the page on which the article stands (DESIGN §2.5, §10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from kpi_site.catalog import Action, Report, Text, as_of, carried
from kpi_site.editions.scores import report_cards
from kpi_site.pages import links
from kpi_site.pages.context import Context
from kpi_site.pages.home import Tile, tile
from kpi_site.pages.overview import StandTable, level_counts, stand_table
from kpi_site.pages.parts import ActionView, Link, action_views
from kpi_site.pages.reading import Now, now
from kpi_site.pages.scorecard import PeriodView, SummaryView, period_view, summary
from kpi_site.pages.standing import Move, moves, off_target
from kpi_site.pages.tables import Mark, marks
from kpi_site.pages.template import fragment
from kpi_site.periods import Period
from kpi_site.wording.dates import format_date, format_period

_MOVES = 5


@dataclass(frozen=True, slots=True)
class OffTarget:
    """An indicator off its target, with what the report says, and what is done about it."""

    tile: Tile
    comment: Markup
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A change that is larger than usual."""

    tile: Tile
    times: str


@dataclass(frozen=True, slots=True)
class ScorecardPart:
    """A scorecard inside a report."""

    anchor: Markup
    summary: SummaryView
    period: PeriodView


@dataclass(frozen=True, slots=True)
class SignoffView:
    """A signature."""

    role: Markup
    by: Markup
    on: str


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """A department's figures in the report's period."""

    anchor: Markup
    link: Link
    table: StandTable


@dataclass(frozen=True, slots=True)
class AnnexView:
    """All figures of a report's period, on a page of their own: the report stays short."""

    title: Markup
    departments: tuple[DepartmentPart, ...]
    other_cycles: StandTable


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a report prints."""

    title: Markup
    data_through: str
    summary: Markup
    tiles: tuple[Tile, ...]
    levels: tuple[tuple[str, str, int], ...]
    scorecards: tuple[ScorecardPart, ...]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    off_target: tuple[OffTarget, ...]
    comments: tuple[tuple[Link, Markup], ...]
    annex: Link
    actions: tuple[ActionView, ...]
    signoffs: tuple[SignoffView, ...]
    marks: tuple[Mark, ...]


def article(ctx: Context, report: Report, path: str, *, day: date | None = None) -> str:
    """Return the Markdown of ``report`` as it stands on the page at ``path``, below reports/.

    Actions are shown as they stood on ``day``: the day of publication, or by default the
    last one of the period (or of the data, if the period is not over). The annex is expected
    at ``annex_path(path)``.
    """
    stands = _stands(ctx, report.period)
    view = _view(ctx, report, stands, path, day or _last_day(ctx, report.period))
    return fragment("report_article.md.j2", ctx.language, view)


def annex(ctx: Context, report: Report, path: str) -> str:
    """Return the Markdown of all figures of the report's period, for the page at ``path``."""
    view = _annex(ctx, report, _stands(ctx, report.period), path)
    return fragment("report_annex.md.j2", ctx.language, view)


def annex_path(path: str) -> str:
    """Return where the annex of the article at ``path`` stands: below it."""
    return path.removesuffix(".md") + "/annex.md"


def _last_day(ctx: Context, period: Period) -> date:
    return min(period.last, ctx.data_through or period.last)


def _view(
    ctx: Context, report: Report, stands: Mapping[str, Now], path: str, day: date
) -> ReportView:
    active = [n for n in stands.values() if n.indicator.status == "active"]
    own = [n for n in active if n.result.period == report.period]
    off = off_target(own)
    moved = moves(ctx, own)
    told = {str(n.indicator.id) for n in off}
    acted = tuple(as_of(a, day) for a in carried(ctx.catalog.actions.values(), report.period))
    return ReportView(
        title=ctx.t("report_of", format_period(report.period, ctx.language)),
        data_through=format_date(_last_day(ctx, report.period), ctx.language),
        summary=ctx.block(report.summary),
        tiles=tuple(tile(stands[h], path) for h in report.highlights if h in stands),
        levels=level_counts(ctx, own),
        scorecards=tuple(_scorecards(ctx, report, path)),
        better=_moved(moved, path, better=True),
        worse=_moved(moved, path, better=False),
        off_target=tuple(_off(ctx, report, n, path, acted, day) for n in off),
        comments=tuple(_comments(ctx, report, told, path)),
        annex=Link(str(ctx.t("annex")), links.url(path, annex_path(path))),
        actions=action_views(ctx, path, acted, day),
        signoffs=tuple(
            SignoffView(_role(ctx, s.role), ctx.inline(s.by), format_date(s.on, ctx.language))
            for s in report.signoffs
        ),
        marks=marks(ctx, (n.reading.state for n in stands.values())),
    )


def _annex(ctx: Context, report: Report, stands: Mapping[str, Now], path: str) -> AnnexView:
    return AnnexView(
        title=ctx.t("annex_of", format_period(report.period, ctx.language)),
        departments=tuple(_departments(ctx, report.period, stands, path)),
        other_cycles=_other_cycles(ctx, report.period, stands, path),
    )


def _role(ctx: Context, role: str) -> Markup:
    known = {"prepared", "verified", "approved"}
    return ctx.t(f"role.{role}") if role in known else ctx.inline(Text(plain=role))


def _stands(ctx: Context, period: Period) -> dict[str, Now]:
    found = ((i.id, now(ctx, i, period)) for i in ctx.catalog.indicators.values())
    return {name: stand for name, stand in found if stand is not None}


def _scorecards(ctx: Context, report: Report, path: str) -> Iterator[ScorecardPart]:
    for scored in report_cards(ctx.catalog, ctx.results, ctx.scores, report):
        card = scored.scorecard
        yield ScorecardPart(
            links.anchor(card.id), summary(ctx, card, path, scored), period_view(ctx, scored, path)
        )


def _moved(found: tuple[Move, ...], path: str, *, better: bool) -> tuple[Moved, ...]:
    kept = [m for m in found if m.better is better][:_MOVES]
    return tuple(Moved(tile(m.now, path), f"{m.times:.1f}") for m in kept)


def _off(
    ctx: Context, report: Report, found: Now, path: str, acted: Iterable[Action], day: date
) -> OffTarget:
    comments: Mapping[str, Text] = {str(k): v for k, v in report.comments.items()}
    name = found.indicator.id
    return OffTarget(
        tile=tile(found, path),
        comment=ctx.block(comments.get(name)),
        actions=action_views(ctx, path, (a for a in acted if name in a.indicators), day),
    )


def _comments(
    ctx: Context, report: Report, told: set[str], path: str
) -> Iterator[tuple[Link, Markup]]:
    """Yield the comments on indicators that are not off target."""
    for name, comment in report.comments.items():
        indicator = ctx.catalog.indicators.get(name)
        if name not in told and indicator is not None:
            link = Link(ctx.name(indicator.name), links.url(path, links.indicator(name)))
            yield link, ctx.block(comment)


def _departments(
    ctx: Context, period: Period, stands: Mapping[str, Now], path: str
) -> Iterator[DepartmentPart]:
    """Yield each department's figures of this very period."""
    for unit in ctx.catalog.site.departments:
        own = [n for n in _of(stands, unit.id) if n.result.period == period]
        if own:
            link = Link(ctx.name(unit.name), links.url(path, links.department(unit.id)))
            table = stand_table(ctx, (n.indicator for n in own), stands, path)
            yield DepartmentPart(links.anchor(unit.id), link, table)


def _of(stands: Mapping[str, Now], department: str) -> Iterable[Now]:
    return (
        n
        for n in stands.values()
        if n.indicator.department == department and n.indicator.status == "active"
    )


def _other_cycles(ctx: Context, period: Period, stands: Mapping[str, Now], path: str) -> StandTable:
    """Return the cards with a longer cycle, in their newest period that had ended by then."""
    other = [
        n.indicator
        for n in stands.values()
        if n.result.period != period and n.indicator.status == "active"
    ]
    return stand_table(ctx, other, stands, path)
