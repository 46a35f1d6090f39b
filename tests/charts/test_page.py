"""The page script in a real browser: drawn in view, in both schemes, without any other host."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kpi_site.charts.bundle import chart_bundle

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, chart_page: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 800, "height": 600})
    opened.goto(chart_page)
    opened.locator("figure").nth(0).locator(".kpi-chart__view--drawn svg").wait_for()
    yield opened
    opened.close()


def drawn(page: Page) -> list[int]:
    return [
        page.locator("figure").nth(i).locator(".kpi-chart__view--drawn svg").count()
        for i in range(3)
    ]


def test_charts_are_drawn_when_they_come_into_view(page: Page) -> None:
    assert drawn(page) == [1, 0, 0]
    page.locator("figure").nth(2).scroll_into_view_if_needed()
    page.locator("figure").nth(2).locator(".kpi-chart__view--drawn svg").wait_for()
    assert page.locator("figure").nth(2).locator(".kpi-trend").count() == 0


def test_a_failure_leaves_the_static_picture(page: Page) -> None:
    missing = page.locator("figure").nth(1)
    assert missing.locator(".kpi-trend").count() == 1
    assert missing.locator(".kpi-chart__view").count() == 1


def test_the_picture_has_one_name(page: Page) -> None:
    svg = page.locator("figure").nth(0).locator("svg")
    assert svg.get_attribute("role") == "img"
    assert (svg.get_attribute("aria-label") or "").startswith("Sales target attainment")
    assert svg.locator("[aria-label], [role]").count() == 0


def test_no_global_name_is_added(page: Page) -> None:
    names = page.evaluate(
        "() => { const f = document.createElement('iframe'); document.body.append(f);"
        " const plain = new Set(Object.getOwnPropertyNames(f.contentWindow)); f.remove();"
        " return Object.getOwnPropertyNames(window).filter(n => !plain.has(n)); }"
    )
    assert [n for n in names if not n.isdigit() and n not in {"TEMPORARY", "PERSISTENT"}
            and not n.startswith(("__playwright", "__pw"))] == []  # fmt: skip


def test_colours_follow_the_scheme(page: Page) -> None:
    line = page.locator("figure").nth(0).locator("path[stroke='#21374a']").first
    line.wait_for()
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.locator("figure").nth(0).locator("path[stroke='#dbe6ef']").first.wait_for()
    assert page.locator("figure").nth(0).locator(".kpi-chart__view").count() == 1


def test_printing_draws_everything(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator("figure").nth(2).locator(".kpi-chart__view--drawn svg").wait_for(state="attached")


def test_numbers_show_under_the_pointer(page: Page) -> None:
    box = page.locator("figure").nth(0).locator("svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2, steps=4)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert "target" in tip.inner_text()


def test_a_page_brought_in_without_loading_is_drawn(page: Page) -> None:
    """Instant navigation replaces the body's content and tells its subscribers."""
    page.evaluate(
        "() => { window.document$ = { subscribe: f => { window.again = f; } };"
        " const s = document.createElement('script'); s.src = 'assets/charts.js';"
        " document.head.append(s); }"
    )
    page.wait_for_function("() => window.again")
    page.evaluate(
        "() => { const f = document.querySelector('figure').cloneNode(true);"
        " f.id = 'new'; f.querySelector('.kpi-chart__view').className = 'kpi-chart__view';"
        " document.body.replaceChildren(f); window.again(); }"
    )
    page.locator("#new .kpi-chart__view--drawn svg").wait_for()


def test_the_bundle_is_kept_by_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = chart_bundle(tmp_path)
    assert 500_000 < len(first) < 1_500_000
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda *_: "made again")
    assert chart_bundle(tmp_path) == first
    (kept,) = tmp_path.iterdir()
    assert version("vl-convert-python") in kept.name
    kept.unlink()
    assert chart_bundle(tmp_path) == b"made again"
