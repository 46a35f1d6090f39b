"""What is told of departments and perspectives: their cards, and how many stand where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kpi_site.catalog import Indicator, Unit
from kpi_site.scoring import LEVELS, Level
from kpi_site.story.reading import Now
from kpi_site.story.signals import MovesStory, signal_moves, tell_moves
from kpi_site.story.standing import in_card_order, level_counts
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.story.unit_page import UnitPage, tell_unit_page

UnitKind = Literal["department", "perspective"]


@dataclass(frozen=True, slots=True)
class StandStory:
    """An indicator in an overview; ``now`` is None where nothing was computed."""

    ref: Ref
    name: Said | None
    status: str
    now: Now | None


@dataclass(frozen=True, slots=True)
class StandsStory:
    """Indicators with where they stand: (level, number) of each level that occurs.

    ``several_periods`` tells that they do not all stand in the same one.
    """

    rows: tuple[StandStory, ...]
    levels: tuple[tuple[Level, int], ...]
    several_periods: bool


@dataclass(frozen=True, slots=True)
class UnitStory:
    """A department or perspective: its cards, those in use first.

    ``counts`` are the numbers of cards in use at each of ``LEVELS``, ``moved`` their signals,
    ``page`` what its page tells besides.
    """

    ref: Ref
    name: Said | None
    stands: StandsStory
    counts: tuple[int, ...]
    moved: MovesStory
    page: UnitPage


def tell_stands(
    teller: Teller, indicators: Iterable[Indicator], stands: Mapping[str, Now]
) -> StandsStory:
    """Return where ``indicators`` stand, in their order."""
    rows = tuple(
        StandStory(
            ref=teller.card_ref(i.id),
            name=teller.said(i.name),
            status=i.status,
            now=stands.get(i.id),
        )
        for i in indicators
    )
    found = [r.now for r in rows if r.now is not None]
    periods = {n.reading.period for n in found}
    return StandsStory(rows, level_counts(found), len(periods) > 1)


def tell_units(teller: Teller, kind: UnitKind, stands: Mapping[str, Now]) -> tuple[UnitStory, ...]:
    """Return the departments or perspectives that have cards, in the site's order."""
    site = teller.catalog.site
    units = site.departments if kind == "department" else site.perspectives
    found = ((unit, _members(teller, kind, unit)) for unit in units)
    return tuple(_unit(teller, kind, u, members, stands) for u, members in found if members)


def _members(teller: Teller, kind: UnitKind, unit: Unit) -> tuple[Indicator, ...]:
    cards = (i for i in teller.catalog.indicators.values() if getattr(i, kind) == unit.id)
    return tuple(sorted(in_card_order(teller, cards), key=lambda i: i.status != "active"))


def _unit(
    teller: Teller,
    kind: UnitKind,
    unit: Unit,
    members: tuple[Indicator, ...],
    stands: Mapping[str, Now],
) -> UnitStory:
    told = tell_stands(teller, members, stands)
    active = [r.now for r in told.rows if r.now is not None and r.now.indicator.in_use]
    counted = dict(told.levels)
    return UnitStory(
        ref=Ref(kind, str(unit.id), teller.name(unit.name)),
        name=teller.said(unit.name),
        stands=told,
        counts=tuple(counted.get(level, 0) for level in LEVELS),
        moved=tell_moves(teller, active, signal_moves(teller, active)),
        page=tell_unit_page(teller, str(unit.id), active),
    )
