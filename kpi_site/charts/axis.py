"""Scales and tick labels, worked out once for the interactive and the static charts.

Ticks are round in the unit that readers see (万元, %), whatever the stored values are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from kpi_site.catalog import Measure
from kpi_site.periods import Grain, Period
from kpi_site.wording.dates import fiscal_year, month_tick, part_of_year, short_month
from kpi_site.wording.numbers import format_number, shown

_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_FROM_ZERO: Final = Decimal("0.4")  # lines whose lowest value is under this share start at 0
_ROOM: Final = Decimal("0.06")  # free space above and below a line
_COMPACT: Final[dict[str, tuple[tuple[Decimal, str], ...]]] = {
    "zh": ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")),
    "en": ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k")),
}


TimeAxis = tuple[tuple[int, ...], tuple[str | list[str], ...]]
"""Positions of ticks among periods, and their labels (a list = two lines)."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale in stored units, with ticks and their labels in the reader's language."""

    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]
    labels: tuple[str, ...]

    def share(self, value: Decimal) -> float:
        """Return where ``value`` lies between ``low`` (0) and ``high`` (1)."""
        return float((value - self.low) / (self.high - self.low))


def value_axis(
    values: Iterable[Decimal | None],
    measure: Measure,
    language: str,
    *,
    zero: bool = False,
    count: int = 5,
) -> Axis:
    """Return an axis of about ``count`` steps that holds ``values``; with ``zero``, 0 as well.

    Without values it spans 0 to 1. Where all values lie within 0 to 100 %, so does the axis.
    """
    known = [shown(v, measure, language) for v in values if v is not None] or [
        shown(Decimal(n), measure, language) for n in (0, 1)
    ]
    low, high = _span(min(known), max(known), zero=zero)
    step = _step((high - low) / count)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    if measure.kind == "percent" and min(known) >= 0 and max(known) <= 100 < last * step:
        last = (100 / step).to_integral_value(ROUND_FLOOR)
        high = max(last * step, Decimal(100))
    ticks = [step * n for n in range(int(first), int(last) + 1)]
    factor = shown(Decimal(1), measure, language)
    ends = (ticks[0] / factor, max(ticks[-1], high if high == 100 else ticks[-1]) / factor)
    labels = _labels(ticks, step, measure, language)
    return Axis(*ends, tuple(t / factor for t in ticks), labels)


def _span(low: Decimal, high: Decimal, *, zero: bool) -> tuple[Decimal, Decimal]:
    """Widen the values' range to what the axis must show."""
    if zero or 0 <= low <= high * _FROM_ZERO:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        room = abs(low) / 10 or Decimal(1)
        return (low - room if low else low), high + room
    room = (high - low) * _ROOM
    return (low if low == 0 else low - room), (high if high == 0 else high + room)


def _step(least: Decimal) -> Decimal:
    """Return the smallest round step that is not under ``least``."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * s for s in _STEPS if power * s >= least)


def _labels(
    ticks: Sequence[Decimal], step: Decimal, measure: Measure, language: str
) -> tuple[str, ...]:
    largest = max(abs(t) for t in ticks)
    divide, suffix = Decimal(1), "%" if measure.kind == "percent" else ""
    if largest >= 100_000 and not suffix:
        known = _COMPACT["zh" if language == "zh" else "en"]
        divide, suffix = next((d, s) for d, s in known if largest >= d)
    exponent = (step / divide).normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return tuple(format_number(t / divide, places) + (suffix if t else suffix[-1:]) for t in ticks)


def compact(value: Decimal, language: str) -> str:
    """Return a large number in the language's own thousands: ``3.82亿``, ``382.2m``."""
    known = _COMPACT["zh" if language == "zh" else "en"]
    for divide, suffix in known:
        if abs(value) >= max(divide, Decimal(10_000)):
            places = 2 if suffix == "亿" else 1
            return format_number(value / divide, places) + suffix
    return format_number(value, 0)


def time_axis(periods: Sequence[Period], language: str) -> TimeAxis:
    """Return the positions of ticks among ``periods`` and their labels (a list = two lines).

    Few periods are all named; of many, those that begin a year, a half year or a month.
    """
    wanted = [i for i, p in enumerate(periods) if _named(p, len(periods))]
    years = [i for i in wanted if _begins_year(periods[i])]
    if len(years) > 1 and len(wanted) < len(periods):
        wanted = wanted[wanted.index(years[0]) :]  # where labels are thinned out, years stay
    if not wanted:
        wanted = [0] if periods else []
    labels: list[str | list[str]] = []
    for n, i in enumerate(wanted):
        labels.append(time_label(periods[i], language, first=n == 0))
    return tuple(wanted), tuple(labels)


def _begins_year(period: Period) -> bool:
    if period.grain is Grain.WEEK:
        return period.label.endswith("-W01")
    if period.grain is Grain.TEN_DAYS:
        return period.label.endswith("-01-T1")
    if period.grain is Grain.MONTH:
        return period.month == 1
    return period.grain in {Grain.QUARTER, Grain.HALF_YEAR} and part_of_year(period) == 1


def _named(period: Period, among: int) -> bool:
    first = period.first
    match period.grain:
        case Grain.DAY if among <= 31:
            return first.day == 1 or first.day % 5 == 0
        case Grain.DAY:
            return first.day == 1
        case Grain.WEEK if among > 14:
            return period.label[5:] in ({"W01", "W14", "W27", "W40"} if among <= 60 else {"W01"})
        case Grain.TEN_DAYS if among > 12:
            third = period.label[-1]
            return third == "1" and (among <= 36 or period.month in {1, 7})
        case Grain.MONTH if among > 14:
            return period.month in ({1, 7} if among <= 48 else {1})
        case Grain.QUARTER | Grain.HALF_YEAR if among > 8:
            return part_of_year(period) == 1
    return True


def time_label(period: Period, language: str, *, first: bool) -> str | list[str]:
    """Return a period's name on an axis; the first, and one that begins a year, names the year."""
    day = period.first
    if period.grain is Grain.DAY:
        month = short_month(day.month, language)
        return [str(day.day), month] if first or day.day == 1 else str(day.day)
    if period.grain is Grain.YEAR:
        return str(fiscal_year(period))
    if period.grain is Grain.WEEK:
        name, year = period.label[5:], int(period.label[:4])
    elif period.grain is Grain.TEN_DAYS:
        month = month_tick(period, language)
        third = int(period.label[-1])
        name = f"{month}{'上中下'[third - 1]}旬" if language == "zh" else f"{month} T{third}"
        year = int(period.label[:4])
    elif period.grain is Grain.MONTH:
        name, year = month_tick(period, language), period.year
    else:
        number = part_of_year(period)
        letter = "Q" if period.grain is Grain.QUARTER else "H"
        name, year = f"{letter}{number}", fiscal_year(period)
    return [name, str(year)] if first or _begins_year(period) else name
