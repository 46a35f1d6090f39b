"""The home page: how the company stands, and three ways in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Report
from kpi_site.files import File
from kpi_site.pages.archive import latest_published
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.pages.scorecard import SummaryView, summary
from kpi_site.pages.signals import MovesView, moves_view
from kpi_site.pages.tables import Counts, Mark, linked_levels, marks
from kpi_site.pages.template import page
from kpi_site.pages.ways import SIGNALS, status_list, way_links
from kpi_site.periods import Period
from kpi_site.scoring import Level
from kpi_site.story.reading import Now
from kpi_site.story.signals import signal_moves, tell_moves
from kpi_site.story.standing import in_card_order, level_counts, none_off, off_target, tell_run
from kpi_site.wording.dates import format_date, format_period
from kpi_site.wording.targets import rebased

PATH = "index.md"
_MOST = 8
_TILES = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator in large: see ``Now``; ``runs`` say how long it has been off target."""

    now: Now
    link: Link
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StandView:
    """A short list of indicators with how many more there are, and where all of them are."""

    tiles: tuple[Tile, ...]
    more: int
    all: Link


@dataclass(frozen=True, slots=True)
class HomeView:
    """Everything that the home page prints."""

    organisation: str
    data_through: str
    levels: Counts
    tiles: tuple[Tile, ...]
    scorecards: tuple[SummaryView, ...]
    off_target: StandView
    none_off: Markup
    moves: MovesView
    published: Link | None
    draft: Link | None
    message: Markup
    departments: tuple[Link, ...]
    ways: tuple[Link, ...]
    scorecard_list: Link | None
    report_list: Link | None
    dataset_list: Link | None
    first_card: str
    marks: tuple[Mark, ...]


def home_page(ctx: Context, stands: Mapping[str, Now]) -> File:
    """Return ``index.md``."""
    view = _view(ctx, stands)
    front = {"title": str(ctx.t("home")), "hide": ["navigation"]}
    return page(PATH, "home.md.j2", ctx.language, view, front)


def _message(ctx: Context, report: Report) -> Markup:
    """Return the opening of a report's summary; its links were written for the report's page."""
    own = links.report(report.period.label)
    return ctx.block(ctx.opening(report.summary), lambda target: rebased(target, own, PATH))


def _view(ctx: Context, stands: Mapping[str, Now]) -> HomeView:
    used = {name: n for name, n in stands.items() if n.indicator.in_use}
    active = tuple(used.values())
    report, published = latest_report(ctx), latest_published(ctx)
    told = report is not None and report.period.label in ctx.told.editions
    catalog = ctx.catalog
    day = ctx.data_through
    off = off_target(active)
    shown = _highlights(ctx, report, used)
    return HomeView(
        organisation=ctx.organisation,
        data_through=format_date(day, ctx.language) if day else "",
        levels=linked_levels(ctx, level_counts(active), partial(status_list, PATH)),
        tiles=tuple(tile(n, PATH) for n in shown),
        scorecards=tuple(summary(ctx, c, PATH) for c in catalog.scorecards.values()),
        off_target=_off_target(ctx, off),
        none_off=ctx.t(*none_off(active)),
        moves=moves_view(tell_moves(ctx, active, signal_moves(ctx, active)), PATH, SIGNALS),
        published=_report_link(ctx, published.period) if published else None,
        draft=_report_link(ctx, report.period) if report and not told else None,
        message=_message(ctx, report) if report else Markup(),
        departments=_departments(ctx),
        ways=way_links(ctx, PATH),
        scorecard_list=_section(ctx, "scorecards") if catalog.scorecards else None,
        report_list=_section(ctx, "reports") if catalog.reports or published else None,
        dataset_list=_section(ctx, "datasets") if catalog.listed_datasets else None,
        first_card=next((i.where.file for i in catalog.indicators.values()), ""),
        marks=marks(ctx, (n.reading.told for n in (*shown, *off[:_MOST]))),
    )


def _off_target(ctx: Context, off: tuple[Now, ...]) -> StandView:
    tiles = (replace(tile(n, PATH), runs=tell_run(ctx, n)) for n in off[:_MOST])
    first: Level = "below" if any(n.reading.level == "below" for n in off) else "baseline"
    return StandView(
        tuple(tiles), len(off[_MOST:]), Link(str(ctx.t("by_status")), status_list(PATH, first))
    )


def _section(ctx: Context, kind: str) -> Link:
    return Link(str(ctx.t(kind)), links.url(PATH, f"{kind}/index.md"))


def _departments(ctx: Context) -> tuple[Link, ...]:
    used = {i.department for i in ctx.catalog.indicators.values()}
    return tuple(
        Link(ctx.name(u.name), links.url(PATH, links.department(u.id)))
        for u in ctx.catalog.site.departments
        if u.id in used
    )


def _report_link(ctx: Context, period: Period) -> Link:
    name = str(ctx.t("report_of", format_period(period, ctx.language)))
    return Link(name, links.url(PATH, links.report(period.label)))


def latest_report(ctx: Context) -> Report | None:
    """Return the report whose period ends last; of two, the one about the shorter period."""
    reports = ctx.catalog.reports.values()
    return max(reports, key=lambda r: (r.period.last, r.period.first), default=None)


def _highlights(ctx: Context, report: Report | None, stands: Mapping[str, Now]) -> list[Now]:
    """Return the tiles: the latest report's highlights, else the first scorecard's cards.

    Else the first cards of the first departments; there those that have a figure come first.
    """
    names: list[str] = list(report.highlights) if report else []
    if not names:
        first = next(iter(ctx.catalog.scorecards.values()), None)
        names = [line.indicator for line in first.all_lines()] if first else _first(ctx, stands)
        names = list(dict.fromkeys(names))[:_TILES]
    return [stands[n] for n in names if n in stands]


def _first(ctx: Context, stands: Mapping[str, Now]) -> list[str]:
    ordered = in_card_order(ctx, (n.indicator for n in stands.values()))
    names = [str(card.id) for card in ordered]
    return sorted(names, key=lambda name: stands[name].result.value is None)


def tile(now: Now, path: str) -> Tile:
    """Return the tile of an indicator on the page at ``path``."""
    return Tile(
        now, Link(now.name, links.url(path, links.indicator(now.indicator.id)), now.foreign)
    )
