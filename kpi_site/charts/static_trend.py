"""The trend as a complete static picture, for readers without JavaScript and for print."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import time_axis, value_axis
from kpi_site.charts.captions import chart_title, end_labels, result_text, text_width
from kpi_site.charts.frame import drawn_values
from kpi_site.charts.over_time import break_positions
from kpi_site.charts.plot import (
    BOTTOM,
    TOP,
    Plot,
    beside,
    grid,
    make_plot,
    period_labels,
    side_labels,
)
from kpi_site.charts.points import (
    STANDARDS,
    Point,
    all_values,
    course_of,
    shows_previous,
    step_runs,
)
from kpi_site.charts.process import Band, bands
from kpi_site.charts.svg import WIDE, dots, line, num, path, picture, text, trail
from kpi_site.nature import is_amount
from kpi_site.results import Series
from kpi_site.scoring import Tone
from kpi_site.signals import Behaviour
from kpi_site.wording.dates import format_period
from kpi_site.words import word


def trend_svg(
    indicator: Indicator,
    series: Series,
    language: str,
    width: float = WIDE,
    height: float = 240,
    behaviour: Behaviour | None = None,
) -> str:
    """Return a static chart of ``series`` as inline SVG: what ``trend_spec`` draws, at rest.

    "" for a series without results.
    """
    points = course_of(series)
    if not points:
        return ""
    bars = is_amount(indicator)
    chance = bands(points, series, indicator, behaviour)
    reach = (n for band in chance for n in (band.low, band.high))
    held = (*all_values(points, indicator), *reach)
    axis = value_axis(held, indicator.unit, language, zero=bars)
    labels = end_labels(points, indicator, language, bars=bars)
    left = max(text_width(t) for t in axis.labels) + 14
    right = width - beside((t for _, t in labels), width)
    plot = make_plot(axis, left, right, height - BOTTOM, len(points))
    body = (
        grid(plot)
        + period_labels(plot, *time_axis([p.period for p in points], language))
        + _band_marks(plot, chance)
        + (_bar_marks(plot, points) if bars else _line_marks(plot, points))
        + _step_marks(plot, points, indicator)
        + _signal_marks(plot, points, chance)
        + _breaks(plot, points, indicator, language)
        + side_labels(plot, labels, width)
    )
    return picture("kpi-trend", width, height, _title(points, indicator, language), body)


def _title(points: Sequence[Point], indicator: Indicator, language: str) -> str:
    title = chart_title(indicator, [p.period for p in points], language)
    newest = points[-1]
    text_ = result_text(newest.result, indicator, language)
    return f"{title} · {format_period(newest.period, language)}: {text_}"


def _line_marks(plot: Plot, points: Sequence[Point]) -> str:
    """Return the line: the year before lighter, what is provisional dashed and hollow."""
    final, dashed = drawn_values(points)
    full = plot.places(points, final)
    hollow = plot.places(points, [p.value if p.provisional else None for p in points])
    circles = "".join(
        f'<circle class="hollow" cx="{num(x)}" cy="{num(y)}" r="3.5" stroke-width="1.75"/>'
        for x, y in filter(None, hollow)
    )
    before = line(plot.places(points, [p.previous for p in points]))
    return (
        path("previous", before, 1.75)
        + path("dashed", line(plot.places(points, dashed)), 2.25)
        + path("actual", line(full), 2.25)
        + path("actual", dots([p for p in full if p]), 5, round_cap=True)
        + circles
    )


def _bar_marks(plot: Plot, points: Sequence[Point]) -> str:
    """Return bars from zero: solid where the period is over, hollow where it is not."""
    found = {"before": "", "bar": "", "hollow": ""}
    wide = plot.band * 0.7
    zero = plot.y(Decimal(0))

    def box(i: int, value: Decimal, aside: float = 0) -> str:
        start = f"M{num(plot.x(i) - wide / 2 - aside)} {num(zero)}"
        return f"{start}V{num(plot.y(value))}h{num(wide)}V{num(zero)}z"

    for p in points:
        if p.previous is not None and shows_previous(p, len(points)):
            found["before"] += box(p.i, p.previous, min(4, plot.band * 0.2))
        if p.value is not None:
            found["hollow" if p.provisional else "bar"] += box(p.i, p.value)
    hollow = found.pop("hollow")
    dashed = f'<path class="hollow dashed" d="{hollow}" stroke-width="1.5"/>' if hollow else ""
    return "".join(f'<path class="{k}" d="{data}"/>' for k, data in found.items() if data) + dashed


def _band_marks(plot: Plot, chance: Sequence[Band]) -> str:
    """Return the band of the natural limits, broken where there is none, and its mean."""
    found, data = "", ""
    for run in _touching(chance):
        edge = [(plot.x(b.i), plot.y(b.high)) for b in run]
        edge += [(plot.x(b.i), plot.y(b.low)) for b in reversed(run)]
        data += trail(edge) + "z" if run[1:] else ""
        found += line([(plot.x(b.i), plot.y(b.mean)) for b in run])
    area = f'<path class="band" d="{data}"/>' if data else ""
    return area + path("mean", found, 1)


def _touching(chance: Sequence[Band]) -> list[list[Band]]:
    found: list[list[Band]] = []
    for band in chance:
        if found and found[-1][-1].i == band.i - 1:
            found[-1].append(band)
        else:
            found.append([band])
    return found


_SHAPES: Final[dict[Tone, str]] = {
    "good": "M{} {}m0-5l5 5l-5 5l-5-5z",
    "bad": "M{} {}m-4-4h8v8h-8z",
    "even": "M{} {}m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
}


def _signal_marks(plot: Plot, points: Sequence[Point], chance: Sequence[Band]) -> str:
    """Return the marks of signals: better is a diamond, worse a square, neither a ring."""
    data: dict[Tone, str] = dict.fromkeys(_SHAPES, "")
    for band in chance:
        value = points[band.i].value
        if band.signal and value is not None:
            shape = _SHAPES[band.signal]
            data[band.signal] += shape.format(num(plot.x(band.i)), num(plot.y(value)))
    marks = (f'<path class="signal-{tone}" d="{d}"/>' for tone, d in data.items() if d)
    return "".join(marks)


def _step_marks(plot: Plot, points: Sequence[Point], indicator: Indicator) -> str:
    """Draw each threshold from the start of its first period to the end of its last."""
    found = ""
    for standard in STANDARDS:
        data, last_line = "", None
        for line_, first, last, value in step_runs(points, indicator, standard):
            start, end, y = plot.x(first - 0.5), plot.x(last + 0.5), num(plot.y(value))
            data += f"V{y}" if line_ == last_line else f"M{num(start)} {y}"
            data += f"H{num(end)}"
            last_line = line_
        found += path(standard, data, 1.25)
    return found


def _breaks(plot: Plot, points: Sequence[Point], indicator: Indicator, language: str) -> str:
    found = ""
    for i in break_positions(points, indicator):
        x = plot.x(i - 0.5)
        found += path("break", f"M{num(x)} {num(TOP)}V{num(plot.bottom)}", 1)
        found += text(x + 2, TOP - 5, word("series_break", language), kind="quiet")
    return found
