"""A running period beside the same part of earlier ones: computed once, shown by every page.

Figures by hand, of ``sites/running`` up to 10 March 2026: 200 sold since 1 March as from 1 to
10 February (all of February: 480) and from 1 to 10 March 2025 (all of it: 510).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site import stages
from kpi_site.charts.captions import tip
from kpi_site.charts.points import points_of
from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.report import draft_pages
from kpi_site.pages.tables import over_time
from kpi_site.periods import Grain
from kpi_site.results import Series
from kpi_site.story.reading import previous, read, year_before
from kpi_site.story.values import tell_series
from tests.oracle.product import TODAY

ROOT = Path(__file__).parents[1] / "sites" / "running"


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Context:
    kept = tmp_path_factory.mktemp("kept")
    figures, problems = stages.figures(Options(ROOT, TODAY, kept=kept))
    assert figures is not None, [p.text() for p in problems]
    return make_context(figures, "en")


def whole(ctx: Context, name: str, grain: Grain) -> Series:
    found = ctx.results[name].whole(grain)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "grain", "before", "a_year_before"),
    [
        ("sales", Grain.MONTH, 200, 200),
        ("sales", Grain.QUARTER, 680, 568),  # 38 days: to 8 December, to 10 March
        ("sales", Grain.YEAR, 568, None),
        ("people_change", Grain.MONTH, -1, 2),
        ("till_change", Grain.MONTH, -37, None),  # of a year before, only one day is known
    ],
)
def test_what_a_running_period_is_compared_with(
    ctx: Context, name: str, grain: Grain, before: int, a_year_before: int | None
) -> None:
    series, calendar = whole(ctx, name, grain), ctx.catalog.site.calendar
    period = series.results[-1].period
    found = [previous(calendar, period, series), year_before(calendar, period, series)]
    values = [None if one is None or one.value is None else int(one.value) for one in found]
    assert values == [before, a_year_before]


def test_whole_meets_whole_when_the_period_is_over(ctx: Context) -> None:
    series, calendar = whole(ctx, "sales", Grain.MONTH), ctx.catalog.site.calendar
    february = series.results[-2].period
    found = previous(calendar, february, series)
    assert found is not None
    assert found.value == 510  # all of January
    assert not series.to_same_day(february)


def test_differences_say_so(ctx: Context) -> None:
    card, series = ctx.catalog.indicators["sales"], whole(ctx, "sales", Grain.QUARTER)
    running, closed = series.results[-1], series.results[-2]
    found = read(ctx, card, running, series).year
    assert found is not None
    assert (found.short, found.basis) == ("+19.7%", "to the same day")
    found = read(ctx, card, closed, series).previous
    assert found is not None
    assert found.basis == ""


def test_tables_and_charts_show_the_same(ctx: Context) -> None:
    card, series = ctx.catalog.indicators["sales"], whole(ctx, "sales", Grain.QUARTER)
    newest, older, *_ = over_time(ctx, card, tell_series(ctx, series)).rows
    assert "+19.7 <small>to the same day</small></td>" in newest
    assert '<td class="kpi-good"><small>better</small> +19.7' in newest
    assert "to the same day" not in older
    point = points_of(series)[-1]
    assert point.previous == 568
    assert tip(point, card, "en")["previous year"] == "¥568.00 to the same day"


def test_a_report_of_a_running_month(ctx: Context) -> None:
    """Sales of 200 are 80 points, and were as many up to 10 February (and 100 in the end)."""
    text = b"".join(f.data for f in draft_pages(ctx, "2026-03")).decode()
    total = '±0&#46;0</span> <small>to the same day</small></td><td class="kpi-grade">'
    assert total in text
    assert "vs previous period to the same day" in text
    assert "vs a year before to the same day" in text


@pytest.mark.parametrize("name", ["running", "active_users"])
def test_pages_of_cards_without_longer_periods(name: str, tmp_path: Path) -> None:
    """Cards by month or day alone, a window by day that has no total of the month, reports."""
    figures, problems = stages.figures(Options(ROOT.parent / name, TODAY, kept=tmp_path))
    assert figures is not None, [p.text() for p in problems]
    pages = {file.path: file.data for file in render(figures, "en", None)}
    for card in figures.catalog.indicators.values():
        page = pages[f"indicators/{card.id}.md"].decode()
        assert "2026" in page, card.id
        assert ("running total of the month" in page) is (card.id == "users_of_day"), card.id
    if name == "active_users":
        assert figures.results["active"].running is None
        assert "Q2" not in pages["indicators/users_of_day.md"].decode()
        assert "Users of the day" in pages["reports/2026-04.md"].decode()
