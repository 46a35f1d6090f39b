from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import markdown
import pytest

from kpi_site.catalog import Direction, Indicator
from kpi_site.charts.small import bullet, sparkline, trend_svg
from kpi_site.charts.svg import dots, line
from kpi_site.charts.theme import DARK, LIGHT
from kpi_site.results import Series
from kpi_site.scoring import level, level_of
from kpi_site.wording.words import status_mark, status_words
from tests.charts.samples import (
    AMOUNT,
    COUNT,
    DURATION,
    PERCENT,
    RATE,
    WITHIN,
    amount_series,
    duration_series,
    rate_series,
    series,
    standard,
    within_series,
)

CSS = (Path(__file__).parents[2] / "kpi_site/charts/static/charts.css").read_text(encoding="utf-8")


def draw(value: str | None, indicator: Indicator) -> str:
    number = None if value is None else Decimal(value)
    last = indicator.thresholds[-1].fixed
    return bullet(
        number, last, indicator.direction, indicator.centre, indicator.unit, 1, "en"
    )  # fmt: skip


def marks(svg: str) -> list[float]:
    return [float(x) for x in re.findall(r'<line class="mark[^"]*" x1="([\d.]+)"', svg)]


def diamond(svg: str) -> float:
    found = re.search(r'<path class="bar" d="M([\d.]+) ', svg)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize(
    ("value", "direction", "expected"),
    [
        ("0.98", "higher", "challenge"),
        ("0.9799", "higher", "target"),
        ("0.95", "higher", "target"),
        ("0.9", "higher", "baseline"),
        ("0.8999", "higher", "below"),
        (None, "higher", "none"),
        ("0.95", "none", "none"),
    ],
)
def test_levels_higher(value: str | None, direction: Direction, expected: str) -> None:
    number = None if value is None else Decimal(value)
    assert level(number, standard("0.9", "0.95", "0.98").fixed, direction, Decimal(0)) == expected


def test_levels_lower_within_and_incomplete() -> None:
    lower = standard("10", "8", "6").fixed
    zero = Decimal(0)
    found = [level(Decimal(v), lower, "lower", zero) for v in ("6", "6.01", "10", "10.01")]
    assert found == ["challenge", "target", "baseline", "below"]
    around = standard("5", "4", "3").fixed
    centre = Decimal(100)
    found = [level(Decimal(v), around, "within", centre) for v in (97, 104, 95, "94.9", "105.1")]
    assert found == ["challenge", "target", "baseline", "below", "below"]
    assert level(Decimal(1), standard(None, "2", None).fixed, "higher", zero) == "below"
    assert level(Decimal(1), standard(None, None, None).fixed, "higher", zero) == "none"
    assert level(Decimal(-5), standard("-10", "-6", "0").fixed, "higher", zero) == "target"


def test_every_level_has_its_own_mark_and_words() -> None:
    levels = [level_of(r, RATE) for r in rate_series().results]
    assert set(levels) <= {"challenge", "target", "baseline", "below", "none"}
    everything = ("challenge", "target", "baseline", "below", "none")
    assert len({status_mark(n) for n in everything}) == 5
    assert len({status_words(n, "zh") for n in everything}) == 5


def test_better_is_to_the_right() -> None:
    target, challenge = marks(draw("0.94", RATE))
    assert diamond(draw("0.94", RATE)) < target < challenge
    target, challenge = marks(draw("9", DURATION))
    assert diamond(draw("9", DURATION)) < target < challenge
    assert diamond(draw("5", DURATION)) > marks(draw("5", DURATION))[1]


def test_a_band_around_a_centre_has_marks_on_both_sides() -> None:
    svg = draw("0.01", WITHIN)
    low_target, low_challenge, high_target, high_challenge = marks(svg)
    assert low_target < low_challenge < diamond(svg) < high_challenge < high_target


def test_a_bar_starts_at_zero() -> None:
    args = (standard("20", "50", "60").fixed, "higher", Decimal(0), COUNT, 0, "en")
    svg = bullet(Decimal(33), *args)  # type: ignore[arg-type]
    assert '<rect class="bar" x="0" y="8" width="160" height="8"/>' in svg  # 33 of 66


def test_bullets_say_everything_in_words() -> None:
    title = re.search("<title>(.*?)</title>", draw("0.945", RATE))
    assert title is not None
    said = ET.fromstring(f"<t>{title[1]}</t>").text
    assert said == (
        "actual 94.5% (above baseline, below target) · baseline 92.0% · target 96.0% ·"
        " challenge 99.0%"
    )
    assert bullet(Decimal(1), None, "higher", Decimal(0), PERCENT, 1, "en") == ""
    assert "mark" in draw(None, RATE)


def test_sparklines_break_at_gaps_and_mark_the_last_value() -> None:
    svg = sparkline([Decimal(1), Decimal(2), None, Decimal(3), None, None], "a <b>")
    assert svg.count("M") == 2  # a line, and a dot alone
    assert 'cx="52.2"' in svg  # the fourth of six places: 3 + 3 * 82 / 5
    assert "<b>" not in svg
    assert sparkline([None, None], "x") == ""
    assert "circle" in sparkline([Decimal(5)], "x")


SERIES = [
    (RATE, rate_series()), (AMOUNT, amount_series()), (AMOUNT, amount_series(6)),
    (DURATION, duration_series()), (WITHIN, within_series()), (RATE, series(RATE, [None, "0.9"])),
]  # fmt: skip


@pytest.mark.parametrize(("indicator", "shown"), SERIES)
def test_trends_are_whole_small_and_pass_through_markdown(
    indicator: Indicator, shown: Series
) -> None:
    for language in ("zh", "en"):
        svg = trend_svg(indicator, shown, language)
        assert len(svg.encode()) < 6_000
        ET.fromstring(svg)
        assert "nan" not in svg.lower()
        html = markdown.markdown(f"<div>{svg}</div>", extensions=["attr_list", "md_in_html"])
        assert svg in html


def test_a_trend_breaks_at_gaps_and_ends_in_a_hollow_point() -> None:
    svg = trend_svg(RATE, rate_series(), "zh")
    line = re.search(r'<path class="actual" d="(M[^"]*l[^"]*)"', svg)
    assert line is not None
    assert line[1].count("M") == 3  # a gap of two months, and one of one
    assert svg.count('class="hollow"') == 1
    assert "口径变更" in svg
    assert trend_svg(RATE, Series(rate_series().key, (), {}), "zh") == ""


@pytest.mark.parametrize(
    ("places", "data"),
    [
        ([(0.04, 1), (10.06, 1), (20.14, 1), (20, 2.5), (5, 2.5)], "M0 1h20.1l-.1 1.5h-15"),
        ([(1, 1), (2, 3), (4, 2), (2.5, 2)], "M1 1l1 2 2-1h-1.5"),
        ([(3, 5), (7, 5), (4, 5)], "M3 5h4-3"),  # back over itself: both steps
        ([(0, 0), (0.04, 1), (0.08, 2), (0.12, 3)], "M0 0l0 1 .1 1 0 1"),  # no error adds up
    ],
)
def test_a_line_goes_in_steps_of_tenths(places: list[tuple[float, float]], data: str) -> None:
    assert line(places) == data


def test_dots_go_in_steps_of_tenths() -> None:
    assert dots([(1.26, 2), (3, 1.5)]) == "M1.3 2h0m1.7-.5h0"
    assert dots([]) == ""


def tokens(selector: str) -> dict[str, str]:
    block = CSS[CSS.index(selector) :]
    return dict(re.findall(r"--kpi-([\w-]+): (#[0-9a-f]{6});", block[: block.index("}")]))


def test_the_style_sheet_has_the_theme_s_colours() -> None:
    assert tokens(":root").items() >= dict(LIGHT).items()
    assert tokens('[data-md-color-scheme="slate"]').items() >= dict(DARK).items()


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("scheme", "ground"), [(LIGHT, "#ffffff"), (DARK, "#1e2129")])
def test_colours_stand_out_from_the_page(scheme: dict[str, str], ground: str) -> None:
    least = {"good": 4.5, "bad": 4.5, "warn": 4.5, "actual": 4.5, "limit": 3, "previous": 2}
    for token, ratio in least.items():
        light, dark = sorted((luminance(scheme[token]), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= ratio, token
