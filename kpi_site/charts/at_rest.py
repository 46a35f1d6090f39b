"""Charts as static pictures, drawn from their specs: bars, small multiples, the running month.

For readers without JavaScript, and for print: what the spec draws, at rest. All numbers,
ticks and texts are the spec's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kpi_site.charts.captions import fitted, text_width
from kpi_site.charts.plot import scale_labels, time_labels
from kpi_site.charts.points import STANDARDS
from kpi_site.charts.svg import WIDE, Place, dots, line, num, path, picture, rect, text, texts
from kpi_site.charts.templates import ROW, Row, Spec

_NAMES: Final = 150.0  # pixels that the names of members get at most
_CELL: Final = (84.0, 30.0, 36.0)  # height of a small plot, room above and below it


@dataclass(frozen=True, slots=True)
class _Plane:
    """A plot of ``count`` periods between ``low`` and ``high``."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    low: float
    high: float

    def x(self, i: float) -> float:
        return self.left + (i + 0.5) * (self.right - self.left) / max(self.count, 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)

    def places(self, rows: Iterable[Row], field: str) -> list[Place | None]:
        """Return a place for each row that has the field, None for the others and for gaps."""
        found: dict[int, Place | None] = dict.fromkeys(range(self.count))
        found |= {r["i"]: (self.x(r["i"]), self.y(r[field])) for r in rows if field in r}
        return list(found.values())

    def scale(self, ticks: Sequence[float], labels: Sequence[str]) -> str:
        """Return the lines of the value axis, and their labels to the left."""
        lines = "".join(f"M{num(self.left)} {num(self.y(t))}H{num(self.right)}" for t in ticks)
        named = ((self.left - 6, self.y(t) + 4, w) for t, w in zip(ticks, labels, strict=False))
        return path("grid", lines, 1) + texts(named, "end", "quiet")

    def times(self, ticks: Sequence[int], labels: Sequence[str | list[str]]) -> str:
        """Return the ticks of the axis of periods, and their labels of one line or two."""
        return time_labels([self.x(i) for i in ticks], labels, self.bottom)


def _params(spec: Spec) -> Mapping[str, Any]:
    return {p["name"]: p["value"] for p in spec["params"] if "value" in p}


def _final(rows: Sequence[Row]) -> list[Row]:
    return [r for r in rows if not r.get("provisional")]


def running_svg(spec: Spec, width: float = WIDE, height: float = 240) -> str:
    """Return the running month of ``spec`` as inline SVG."""
    data, given = spec["datasets"], _params(spec)
    rows: list[Row] = data["rows"]
    if not rows:
        return ""
    ends = [text_width(x["text"]) + 20 for x in data["labels"] if x["i"] == len(rows) - 1]
    plane = _Plane(
        left=max(map(text_width, given["yLabels"])) + 14,
        right=width - max(ends, default=8),
        top=10,
        bottom=height - 32,
        count=len(rows),
        low=given["yMin"],
        high=given["yMax"],
    )
    level = ""
    if data["targets"]:
        start, end = data["targets"]
        level = f"M{num(plane.x(start['i'] - 0.5))} {num(plane.y(start['y']))}"
        level += f"H{num(plane.x(end['i'] + 0.5))}"
    values = plane.places(rows, "value")
    body = (
        plane.scale(given["yTicks"], given["yLabels"])
        + plane.times(given["xTicks"], given["xLabels"])
        + path("target", level, 1.25)
        + path("pace", line(filter(None, plane.places(rows, "pace"))), 1.25)
        + path("previous", line(plane.places(rows, "previous")), 1.75)
        + path("actual", line(values), 2.25)
        + path("actual", dots([p for p in values if p]), 5, round_cap=True)
        + _beside(plane, data["labels"])
    )
    return picture("kpi-trend", width, height, spec["description"], body)


def _beside(plane: _Plane, labels: Sequence[Row]) -> str:
    """Return the direct labels, with leaders to those that had to move."""
    leaders = "".join(
        f"M{num(plane.x(x['i']) + 3)} {num(plane.y(x['of']))}"
        f"L{num(plane.x(x['i']) + 12)} {num(plane.y(x['y']))}"
        for x in labels
        if "of" in x
    )
    words = (text(plane.x(x["i"]) + 14, plane.y(x["y"]) + 4, x["text"]) for x in labels)
    return path("leader", leaders, 1) + "".join(words)


def multiples_svg(spec: Spec, width: float = WIDE) -> str:
    """Return the small multiples of ``spec`` as inline SVG.

    At most three stand beside each other, and two in a narrow picture.
    """
    given = _params(spec)
    heads: list[list[str]] = given["memberLabels"]
    if not heads:
        return ""
    plot, above, below = _CELL
    across = min(3 if width == WIDE else 2, len(heads))
    left = max(map(text_width, given["yLabels"])) + 14
    wide, high = (width - left) / across, plot + above + below
    count = 1 + max(r["i"] for r in spec["datasets"]["rows"])
    body = ""
    for m, head in enumerate(heads):
        down, over = divmod(m, across)
        at, top = left + over * wide, down * high + above
        plane = _Plane(at, at + wide - 14, top, top + plot, count, given["yMin"], given["yMax"])
        rows = [r for r in spec["datasets"]["rows"] if r["m"] == m]
        body += (
            plane.scale(given["yTicks"], () if over else given["yLabels"])
            + plane.times(given["xTicks"], given["xLabels"])
            + _panel(plane, rows)
            + text(at, top - 18, fitted(head[0], wide - 14))
            + text(at, top - 5, fitted(head[1], wide - 14), kind="quiet")
        )
    height = high * -(-len(heads) // across)
    return picture("kpi-trend", width, height, spec["description"], body)


def _panel(plane: _Plane, rows: Sequence[Row]) -> str:
    values = plane.places(_final(rows), "value")
    alone = list(_alone(values))
    hollow = (p for p in plane.places([r for r in rows if r.get("provisional")], "value") if p)
    return (
        "".join(_steps(plane, rows))
        + path("dashed", line(plane.places(rows, "dashed")), 1.75)
        + path("actual", line(values), 1.75)
        + path("actual", dots(alone), 3.5, round_cap=True)
        + "".join(
            f'<circle class="hollow" cx="{num(x)}" cy="{num(y)}" r="2.5" stroke-width="1.5"/>'
            for x, y in hollow
        )
    )


def _alone(places: Sequence[Place | None]) -> Iterator[Place]:
    """Yield the newest place, and those between gaps, through which no line goes."""
    newest = next((p for p in reversed(places) if p), None)
    for before, place, after in zip([None, *places], places, [*places[1:], None], strict=False):
        if place and (place == newest or not (before or after)):
            yield place


def _steps(plane: _Plane, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the thresholds, which step where a new standard begins."""
    for standard in STANDARDS:
        data = ""
        for field in (standard, f"{standard}Below"):
            last: float | None = None
            for row in rows:
                value = row.get(field)
                end = f"H{num(plane.x(row['i'] + 0.5))}"
                if value is not None and value == last:
                    data = data[: data.rindex("H")] + end
                elif value is not None:
                    data += f"M{num(plane.x(row['i'] - 0.5))} {num(plane.y(value))}{end}"
                last = value
        yield path(standard, data, 1.25)


def bars_svg(spec: Spec, width: float = WIDE) -> str:
    """Return the bars by member of ``spec`` as inline SVG."""
    data, given = spec["datasets"], _params(spec)
    rows: list[Row] = data["rows"]
    if not rows:
        return ""
    names = [fitted(name, _NAMES * width / WIDE) for name in given["yLabels"]]
    numbers = max(text_width(r["text"]) for r in rows) + 14
    beside = max(map(text_width, names)) + 2
    left, right = beside + 8, width - numbers
    if any(r["end"] < 0 for r in rows):
        left += numbers  # numbers below zero stand to the left of their bars
    top = 22.0 if data["whole"] else 6.0
    bottom = top + ROW * len(rows)

    low, high = float(given["xMin"]), float(given["xMax"])

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    grid = "".join(f"M{num(x(t))} {num(top)}V{num(bottom)}" for t in given["xTicks"])
    labels = scale_labels([x(t) for t in given["xTicks"]], given["xLabels"], bottom)
    whole = (
        path("baseline", f"M{num(x(w['x']))} {num(top)}V{num(bottom)}", 1.25)
        + text(x(w["x"]), top - 6, w["text"], anchor="middle")
        for w in data["whole"]
    )
    body = (
        path("grid", grid, 1)
        + labels
        + "".join(_bar(row, top + ROW * n, x) for n, row in enumerate(rows))
        + texts(((beside, top + ROW * n + ROW / 2 + 4, w) for n, w in enumerate(names)), "end")
        + "".join(whole)
    )
    return picture("kpi-trend", width, bottom + 22, spec["description"], body)


def _bar(row: Row, y: float, x: Callable[[float], float]) -> str:
    """Return a member's bar with the year before behind it, its target, and its number."""
    found = ""
    if "previous" in row:
        start, end = sorted((x(0), x(row["previous"])))
        found += rect("before", start, y + ROW * 0.05, end - start, ROW * 0.6)
    if "value" in row:
        start, end = sorted((x(0), x(row["value"])))
        kind = "hollow dashed" if row.get("provisional") else "bar"
        found += rect(kind, start, y + ROW * 0.2, end - start, ROW * 0.6)
    if "target" in row:
        found += path("mark", f"M{num(x(row['target']))} {num(y + 3)}v{num(ROW - 6)}", 2)
    side = -6 if row["end"] < 0 else 6
    anchor = "end" if row["end"] < 0 else "start"
    return found + text(x(row["end"]) + side, y + ROW / 2 + 4, row["text"], anchor=anchor)
