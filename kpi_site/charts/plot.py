"""What surrounds a static chart: its grid, and the labels of its axes and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.charts.axis import Axis
from kpi_site.charts.captions import spread
from kpi_site.charts.frame import Frame
from kpi_site.charts.svg import num, path, text

TOP: Final = 18.0
SIDE: Final = 12.0  # from a plot to its direct labels: room for leaders
BOTTOM: Final = 32.0  # room under a plot for two lines of labels


@dataclass(frozen=True, slots=True)
class Plot(Frame):
    """A frame with its value axis."""

    axis: Axis


def make_plot(axis: Axis, left: float, right: float, bottom: float, count: int) -> Plot:
    """Return the plot of ``count`` periods below the room for marks of breaks."""
    return Plot(axis.share, left, right, TOP, bottom, count, axis)


def grid(plot: Plot) -> str:
    """Return the lines of the value axis, and their labels to the left."""
    lines = "".join(
        f"M{num(plot.left)} {num(plot.y(t))}H{num(plot.right)}" for t in plot.axis.ticks
    )
    texts = "".join(
        text(plot.left - 6, plot.y(tick) + 4, label, anchor="end", kind="quiet")
        for tick, label in zip(plot.axis.ticks, plot.axis.labels, strict=True)
    )
    return path("grid", lines, 1) + texts


def period_labels(plot: Plot, ticks: Sequence[int], labels: Sequence[str | list[str]]) -> str:
    """Return the ticks of the axis of periods and their labels, of one line or two."""
    found = path("axis", "".join(f"M{num(plot.x(i))} {num(plot.bottom)}v4" for i in ticks), 1)
    for i, label in zip(ticks, labels, strict=True):
        for n, words in enumerate([label] if isinstance(label, str) else label):
            y = plot.bottom + 15 + 12 * n
            found += text(plot.x(i), y, words, anchor="middle", kind="quiet")
    return found


def side_labels(plot: Plot, labels: Sequence[tuple[Decimal, str]]) -> str:
    """Return the direct labels to the right of the plot: moved apart, with leaders then."""
    room = round(plot.bottom - TOP)
    placed = spread(labels, plot.axis, room)
    x = plot.right
    leaders = "".join(
        f"M{num(x + 1)} {num(TOP + p.of)}L{num(x + SIDE - 2)} {num(TOP + p.y)}"
        for p in placed
        if p.moved
    )
    texts = (text(x + SIDE, TOP + p.y + 4, p.text) for p in placed)
    return path("leader", leaders, 1) + "".join(texts)
