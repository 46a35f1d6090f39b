"""Exact numbers: decimals with far more digits than anything that is shown.

Counts, sums and products are exact to the last digit; only a division can be inexact, and
then in the fiftieth digit. `settled` rounds that away, so that a value which meets its target
is never a hair below it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, Overflow

EXACT = Context(prec=50, Emax=10**6, Emin=-(10**6), traps=[Overflow])
"""The context of divisions, points and totals; use its methods, not operators."""

WHOLE = Context(prec=10_000, Emax=10**6, Emin=-(10**6), traps=[Overflow])
"""The context of sums and products of figures, which lose no digit."""

_KEPT = Context(prec=28)
_DOUBLE = Context(prec=17)
_TIDY = Context(prec=15)
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


def settled(number: Decimal, *, exact: bool = False) -> Decimal:
    """Return ``number`` as it is published: exact if 28 digits do it, else 17 digits.

    17 significant digits are what a double carries. An ``exact`` number, in which nothing was
    divided, keeps all of its digits. There is never a positive exponent.
    """
    kept = number if exact else _KEPT.plus(number)
    if kept != number:
        kept = _DOUBLE.plus(number).normalize(_DOUBLE)
    return Decimal(int(kept)) if "E+" in str(kept) else kept


def tidy(number: Decimal) -> Decimal:
    """Return points or a total with 15 significant digits: the noise of its parts is gone."""
    return settled(_TIDY.plus(number).normalize(_TIDY))


def round_half_away(number: Decimal, places: int) -> Decimal:
    """Round to ``places`` decimals, halves away from zero, as accountants do.

    Rules: specification.md#rounding.
    """
    return number.quantize(Decimal((0, (1,), -places)), context=_ROUNDING)
