"""Overviews: departments and perspectives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Indicator, Unit
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.pages.tables import Mark, level_views, marks
from kpi_site.pages.template import beside_list, page
from kpi_site.scoring import LEVELS
from kpi_site.story.reading import Now
from kpi_site.story.standing import level_counts
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


def stand_table(
    ctx: Context, indicators: Iterable[Indicator], stands: Mapping[str, Now], path: str
) -> StandTable:
    """Return where ``indicators`` stand, for the page at ``path``."""
    rows = tuple(
        StandRow(
            link=Link(ctx.name(i.name), links.url(path, links.indicator(i.id))),
            name=ctx.inline(i.name),
            status=i.status,
            now=stands.get(i.id),
        )
        for i in indicators
    )
    found = [r.now for r in rows if r.now is not None]
    return StandTable(
        rows=rows,
        levels=level_views(ctx, level_counts(found)),
        marks=marks(ctx, (n.reading.state for n in found)),
        has_period=len({n.reading.period for n in found}) > 1,
    )


def unit_pages(ctx: Context, stands: Mapping[str, Now]) -> Iterator[File]:
    """Yield the pages of departments and perspectives that have indicators."""
    site = ctx.catalog.site
    yield from _units(ctx, "departments", site.departments, stands)
    yield from _units(ctx, "perspectives", site.perspectives, stands)


def _units(
    ctx: Context, kind: str, units: Iterable[Unit], stands: Mapping[str, Now]
) -> Iterator[File]:
    index = f"{kind}/index.md"
    of = [(u, _members(ctx, kind, u)) for u in units]
    kept = [(u, members) for u, members in of if members]
    if not kept:
        return
    title = ctx.t(kind)
    view = UnitsView(
        title=title,
        levels=tuple((status_mark(k), status_words(k, ctx.language)) for k in LEVELS),
        units=tuple(_unit_row(ctx, kind, u, members, stands, index) for u, members in kept),
    )
    yield page(index, "units.md.j2", ctx.language, view, beside_list(str(title)))
    for unit, members in kept:
        path = f"{kind}/{unit.id}.md"
        own = _unit(ctx, kind, unit, members, stands, path)
        yield page(path, "unit.md.j2", ctx.language, own, beside_list(ctx.name(unit.name)))


def _unit_row(
    ctx: Context,
    kind: str,
    unit: Unit,
    members: tuple[Indicator, ...],
    stands: Mapping[str, Now],
    index: str,
) -> UnitRow:
    levels = [stands[i.id].reading.level for i in members if i.id in stands and i.in_use]
    return UnitRow(
        link=Link(ctx.name(unit.name), links.url(index, f"{kind}/{unit.id}.md")),
        count=len(members),
        levels=tuple(levels.count(k) for k in LEVELS),
    )


def _members(ctx: Context, kind: str, unit: Unit) -> tuple[Indicator, ...]:
    key = "department" if kind == "departments" else "perspective"
    cards = (i for i in ctx.catalog.indicators.values() if getattr(i, key) == unit.id)
    return tuple(sorted(cards, key=lambda i: i.status != "active"))


def _unit(
    ctx: Context,
    kind: str,
    unit: Unit,
    members: Iterable[Indicator],
    stands: Mapping[str, Now],
    path: str,
) -> UnitView:
    return UnitView(
        name=ctx.inline(unit.name),
        crumbs=(Link(str(ctx.t(kind)), links.url(path, f"{kind}/index.md")),),
        table=stand_table(ctx, members, stands, path),
    )
