"""What surrounds a static chart: its grid, and the labels of its axes and lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.charts.axis import Axis
from kpi_site.charts.captions import fitted, spread, text_width
from kpi_site.charts.frame import Frame
from kpi_site.charts.svg import legible, num, path, text, texts

TOP: Final = 18.0
SIDE: Final = 12.0  # from a plot to its direct labels: room for leaders
BOTTOM: Final = 32.0  # room under a plot for two lines of labels
_BESIDE: Final = 0.42  # of a picture for its direct labels, at most


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
    named = (
        (plot.left - 6, plot.y(tick) + 4, label)
        for tick, label in zip(plot.axis.ticks, plot.axis.labels, strict=True)
    )
    return path("grid", lines, 1) + texts(named, "end", "quiet")


def period_labels(plot: Plot, ticks: Sequence[int], labels: Sequence[str | list[str]]) -> str:
    """Return the ticks of the axis of periods and their labels, of one line or two."""
    return time_labels([plot.x(i) for i in ticks], labels, plot.bottom)


def time_labels(
    places: Sequence[float], labels: Sequence[str | list[str]], bottom: float, size: float = 11
) -> str:
    """Return ticks at ``places`` below a plot, and labels at as many as have room for them."""
    found = path("axis", "".join(f"M{num(x)} {num(bottom)}v4" for x in places), 1)
    lines = [[label] if isinstance(label, str) else label for label in labels]
    widths = (max(text_width(words, size) for words in label) for label in lines)
    named = (
        (places[at], bottom + 15 + 12 * n, words)
        for at in legible(zip(places, widths, strict=True))
        for n, words in enumerate(lines[at])
    )
    return found + texts(named, "middle", "quiet")


def scale_labels(places: Sequence[float], labels: Sequence[str], bottom: float) -> str:
    """Return the labels of a value axis below a plot: as many as have room."""
    widths = map(text_width, labels)
    named = ((places[n], bottom + 14, labels[n]) for n in legible(zip(places, widths, strict=True)))
    return texts(named, "middle", "quiet")


def beside(labels: Iterable[str], width: float) -> float:
    """Return the room that direct labels get at the right of a picture so wide."""
    return min(max((text_width(words) + SIDE + 6 for words in labels), default=8), width * _BESIDE)


def side_labels(plot: Plot, labels: Sequence[tuple[Decimal, str]], width: float) -> str:
    """Return the direct labels to the right of the plot: moved apart, with leaders then.

    ``width`` is that of the picture, and cuts off what is longer.
    """
    room = round(plot.bottom - TOP)
    placed = spread(labels, plot.axis, room)
    x = plot.right
    leaders = "".join(
        f"M{num(x + 1)} {num(TOP + p.of)}L{num(x + SIDE - 2)} {num(TOP + p.y)}"
        for p in placed
        if p.moved
    )
    words = (text(x + SIDE, TOP + p.y + 4, fitted(p.text, width - x - SIDE)) for p in placed)
    return path("leader", leaders, 1) + "".join(words)
