"""What a reader chooses in a chart: the range of time, the member to compare all others with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kpi_site.wording.numbers import round_away
from tests.charts.samples import MEMBERS, RATE, member_series, rate_series

pytestmark = pytest.mark.browser
DRAWN = ".kpi-chart__view--drawn svg.marks"


@pytest.fixture
def page(browser: Browser, chart_page: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1000, "height": 800})
    opened.goto(chart_page)
    yield opened
    opened.close()


def asked(page: Page) -> Locator:
    """Return the first figure of the page, its chart at work."""
    figure = page.locator("figure").first
    figure.locator(".kpi-chart__hand > button").click()
    expect(figure.locator(DRAWN)).to_be_visible(timeout=20_000)
    return figure


def labels(figure: Locator, words: str) -> Locator:
    return figure.locator(f"{DRAWN} text").filter(has_text=re.compile(f"^{words}$"))


def texts(figure: Locator) -> list[str]:
    return [t.strip() for t in figure.locator(f"{DRAWN} text").all_text_contents() if t.strip()]


def test_a_range_of_time_is_drawn_alone_with_a_tick_for_each_period(page: Page) -> None:
    figure = asked(page)
    since, until = (figure.locator(f"select[name={name}]") for name in ("since", "until"))
    expect(page.get_by_label("From")).to_have_count(1)
    assert since.locator("option").count() == 40
    assert since.locator("option:checked").inner_text() == "Jul 2023"
    assert until.locator("option:checked").inner_text() == "Oct 2026"
    assert "target 96.0%" in texts(figure)
    since.select_option(label="Feb 2026")
    until.select_option(label="Jul 2026")
    months = ["Feb", "Mar", "Apr", "May", "Jun", "Jul"]
    expect(labels(figure, "Mar")).to_have_count(1)
    shown = {t[:3] for t in texts(figure)} & {*months, "Jan", "Aug"}
    assert shown == set(months)
    # the newest of the range is named at its end, as it is in the table
    july = rate_series().results[-4]
    assert july.period.label == "2026-07"
    assert july.value is not None
    assert f"{round_away(july.value * 100, 1)}%" in texts(figure)
    # and the way back: in either order, the whole
    since.select_option(label="Oct 2026")
    until.select_option(label="Jul 2023")
    expect(labels(figure, "Mar")).to_have_count(0)


def test_the_range_stays_chosen_when_colours_change_and_in_what_is_saved(page: Page) -> None:
    figure = asked(page)
    page.get_by_label("From").select_option(label="Jun 2026")
    expect(labels(figure, "Sep")).to_have_count(1)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(figure.locator("path[stroke='#dbe6ef']")).not_to_have_count(0)
    assert page.get_by_label("From").locator("option:checked").inner_text() == "Jun 2026"
    figure.get_by_role("button", name="Save or link this chart").click()
    with page.expect_download() as found:
        figure.locator("[data-way=svg]").click()
    saved = found.value.path().read_text("utf-8")
    assert ">Sep</text>" in saved
    assert "First" in saved


def test_bars_are_compared_with_the_member_that_is_chosen(page: Page) -> None:
    page.goto(page.url + "bars.html")
    figure = asked(page)
    rules = figure.locator(f"{DRAWN} line[stroke='#8a5a00']")
    expect(rules).to_have_count(0)
    choice = page.get_by_label("Compare with")
    assert choice.locator("option").all_inner_texts()[:2] == ["(no other)", MEMBERS[0]]
    choice.select_option(label=MEMBERS[1])
    expect(rules).to_have_count(1)
    newest = [s.results[-1].value for s in member_series(RATE, 0.97, 0.02)]
    base = newest[1]
    assert base is not None
    told = [t for t in texts(figure) if re.search(r"pp$", t)]
    wanted = []
    for value in newest:
        if value is None or value == base:
            continue
        points = round_away((value - base) * 100, 1)
        sign = "+" if value > base else "−"
        wanted.append(f"{sign}{abs(points)}\u00a0pp")
    assert [t.rpartition("  ")[2] for t in told] == wanted
    assert len(wanted) > 10
    assert Decimal(0) not in newest
    choice.select_option(label="(no other)")
    expect(rules).to_have_count(0)
    assert not [t for t in texts(figure) if t.endswith("pp")]
