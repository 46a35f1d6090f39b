"""Comparing members: the one that is chosen is drawn in every panel."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

LIGHT, DARK = "path[stroke='#9aabba']", "path[stroke='#647b8f']"


def test_a_member_is_drawn_in_every_panel_and_stays_chosen(
    browser: Browser, chart_page: str
) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.goto(f"{chart_page}members.html")
    page.locator(".kpi-chart__hand > button").click()
    drawn = page.locator(".kpi-chart__view--drawn")
    choice = page.get_by_label("Draw in every panel")
    expect(choice).to_be_visible(timeout=20_000)
    assert choice.locator("option").all_inner_texts()[:3] == ["(no other)", "East", "华南"]
    expect(drawn.locator(LIGHT)).to_have_count(0)
    choice.select_option(label="East")
    expect(drawn.locator(LIGHT)).to_have_count(12)
    first = drawn.locator(LIGHT).first.get_attribute("d")
    assert first is not None
    assert all(line.get_attribute("d") == first for line in drawn.locator(LIGHT).all())
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(drawn.locator(DARK)).to_have_count(12)
    page.get_by_label("Draw in every panel").select_option(label="(no other)")
    expect(drawn.locator(DARK)).to_have_count(0)
    page.close()
