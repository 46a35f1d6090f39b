"""Draft reports: what a director reads in a minute, and all figures behind it (DESIGN §10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site.catalog import Action, Report, Text
from kpi_site.files import File
from kpi_site.pages import links
from kpi_site.pages.context import Context
from kpi_site.pages.home import Tile, tile
from kpi_site.pages.overview import StandTable, level_counts, stand_table
from kpi_site.pages.parts import ActionView, Link, action_views
from kpi_site.pages.reading import Now, now
from kpi_site.pages.scorecard import PeriodView, SummaryView, period_view, summary
from kpi_site.pages.standing import Move, moves, off_target
from kpi_site.pages.tables import Mark, marks
from kpi_site.pages.template import alone, leaf, page
from kpi_site.periods import Period
from kpi_site.scoring import ScoredCard, score_period
from kpi_site.wording.dates import format_date, format_period

INDEX = "reports/index.md"
_MOVES = 5


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report in the list."""

    link: Link
    summary: Markup
    signed: int


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

    link: Link
    table: StandTable


@dataclass(frozen=True, slots=True)
class AnnexView:
    """All figures of a report's period, on a page of their own: the report stays short."""

    title: Markup
    crumbs: tuple[Link, ...]
    departments: tuple[DepartmentPart, ...]
    other_cycles: StandTable


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a draft report prints."""

    title: Markup
    crumbs: tuple[Link, ...]
    data_through: str
    over: bool
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
    report_file: str


def pages(ctx: Context) -> Iterator[File]:
    """Yield the list of reports and each draft; nothing where there are none."""
    reports = sorted(ctx.catalog.reports.values(), key=lambda r: r.period, reverse=True)
    if not reports:
        return
    entries = tuple(_entry(ctx, r) for r in reports)
    yield page(INDEX, "reports.md.j2", ctx.language, entries, alone(str(ctx.t("reports"))))
    for report in reports:
        stands = _stands(ctx, report.period)
        view, annex = _view(ctx, report, stands), _annex(ctx, report, stands)
        front = leaf(str(view.title), report.where.file)
        yield page(links.report(report.period.label), "report.md.j2", ctx.language, view, front)
        front = leaf(str(annex.title), report.where.file)
        yield page(links.annex(report.period.label), "annex.md.j2", ctx.language, annex, front)


def _entry(ctx: Context, report: Report) -> ReportEntry:
    link = Link(
        str(ctx.t("report_of", format_period(report.period, ctx.language))),
        links.url(INDEX, links.report(report.period.label)),
    )
    return ReportEntry(link, ctx.rich(ctx.opening(report.summary)), len(report.signoffs))


def _view(ctx: Context, report: Report, stands: Mapping[str, Now]) -> ReportView:
    path = links.report(report.period.label)
    active = [n for n in stands.values() if n.indicator.status == "active"]
    own = [n for n in active if n.result.period == report.period]
    off = off_target(own)
    moved = moves(ctx, own)
    day = ctx.data_through
    told = {str(n.indicator.id) for n in off}
    return ReportView(
        title=ctx.t("report_of", format_period(report.period, ctx.language)),
        crumbs=(Link(str(ctx.t("reports")), links.url(path, INDEX)),),
        data_through=format_date(day, ctx.language) if day else "",
        over=bool(day and report.period.last <= day),
        summary=ctx.block(report.summary),
        tiles=tuple(tile(stands[h], path) for h in report.highlights if h in stands),
        levels=level_counts(ctx, own),
        scorecards=tuple(_scorecards(ctx, report, path)),
        better=_moved(moved, path, better=True),
        worse=_moved(moved, path, better=False),
        off_target=tuple(_off(ctx, report, n, path) for n in off),
        comments=tuple(_comments(ctx, report, told, path)),
        annex=Link(str(ctx.t("annex")), links.url(path, links.annex(report.period.label))),
        actions=action_views(ctx, path, _due(ctx, report.period)),
        signoffs=tuple(
            SignoffView(_role(ctx, s.role), ctx.inline(s.by), format_date(s.on, ctx.language))
            for s in report.signoffs
        ),
        marks=marks(ctx, (n.reading.state for n in stands.values())),
        report_file=report.where.file,
    )


def _annex(ctx: Context, report: Report, stands: Mapping[str, Now]) -> AnnexView:
    path = links.annex(report.period.label)
    period = format_period(report.period, ctx.language)
    above = Link(
        str(ctx.t("report_of", period)), links.url(path, links.report(report.period.label))
    )
    return AnnexView(
        title=ctx.t("annex_of", period),
        crumbs=(Link(str(ctx.t("reports")), links.url(path, INDEX)), above),
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
    for name in report.scorecards:
        card = ctx.catalog.scorecards.get(name)
        if card is not None:
            scored = _scored(ctx, name, report.period)
            yield ScorecardPart(summary(ctx, card, path, scored), period_view(ctx, scored, path))


def _scored(ctx: Context, name: str, period: Period) -> ScoredCard:
    """Return the scorecard as it stands in ``period``.

    A scorecard with a longer cycle is shown in the period of its own that holds it.
    """
    card = ctx.catalog.scorecards[name]
    if card.cycle.rank > period.grain.rank:
        period = ctx.catalog.site.calendar.containing(period.last, card.cycle)
    scored = (s for s in ctx.scores.get(name, ()) if s.period == period)
    return next(scored, None) or score_period(ctx.catalog, ctx.results, card, period)


def _moved(found: tuple[Move, ...], path: str, *, better: bool) -> tuple[Moved, ...]:
    kept = [m for m in found if m.better is better][:_MOVES]
    return tuple(Moved(tile(m.now, path), f"{m.times:.1f}") for m in kept)


def _off(ctx: Context, report: Report, found: Now, path: str) -> OffTarget:
    comments: Mapping[str, Text] = {str(k): v for k, v in report.comments.items()}
    return OffTarget(
        tile=tile(found, path),
        comment=ctx.block(comments.get(found.indicator.id)),
        actions=action_views(ctx, path, ctx.actions_of.get(found.indicator.id, ())),
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
            yield DepartmentPart(link, table)


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


def _due(ctx: Context, period: Period) -> tuple[Action, ...]:
    """Return the actions carried in ``period``: begun by its end, and open or worked on in it."""
    return tuple(
        a
        for a in ctx.catalog.actions.values()
        if a.start <= period.last
        and (a.status == "open" or any(period.holds(u.on) for u in a.updates))
    )
