"""What changed, on home, department and report pages: signals, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site import links
from kpi_site.pages.parts import Link, link_to
from kpi_site.story.reading import Now
from kpi_site.story.signals import MovesStory, MoveStory, SignalStory
from kpi_site.story.teller import Ref


@dataclass(frozen=True, slots=True)
class MoveView:
    """An indicator whose newest value is a signal."""

    link: Link
    now: Now
    signal: SignalStory
    why: str


@dataclass(frozen=True, slots=True)
class MovesView:
    """What changed: ``told``, and the signals by the word that heads them.

    ``all`` is where those are that are not named; a frozen report leads to its own annex.
    """

    told: MovesStory
    groups: tuple[tuple[str, tuple[MoveView, ...]], ...]
    all: Markup


def moves_view(told: MovesStory, path: str, every: str = "") -> MovesView:
    """Return what changed, for the page at ``path``; ``every`` is where all signals are."""
    return MovesView(
        told,
        tuple((key, move_views(moves, path)) for key, moves in told.groups),
        links.url(path, every) if every else Markup(),
    )


def move_views(moves: Iterable[MoveStory], path: str) -> tuple[MoveView, ...]:
    """Return signals for the page at ``path``."""

    def link(now: Now) -> Link:
        return link_to(path, Ref("indicator", str(now.indicator.id), now.name, foreign=now.foreign))

    return tuple(MoveView(link(m.now), m.now, m.signal, m.why) for m in moves)
