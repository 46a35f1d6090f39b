"""Writing SVG as text: numbers, paths with gaps, and texts that are safe in HTML and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from kpi_site.wording.markdown import bare, cell

Place = tuple[float, float]
_TITLE: Final = re.compile(r"<title>.*?</title>")
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


def texts(places: Iterable[tuple[float, float, str]], anchor: str, kind: str = "") -> str:
    """Return texts that have their anchor and kind in common."""
    found = "".join(text(x, y, words) for x, y, words in places)
    named = f' class="{kind}"' if kind else ""
    return f'<g text-anchor="{anchor}"{named}>{found}</g>' if found else ""


def small(svg: str) -> str:
    """Return a picture as a file holds it for a page that has its larger one.

    That one has the name, and no Markdown comes near it.
    """
    return bare(_TITLE.sub("", svg, count=1))


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
    return "".join(trail(run) for run in runs(places) if len(run) > 1)


def trail(places: Sequence[Place]) -> str:
    """Return path data of a line through all ``places``: its begin, then steps.

    Level places in a row are one step.
    """
    start, *others = _steps(places)
    steps: list[tuple[int, int]] = []
    for x, y in others:
        if y == 0 and steps and steps[-1][1] == 0 and steps[-1][0] * x > 0:
            steps[-1] = (steps[-1][0] + x, 0)
        else:
            steps.append((x, y))
    data, last = f"M{_pair(*start)}", ""
    for x, y in steps:
        kind, to = ("h", _tenths(x)) if y == 0 else ("l", _pair(x, y))
        data = _joined(data, to) if kind == last else data + kind + to
        last = kind
    return data


def dots(places: Sequence[Place]) -> str:
    """Return path data that a round line cap turns into dots."""
    return "".join(f"{'m' if n else 'M'}{_pair(x, y)}h0" for n, (x, y) in enumerate(_steps(places)))


def _steps(places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Yield the first place, and the steps to all others, in tenths: no error adds up."""
    whole = ((round(x * 10), round(y * 10)) for x, y in places)
    yield from ((x - left, y - top) for (left, top), (x, y) in pairwise(chain([(0, 0)], whole)))


def _pair(x: int, y: int) -> str:
    return _joined(_tenths(x), _tenths(y))


def _tenths(count: int) -> str:
    whole, part = divmod(abs(count), 10)
    digits = f"{whole or ''}.{part}" if part else str(whole)
    return f"-{digits}" if count < 0 else digits


def _joined(number: str, other: str) -> str:
    return number + other if other.startswith("-") else f"{number} {other}"


def path(kind: str, data: str, width: float, *, round_cap: bool = False) -> str:
    """Return a path of class ``kind``; nothing without data."""
    wide = "" if width == 1 else f' stroke-width="{num(width)}"'
    cap = ' stroke-linecap="round"' if round_cap else ""
    return f'<path class="{kind}" d="{data}"{wide}{cap}/>' if data else ""


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
