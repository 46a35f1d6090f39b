"""What a chart says in words: title, direct labels, and the numbers under the pointer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Indicator, Threshold
from kpi_site.charts.axis import Axis
from kpi_site.charts.points import STANDARDS, Point, shows_previous, standard_values
from kpi_site.periods import Period
from kpi_site.results import Result, State
from kpi_site.wording.dates import format_days, format_period, format_range
from kpi_site.wording.judged import figure_text, threshold_text
from kpi_site.wording.numbers import format_value, unit_label
from kpi_site.wording.words import aside, state_mark, state_words
from kpi_site.words import word

_LINE = 14  # pixels that a label needs


def chart_title(
    indicator: Indicator,
    periods: Sequence[Period],
    language: str,
    organisation: str = "",
    by: str = "",
    what: str = "",
    unit: str | None = None,
) -> str:
    """Say who, what, unit, when: ``华辰集团 · 销售收入 · 万元 · 2026年1月至2026年10月``.

    ``by`` is the name of the dimension of a breakdown, ``what`` a word on the kind of number,
    ``unit`` that of the number where it is not the card's.
    """
    when = format_range(periods[0], periods[-1], language) if periods else ""
    unit = unit_label(indicator.unit, language) if unit is None else unit
    split = word("by", language, by) if by else ""
    parts = (organisation, indicator.name.get(language), what, split, unit, when)
    return " · ".join(p for p in parts if p)


def value_text(value: Decimal | None, indicator: Indicator, language: str) -> str:
    """Return a value of the card with its unit; "" for None."""
    return format_value(value, indicator.unit, indicator.decimals, language)


def short_text(
    value: Decimal | None,
    indicator: Indicator,
    language: str,
    threshold: Threshold | None = None,
) -> str:
    """Return a value for a label in the picture, whose title names the unit.

    ``threshold`` is what the value is judged by.
    """
    percent = indicator.unit.kind == "percent"
    return figure_text(value, indicator, threshold, language, with_unit=percent)


def short_standard(value: Decimal, indicator: Indicator, language: str) -> str:
    """Return a threshold for a label in the picture."""
    percent = indicator.unit.kind == "percent"
    return threshold_text(value, indicator.unit, indicator.decimals, language, with_unit=percent)


def result_text(result: Result, indicator: Indicator, language: str) -> str:
    """Return the value, or the mark and words of the state that stands in its place."""
    text = figure_text(result.value, indicator, result.threshold, language)
    if result.state is State.OK:
        return text
    if text:
        return f"{text} {state_mark(result.state)} {word('provisional', language)}"
    return f"{state_mark(result.told)} {state_words(result.told, language)}"


def period_title(period: Period, language: str) -> str:
    """Return a period's name with its days, where it does not tell them, for a tooltip."""
    days = format_days(period, language)
    return format_period(period, language) + (aside(days, language) if days else "")


def tip(point: Point, indicator: Indicator, language: str) -> dict[str, str]:
    """Return what shows under the pointer: period, value, previous year, thresholds."""
    found = {
        "title": period_title(point.period, language),
        word("actual", language): result_text(point.result, indicator, language),
    }
    if point.previous is not None:
        text = value_text(point.previous, indicator, language)
        basis = f" {word('same_day', language)}" if point.same_day else ""
        found[word("previous_year", language)] = text + basis
    for standard in STANDARDS:
        text = standard_text(point.result, indicator, standard, language)
        if text:
            found[word(standard, language)] = text
    return found


def standard_text(result: Result, indicator: Indicator, standard: str, language: str) -> str:
    """Return a threshold with its unit: ``95.0%``, or ``0.0% ± 2.0%`` around a centre."""
    found = getattr(result.threshold, standard, None)
    if not isinstance(found, Decimal):
        return ""
    text = threshold_text(found, indicator.unit, indicator.decimals, language)
    if indicator.direction != "within":
        return text
    return f"{value_text(indicator.centre, indicator, language)} ± {text}"


def end_labels(
    points: Sequence[Point], indicator: Indicator, language: str, *, bars: bool = False
) -> list[tuple[Decimal, str]]:
    """Return the direct labels at the right end, as (value, text): actual first."""
    valued = [p for p in points if p.value is not None]
    found: list[tuple[Decimal, str]] = []
    if valued and (value := valued[-1].value) is not None:
        judged_by = valued[-1].result.threshold
        found.append((value, short_text(value, indicator, language, judged_by)))
    for standard in STANDARDS:
        for point in reversed(points):
            values = standard_values(point.result, indicator, standard)
            if values:
                text = short_standard(values[0], indicator, language)
                found.append((values[0], f"{word(standard, language)} {text}"))
                break
    known = [p for p in points[-1:] if shows_previous(p, len(points))] if bars else points
    light = [p.previous for p in known if p.previous is not None]
    if light[0 if bars else 1 :]:  # one point makes no line
        found.append((light[-1], word("previous_year", language)))
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A label at ``y`` pixels from the top, of what lies at ``of``."""

    y: float
    text: str
    of: float

    @property
    def moved(self) -> bool:
        """Tell whether it stands so far from its line that a leader must join them."""
        return abs(self.y - self.of) > _LINE / 3


def spread(labels: Sequence[tuple[Decimal, str]], axis: Axis, height: int) -> list[Placed]:
    """Return the labels from top to bottom, moved apart where they would overlap."""
    placed = sorted(((1 - axis.share(v)) * height, text) for v, text in labels)
    down: list[tuple[float, str]] = []
    for y, text in placed:
        least = down[-1][0] + _LINE if down else 0.0
        down.append((max(y, least), text))
    found: list[tuple[float, str]] = []
    most = float(height)
    for y, text in reversed(down):
        found.append((min(y, most), text))
        most = found[-1][0] - _LINE
    at = zip(found[::-1], placed, strict=True)
    return [Placed(y, text, of) for (y, text), (of, _) in at]


def text_width(text: str, size: float = 11) -> float:
    """Return about how many pixels ``text`` is wide: a Chinese character is a square."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (wide + 0.58 * (len(text) - wide))


def fitted(name: str, room: float, size: float = 11) -> str:
    """Return as much of a name as has ``room``, with a mark where it is cut."""
    if text_width(name, size) <= room:
        return name
    while name and text_width(name + "…", size) > room:
        name = name[:-1]
    return name.rstrip() + "…"
