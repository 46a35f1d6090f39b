"""Bullet graphs after Stephen Few: one value against its thresholds (specification.md#pictures).

Better is to the right, so the scale of a lower-is-better card runs from large to small;
for ``within`` it keeps its order, with the bands on both sides of the centre. A bar
starts at zero; where the scale does not hold zero, a marker stands for the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Direction, Measure, Threshold
from kpi_site.charts.captions import text_width
from kpi_site.charts.svg import apart, num, picture, rect, text
from kpi_site.scoring import level
from kpi_site.wording.judged import judged_text, threshold_bounds, threshold_text
from kpi_site.wording.numbers import format_value
from kpi_site.wording.words import status_words
from kpi_site.words import word

Steps = list[tuple[str, Decimal]]
_TOP: Final = 2.0
_BAND: Final = 20.0
_FONT: Final = 10.0
_NAMES: Final = ("baseline", "target", "challenge")


@dataclass(frozen=True, slots=True)
class _Scale:
    """From the worst value (left) to the best (right); for ``within`` from low to high."""

    left: Decimal
    right: Decimal
    width: float

    def x(self, value: Decimal) -> float:
        share = float((value - self.left) / (self.right - self.left))
        return min(max(share, 0.0), 1.0) * self.width


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the parts of a bullet graph lie from the left, in the unit of its width.

    ``bands`` are (shade, start, width), the worst first; ``marks`` (threshold, place). A value
    is a ``bar`` (start, width) from zero, or a ``point`` where the scale does not hold zero.
    """

    bands: tuple[tuple[str, float, float], ...]
    bar: tuple[float, float] | None
    point: float | None
    marks: tuple[tuple[str, float], ...]


def shape(
    value: Decimal | None,
    threshold: Threshold | None,
    direction: Direction,
    centre: Decimal,
    *,
    width: float,
) -> Shape | None:
    """Return the bullet graph of ``value`` as places; None where nothing is judged."""
    steps = _steps(threshold)
    if not steps or direction == "none":
        return None
    marks = _all_marks(steps, direction, centre)
    return _shape(value, steps, marks, _scale([m for _, m in marks], value, direction, width),
                  direction, centre)  # fmt: skip


def _shape(
    value: Decimal | None,
    steps: Steps,
    marks: Steps,
    scale: _Scale,
    direction: Direction,
    centre: Decimal,
) -> Shape:
    x = None if value is None else scale.x(value)
    bar = None
    if x is not None and _bar_from_zero(scale, direction):
        start = scale.x(Decimal(0))
        bar = (min(start, x), abs(x - start))
    return Shape(
        bands=tuple(_bands(steps, scale, direction, centre)),
        bar=bar,
        point=x if bar is None else None,
        marks=tuple((name, scale.x(at)) for name, at in marks if name != "baseline"),
    )


def _all_marks(steps: Steps, direction: Direction, centre: Decimal) -> Steps:
    """Return where the thresholds lie: for ``within``, on both sides of the centre."""
    sides = (-1, 1) if direction == "within" else (1,)
    origin = centre if direction == "within" else Decimal(0)
    return [(n, origin + side * s) for side in sides for n, s in steps]


def bullet(
    value: Decimal | None,
    threshold: Threshold | None,
    direction: Direction,
    centre: Decimal,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    width: int = 320,
) -> str:
    """Return the bullet graph of ``value`` as inline SVG; "" where there is nothing to judge by."""
    steps = _steps(threshold)
    if not steps or direction == "none":
        return ""
    marks = _all_marks(steps, direction, centre)
    scale = _scale([m for _, m in marks], value, direction, width)
    found = _shape(value, steps, marks, scale, direction, centre)
    labelled = [(n, m, _shown(m, measure, decimals, language)) for n, m in marks]
    title = _title(value, steps, threshold, direction, centre, measure, decimals, language)
    body = (
        "".join(rect(shade, x, _TOP, wide, _BAND) for shade, x, wide in found.bands)
        + _value(found)
        + "".join(_mark(name, x) for name, x in found.marks)
        + _labels(labelled, scale, language)
    )
    return picture("kpi-bullet", width, _TOP + _BAND + 2.6 * _FONT + 2, title, body)


def _steps(threshold: Threshold | None) -> Steps:
    """Return the thresholds that are given, from the easiest to the hardest."""
    if threshold is None:
        return []
    values = (threshold.baseline, threshold.target, threshold.challenge)
    return [(n, v) for n, v in zip(_NAMES, values, strict=True) if v is not None]


def _scale(
    marks: list[Decimal], value: Decimal | None, direction: Direction, width: float
) -> _Scale:
    known = marks if value is None else [*marks, value]
    low, high = min(known), max(known)
    room = (high - low) / 4 or abs(high) / 10 or Decimal(1)
    if direction == "higher" and 0 <= low * 2 <= high:  # zero is near: a true bar is possible
        return _Scale(Decimal(0), high + high / 10, width)
    least = max(low - room, Decimal(0)) if low >= 0 else low - room
    if direction == "lower":
        return _Scale(high + room, least, width)
    return _Scale(least, high + room, width)


def _bar_from_zero(scale: _Scale, direction: Direction) -> bool:
    return direction == "higher" and scale.left <= 0 <= scale.right


def _bands(
    steps: Steps, scale: _Scale, direction: Direction, centre: Decimal
) -> Iterator[tuple[str, float, float]]:
    """Yield ranges in shades of one hue: the darkest is the worst."""
    edges = [(n, s) for n, s in steps if n != "challenge"] or steps[-1:]
    shades = ("r1", "r2", "r3") if len(edges) == 2 else ("r1", "r3")
    yield shades[0], 0.0, scale.width
    for shade, (_, step) in zip(shades[1:], edges, strict=True):
        if direction == "within":
            start, end = scale.x(centre - step), scale.x(centre + step)
        else:
            start, end = scale.x(step), scale.width
        yield shade, start, end - start


def _value(found: Shape) -> str:
    middle = _TOP + _BAND / 2
    if found.bar is not None:
        start, wide = found.bar
        return rect("bar", start, middle - 4, wide, 8)
    if found.point is None:
        return ""
    diamond = f"M{num(found.point)} {num(middle - 7)}l6 7l-6 7l-6-7z"
    return f'<path class="bar" d="{diamond}"/>'


def _mark(name: str, x: float) -> str:
    kind = "mark" if name == "target" else "mark mark--challenge"
    top, end = num(_TOP + 2), num(_TOP + _BAND - 2)
    return f'<line class="{kind}" x1="{num(x)}" x2="{num(x)}" y1="{top}" y2="{end}"/>'


def _labels(labelled: list[tuple[str, Decimal, str]], scale: _Scale, language: str) -> str:
    """Write each threshold's word and number under its place, moved apart where they meet."""
    placed = sorted((scale.x(at), word(name, language), shown) for name, at, shown in labelled)
    if len(placed) > 3:  # both sides of a centre: the target's pair tells enough
        target = word("target", language)
        placed = [p for p in placed if p[1] == target]
    widths = [max(text_width(w, _FONT), text_width(s, _FONT)) + 6 for _, w, s in placed]
    centres = apart([x for x, _, _ in placed], widths, scale.width)
    first = _TOP + _BAND + 1.1 * _FONT
    return "".join(
        text(x, first, words, anchor="middle", kind="quiet")
        + text(x, first + 1.2 * _FONT, shown, anchor="middle")
        for x, (_, words, shown) in zip(centres, placed, strict=True)
    )


def _shown(value: Decimal, measure: Measure, decimals: int, language: str) -> str:
    unit = measure.kind == "percent"
    return threshold_text(value, measure, decimals, language, with_unit=unit)


def _title(
    value: Decimal | None,
    steps: Steps,
    threshold: Threshold | None,
    direction: Direction,
    centre: Decimal,
    measure: Measure,
    decimals: int,
    language: str,
) -> str:
    """Say the whole graph in words, for screen readers and under the pointer."""
    around = f"{format_value(centre, measure, decimals, language)} ± "
    prefix = around if direction == "within" else ""
    found = [
        f"{word(name, language)} {prefix}{threshold_text(step, measure, decimals, language)}"
        for name, step in steps
    ]
    if value is not None:
        judged = status_words(level(value, threshold, direction, centre), language)
        bounds = threshold_bounds(threshold, direction, centre)
        text_ = judged_text(value, bounds, measure, decimals, language)
        found.insert(0, f"{word('actual', language)} {text_} ({judged})")
    return " · ".join(found)
