"""Writing SVG as text: numbers, paths with gaps, and texts that are safe in HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kpi_site.wording.markdown import cell

Place = tuple[float, float]
WIDE: Final = 720.0
"""The width of a picture on a page."""
NARROW: Final = 360.0
"""The width of the picture that takes its place on a phone."""


def num(value: float) -> str:
    """Return a coordinate with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0" if value > -0.05 else "-0")


def picture(kind: str, width: float, height: float, title: str, body: str) -> str:
    """Return an ``<svg>`` named ``title``, on one line so that Markdown leaves it alone."""
    return (
        f'<svg class="kpi-svg {kind}" role="img" width="{num(width)}" height="{num(height)}"'
        f' viewBox="0 0 {num(width)} {num(height)}"><title>{cell(title)}</title>{body}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> str:
    """Return a text; ``anchor`` is start, middle or end."""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{num(x)}" y="{num(y)}"{at}{named}>{cell(words)}</text>'


def runs(places: Iterable[Place | None]) -> list[list[Place]]:
    """Split places at the gaps between them."""
    found: list[list[Place]] = [[]]
    for place in places:
        if place is not None:
            found[-1].append(place)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def line(places: Iterable[Place | None]) -> str:
    """Return path data of a line through ``places``, broken at None."""
    return "".join(
        "M" + "L".join(f"{num(x)} {num(y)}" for x, y in run) for run in runs(places) if len(run) > 1
    )


def dots(places: Iterable[Place]) -> str:
    """Return path data that a round line cap turns into dots."""
    return "".join(f"M{num(x)} {num(y)}h0" for x, y in places)


def path(kind: str, data: str, width: float, *, round_cap: bool = False) -> str:
    """Return a path of class ``kind``; nothing without data."""
    cap = ' stroke-linecap="round"' if round_cap else ""
    return f'<path class="{kind}" d="{data}" stroke-width="{num(width)}"{cap}/>' if data else ""


def rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    """Return a rectangle of class ``kind``."""
    size = f'width="{num(max(width, 0))}" height="{num(max(height, 0))}"'
    return f'<rect class="{kind}" x="{num(x)}" y="{num(y)}" {size}/>'


def legible(places: Iterable[tuple[float, float]], gap: float = 5) -> list[int]:
    """Return which of the texts at ``places`` (middle, width; rising) stand clear of each other."""
    kept: list[int] = []
    edge = float("-inf")
    for n, (middle, width) in enumerate(places):
        if middle - width / 2 >= edge:
            kept.append(n)
            edge = middle + width / 2 + gap
    return kept


def apart(centres: Sequence[float], widths: Sequence[float], limit: float) -> list[float]:
    """Return ``centres`` (rising) moved apart so that texts of ``widths`` fit side by side.

    They stay between 0 and ``limit`` as long as there is room for them.
    """
    found: list[float] = []
    edge = 0.0
    for centre, width in zip(centres, widths, strict=True):
        found.append(max(centre, edge + width / 2))
        edge = found[-1] + width / 2
    edge = limit
    for n in range(len(found) - 1, -1, -1):
        found[n] = min(found[n], edge - widths[n] / 2)
        edge = found[n] - widths[n] / 2
    return found
