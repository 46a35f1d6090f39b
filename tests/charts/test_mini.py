"""Small multiples: whole coordinates worked by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from kpi_site.charts.mini import mini_trend
from kpi_site.charts.points import SMALL
from tests.charts.samples import AMOUNT, RATE, amount_series, rate_series, series


def test_a_line_with_the_year_before_and_its_thresholds() -> None:
    svg = mini_trend(RATE, rate_series(), "en")
    ET.fromstring(svg.replace("&#", "&amp;#"))
    kinds = re.findall(r'class="(\w+)"', svg)
    assert {"actual", "previous", "target", "baseline"} <= set(kinds)
    assert "target" in svg
    assert 'aria-hidden="true"' in svg


def test_amounts_are_columns_from_zero() -> None:
    svg = mini_trend(AMOUNT, amount_series(), "zh")
    bars = re.search(r'class="bar" d="([^"]+)"', svg)
    assert bars is not None
    starts = re.findall(r"M\d+ (\d+)v", bars[1])
    assert len(starts) <= SMALL
    assert set(starts) == {"58"}  # zero lies at the bottom


def test_points_lie_where_they_should() -> None:
    # no thresholds: 250 pixels for two months, values from 0.5 (bottom, 58) to 0.7 (top, 6)
    bare = replace(RATE, thresholds=())
    svg = mini_trend(bare, series(bare, ["0.5", "0.7"]), "en")
    assert 'class="actual" d="M62 58l126 -52"' in svg  # at 62.5 and 187.5, halves to even
    assert '<circle class="dot" cx="188" cy="6" r="3"/>' in svg


def test_without_any_value_there_is_no_picture() -> None:
    assert mini_trend(RATE, series(RATE, [None, None]), "en") == ""
