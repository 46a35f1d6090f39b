"""Numbers as readers see them: rounded, grouped, with sign and unit (specification.md#rounding).

Values come unscaled (a percentage is a fraction) and exact. Nothing here decides what a
missing number means: None becomes an empty text, and the caller shows the state's mark.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from kpi_site.catalog import Measure, Scale

MINUS = "−"  # the typographic minus sign, as wide as a plus
_FINER = 12  # places beyond those that are shown, to show that there is a difference
_WIDE = Context(prec=400)  # no digit is lost but by rounding; operators would keep 28

_UNIT_WORDS = {  # kind -> (zh, en for one, en for any other number)
    "people": ("人", "person", "people"),
    "points": ("分", "point", "points"),
    "score": ("分", "", ""),
    "minutes": ("分钟", "minute", "minutes"),
    "hours": ("小时", "hour", "hours"),
    "days": ("天", "day", "days"),
    "count": ("", "", ""),
}
_LABELS = {  # where a head says more than the number's own suffix
    "percent": ("%", "%"),
    "count": ("数量", "count"),
    "score": ("分", "score"),
}
_CURRENCIES = {  # code -> (sign before the number, name in Chinese)
    "CNY": ("¥", "元"),
    "USD": ("US$", "美元"),
    "EUR": ("€", "欧元"),
    "GBP": ("£", "英镑"),
    "HKD": ("HK$", "港元"),
    "JPY": ("JP¥", "日元"),
}


def round_away(value: Decimal, decimals: int) -> Decimal:
    """Return ``value`` with ``decimals`` places, halves rounded away from zero; never -0."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)
    return rounded.copy_abs() if rounded.is_zero() else rounded


def format_number(value: Decimal, decimals: int, *, signed: bool = False) -> str:
    """Return ``value`` rounded, with grouped thousands: ``−1,234.5``.

    With ``signed`` a positive number gets a plus sign, and one that rounds to nothing ``±``.
    """
    rounded = round_away(value, decimals)
    return _sign(rounded, signed) + f"{rounded.copy_abs():,.{max(decimals, 0)}f}"


def _sign(rounded: Decimal, signed: bool) -> str:
    if rounded < 0:
        return MINUS
    if not signed:
        return ""
    return "+" if rounded > 0 else "±"


def seen_difference(show: Callable[[int], str], places: int) -> str:
    """Return a signed difference as ``show`` writes it with as many places as show that it is one.

    From ``places`` on; one that is nothing in all of them stays as it is in ``places``.
    """
    texts = (show(more) for more in range(places, places + _FINER + 1))
    return next((text for text in texts if not text.startswith("±")), show(places))


def scale_of(measure: Measure, language: str) -> Scale | None:
    """Return how amounts of ``measure`` are scaled for readers of ``language``, if they are."""
    return measure.scale.get(language)


def shown(value: Decimal, measure: Measure, language: str) -> Decimal:
    """Return ``value`` in the unit that is printed: a fraction × 100, an amount scaled."""
    if measure.kind == "percent":
        return _WIDE.multiply(value, Decimal(100))
    scale = scale_of(measure, language)
    return value if scale is None else _WIDE.divide(value, scale.divide)


def format_value(
    value: Decimal | None,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    with_unit: bool = True,
    signed: bool = False,
) -> str:
    """Return a result as readers see it: ``95.0%``, ``1,234.5万元``, ``8.5 hours``.

    ``decimals`` counts places of the printed number. None gives an empty text. A percent
    sign is part of the number; ``with_unit=False`` leaves it out too, for columns whose
    head names the unit.
    """
    if value is None:
        return ""
    number = shown(value, measure, language)
    return format_shown(number, measure, decimals, language, with_unit=with_unit, signed=signed)


def format_shown(
    number: Decimal,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    with_unit: bool = True,
    signed: bool = False,
) -> str:
    """Return a number that is in its printed unit already, as ``format_value`` does."""
    if not with_unit:
        return format_number(number, decimals, signed=signed)
    rounded = round_away(number, decimals)
    digits = f"{rounded.copy_abs():,.{decimals}f}"
    return _sign(rounded, signed) + _with_unit(digits, rounded, measure, language)


def _with_unit(digits: str, rounded: Decimal, measure: Measure, language: str) -> str:
    if measure.kind == "percent":
        return f"{digits}%"
    scale = scale_of(measure, language)
    if scale is None and measure.kind == "currency":
        sign = _CURRENCIES.get(measure.code, (f"{measure.code} ", ""))[0]
        return sign + digits
    word = scale.symbol if scale else _unit_word(measure, language, one=rounded.copy_abs() == 1)
    if scale is not None and word.startswith(code := f"{measure.code} "):
        return f"{code.rstrip()}\u00a0{digits}\u00a0{word.removeprefix(code)}"  # CNY 297.7 m
    return f"{digits}{_gap(word)}{word}"


def _unit_word(measure: Measure, language: str, *, one: bool = False) -> str:
    if measure.kind == "symbol":
        return measure.symbol.get(language) if measure.symbol else measure.code
    zh, singular, plural = _UNIT_WORDS[measure.kind]
    if language == "zh":
        return zh
    return singular if one else plural


def _gap(word: str) -> str:
    """A no-break space before a Latin word; Chinese units follow the number directly."""
    return "\u00a0" if word and word[0].isascii() and word[0] != "%" else ""


def unit_label(measure: Measure, language: str) -> str:
    """Return the unit's name for table heads, axis and chart titles: ``万元``, ``%``, ``hours``."""
    scale = scale_of(measure, language)
    if scale is not None:
        return scale.symbol
    if measure.kind == "currency":
        named = _CURRENCIES.get(measure.code) if language == "zh" else None
        return named[1] if named else measure.code
    if measure.kind in _LABELS:
        return _LABELS[measure.kind][0 if language == "zh" else 1]
    return _unit_word(measure, language)


def format_difference(
    new: Decimal | None, old: Decimal | None, measure: Measure, decimals: int, language: str
) -> str:
    """Return Δ = ``new`` − ``old``, signed and in its unit; "" if one is missing.

    Rules: specification.md#differences.

    Between rates it is in percentage points: ``+1.2个百分点``, ``+1.2 pp``. Additive amounts
    get the relative change as well, where the base is positive: ``+120.0万元（+5.3%）``.
    """
    if new is None or old is None:
        return ""
    change = _WIDE.subtract(new, old)
    if measure.kind == "percent":
        number = format_number(shown(change, measure, language), decimals, signed=True)
        return number + ("个百分点" if language == "zh" else "\u00a0pp")
    text = format_value(change, measure, decimals, language, signed=True)
    if not measure.additive or old <= 0:
        return text
    percent = format_number(_relative(change, old), 1, signed=True) + "%"
    return f"{text}（{percent}）" if language == "zh" else f"{text} ({percent})"


def _relative(change: Decimal, old: Decimal) -> Decimal:
    return Context(prec=30).divide(change * 100, old)


def format_count(n: int, language: str) -> str:
    """Return a number of rows, pages …: ``12,345`` in both languages."""
    del language  # both group thousands alike
    return format_number(Decimal(n), 0)


def format_points(points: Decimal | None) -> str:
    """Return points of a score with one decimal place, ``98.5``; "" for None."""
    return "" if points is None else format_number(points, 1)
