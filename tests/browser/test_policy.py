"""Every kind of page under the policy that a server sends with it.

The server of these tests sends the policy with every page (``conftest``), and whatever a page
does against it fails the test that does it: the other browser tests are tests of the policy
too. Here are the kinds of pages, and what only happens when a reader does something.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, expect

from kpi_site.policy import policy_of
from tests.browser.kinds import pages_by_kind

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


class Site(Protocol):
    url: str
    folder: Path


CARD = "indicators/nps/"
DRAWN = ".kpi-chart__view--drawn svg.marks"


def test_the_policy_allows_nothing_unsafe(site: Site) -> None:
    policy, _ = policy_of(site.folder)
    assert "unsafe" not in policy.text
    assert policy.text.startswith("default-src 'none'; script-src 'self'")
    assert len(policy.scripts) == 2  # the front door, and the page for wrong addresses
    assert len(policy.styles) == 1  # the one that both have


def test_the_server_of_these_tests_sends_it(open_page: Open, site: Site) -> None:
    page = open_page("zh/")
    sent = page.request.get(site.url + "zh/").headers["content-security-policy"]
    assert sent == policy_of(site.folder)[0].text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_page_keeps_to_it(open_page: Open, site: Site, language: str) -> None:
    kinds = pages_by_kind(site.folder / language)
    assert len(kinds) > 12
    page = open_page(f"{language}/", wait="networkidle")
    for address in kinds.values():
        page.goto(f"{site.url}{language}/{address}", wait_until="load")
        for figure in page.locator("figure.kpi-chart[data-spec]").all():
            figure.locator(".kpi-chart__hand > button").click()
            expect(figure.locator(DRAWN)).to_be_visible(timeout=20_000)
        assert page.evaluate("document.styleSheets.length") >= 4, address


@pytest.mark.parametrize("path", ["", "404.html", "zh/404.html"])
def test_the_pages_beside_the_languages_keep_to_it(open_page: Open, path: str) -> None:
    page = open_page(path, wait="networkidle")
    expect(page.locator("h1").first).to_be_visible()
    if path:
        expect(page.locator("#ways a").first).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).textAlign") == "center"


def test_charts_tell_their_values_under_it(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", wait="networkidle")
    figure = page.locator("figure.kpi-chart[data-spec]").first
    figure.locator(".kpi-chart__hand > button").click()
    expect(figure.locator(DRAWN)).to_be_visible(timeout=20_000)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_be_hidden()
    box = figure.locator(DRAWN).bounding_box()
    assert box is not None
    for part in range(10, 95, 5):  # somewhere along the line
        for height in (0.3, 0.45, 0.6):
            page.mouse.move(box["x"] + box["width"] * part / 100, box["y"] + box["height"] * height)
            if tooltip.is_visible():
                expect(tooltip.locator("td.key").first).not_to_be_empty()
                assert tooltip.evaluate("e => getComputedStyle(e).position") == "fixed"
                return
    pytest.fail("no point of the chart tells its value")


def test_colours_are_chosen_for_all_languages_under_it(open_page: Open, site: Site) -> None:
    page = open_page(f"zh/{CARD}", color_scheme="light", wait="networkidle")
    switch = page.locator("label.md-header__button[for^=__palette]:visible")
    switch.click()
    switch.click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator(".md-header .md-select button").hover()
    page.locator('.md-select__link[hreflang="en"]').click()
    page.wait_for_url(f"{site.url}en/{CARD}")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_colours_follow_the_system_again_under_it(open_page: Open, site: Site) -> None:
    page = open_page(f"zh/{CARD}", color_scheme="dark", wait="networkidle")
    for _ in range(3):  # light, dark, and what the system has
        page.locator("label.md-header__button[for^=__palette]:visible").click()
    page.goto(f"{site.url}zh/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    page.goto(f"{site.url}en/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")


def test_pages_are_printed_under_it(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", wait="networkidle")
    charts = page.locator("figure.kpi-chart[data-spec]")
    charts.first.locator(".kpi-chart__hand > button").click()
    expect(page.locator(DRAWN)).to_have_count(1, timeout=20_000)
    page.emulate_media(media="print")
    assert page.pdf().startswith(b"%PDF")


def test_searching_works_under_it(open_page: Open) -> None:
    page = open_page("zh/", wait="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("nps")
    expect(page.locator(".kpi-search-list a").first).to_be_visible()


STYLE = "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p{}'}))"
SCRIPT = "document.head.append(Object.assign(document.createElement('script'), {text: 'bad = 1'}))"
HANDLER = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=&quot;bad = 1&quot;>')"


@pytest.mark.parametrize(
    ("does", "directive"),
    [
        (STYLE, "style-src-elem"),
        ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
        (SCRIPT, "script-src-elem"),
        (HANDLER, "script-src-attr"),
    ],
)
def test_what_is_against_it_is_blocked(
    browser: Browser, site: Site, does: str, directive: str
) -> None:
    page = browser.new_page()
    page.goto(site.url + "zh/")
    page.evaluate(
        "() => { window.told = new Promise((done) => addEventListener('securitypolicyviolation', "
        "(event) => done(event.effectiveDirective))); }"
    )
    page.evaluate(f"() => {{ {does}; }}")
    assert page.evaluate("window.told") == directive
    assert page.evaluate("window.bad") is None
    page.close()
