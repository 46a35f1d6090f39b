"""A heat map: numbers in shades, and what is missing marked and never shaded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kpi_site.catalog import ChartWish
from kpi_site.pages.context import make_context
from kpi_site.pages.heat import heat_map, shade
from kpi_site.periods import Grain
from kpi_site.results import Series, SeriesKey, State
from tests.pages.conftest import EVIL, series


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 1), ("0.99", 1), ("1", 2), ("3", 4), ("5.99", 6), ("6", 6)],
)
def test_shade_is_the_sixth_of_the_span(value: str, expected: int) -> None:
    assert shade(Decimal(value), Decimal(0), Decimal(6)) == expected


def test_equal_values_have_one_shade() -> None:
    assert shade(Decimal(-2), Decimal(-2), Decimal(-2)) == 3


def members(card: Any) -> list[Series]:
    return [
        series(card, SeriesKey(Grain.MONTH, "region", "north"), ["0.9", "0.0", "~0.95"], "2026-08"),
        series(card, SeriesKey(Grain.MONTH, "region", ""), ["0.5", State.SUPPRESSED], "2026-08"),
    ]


def test_what_is_missing_has_a_mark_and_no_shade(sample: Any) -> None:
    card = sample.catalog.indicators["attainment"]
    ctx = make_context(sample, "en")
    found = heat_map(ctx, card, members(card), {"north": "North", "": "not given"}, "region")
    assert found is not None
    assert found.years == (("2026", 3),)
    assert found.periods == ("Aug", "Sep", "Oct")
    north, other = found.rows
    assert [(c.shade, c.text) for c in north.cells] == [(6, "90.0"), (1, "0.0"), (6, "95.0≈")]
    assert [(c.shade, c.text) for c in other.cells] == [(4, "50.0"), (0, "✱"), (0, "—")]
    assert other.cells[1].words == "hidden: too few people"
    assert (found.low, found.high) == ("0.0", "95.0")
    assert {m.mark for m in found.marks} == {"≈", "—", "✱"}


def test_nothing_to_show(sample: Any) -> None:
    card = sample.catalog.indicators["attainment"]
    ctx = make_context(sample, "zh")
    hidden = [series(card, SeriesKey(Grain.MONTH, "region", "x"), [State.SUPPRESSED], "2026-10")]
    assert heat_map(ctx, card, hidden, {"x": "x"}, "region") is None
    assert heat_map(ctx, card, [], {}, "region") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_card_s_wish_is_drawn_on_its_page(sample: Any, language: str) -> None:
    card = sample.catalog.indicators["attainment"]
    card = replace(card, chart=ChartWish(("trend",), ("heat_map",)))
    catalog = replace(sample.catalog, indicators={**sample.catalog.indicators, card.id: card})
    files = replace(sample, catalog=catalog).pages(language)
    text = files["indicators/attainment.md"]
    assert "charts/attainment-targets.json" not in files
    assert "charts/attainment-by-1.json" not in files
    assert text.count('<figure class="kpi-chart kpi-heat"') == 1
    assert '<td class="kpi-h6">95&#46;0</td>' in text
    assert EVIL not in text
    assert "<td><abbr class=" in text  # divided by zero
