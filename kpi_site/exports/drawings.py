"""The vector drawings of a printed report: bullet graphs, sparklines, trends.

Rules: specification.md#pictures.

A drawing is a call of ``board.typ`` with lines, bars and words at places in points from its
top left corner, rounded to a hundredth: small in the source, sharp on paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import Axis, time_axis, value_axis
from kpi_site.charts.bridge import Bridge
from kpi_site.charts.bullet import shape
from kpi_site.charts.captions import end_labels, fitted, spread, text_width
from kpi_site.charts.frame import Frame, drawn_values, spark_places
from kpi_site.charts.over_time import break_positions
from kpi_site.charts.points import STANDARDS, Point, all_values, step_runs
from kpi_site.charts.svg import Place, runs
from kpi_site.exports.code import NONE, Code, array, call, number, string
from kpi_site.nature import is_amount
from kpi_site.results import Result

CHART_WIDTH: Final = 239.0
_CHART_HEIGHT: Final = 96.0
_TOP: Final = 4.0
_BOTTOM: Final = 78.0
_SMALL: Final = 6.3
_LABEL: Final = 8.0  # points that a label at the right end needs
_TICK: Final = 26.0  # points between two labels of periods
_EDGE: Final = 2.2
_BRIDGE_WIDTH: Final = 400.0
_STEP: Final = 11.0  # height of a row of a bridge
_NAMES: Final = 78.0  # names of its rows, as wide as the look lets them be
_BESIDE: Final = 44.0  # and the numbers beyond its bars


def bullet(indicator: Indicator, result: Result, width: float, height: float) -> Code:
    """Return the bullet graph of a result against the thresholds it carries, or ``none``."""
    found = shape(
        result.value, result.threshold, indicator.direction, indicator.centre, width=width
    )
    if found is None:
        return NONE
    bands = (_group(_quoted(s), number(x), number(wide)) for s, x, wide in found.bands)
    value = found.bar or (() if found.point is None else (found.point,))
    marks = (_group(_quoted(name), number(x)) for name, x in found.marks)
    numbers = array(map(number, value))
    return call("bullet", number(width), number(height), array(bands), numbers, array(marks))


def sparkline(values: Sequence[Decimal | None], *, width: float = 44, height: float = 13) -> Code:
    """Return a small line without axes, its last value marked; ``none`` without values."""
    places = spark_places(values, width, height, _EDGE)
    if not places:
        return NONE
    last = next(p for p in reversed(places) if p is not None)
    return call("drawing", number(width), number(height), *_run("spark", places), _dot(last, 1.5))


def trend(indicator: Indicator, points: Sequence[Point], language: str) -> Code:
    """Return the trend of ``points``: bars from zero for amounts, else a line.

    Thresholds are steps, the year before is lighter, what is provisional is hollow or
    dashed, a gap is a gap, and a break in the series is marked.
    """
    bars = is_amount(indicator)
    axis = value_axis(all_values(points, indicator), indicator.unit, language, zero=bars, count=4)
    labels = end_labels(points, indicator, language, bars=bars)
    left = max(text_width(t, _SMALL) for t in axis.labels) + 5
    right = CHART_WIDTH - max((text_width(t, _SMALL) + 7 for _, t in labels), default=4)
    plot = Frame(axis.share, left, right, _TOP, _BOTTOM, len(points))
    items = [
        *_grid(plot, axis),
        *_periods(plot, points, language),
        *(_bars(plot, points) if bars else _line(plot, points)),
        *_thresholds(plot, points, indicator),
        *_breaks(plot, points, indicator),
        *_labels(plot, axis, labels),
    ]
    return call("drawing", number(CHART_WIDTH), number(_CHART_HEIGHT), *items)


def bridge(found: Bridge, language: str) -> Code:
    """Return a bridge: bars that float from level to level, between the marks of both ends."""
    axis, count = found.axis(language), len(found.steps) + 2
    left = min(max(text_width(name, _SMALL) for name in found.names), _NAMES) + 6
    right = _BRIDGE_WIDTH - _BESIDE

    def at(value: Decimal) -> float:
        return left + axis.share(value) * (right - left)

    items: list[Code] = []
    for i, level in enumerate(found.levels):
        x = at(level)
        items += _run("grid", [(x, _STEP * (i + 0.5)), (x, _STEP * (i + 1.5))])
    for i, (step, low, high) in enumerate(found.spans, 1):
        x, wide = min(at(low), at(high)), abs(at(high) - at(low))
        style = _quoted(f"fill-{step.tone}")
        items.append(call("bar", style, *map(number, (x, _STEP * (i + 0.2), wide, _STEP * 0.6))))
    for i, end in ((0, found.start), (count - 1, found.end)):
        x = at(end.value)
        items += _run("actual", [(x, _STEP * (i + 0.1)), (x, _STEP * (i + 0.9))])
    for i, (part, reach) in enumerate(found.beyond):
        y = _STEP * (i + 0.5)
        items.append(_words(left - 5, y, "end", fitted(part.name, _NAMES, _SMALL)))
        items.append(_words(at(reach) + 4, y, "start", part.text))
    return call("drawing", number(_BRIDGE_WIDTH), number(_STEP * count), *items)


def _grid(plot: Frame, axis: Axis) -> Iterator[Code]:
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        y = plot.y(tick)
        yield from _run("grid", [(plot.left, y), (plot.right, y)])
        yield _words(plot.left - 3, y, "end", label)


def _periods(plot: Frame, points: Sequence[Point], language: str) -> Iterator[Code]:
    ticks, labels = time_axis([p.period for p in points], language)
    found = zip(ticks, labels, strict=True)
    for i, label in _apart([(i, label) for i, label in found], plot.band):
        for n, words in enumerate([label] if isinstance(label, str) else label):
            yield _words(plot.x(i), _BOTTOM + 6 + 7.5 * n, "middle", words)


Tick = tuple[int, str | list[str]]


def _apart(ticks: list[Tick], band: float) -> list[Tick]:
    """Leave out labels that would touch the one before; those that name a year stay."""
    kept: list[Tick] = []
    for tick in ticks:
        near = bool(kept) and (tick[0] - kept[-1][0]) * band < _TICK
        if near and isinstance(tick[1], list):
            kept.pop()
        elif near:
            continue
        kept.append(tick)
    return kept


def _line(plot: Frame, points: Sequence[Point]) -> Iterator[Code]:
    final, dashed = drawn_values(points)
    yield from _run("previous", plot.places(points, [p.previous for p in points]))
    yield from _run("dashed", plot.places(points, dashed))
    yield from _run("actual", plot.places(points, final))
    for point, place in zip(points, plot.places(points, [p.value for p in points]), strict=True):
        if place is not None:
            yield _dot(place, 1.5, hollow=point.provisional)


def _bars(plot: Frame, points: Sequence[Point]) -> Iterator[Code]:
    """Yield the year before as lighter bars behind, a little to the left, and the actual ones."""
    wide = plot.band * 0.6
    for p in points:
        if p.previous is not None:
            yield _bar(plot, "before", plot.x(p.i) - wide * 0.72, wide, p.previous)
        if p.value is not None:
            kind = "hollow" if p.provisional else "bar"
            yield _bar(plot, kind, plot.x(p.i) - wide * 0.42, wide, p.value)


def _bar(plot: Frame, kind: str, x: float, wide: float, value: Decimal) -> Code:
    y, zero = plot.y(value), plot.y(Decimal(0))
    return call("bar", _quoted(kind), *map(number, (x, min(y, zero), wide, abs(zero - y))))


def _thresholds(plot: Frame, points: Sequence[Point], indicator: Indicator) -> Iterator[Code]:
    for standard in STANDARDS:
        lines: dict[int, list[Place]] = {}
        for line, first, last, value in step_runs(points, indicator, standard):
            y = plot.y(value)
            lines.setdefault(line, []).extend([(plot.x(first - 0.5), y), (plot.x(last + 0.5), y)])
        for places in lines.values():
            yield from _run(standard, places)


def _breaks(plot: Frame, points: Sequence[Point], indicator: Indicator) -> Iterator[Code]:
    for i in break_positions(points, indicator):
        x = plot.x(i - 0.5)
        yield from _run("split", [(x, _TOP), (x, _BOTTOM)])


def _labels(plot: Frame, axis: Axis, labels: Sequence[tuple[Decimal, str]]) -> Iterator[Code]:
    room, per_point = round((_BOTTOM - _TOP) * 14 / _LABEL), 14 / _LABEL
    for p in spread(labels, axis, room):
        yield _words(plot.right + 4, _TOP + p.y / per_point, "start", p.text)


def _run(style: str, places: Sequence[Place | None]) -> Iterator[Code]:
    """Yield a line for each stretch without a gap; a place alone is left to its dot."""
    for stretch in runs(places):
        if len(stretch) > 1:
            yield call("run", _quoted(style), *(_group(number(x), number(y)) for x, y in stretch))


def _dot(place: Place, radius: float, *, hollow: bool = False) -> Code:
    at = map(number, (*place, radius))
    return call("dot", *at, hollow="true") if hollow else call("dot", *at)


def _words(x: float, y: float, side: str, words: str) -> Code:
    return call("words-at", number(x), number(y - 3.1), _quoted(side), string(words))


def _group(*codes: Code) -> Code:
    return f"({', '.join(codes)})"


def _quoted(name: str) -> Code:
    return f'"{name}"'
