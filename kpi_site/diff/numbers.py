"""Two numbers side by side, rounded as pages round them, yet never shown as the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.editions.revisions import Revision
from kpi_site.results import Result
from kpi_site.tidy import plain
from kpi_site.wording.judged import NO_BOUNDS, Bounds, figure_text, truly_rounded
from kpi_site.wording.numbers import format_difference, format_number, seen_difference
from kpi_site.wording.words import state_mark, state_words

_MORE: Final = 12  # places beyond those of the pages


def apart(
    old: Decimal, new: Decimal, places: int, show: Callable[[Decimal, int], str]
) -> tuple[str, str, int]:
    """Return both numbers with as many places as tell them apart, from ``places`` on.

    Equal numbers keep ``places``; what differs beyond all places is shown in full.
    """
    for more in range(places, places + _MORE + 1):
        texts = show(old, more), show(new, more)
        if texts[0] != texts[1] or old == new:
            return *texts, more
    return plain(old) or "", plain(new) or "", places + _MORE


def values_apart(
    old: Result | None,
    new: Result | None,
    cards: tuple[Indicator, Indicator],
    language: str,
    absent: str,
) -> tuple[str, str, str]:
    """Return the old value, the new one and their difference, in the units of the old and new card.

    A missing number is told by its state; ``absent`` stands for no such result.
    """
    was, card = cards
    first, second = (r.value if r and r.state.has_value else None for r in (old, new))
    if old is None or new is None or first is None or second is None or was.unit != card.unit:
        return alone(old, was, language, absent), alone(new, card, language, absent), ""

    limits = {first: (old.threshold, was), second: (new.threshold, card)}

    def show(value: Decimal, places: int) -> str:
        threshold, judged = limits[value]
        return figure_text(value, judged, threshold, language, decimals=places)

    before, after, places = apart(first, second, card.decimals, show)
    difference = ""
    if first != second:
        difference = seen_difference(
            lambda more: format_difference(second, first, card.unit, more, language), places
        )
    return f"{before}{_mark(old)}", f"{after}{_mark(new)}", difference


def points_apart(
    old: Decimal | None,
    new: Decimal | None,
    absent: str,
    bounds: tuple[Bounds, Bounds] = (NO_BOUNDS, NO_BOUNDS),
) -> tuple[str, str]:
    """Return old and new points, or totals; each has the ``bounds`` that it is judged by."""

    def show(side: int, points: Decimal, places: int) -> str:
        return format_number(*truly_rounded(points, places, bounds[side]))

    if old is None or new is None:
        before, after = (absent if p is None else show(i, p, 1) for i, p in enumerate((old, new)))
        return before, after
    if old == new:
        return show(0, old, 1), show(1, new, 1)
    return apart(old, new, 1, lambda p, places: show(0 if p == old else 1, p, places))[:2]


def revised_apart(revision: Revision, language: str) -> tuple[str, str]:
    """Return what was published and what it is now; "" for a missing number."""
    old, new = revision.old, revision.new
    if old is None or new is None:
        before, after = ("" if n is None else revision.text(n, language) for n in (old, new))
        return before, after
    places = 1 if revision.unit is None else revision.decimals
    return apart(old, new, places, lambda n, more: revision.text(n, language, more))[:2]


def alone(result: Result | None, card: Indicator, language: str, absent: str) -> str:
    """Return a figure as its card writes it; ``absent`` stands for none."""
    if result is None:
        return absent
    if not result.state.has_value or result.value is None:
        return state_words(result.told, language)
    return figure_text(result.value, card, result.threshold, language) + _mark(result)


def _mark(result: Result) -> str:
    mark = state_mark(result.state)
    return f" {mark}" if mark else ""
