"""Two numbers side by side, rounded as pages round them, yet never shown as the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Measure
from kpi_site.results import Result
from kpi_site.tidy import plain
from kpi_site.wording.judged import NO_BOUNDS, Bounds, figure_text, truly_rounded
from kpi_site.wording.numbers import format_difference, format_number, format_value
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
        return _alone(old, was, language, absent), _alone(new, card, language, absent), ""

    limits = {first: (old.threshold, was), second: (new.threshold, card)}

    def show(value: Decimal, places: int) -> str:
        threshold, judged = limits[value]
        return figure_text(value, judged, threshold, language, decimals=places)

    before, after, places = apart(first, second, card.decimals, show)
    difference = ""
    if first != second:
        difference = _difference(first, second, card.unit, places, language)
    return f"{before}{_mark(old)}", f"{after}{_mark(new)}", difference


def _difference(old: Decimal, new: Decimal, unit: Measure, places: int, language: str) -> str:
    """Return the difference with as many places as show that there is one, from ``places`` on."""
    finer = range(places, places + _MORE + 1)
    texts = [format_difference(new, old, unit, more, language) for more in finer]
    return next((text for text in texts if not text.startswith("±")), texts[0])


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


def numbers_apart(
    old: Decimal | None, new: Decimal | None, unit: Measure | None, places: int, language: str
) -> tuple[str, str]:
    """Return two published numbers, in ``unit`` or as points; "" for a missing one."""

    def show(value: Decimal, more: int) -> str:
        if unit is None:
            return format_number(value, more)
        return format_value(value, unit, more, language)

    if old is None or new is None:
        before, after = ("" if n is None else show(n, places) for n in (old, new))
        return before, after
    return apart(old, new, places, show)[:2]


def _alone(result: Result | None, card: Indicator, language: str, absent: str) -> str:
    if result is None:
        return absent
    if not result.state.has_value or result.value is None:
        return state_words(result.state, language)
    return figure_text(result.value, card, result.threshold, language) + _mark(result)


def _mark(result: Result) -> str:
    mark = state_mark(result.state)
    return f" {mark}" if mark else ""
