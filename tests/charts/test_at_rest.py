"""Static pictures of bars, small multiples and the running month, against the numbers given."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from kpi_site.charts.small import bars_svg, multiples_svg, running_svg, trend_svg
from kpi_site.charts.specs import (
    Spec,
    breakdown_spec,
    member_trends_spec,
    panels,
    running_spec,
    trend_spec,
)
from kpi_site.results import State
from tests.charts.samples import (
    AMOUNT,
    CALENDAR,
    RATE,
    WITHIN,
    member_series,
    rate_series,
    running_series,
    series,
)

OCTOBER = CALENDAR.parse("2026-10")


def bars(card: object = RATE, middle: float = 0.97, height: float = 0.02, **more: object) -> Spec:
    assert OCTOBER is not None
    members = member_series(card, middle, height)  # type: ignore[arg-type]
    return breakdown_spec(card, members, OCTOBER, "en", {}, **more)  # type: ignore[arg-type]


def parts(svg: str, tag: str, kind: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(svg).iter(tag) if kind in e.get("class", "").split()]


def places(path: ET.Element) -> list[complex]:
    """Return where each stroke of a path begins or goes on, by the letters of SVG."""
    at, found = 0j, list[complex]()
    for letter, rest in re.findall(r"([Mmlh])([^A-Za-z]*)", path.get("d", "")):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        steps = [complex(n) for n in numbers]
        if letter != "h":
            steps = [complex(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        for step in steps:
            at = step if letter == "M" else at + step
            found += [at] if step or letter in "Mm" else []
    return found


def texts(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in ET.fromstring(svg).iter("text")]


def inside(svg: str) -> bool:
    """Tell whether all begins of paths, rectangles and texts lie inside the picture."""
    root = ET.fromstring(svg)
    wide, high = float(root.get("width", 0)), float(root.get("height", 0))
    points = [(float(e.get("x", 0)), float(e.get("y", 0))) for e in root.iter() if e.get("x")]
    for e in root.iter("path"):
        points += [
            (float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", e.get("d", ""))
        ]
    return all(0 <= x <= wide and 0 <= y <= high for x, y in points)


def test_bars_are_as_long_as_their_values() -> None:
    svg = bars_svg(bars(AMOUNT, 2e7, 3e6))
    full, hollow = parts(svg, "rect", "bar"), parts(svg, "rect", "hollow")
    values = [s.results[-1].value for s in member_series(AMOUNT, 2e7, 3e6)]
    known = [float(v) for n, v in enumerate(values) if v is not None and n != 2]
    assert values[9] is None  # hidden: no bar
    assert len(hollow) == 1  # provisional
    widths = [float(e.get("width", 0)) for e in full]
    assert widths == pytest.approx([v * widths[0] / known[0] for v in known], abs=0.2)
    assert len({e.get("x") for e in full}) == 1
    assert inside(svg)


def test_bars_below_zero_go_to_the_left_with_their_numbers() -> None:
    svg = bars_svg(bars(WITHIN, -0.03, 0.01))
    full = parts(svg, "rect", "bar")
    ends = {round(float(e.get("x", 0)) + float(e.get("width", 0))) for e in full}
    assert len(ends) == 1  # at zero
    assert inside(svg)
    numbers = [e for e in ET.fromstring(svg).findall("{*}text") if e.text and e.text[0] == "−"]
    assert {e.get("text-anchor") for e in numbers} == {"end"}


def test_bars_show_the_whole_the_target_and_what_is_hidden() -> None:
    svg = bars_svg(bars(whole=rate_series().results[-1]))
    assert "all 96.4%" in texts(svg)
    assert "✱ hidden: too few people" in texts(svg)
    assert len(parts(svg, "path", "mark")) == 15


def test_every_member_has_a_panel_with_its_name_and_newest_value() -> None:
    drawn = panels(RATE, member_series(RATE, 0.97, 0.02), "zh", {"华东": "东区"})
    svg = multiples_svg(member_trends_spec(RATE, drawn, "zh"))
    assert len(parts(svg, "path", "target")) == len(drawn.shown) == 12
    said = texts(svg)
    for panel in drawn.shown:
        assert said[said.index(panel.name) + 1] == panel.newest
    assert inside(svg)


def test_a_gap_is_a_gap_in_a_panel() -> None:
    values: list[str | float | State | None] = [
        "0.90",
        "0.91",
        None,
        "0.93",
        State.ZERO_DENOMINATOR,
        "0.95",
        "0.96",
    ]
    found = panels(RATE, [series(RATE, values, "2026-04")], "en", {})
    svg = multiples_svg(member_trends_spec(RATE, found, "en"))
    line, alone = parts(svg, "path", "actual")
    assert len(re.findall("M", line.get("d", ""))) == 2  # before the first gap, after the second
    assert len(places(alone)) == 2  # between the gaps, and the newest


def test_the_running_month_ends_where_its_days_end() -> None:
    spec = running_spec(AMOUNT, running_series(), "en", target=Decimal(90_000_000))
    svg = running_svg(spec)
    line, points = parts(svg, "path", "actual")
    assert len(places(line)) == 20
    assert places(points) == pytest.approx(places(line))
    assert len(places(parts(svg, "path", "previous")[0])) == 30
    assert {"59.4", "target 90.0"} <= set(texts(svg))
    assert inside(svg)


def test_pictures_have_the_name_of_their_chart() -> None:
    drawn = panels(RATE, member_series(RATE, 0.97, 0.02), "zh", {})
    for spec, draw in (
        (bars(), bars_svg),
        (member_trends_spec(RATE, drawn, "zh"), multiples_svg),
        (running_spec(AMOUNT, running_series(), "zh"), running_svg),
    ):
        title = ET.fromstring(draw(spec)).find("title")
        assert title is not None
        assert title.text == spec["description"]


def test_a_course_begins_with_its_first_value() -> None:
    late = series(RATE, [None, None, State.ZERO_DENOMINATOR, "0.9", None, "0.95"], "2026-01")
    spec = trend_spec(RATE, late, "en")
    assert spec["title"].endswith("Apr 2026 to Jun 2026")
    assert [(r["i"], r["period"]) for r in spec["datasets"]["rows"]] == [
        (0, "2026-04"), (1, "2026-05"), (2, "2026-06"),
    ]  # fmt: skip
    assert "Apr 2026 to Jun 2026" in trend_svg(RATE, late, "en")


def test_labels_that_had_to_move_have_leaders_to_what_they_name() -> None:
    values: list[str | float | State | None] = [*["0.9"] * 12, *["0.96"] * 12]
    close = series(RATE, values, "2024-11")  # 96.0% and the target of 96.0% in one place
    labels = trend_spec(RATE, close, "en")["datasets"]["labels"]
    moved = {row["text"]: row["of"] for row in labels if "of" in row}
    assert set(moved) <= {"96.0%", "target 96.0%"}
    assert len(moved) == 1
    assert next(iter(moved.values())) == pytest.approx(0.96)
    (leader,) = parts(trend_svg(RATE, close, "en"), "path", "leader")
    assert leader.get("d", "").count("M") == 1
    few: list[str | float | State | None] = ["0.94" for _ in range(10)]  # with no year before
    apart = series(RATE, few, "2026-01")
    assert not any("of" in row for row in trend_spec(RATE, apart, "en")["datasets"]["labels"])
    assert parts(trend_svg(RATE, apart, "en"), "path", "leader") == []


def test_the_light_line_is_named() -> None:
    running = running_spec(AMOUNT, running_series(), "en", target=Decimal(90_000_000))
    assert "previous month" in {row["text"] for row in running["datasets"]["labels"]}
    values: list[str | float | State | None] = ["0.93"] * 16
    values[3] = None  # so that the newest month has no year before it
    trend = trend_spec(RATE, series(RATE, values, "2025-01"), "en")
    assert "previous year" in {row["text"] for row in trend["datasets"]["labels"]}
