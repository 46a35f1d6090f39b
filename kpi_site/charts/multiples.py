"""Small multiples: a panel for each member of a breakdown, all on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Threshold
from kpi_site.charts.axis import Axis, TimeAxis, time_axis, value_axis
from kpi_site.charts.by_member import NOBODY, Rest, first_of, member_title
from kpi_site.charts.captions import chart_title, result_text, short_text, standard_text
from kpi_site.charts.numbers import Column, period_column, result_columns, text_column
from kpi_site.charts.over_time import join_provisional
from kpi_site.charts.points import STANDARDS, Point, all_values, course_of, standard_values
from kpi_site.charts.templates import Row, Spec, axis_params, compared, fill, time_params
from kpi_site.periods import Period
from kpi_site.results import Series
from kpi_site.wording.dates import format_period
from kpi_site.words import word

MOST_PANELS: Final = 12
_SHOWN: Final = 25


@dataclass(frozen=True, slots=True)
class Panel:
    """One member: its name, the newest number for its head, and its points.

    A point's position is that of its period among those of all members.
    """

    name: str
    newest: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Panels:
    """The members that are drawn, the first in their order, and what they share."""

    title: str
    dimension: str
    shown: tuple[Panel, ...]
    periods: tuple[Period, ...]
    axis: Axis


def panels(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
    rest: Rest = NOBODY,
) -> Panels:
    """Return the panels of ``members``: at most the first twelve, in their order.

    Two years of months and the same month before them: more do not fit a narrow panel.
    """
    found = [(s, course_of(s)[-_SHOWN:]) for s in members if s.results]
    kept = found[:MOST_PANELS]
    periods = tuple(sorted({p.period for _, points in kept for p in points}))
    axis = value_axis(
        [v for _, points in kept for v in _values(points, indicator)],
        indicator.unit,
        language,
        count=2,
    )
    title = chart_title(indicator, periods, language, organisation, by=dimension_title)
    title += first_of(len(kept), len(found) + rest.count, language)
    place = {period.first: i for i, period in enumerate(periods)}
    named = [
        (
            member_title(s.key.member, titles, language),
            tuple(replace(p, i=place[p.period.first]) for p in points),
        )
        for s, points in kept
    ]
    shown = tuple(
        Panel(name, _newest_text(points, indicator, language), points) for name, points in named
    )
    return Panels(title, dimension_title, shown, periods, axis)


def _values(points: Sequence[Point], indicator: Indicator) -> list[Decimal | None]:
    if indicator.unit.additive:
        return [p.value for p in points]
    return all_values(points, indicator, previous=False)


def _newest_text(points: Sequence[Point], indicator: Indicator, language: str) -> str:
    last = points[-1]
    if last.value is not None:
        return short_text(last.value, indicator, language, last.result.threshold)
    return result_text(last.result, indicator, language)


def member_trends_spec(indicator: Indicator, found: Panels, language: str) -> Spec:
    """Return small multiples: a line over time for each member, with the thresholds."""
    when = [format_period(p, language) for p in found.periods]
    limits = _Limits(indicator, language)
    rows: list[Row] = []
    for m, panel in enumerate(found.shown):
        cell = []
        for p in panel.points:
            fields, words = limits.at(p)
            row = _row(m, p, f"{panel.name} · {when[p.i]}", indicator, language) | fields
            row["tip"] |= words
            cell.append(row)
        join_provisional(cell)
        rows += cell
    names = [panel.name for panel in found.shown]
    params = {
        **axis_params("y", found.axis),
        **time_params(found.periods, language, _year_ticks, low=True),
        "memberLabels": [[panel.name, panel.newest] for panel in found.shown],
        "compared": compared(word("compare_with", language), names, language),
    }
    heads = ", ".join(f"{panel.name} {panel.newest}" for panel in found.shown)
    description = f"{found.title}: {heads}"
    numbers = _numbers(found, indicator, language)
    return fill("members", found.title, description, params, {"rows": rows}, numbers)


def _numbers(found: Panels, indicator: Indicator, language: str) -> Iterator[Column]:
    shown = [(panel.name, p.result) for panel in found.shown for p in panel.points]
    results = [result for _, result in shown]
    yield text_column(found.dimension or word("Member", language), [name for name, _ in shown])
    yield period_column(results, language)
    yield from result_columns(results, indicator, language)


def _year_ticks(periods: Sequence[Period], language: str) -> TimeAxis:
    """Name only where years begin: a panel is narrow."""
    starts = [
        (i, p.label[:4])
        for i, p in enumerate(periods)
        if i == 0 or p.label[:4] != periods[i - 1].label[:4]
    ]
    if len(starts) > 2 and starts[1][0] - starts[0][0] < 6:
        del starts[0]
    if len(starts) < 2:
        return time_axis(periods, language)
    return tuple(i for i, _ in starts), tuple(year for _, year in starts)


def _row(m: int, point: Point, title: str, indicator: Indicator, language: str) -> Row:
    row: Row = {"m": m, "i": point.i, "period": point.period.label}
    if point.value is not None:
        row["value"] = float(point.value)
    if point.provisional:
        row["provisional"] = True
    value = result_text(point.result, indicator, language)
    row["tip"] = {"title": title, word("actual", language): value}
    return row


class _Limits:
    """The thresholds of a point as fields and as words, worked out once for all that share them."""

    def __init__(self, indicator: Indicator, language: str) -> None:
        self._indicator, self._language = indicator, language
        self._known: dict[Threshold | None, tuple[Row, dict[str, str]]] = {None: ({}, {})}

    def at(self, point: Point) -> tuple[Row, dict[str, str]]:
        """Return (fields of the row, words of its tip)."""
        key = point.result.threshold
        if key not in self._known:
            self._known[key] = self._fields(point), self._words(point)
        return self._known[key]

    def _fields(self, point: Point) -> Row:
        row: Row = {}
        for standard in STANDARDS:
            values = map(float, standard_values(point.result, self._indicator, standard))
            row.update(zip((standard, f"{standard}Below"), values, strict=False))
        return row

    def _words(self, point: Point) -> dict[str, str]:
        texts = {
            word(s, self._language): standard_text(point.result, self._indicator, s, self._language)
            for s in STANDARDS
        }
        return {name: text for name, text in texts.items() if text}
