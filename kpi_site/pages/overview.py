"""Overviews: departments and perspectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Unit
from kpi_site.files import File
from kpi_site.pages.batches import Batch
from kpi_site.pages.context import Context
from kpi_site.pages.parts import ActionView, Link, action_view, link_to
from kpi_site.pages.rows import NOTHING
from kpi_site.pages.scorecard import first_line
from kpi_site.pages.signals import MovesView, moves_view
from kpi_site.pages.tables import Counts, Mark, linked_levels, marks, nowhere
from kpi_site.pages.template import beside_list, page
from kpi_site.pages.ways import SIGNALS
from kpi_site.scoring import LEVELS, Level
from kpi_site.story.reading import Now
from kpi_site.story.teller import Ref
from kpi_site.story.unit_page import UnitMiss, UnitScorecard
from kpi_site.story.units import (
    StandsStory,
    StandStory,
    UnitCounts,
    UnitKind,
    UnitStory,
    tell_counts,
    tell_unit,
    units_of,
)
from kpi_site.wording.targets import rebased
from kpi_site.wording.words import status_mark, status_words


@dataclass(frozen=True, slots=True)
class StandRow:
    """An indicator in an overview; ``now`` is None where nothing was computed.

    ``anchor`` is there in the first row of each level: what its count leads to. ``level`` is
    that of a card in use, ``rank`` its place among levels, the worst first; ``other`` the
    perspective of a department's card, the department of a perspective's.
    """

    link: Link
    name: Markup
    status: str
    now: Now | None
    anchor: Markup = NOTHING
    level: str = ""
    rank: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class StandTable:
    """Indicators with where they stand."""

    rows: tuple[StandRow, ...]
    levels: Counts
    marks: tuple[Mark, ...]
    has_period: bool
    other: Markup = NOTHING  # head of the column of other units


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """A scorecard that has to do with a unit."""

    link: Link
    told: UnitScorecard
    levels: Counts


@dataclass(frozen=True, slots=True)
class MissView:
    """An indicator of a unit off its target, with what is said and done about it."""

    link: Link
    told: UnitMiss
    comment: Markup
    report: Link | None
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """A department or perspective with its indicators; ``more`` are off target besides."""

    name: Markup
    crumbs: tuple[Link, ...]
    scorecards: tuple[ScorecardRow, ...]
    misses: tuple[MissView, ...]
    more: int
    moves: MovesView
    reports: tuple[Link, ...]
    table: StandTable


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A department or perspective in the list: how many of its indicators stand where."""

    link: Link
    count: int
    levels: tuple[tuple[int, Markup], ...]


@dataclass(frozen=True, slots=True)
class UnitsView:
    """A list of departments or perspectives; ``levels`` are the heads (mark, words)."""

    title: Markup
    levels: tuple[tuple[str, str], ...]
    units: tuple[UnitRow, ...]


def stand_table(
    ctx: Context, told: StandsStory, path: str, kind: UnitKind | None = None, anchors: str = ""
) -> StandTable:
    """Return the table of where indicators stand, for the page at ``path``.

    Its counts lead to its rows, whose anchors begin with ``anchors``. On the page of a unit (of
    a ``kind``) these can be sorted.
    """
    begin = anchors or "status"
    found = _anchors(told, begin) if kind or anchors else {}
    address = partial(_first, path, path, begin) if found else nowhere
    rows = tuple(_stand_row(ctx, row, path, found, kind) for row in told.rows)
    other = {"department": "perspective", "perspective": "department"}[kind] if kind else ""
    return StandTable(
        rows=rows,
        levels=linked_levels(ctx, told.levels, address),
        marks=marks(ctx, (row.now.reading.told for row in told.rows if row.now is not None)),
        has_period=told.several_periods,
        other=ctx.t(other.capitalize()) if any(row.other for row in rows) else NOTHING,
    )


def _stand_row(
    ctx: Context,
    row: StandStory,
    path: str,
    anchors: Mapping[str, Markup],
    kind: UnitKind | None,
) -> StandRow:
    now, card = row.now, ctx.catalog.indicators.get(row.ref.id)
    used = now is not None and now.indicator.in_use
    level = now.reading.level if now is not None and used else None
    other = ""
    if card is not None and kind == "department":
        other = ctx.perspective(card.perspective) if card.perspective else ""
    elif card is not None and kind == "perspective":
        other = ctx.department(card.department)
    return StandRow(
        link=link_to(path, row.ref),
        name=ctx.inline(row.name),
        status=row.status,
        now=now,
        anchor=anchors.get(row.ref.id, NOTHING),
        level=level or "",
        rank=str(LEVELS[::-1].index(level)) if level and level != "none" else "",
        other=other,
    )


def _anchors(told: StandsStory, begin: str) -> dict[str, Markup]:
    """Return an anchor for the first card in use at each level, by its id."""
    first: dict[Level, str] = {}
    for row in told.rows:
        if row.now is not None and row.now.indicator.in_use:
            first.setdefault(row.now.reading.level, row.ref.id)
    return {name: links.anchor(f"{begin}-{level}") for level, name in first.items()}


def unit_batches(ctx: Context) -> Iterator[Batch]:
    """Yield the pages of departments and perspectives that have indicators."""
    kinds: tuple[UnitKind, ...] = ("department", "perspective")
    for kind in kinds:
        found = units_of(ctx, kind)
        if found:
            yield Batch(f"{kind}s", partial(_units_page, ctx, kind))
        for unit in found:
            yield Batch(f"{kind} {unit.id}", partial(_unit_page, ctx, kind, unit))


def _units_page(ctx: Context, kind: UnitKind) -> Iterator[File]:
    index, title = f"{kind}s/index.md", ctx.t(f"{kind}s")
    told = (tell_counts(ctx, kind, unit) for unit in units_of(ctx, kind))
    view = UnitsView(
        title=title,
        levels=tuple((status_mark(k), status_words(k, ctx.language)) for k in LEVELS),
        units=tuple(_row(u, index, f"{kind}s/{u.ref.id}.md") for u in told),
    )
    yield page(index, "units.md.j2", ctx.language, view, beside_list(str(title)))


def _unit_page(ctx: Context, kind: UnitKind, unit: Unit) -> Iterator[File]:
    told = tell_unit(ctx, kind, unit)
    index, path = f"{kind}s/index.md", f"{kind}s/{unit.id}.md"
    above = Link(str(ctx.t(f"{kind}s")), links.url(path, index))
    own = _unit(ctx, told, above, path, kind)
    yield page(path, "unit.md.j2", ctx.language, own, beside_list(told.ref.name))


def _row(told: UnitCounts, index: str, path: str) -> UnitRow:
    counts = zip(LEVELS, told.counts, strict=True)
    levels = ((count, _first(index, path, "status", level)) for level, count in counts)
    return UnitRow(link_to(index, told.ref), told.cards, tuple(levels))


def _first(page_path: str, path: str, begin: str, level: Level) -> Markup:
    """Return the address of the first row at ``level`` in the table of the page at ``path``."""
    return links.url(page_path, f"{path}#{begin}-{level}")


def _unit(ctx: Context, told: UnitStory, above: Link, path: str, kind: UnitKind) -> UnitView:
    return UnitView(
        name=ctx.inline(told.name),
        crumbs=(above,),
        scorecards=tuple(
            ScorecardRow(
                link_to(path, s.ref),
                s,
                linked_levels(ctx, s.levels, first_line(path, links.scorecard(s.ref.id))),
            )
            for s in told.page.scorecards
        ),
        misses=tuple(_miss(ctx, miss, path) for miss in told.page.misses),
        more=told.page.more,
        reports=tuple(_report(ctx, told, ref, path) for ref in told.page.reports),
        moves=moves_view(told.moved, path, SIGNALS),
        table=stand_table(ctx, told.stands, path, kind),
    )


def _miss(ctx: Context, told: UnitMiss, path: str) -> MissView:
    own = links.report(told.report.id) if told.report else path
    return MissView(
        link=link_to(path, ctx.card_ref(told.now.indicator.id)),
        told=told,
        comment=ctx.block(told.comment, lambda target: rebased(target, own, path)),
        report=link_to(path, told.report) if told.report else None,
        actions=tuple(action_view(ctx, path, action) for action in told.actions),
    )


def _report(ctx: Context, told: UnitStory, ref: Ref, path: str) -> Link:
    """Return the link to a report; to the part about the unit, if it was published with one."""
    editions = ctx.told.editions.get(ref.id, ())
    anchor = f"department-{links.anchor(told.ref.id)}"
    text = editions[-1].files.get(f"article.{ctx.language}.md", b"") if editions else b""
    part = f"#{anchor}" if f'id="{anchor}"'.encode() in text else ""
    return Link(ref.name, links.url(path, f"{links.report(ref.id)}{part}"))
