"""A bridge: from the former value through what adds to the change to the new one.

Rules: specification.md#pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kpi_site.catalog import Measure
from kpi_site.charts.axis import Axis, value_axis
from kpi_site.charts.captions import fitted, text_width
from kpi_site.charts.numbers import Column, decimals, text_column, value_head
from kpi_site.charts.plot import scale_labels
from kpi_site.charts.svg import WIDE, num, path, picture, rect, text, texts
from kpi_site.charts.templates import PADDING, ROW, Row, Spec, axis_params, fill
from kpi_site.scoring import Tone
from kpi_site.words import word

_NAMES: Final = 190.0  # pixels that names get at most
_NEAR: Final = 0.6  # of the plot's width: numbers beyond it may need room to its right
_TEXTS: Final = 96.0  # of a static picture for the numbers beyond the last bar


@dataclass(frozen=True, slots=True)
class End:
    """One of the two values that a bridge joins: its period, and how it reads."""

    name: str
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one part adds, from what the parts before it came to."""

    name: str
    value: Decimal
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge with its title, and the measure of its axis."""

    title: str
    start: End
    steps: tuple[Step, ...]
    end: End
    measure: Measure

    @property
    def levels(self) -> tuple[Decimal, ...]:
        """What it has come to before the first step, and after each."""
        found = [self.start.value]
        for step in self.steps:
            found.append(found[-1] + step.value)
        return tuple(found)

    @property
    def spans(self) -> tuple[tuple[Step, Decimal, Decimal], ...]:
        """Each step with where it begins and where it ends."""
        pairs = pairwise(self.levels)
        return tuple((s, low, high) for s, (low, high) in zip(self.steps, pairs, strict=True))

    @property
    def beyond(self) -> tuple[tuple[End | Step, Decimal], ...]:
        """Each row with the value beyond which its number stands."""
        steps = ((step, max(low, high)) for step, low, high in self.spans)
        return ((self.start, self.start.value), *steps, (self.end, self.end.value))

    @property
    def names(self) -> tuple[str, ...]:
        """What stands beside the rows, from top to bottom."""
        return (self.start.name, *(step.name for step in self.steps), self.end.name)

    def axis(self, language: str) -> Axis:
        """Return the axis on which both ends and all levels lie: bars float, so it may cut off."""
        return value_axis([*self.levels, self.end.value], self.measure, language)

    @property
    def description(self) -> str:
        """All of it in words."""
        said = (f"{part.name} {part.text}" for part, _ in self.beyond)
        return f"{self.title} · {', '.join(said)}"


def bridge_spec(bridge: Bridge, language: str) -> Spec:
    """Return horizontal bars that float from level to level, between the marks of both ends."""
    rows = list(_rows(bridge))
    return fill(
        "bridge",
        bridge.title,
        bridge.description,
        {
            **axis_params("x", bridge.axis(language)),
            "yTicks": list(range(len(rows))),
            "yLabels": list(bridge.names),
        },
        {"rows": rows},
        _numbers(bridge, language),
        height=ROW * len(rows),
        padding=PADDING | {"right": _room(bridge, bridge.axis(language))},
    )


def _numbers(bridge: Bridge, language: str) -> Iterator[Column]:
    """Yield each row's name, what it adds, and what it has come to then."""
    yield text_column(word("Why.part", language), bridge.names)
    adds = [None, *(step.value for step in bridge.steps), None]
    yield decimals(word("Why.adds", language), adds, needed=True)
    levels = [*bridge.levels, bridge.end.value]
    yield decimals(value_head(word("Value", language), bridge.measure, language), levels)


def _room(bridge: Bridge, axis: Axis) -> float:
    """Return the pixels to the right of the plot that numbers beyond its last bars need."""
    near = [part for part, reach in bridge.beyond if axis.share(reach) > _NEAR]
    return round(max((text_width(part.text) for part in near), default=0.0) + 14, 1)


def _rows(bridge: Bridge) -> Iterator[Row]:
    last = len(bridge.steps) + 1
    for i, end in ((0, bridge.start), (last, bridge.end)):
        at = float(end.value)
        yield _row(i, end, {"mark": at, "end": at, **({"level": at} if i == 0 else {})})
    for i, (step, low, high) in enumerate(bridge.spans, 1):
        places = {"from": float(low), step.tone: float(high), "level": float(high)}
        yield _row(i, step, {**places, "end": float(max(low, high))})


def _row(i: int, part: End | Step, places: Row) -> Row:
    return {"i": i, "text": part.text, **places}


def bridge_svg(bridge: Bridge, language: str, width: float = WIDE) -> str:
    """Return the same as a static picture, as inline SVG."""
    axis, count = bridge.axis(language), len(bridge.steps) + 2
    names = min(max(map(text_width, bridge.names)), _NAMES * width / WIDE)
    left = names + 10
    right, bottom = width - _TEXTS, 6.0 + ROW * count

    def x(value: Decimal) -> float:
        return left + axis.share(value) * (right - left)

    def y(i: int) -> float:
        return 6 + ROW * i

    grid = "".join(f"M{num(x(t))} 6V{num(bottom)}" for t in axis.ticks)
    places = [x(tick) for tick in axis.ticks]
    levels = "".join(
        f"M{num(x(level))} {num(y(i) + ROW / 2)}v{num(ROW)}"
        for i, level in enumerate(bridge.levels)
    )
    bars = (
        rect(f"fill-{step.tone}", x(min(low, high)), y(i) + ROW * 0.2,
             x(max(low, high)) - x(min(low, high)), ROW * 0.6)
        for i, (step, low, high) in enumerate(bridge.spans, 1)
    )  # fmt: skip
    ends = "".join(
        f"M{num(x(end.value))} {num(y(i) + 3)}v{num(ROW - 6)}"
        for i, end in ((0, bridge.start), (count - 1, bridge.end))
    )
    body = (
        path("grid", grid, 1)
        + path("level", levels, 1)
        + "".join(bars)
        + path("actual", ends, 3)
        + scale_labels(places, axis.labels, bottom)
        + _words(bridge, x, left, names)
    )
    return picture("kpi-trend", width, bottom + 22, bridge.description, body)


def _words(bridge: Bridge, x: Callable[[Decimal], float], left: float, room: float) -> str:
    """Return the names to the left, and the numbers beyond the bars."""
    rows = [(6 + ROW * i + ROW / 2 + 4, *row) for i, row in enumerate(bridge.beyond)]
    numbers = (text(x(reach) + 7, at, part.text) for at, part, reach in rows)
    names = ((left - 8, at, fitted(part.name, room)) for at, part, _ in rows)
    return texts(names, "end") + "".join(numbers)
