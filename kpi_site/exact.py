"""Exact numbers: fractions inside, decimals outside.

Every figure is a fraction of whole numbers until it is shown or written, so that a value
that meets its target exactly is never a hair below it.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

_EXACT_DIGITS = 28
_ROUNDED_DIGITS = 17
_exact = Context(prec=60)
_rounded = Context(prec=_ROUNDED_DIGITS)


def to_decimal(number: Fraction) -> Decimal:
    """Return ``number`` as a decimal: exact if at most 28 digits do it, else 17 digits.

    17 significant digits are what a double carries.
    """
    top, bottom = number.numerator, number.denominator
    if bottom == 1 and -(10**_EXACT_DIGITS) < top < 10**_EXACT_DIGITS:
        return Decimal(top)
    if _terminates(bottom):
        exact = _exact.divide(Decimal(top), Decimal(bottom)).normalize()
        if len(exact.as_tuple().digits) <= _EXACT_DIGITS:
            return _plain(exact)
    return _plain(_rounded.divide(Decimal(top), Decimal(bottom)).normalize(_rounded))


def _terminates(bottom: int) -> bool:
    """Tell whether 1/bottom ends in decimal, within a length worth keeping."""
    for prime in (2, 5):
        for _ in range(100):
            bottom, rest = divmod(bottom, prime)
            if rest:
                bottom = bottom * prime + rest
                break
    return bottom == 1


def _plain(number: Decimal) -> Decimal:
    """Return ``number`` without a positive exponent, so that it prints without ``E``."""
    exponent = number.as_tuple().exponent
    return Decimal(int(number)) if isinstance(exponent, int) and exponent > 0 else number


def round_half_away(number: Fraction, places: int) -> Fraction:
    """Round to ``places`` decimals, halves away from zero, as accountants do (DESIGN §3.8)."""
    scale = 10 ** abs(places)
    scaled = number * scale if places >= 0 else number / scale
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    signed = whole if scaled >= 0 else -whole
    return Fraction(signed, scale) if places >= 0 else Fraction(signed * scale)
