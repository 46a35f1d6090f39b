"""The one frame of a plot: where periods and values lie, on pages, in print and in small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.charts.points import Point
from kpi_site.charts.svg import Place

Share = Callable[[Decimal], float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot between ``left`` and ``right``, ``top`` and ``bottom``, with ``count`` periods.

    ``share`` tells how far up a value lies: 0 at the bottom, 1 at the top.
    """

    share: Share
    left: float
    right: float
    top: float
    bottom: float
    count: int

    @property
    def band(self) -> float:
        """The width of a period."""
        return (self.right - self.left) / max(self.count, 1)

    def x(self, i: float) -> float:
        """Return the middle of the period at position ``i``."""
        return self.left + (i + 0.5) * self.band

    def y(self, value: Decimal) -> float:
        """Return the height at which ``value`` lies."""
        return self.top + (1 - self.share(value)) * (self.bottom - self.top)

    def places(
        self, points: Sequence[Point], values: Sequence[Decimal | None]
    ) -> list[Place | None]:
        """Return a place for each point, None where its value is missing."""
        return [
            None if v is None else (self.x(p.i), self.y(v))
            for p, v in zip(points, values, strict=True)
        ]


def between(values: Sequence[Decimal]) -> Share:
    """Return the share of a scale from the least of ``values`` to the largest; half if equal."""
    low, reach = min(values), max(values) - min(values)
    return lambda value: float((value - low) / reach) if reach else 0.5


def spark_places(
    values: Sequence[Decimal | None], width: float, height: float, edge: float
) -> list[Place | None]:
    """Return the places of a small line that fills a box but for its ``edge``; [] without values.

    Its first and its last value lie on the edges.
    """
    known = [v for v in values if v is not None]
    if not known:
        return []
    step = (width - 2 * edge) / max(len(values) - 1, 1)
    frame = Frame(between(known), edge, width - edge, edge, height - edge, len(values))
    return [None if v is None else (edge + i * step, frame.y(v)) for i, v in enumerate(values)]


def drawn_values(
    points: Sequence[Point],
) -> tuple[list[Decimal | None], list[Decimal | None]]:
    """Return the values of the full line, and of the dashed one that leads to provisional ones."""
    final = [None if p.provisional else p.value for p in points]
    dashed: list[Decimal | None] = [None] * len(points)
    for n, p in enumerate(points):
        if p.provisional:
            start = max(n - 1, 0)
            dashed[start : n + 1] = [q.value for q in points[start : n + 1]]
    return final, dashed
