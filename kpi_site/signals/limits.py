"""Natural process limits: how far values swing by themselves (specification.md#limits).

Everything is counted in whole numbers, so that a value that lies exactly on a limit, or on the
mean, is known to lie there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kpi_site.exact import EXACT, WHOLE, settled

LEAST: Final = 12
"""The fewest values that have limits."""
_WIDTH: Final = 266  # hundredths of the mean moving range from the mean to a limit
_UNUSUAL: Final = 3267  # thousandths of it, above which a moving range is left out


@dataclass(frozen=True, slots=True)
class Limits:
    """The mean of a series and its limits, rounded to 17 significant digits."""

    mean: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a series as whole numbers, measured from their mean; None where missing.

    ``reach`` is the distance from the mean to either limit in the same measure, of which
    two thirds are a whole number too. ``limits`` are the same as numbers to be shown.
    """

    from_mean: tuple[int | None, ...]
    reach: int
    limits: Limits


def measure(values: Sequence[Decimal | None]) -> Scale | None:
    """Return ``values`` (oldest first, None where missing) measured by their own limits.

    The limits lie 2.66 mean moving ranges to both sides of the mean; moving ranges above
    3.267 times their mean are left out once. Only neighbours make a moving range. None with
    fewer than 12 values, or where no two are neighbours.
    """
    whole, exponent = _whole(values)
    known = [v for v in whole if v is not None]
    ranges = [abs(b - a) for a, b in pairwise(whole) if a is not None and b is not None]
    if len(known) < LEAST or not ranges:
        return None
    most = _UNUSUAL * sum(ranges)
    usual = [r for r in ranges if r * 1000 * len(ranges) <= most]
    # in units of 1 / (300 × values × moving ranges), everything below is whole
    unit = 300 * len(known) * len(usual)
    mean = 300 * len(usual) * sum(known)
    reach = 3 * _WIDTH * len(known) * sum(usual)
    limits = Limits(*(_number(n, unit, exponent) for n in (mean, mean - reach, mean + reach)))
    return Scale(tuple(None if v is None else v * unit - mean for v in whole), reach, limits)


def _whole(values: Sequence[Decimal | None]) -> tuple[list[int | None], int]:
    """Return the values as multiples of a power of ten, and its exponent."""
    exponents = [v.as_tuple().exponent for v in values if v is not None]
    exponent = min((e for e in exponents if isinstance(e, int)), default=0)
    return [None if v is None else int(v.scaleb(-exponent, WHOLE)) for v in values], exponent


def _number(count: int, unit: int, exponent: int) -> Decimal:
    return settled(EXACT.divide(Decimal(count), Decimal(unit)).scaleb(exponent, EXACT))
