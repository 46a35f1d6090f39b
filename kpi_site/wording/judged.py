"""A judged number as readers see it: rounded, yet never on another side of what judges it.

Where rounding would show 109.951 as 110.0 beside the grade below 110, or 94.96 % as 95.0 %
beside "below target", there are as many more decimals as tell the truth, at most two; where
they do not suffice, the last digit is rounded towards the side on which the number lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Final

from kpi_site.catalog import (
    Direction,
    Grade,
    Indicator,
    Measure,
    RankGrade,
    Scoring,
    Threshold,
)
from kpi_site.wording.numbers import format_number, format_shown, round_away, shown

_MORE: Final = 2
_WRITTEN: Final = 6  # nobody writes a threshold with more decimals; one that has them is computed
_WIDE: Final = Context(prec=400)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number is judged by: ``floors`` are met at or above them, ``ceilings`` at or below."""

    floors: tuple[Decimal, ...] = ()
    ceilings: tuple[Decimal, ...] = ()

    def alike(self, one: Decimal, other: Decimal) -> bool:
        """Tell whether both numbers meet the same bounds."""
        return all((one >= b) == (other >= b) for b in self.floors) and all(
            (one <= b) == (other <= b) for b in self.ceilings
        )

    def each(self, change: Callable[[Decimal], Decimal]) -> Bounds:
        """Return the bounds in another unit."""
        return Bounds(tuple(map(change, self.floors)), tuple(map(change, self.ceilings)))


NO_BOUNDS: Final = Bounds()


def threshold_bounds(threshold: Threshold | None, direction: Direction, centre: Decimal) -> Bounds:
    """Return what values of a card are judged by; around a centre, both ends of each distance."""
    if threshold is None or direction == "none":
        return NO_BOUNDS
    limits = (threshold.baseline, threshold.target, threshold.challenge)
    given = tuple(limit for limit in limits if limit is not None)
    match direction:
        case "higher":
            return Bounds(floors=given)
        case "lower":
            return Bounds(ceilings=given)
    ends = tuple((_WIDE.subtract(centre, x), _WIDE.add(centre, x)) for x in given)
    return Bounds(tuple(low for low, _ in ends), tuple(high for _, high in ends))


def points_bounds(scoring: Scoring) -> Bounds:
    """Return what the points of a line tell: which threshold its value has met."""
    return Bounds(floors=(scoring.baseline, scoring.target, scoring.challenge))


def grade_bounds(grades: Iterable[Grade | RankGrade]) -> Bounds:
    """Return where the grades of a total begin; those by rank begin nowhere."""
    return Bounds(floors=tuple(g.start for g in grades if isinstance(g, Grade)))


def truly_rounded(number: Decimal, decimals: int, bounds: Bounds) -> tuple[Decimal, int]:
    """Return ``number`` rounded so that it meets the same ``bounds``, and its decimals."""
    for places in range(decimals, decimals + _MORE + 1):
        rounded = round_away(number, places)
        if bounds.alike(number, rounded):
            return rounded, places
    places = decimals + _MORE
    for towards in (ROUND_FLOOR, ROUND_CEILING):
        cut = number.quantize(Decimal(1).scaleb(-places), towards, _WIDE)
        if bounds.alike(number, cut):
            return cut.copy_abs() if cut.is_zero() else cut, places
    return number, places_of(number)  # bounds on both sides, closer than the last digit


def places_of(number: Decimal) -> int:
    """Return the decimals that ``number`` needs to be written in full."""
    exponent = number.normalize(_WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def figure_text(
    value: Decimal | None,
    card: Indicator,
    threshold: Threshold | None,
    language: str,
    *,
    with_unit: bool = True,
    decimals: int | None = None,
) -> str:
    """Return a value of ``card`` as readers see it beside its status by ``threshold``.

    ``decimals`` are those of the card unless given. "" for None.
    """
    bounds = threshold_bounds(threshold, card.direction, card.centre)
    least = card.decimals if decimals is None else decimals
    return judged_text(value, bounds, card.unit, least, language, with_unit=with_unit)


def judged_text(
    value: Decimal | None,
    bounds: Bounds,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    with_unit: bool = True,
) -> str:
    """Return a value as readers see it beside what it is by ``bounds``; "" for None."""
    if value is None:
        return ""
    number, places = shown(value, measure, language), decimals
    if bounds is not NO_BOUNDS:
        seen = bounds.each(lambda bound: shown(bound, measure, language))
        number, places = truly_rounded(number, decimals, seen)
    return format_shown(number, measure, places, language, with_unit=with_unit)


def threshold_text(
    value: Decimal | None,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    with_unit: bool = True,
) -> str:
    """Return a threshold in full, with at least ``decimals``; "" for None.

    An amount that is scaled for readers, and what was computed, has at most two decimals more.
    """
    if value is None:
        return ""
    number = shown(value, measure, language)
    places = max(decimals, places_of(number))
    if measure.scale or places > _WRITTEN:
        places = min(places, decimals + _MORE)
    return format_shown(number, measure, places, language, with_unit=with_unit)


def points_text(points: Decimal | None, bounds: Bounds, decimals: int = 1) -> str:
    """Return points or a total with one decimal, or as many more as ``bounds`` ask for."""
    if points is None:
        return ""
    number, places = truly_rounded(points, decimals, bounds)
    return format_number(number, places)
