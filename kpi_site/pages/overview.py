"""Overviews: departments and perspectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site import links
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link, link_to
from kpi_site.pages.signals import MovesView, moves_view
from kpi_site.pages.tables import Mark, level_views, marks
from kpi_site.pages.template import beside_list, page
from kpi_site.scoring import LEVELS
from kpi_site.story.reading import Now
from kpi_site.story.units import StandsStory, UnitKind, UnitStory, tell_units
from kpi_site.wording.words import status_mark, status_words


@dataclass(frozen=True, slots=True)
class StandRow:
    """An indicator in an overview; ``now`` is None where nothing was computed."""

    link: Link
    name: Markup
    status: str
    now: Now | None


@dataclass(frozen=True, slots=True)
class StandTable:
    """Indicators with where they stand."""

    rows: tuple[StandRow, ...]
    levels: tuple[tuple[str, str, int], ...]
    marks: tuple[Mark, ...]
    has_period: bool


@dataclass(frozen=True, slots=True)
class UnitView:
    """A department or perspective with its indicators."""

    name: Markup
    crumbs: tuple[Link, ...]
    moves: MovesView
    table: StandTable


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A department or perspective in the list: how many of its indicators stand where."""

    link: Link
    count: int
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitsView:
    """A list of departments or perspectives; ``levels`` are the heads (mark, words)."""

    title: Markup
    levels: tuple[tuple[str, str], ...]
    units: tuple[UnitRow, ...]


def stand_table(ctx: Context, told: StandsStory, path: str) -> StandTable:
    """Return the table of where indicators stand, for the page at ``path``."""
    return StandTable(
        rows=tuple(
            StandRow(link_to(path, row.ref), ctx.inline(row.name), row.status, row.now)
            for row in told.rows
        ),
        levels=level_views(ctx, told.levels),
        marks=marks(ctx, (row.now.reading.told for row in told.rows if row.now is not None)),
        has_period=told.several_periods,
    )


def unit_pages(ctx: Context, stands: Mapping[str, Now]) -> Iterator[File]:
    """Yield the pages of departments and perspectives that have indicators."""
    yield from _units(ctx, "department", stands)
    yield from _units(ctx, "perspective", stands)


def _units(ctx: Context, kind: UnitKind, stands: Mapping[str, Now]) -> Iterator[File]:
    told = tell_units(ctx, kind, stands)
    if not told:
        return
    index, title = f"{kind}s/index.md", ctx.t(f"{kind}s")
    rows = (UnitRow(link_to(index, u.ref), len(u.stands.rows), u.counts) for u in told)
    view = UnitsView(
        title=title,
        levels=tuple((status_mark(k), status_words(k, ctx.language)) for k in LEVELS),
        units=tuple(rows),
    )
    yield page(index, "units.md.j2", ctx.language, view, beside_list(str(title)))
    for unit in told:
        path = f"{kind}s/{unit.ref.id}.md"
        own = _unit(ctx, unit, Link(str(title), links.url(path, index)), path)
        yield page(path, "unit.md.j2", ctx.language, own, beside_list(unit.ref.name))


def _unit(ctx: Context, told: UnitStory, above: Link, path: str) -> UnitView:
    return UnitView(
        name=ctx.inline(told.name),
        crumbs=(above,),
        moves=moves_view(told.moved, path),
        table=stand_table(ctx, told.stands, path),
    )
