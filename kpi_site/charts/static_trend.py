"""The trend as a complete static picture, for readers without JavaScript and for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import Axis, time_axis, value_axis
from kpi_site.charts.captions import chart_title, end_labels, result_text, spread, text_width
from kpi_site.charts.over_time import break_positions
from kpi_site.charts.points import STANDARDS, Point, all_values, is_amount, points_of, step_runs
from kpi_site.charts.svg import Place, dots, line, num, path, picture, text
from kpi_site.results import Series
from kpi_site.wording.dates import format_period
from kpi_site.wording.words import word

_TOP: Final = 18.0
_BOTTOM: Final = 32.0


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where periods and values lie in the picture."""

    axis: Axis
    left: float
    right: float
    bottom: float
    count: int

    @property
    def band(self) -> float:
        return (self.right - self.left) / max(self.count, 1)

    def x(self, i: float) -> float:
        return self.left + (i + 0.5) * self.band

    def y(self, value: Decimal) -> float:
        return _TOP + (1 - self.axis.share(value)) * (self.bottom - _TOP)

    def places(
        self, points: Sequence[Point], values: Sequence[Decimal | None]
    ) -> list[Place | None]:
        """Return a place for each point, None where its value is missing."""
        return [
            None if v is None else (self.x(p.i), self.y(v))
            for p, v in zip(points, values, strict=True)
        ]


def trend_svg(
    indicator: Indicator, series: Series, language: str, width: int = 640, height: int = 240
) -> str:
    """Return a static chart of ``series`` as inline SVG: what ``trend_spec`` draws, at rest.

    "" for a series without results.
    """
    points = points_of(series)
    if not points:
        return ""
    bars = is_amount(indicator)
    axis = value_axis(all_values(points, indicator), indicator.unit, language, zero=bars)
    labels = end_labels(points, indicator, language, bars=bars)
    left = max(text_width(t) for t in axis.labels) + 10
    right = width - max((text_width(t) + 12 for _, t in labels), default=8)
    plot = _Plot(axis, left, right, height - _BOTTOM, len(points))
    body = (
        _grid(plot)
        + _periods(plot, points, language)
        + (_bars(plot, points) if bars else _lines(plot, points))
        + _thresholds(plot, points, indicator)
        + _breaks(plot, points, indicator, language)
        + _labels(plot, labels)
    )
    return picture("kpi-trend", width, height, _title(points, indicator, language), body)


def _title(points: Sequence[Point], indicator: Indicator, language: str) -> str:
    title = chart_title(indicator, [p.period for p in points], language)
    newest = points[-1]
    text_ = result_text(newest.result, indicator, language)
    return f"{title} · {format_period(newest.period, language)}: {text_}"


def _grid(plot: _Plot) -> str:
    lines = "".join(
        f"M{num(plot.left)} {num(plot.y(t))}H{num(plot.right)}" for t in plot.axis.ticks
    )
    labels = "".join(
        text(plot.left - 6, plot.y(tick) + 4, label, anchor="end", kind="quiet")
        for tick, label in zip(plot.axis.ticks, plot.axis.labels, strict=True)
    )
    return path("grid", lines, 1) + labels


def _periods(plot: _Plot, points: Sequence[Point], language: str) -> str:
    ticks, labels = time_axis([p.period for p in points], language)
    found = path("axis", "".join(f"M{num(plot.x(i))} {num(plot.bottom)}v4" for i in ticks), 1)
    for i, label in zip(ticks, labels, strict=True):
        for n, words in enumerate([label] if isinstance(label, str) else label):
            y = plot.bottom + 15 + 12 * n
            found += text(plot.x(i), y, words, anchor="middle", kind="quiet")
    return found


def _lines(plot: _Plot, points: Sequence[Point]) -> str:
    final = [None if p.provisional else p.value for p in points]
    dashed: list[Decimal | None] = [None] * len(points)
    for p in points:
        if p.provisional:
            dashed[max(p.i - 1, 0) : p.i + 1] = [q.value for q in points[max(p.i - 1, 0) : p.i + 1]]
    full = plot.places(points, final)
    hollow = [place for p, place in zip(points, plot.places(points, [p.value for p in points]),
                                        strict=True) if place and p.provisional]  # fmt: skip
    circles = "".join(
        f'<circle class="hollow" cx="{num(x)}" cy="{num(y)}" r="3.5" stroke-width="1.75"/>'
        for x, y in hollow
    )
    return (
        path("previous", line(plot.places(points, [p.previous for p in points])), 1.75)
        + path("dashed", line(plot.places(points, dashed)), 2.25)
        + path("actual", line(full), 2.25)
        + path("actual", dots(place for place in full if place), 5, round_cap=True)
        + circles
    )


def _bars(plot: _Plot, points: Sequence[Point]) -> str:
    found = {"bar": "", "hollow": ""}
    wide = plot.band * 0.7
    zero = plot.y(Decimal(0))
    for p in points:
        if p.value is not None:
            outline = f"M{num(plot.x(p.i) - wide / 2)} {num(zero)}V{num(plot.y(p.value))}"
            found["hollow" if p.provisional else "bar"] += f"{outline}h{num(wide)}V{num(zero)}z"
    hollow = found["hollow"]
    dashed = f'<path class="hollow dashed" d="{hollow}" stroke-width="1.5"/>' if hollow else ""
    return (f'<path class="bar" d="{found["bar"]}"/>' if found["bar"] else "") + dashed


def _thresholds(plot: _Plot, points: Sequence[Point], indicator: Indicator) -> str:
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


def _breaks(plot: _Plot, points: Sequence[Point], indicator: Indicator, language: str) -> str:
    found = ""
    for i in break_positions(points, indicator):
        x = plot.x(i - 0.5)
        found += path("break", f"M{num(x)} {num(_TOP)}V{num(plot.bottom)}", 1)
        found += text(x + 2, _TOP - 5, word("series_break", language), kind="quiet")
    return found


def _labels(plot: _Plot, labels: Sequence[tuple[Decimal, str]]) -> str:
    room = round(plot.bottom - _TOP)
    return "".join(
        text(plot.right + 6, _TOP + y + 4, words) for y, words in spread(labels, plot.axis, room)
    )
