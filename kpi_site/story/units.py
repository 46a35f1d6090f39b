"""What is told of departments and perspectives: their cards, and how many stand where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kpi_site.catalog import Indicator, Unit
from kpi_site.scoring import LEVELS, Level
from kpi_site.story.reading import Now, now
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

    ``moved`` are their signals, ``page`` what its page tells besides.
    """

    ref: Ref
    name: Said | None
    stands: StandsStory
    moved: MovesStory
    page: UnitPage


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """A department or perspective in the list of them: its number of cards.

    ``counts`` are the numbers of cards in use at each of ``LEVELS``.
    """

    ref: Ref
    cards: int
    counts: tuple[int, ...]


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


def units_of(teller: Teller, kind: UnitKind) -> tuple[Unit, ...]:
    """Return the departments or perspectives that have cards, in the site's order."""
    site = teller.catalog.site
    units = site.departments if kind == "department" else site.perspectives
    return tuple(unit for unit in units if _members(teller, kind, unit))


def _members(teller: Teller, kind: UnitKind, unit: Unit) -> tuple[Indicator, ...]:
    cards = teller.cards_of.get(f"{kind} {unit.id}", ())
    return tuple(sorted(in_card_order(teller, cards), key=lambda i: i.status != "active"))


def tell_counts(teller: Teller, kind: UnitKind, unit: Unit) -> UnitCounts:
    """Return how many of a unit's cards stand where."""
    told = _stands(teller, kind, unit)
    counted = dict(told.levels)
    counts = tuple(counted.get(level, 0) for level in LEVELS)
    return UnitCounts(_ref(teller, kind, unit), len(told.rows), counts)


def tell_unit(teller: Teller, kind: UnitKind, unit: Unit) -> UnitStory:
    """Return what the page of a unit tells."""
    told = _stands(teller, kind, unit)
    active = [r.now for r in told.rows if r.now is not None and r.now.indicator.in_use]
    return UnitStory(
        ref=_ref(teller, kind, unit),
        name=teller.said(unit.name),
        stands=told,
        moved=tell_moves(teller, active, signal_moves(teller, active)),
        page=tell_unit_page(teller, str(unit.id), active),
    )


def _stands(teller: Teller, kind: UnitKind, unit: Unit) -> StandsStory:
    members = _members(teller, kind, unit)
    found = ((str(card.id), now(teller, card)) for card in members)
    return tell_stands(teller, members, {name: one for name, one in found if one is not None})


def _ref(teller: Teller, kind: UnitKind, unit: Unit) -> Ref:
    return Ref(kind, str(unit.id), teller.name(unit.name))
