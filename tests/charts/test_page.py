"""The page script in a real browser: drawn when asked for, in both schemes, from no other host."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kpi_site.charts.bundle import chart_bundle

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, chart_page: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 800, "height": 600})
    opened.goto(chart_page)
    point_at(opened, 0)
    opened.locator("figure").nth(0).locator(DRAWN).wait_for()
    yield opened
    opened.close()


@pytest.fixture
def untouched(browser: Browser, chart_page: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 800, "height": 600})
    opened.goto(chart_page)
    yield opened
    opened.close()


DRAWN = ".kpi-chart__view--drawn svg.marks"
LOADED = "performance.getEntriesByType('resource').map((each) => each.name.split('/').at(-1))"
FRAME = "(e) => { const { top, height } = e.getBoundingClientRect(); return [top, height]; }"


def point_at(page: Page, n: int) -> None:
    figure = page.locator("figure").nth(n)
    figure.scroll_into_view_if_needed()
    box = figure.locator(".kpi-chart__view").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)


def drawn(page: Page) -> list[int]:
    return [page.locator("figure").nth(i).locator(DRAWN).count() for i in range(3)]


def test_a_page_that_is_only_read_loads_neither_the_bundle_nor_a_spec(untouched: Page) -> None:
    page = untouched
    page.mouse.move(400, 300)  # where a chart is, and at rest there
    for _ in range(5):
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(100)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_load_state("networkidle")
    assert drawn(page) == [0, 0, 0]
    assert set(page.evaluate(LOADED)) == {"charts.css", "far.css", "charts.js"}
    for hint in page.locator(".kpi-chart__hand > button").all():
        assert hint.inner_text() == "Point at it for numbers, or explore"


def test_only_the_chart_is_drawn_that_is_pointed_at(page: Page) -> None:
    assert drawn(page) == [1, 0, 0]
    point_at(page, 2)
    page.locator("figure").nth(2).locator(DRAWN).wait_for()
    assert page.locator("figure").nth(2).locator(".kpi-trend").count() == 0


def test_a_touch_is_enough(browser: Browser, chart_page: str) -> None:
    phone = browser.new_page(viewport={"width": 700, "height": 600}, has_touch=True)
    phone.goto(chart_page)
    phone.locator("figure").nth(0).locator(".kpi-chart__view").tap()
    phone.locator("figure").nth(0).locator(DRAWN).wait_for()
    phone.close()


def test_the_keyboard_asks_by_the_button_and_keeps_its_place(untouched: Page) -> None:
    page = untouched
    button = page.locator("figure").nth(0).locator(".kpi-chart__hand > button")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("figure").nth(0).locator(DRAWN).wait_for()
    assert button.count() == 0
    assert page.evaluate("document.activeElement.closest('figure')?.id") == "chart-first"


@pytest.mark.parametrize("width", [390, 800, 1280])
@pytest.mark.parametrize("path", ["", "members.html"])
def test_nothing_moves_when_a_chart_takes_its_pictures_place(
    untouched: Page, width: int, path: str
) -> None:
    page = untouched
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(page.url + path)
    page.wait_for_load_state("networkidle")
    first = page.locator("figure").nth(0)
    before = first.evaluate(FRAME)
    point_at(page, 0)
    first.locator(DRAWN).wait_for()
    assert first.evaluate(FRAME) == pytest.approx(before, abs=1)
    svg, view = (first.locator(at).bounding_box() for at in (DRAWN, ".kpi-chart__view--drawn"))
    assert svg is not None
    assert view is not None
    assert svg["width"] <= view["width"] + 1  # and none of it is cut off
    assert view["height"] * 0.85 < svg["height"] <= view["height"] + 1


def test_a_phone_has_a_picture_of_its_own(untouched: Page) -> None:
    page = untouched
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(page.url)
    first = page.locator("figure").nth(0)
    expect(first.locator("svg.kpi-trend")).to_have_attribute("width", "360")
    name = first.locator("svg.kpi-trend > title").text_content()
    assert name is not None
    assert name.startswith("Sales target attainment")
    assert "vega.js" not in page.evaluate(LOADED)
    wide = first.locator(".kpi-chart__view").evaluate("e => e.scrollWidth - e.clientWidth")
    assert wide <= 0
    page.set_viewport_size({"width": 800, "height": 800})
    expect(first.locator("svg.kpi-trend")).to_have_attribute("width", "720")


def test_a_failure_leaves_the_static_picture(untouched: Page) -> None:
    page = untouched
    missing = page.locator("figure").nth(1)
    missing.locator(".kpi-chart__hand > button").click()
    expect(missing.locator("[role=status]")).to_have_text("That did not work: try again")
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
        " f.querySelector('.kpi-chart__menu').remove();"
        " f.querySelector('.kpi-chart__hand').replaceChildren();"
        " document.body.replaceChildren(f); window.again(); }"
    )
    expect(page.locator("#new .kpi-chart__menu")).to_be_visible()
    page.locator("#new .kpi-chart__hand > button").click()
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
