"""Small multiples: a year of one indicator at a glance, with its thresholds.

Rules: specification.md#pictures.

Made to stand in dozens on a printed page: whole coordinates, no grid, no scale; the number
itself stands in the caption above, the thresholds are named at the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.captions import short_standard, text_width
from kpi_site.charts.frame import Frame, between
from kpi_site.charts.points import Point, all_values, last_points, standard_values
from kpi_site.charts.svg import Place, runs, text
from kpi_site.nature import is_amount
from kpi_site.results import Series
from kpi_site.words import word

_WIDTH: Final = 250
_TOP, _BOTTOM = 6, 58
_NAMED: Final = ("target", "baseline")
_LINE: Final = 11  # pixels between two labels


def mini_trend(indicator: Indicator, series: Series, language: str) -> str:
    """Return the last periods of ``series`` as inline SVG.

    Amounts are columns from zero, all else a line; the year before is lighter. It is hidden
    from screen readers, to which the caption beside it tells the value. "" where no period
    has a value.
    """
    points = last_points(series)
    values = all_values(points, indicator)
    if all(p.value is None for p in points):
        return ""
    known = [v for v in values if v is not None]
    columns = is_amount(indicator)
    known += [Decimal(0)] if columns else []
    labels = _labels(points, indicator, language)
    room = max((text_width(words, 10) + 5 for _, words in labels), default=0)
    right = _WIDTH - min(room, _WIDTH / 2)
    plot = Frame(between(known), 0, right, _TOP, _BOTTOM, len(points))
    body = (
        _path("previous", _lines(plot, points, [p.previous for p in points]))
        + (_columns(plot, points) if columns else _actual(plot, points))
        + _standards(plot, points, indicator)
        + _named(plot, labels)
    )
    size = f"0 0 {_WIDTH} {_BOTTOM + _TOP}"
    return f'<svg class="kpi-svg kpi-mini" aria-hidden="true" viewBox="{size}">{body}</svg>'


def _path(kind: str, data: str) -> str:
    return f'<path class="{kind}" d="{data}"/>' if data else ""


def _lines(plot: Frame, points: Sequence[Point], values: Sequence[Decimal | None]) -> str:
    """Return lines through ``values``, broken at gaps; a value alone is a dot."""
    return "".join(_run(run) for run in runs(plot.places(points, values)))


def _run(run: Sequence[Place]) -> str:
    """Return a line in whole steps from point to point."""
    (left, top), *others = [(round(x), round(y)) for x, y in run]
    data, step = f"M{left} {top}", "l" if others else "h0"
    for x, y in others:
        data += f"{step}{x - left} {y - top}"
        step, left, top = " ", x, y
    return data + ("" if others else step)


def _actual(plot: Frame, points: Sequence[Point]) -> str:
    found = _path("actual", _lines(plot, points, [p.value for p in points]))
    newest = points[-1]
    if newest.value is None:
        return found
    kind = "hollow" if newest.provisional else "dot"
    x, y = plot.x(newest.i), plot.y(newest.value)
    return found + f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.0f}" r="3"/>'


def _columns(plot: Frame, points: Sequence[Point]) -> str:
    """Draw columns from zero; the last one is hollow while its period is not over."""
    zero, wide = plot.y(Decimal(0)), plot.band * 0.6
    found = {"bar": "", "hollow": ""}
    for p in points:
        if p.value is not None:
            left, height = plot.x(p.i) - wide / 2, plot.y(p.value) - zero
            data = f"M{left:.0f} {zero:.0f}v{height:.0f}h{wide:.0f}v{-height:.0f}"
            found["hollow" if p.provisional else "bar"] += data
    return _path("bar", found["bar"]) + _path("hollow", found["hollow"])


def _standards(plot: Frame, points: Sequence[Point], indicator: Indicator) -> str:
    """Draw target and baseline as they held in each period."""
    found = ""
    for name in _NAMED:
        data = ""
        for side in (0, 1):
            last: Decimal | None = None
            for p in points:
                values = standard_values(p.result, indicator, name)
                value = values[side] if side < len(values) else None
                end = f"H{plot.x(p.i + 0.5):.0f}"
                if value is not None and value == last:
                    data = data[: data.rindex("H")] + end
                elif value is not None:
                    data += f"M{plot.x(p.i - 0.5):.0f} {plot.y(value):.0f}{end}"
                last = value
        found += _path(name, data)
    return found


def _labels(
    points: Sequence[Point], indicator: Indicator, language: str
) -> list[tuple[Decimal, str]]:
    """Return target and baseline in force at the end, as (value, words)."""
    newest = points[-1]
    found = []
    for name in _NAMED:
        values = standard_values(newest.result, indicator, name)
        if values:
            words = f"{word(name, language)} {short_standard(values[0], indicator, language)}"
            found.append((values[0], words))
    return found


def _named(plot: Frame, labels: Sequence[tuple[Decimal, str]]) -> str:
    """Write the labels beside the ends of their lines, moved apart where they would meet."""
    placed = sorted((plot.y(value), words) for value, words in labels)
    found, least = "", _TOP - 2.0
    for n, (y, words) in enumerate(placed):
        most = _BOTTOM + 3.0 - _LINE * (len(placed) - 1 - n)
        least = min(max(y + 3, least + _LINE), most)
        found += text(round(plot.right + 3), round(least), words)
    return found
