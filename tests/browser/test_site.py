"""The built site as readers meet it: offline, in both languages, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

from kpi_site.codes.registry import known_codes

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


class Site(Protocol):
    url: str
    folder: Path
    root: Path


KINDS = ("", "indicators/", "departments/", "perspectives/", "scorecards/", "reports/", "datasets/")
PHONE = {"width": 390, "height": 844}


def _first(site: Site, kind: str) -> str:
    """Return the address of some page of a kind, below a language's root."""
    folders = sorted(p.parent for p in (site.folder / "zh" / kind).glob("*/index.html"))
    return f"{kind}{folders[0].name}/"


@pytest.fixture(scope="module")
def card(site: Site) -> str:
    """A card that both sites have: the net promoter score."""
    assert (site.folder / "zh/indicators/nps/index.html").is_file()
    return "indicators/nps/"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_loads_without_another_host(
    open_page: Open, site: Site, language: str, kind: str
) -> None:
    path = f"{language}/{_first(site, kind) if kind else ''}"
    page = open_page(path, wait="networkidle")
    expect(page.locator("h1").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr", "zh")])
def test_the_front_door_follows_the_readers_language(
    open_page: Open, site: Site, locale: str, language: str
) -> None:
    page = open_page("", locale=locale)
    page.wait_for_url(f"{site.url}{language}/")


def test_the_front_door_opens_without_scripts(open_page: Open, site: Site) -> None:
    page = open_page("", java_script_enabled=False)
    page.wait_for_url(f"{site.url}zh/")


def test_the_language_switch_stays_on_the_page(open_page: Open, site: Site, card: str) -> None:
    page = open_page(f"zh/{card}")
    page.locator(".md-header .md-select button").hover()
    page.locator('.md-select__link[hreflang="en"]').click()
    page.wait_for_url(f"{site.url}en/{card}")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_edit_link_leads_to_the_card(open_page: Open, site: Site, card: str) -> None:
    page = open_page(f"zh/{card}")
    link = page.locator('a[rel="edit"]')
    if not (site.root / "mkdocs.yml").is_file():
        expect(link).to_have_count(0)
        return
    address = link.get_attribute("href") or ""
    path = address.partition("/edit/main/")[2]
    assert (site.root / path).is_file(), address


def test_both_colour_schemes_follow_the_system_and_the_reader(open_page: Open, card: str) -> None:
    for system, scheme in (("dark", "slate"), ("light", "default")):
        page = open_page(f"zh/{card}", color_scheme=system)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
    page.locator("label.md-header__button[for^=__palette]:visible").click()
    page.locator("label.md-header__button[for^=__palette]:visible").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_never_scrolls_sideways(open_page: Open, site: Site, kind: str) -> None:
    path = f"zh/{_first(site, kind) if kind else ''}"
    page = open_page(path, viewport=PHONE, wait="networkidle")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], path


def test_long_names_of_owners_wrap_on_a_phone(open_page: Open) -> None:
    page = open_page("en/indicators/by-owner/", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_card_reads_without_scripts(open_page: Open, card: str) -> None:
    page = open_page(f"zh/{card}", java_script_enabled=False)
    text = page.locator("article").inner_text()
    assert "推荐" in text
    assert page.locator("article table").count() > 0
    assert re.search(r"\d", page.locator("article table").first.inner_text())


def test_charts_are_pictures_until_they_are_asked_for(open_page: Open, card: str) -> None:
    page = open_page(f"zh/{card}", wait="networkidle")
    figure = page.locator("figure.kpi-chart").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("svg.kpi-svg")).to_be_visible()
    figure.locator(".kpi-chart__hand > button").click()
    expect(figure.locator("svg.marks")).to_be_visible(timeout=15_000)


def test_every_chart_is_a_picture_without_scripts(open_page: Open, card: str) -> None:
    page = open_page(f"zh/{card}", java_script_enabled=False)
    figures = page.locator("figure.kpi-chart")
    assert figures.count() > 0
    for figure in figures.all():
        expect(figure.locator("svg.kpi-svg")).to_be_visible()
        expect(figure.locator("button")).to_have_count(0)  # what they would do is a script's


def test_wrong_addresses_lead_back_from_any_depth(open_page: Open, site: Site) -> None:
    page = open_page("zh/404.html")
    hrefs = page.locator("#ways a").evaluate_all("all => all.map(a => a.href)")
    assert hrefs == [f"{site.url}zh/", f"{site.url}en/"]


# Read by searching, not by scrolling.
LISTS = (
    "handbook/problems/",
    "handbook/formula-cookbook/",
    "handbook/reference/",
    "/specification/",
)


def test_pages_stay_small(site: Site) -> None:
    codes = len(known_codes())  # the page on problems has a part for each
    for page in site.folder.rglob("index.html"):
        most = 100_000
        if "/reports/" in page.as_posix():  # all figures, with the words that are explained
            most = 110_000
        if "/indicators/" in page.as_posix():  # a static picture of every breakdown and reason
            most = 130_000
        if any(name in page.as_posix() for name in LISTS):
            most = 2_500 * codes if "problems" in page.as_posix() else 400_000
        assert page.stat().st_size < most, page.relative_to(site.folder)


def test_a_department_prints_on_one_sheet(open_page: Open, site: Site) -> None:
    """Each of the sample company's, of up to 24 indicators; the mini site's too."""
    page = open_page("zh/")
    for folder in sorted((site.folder / "zh" / "departments").glob("*/")):
        for language in ("zh", "en"):
            page.goto(f"{site.url}{language}/departments/{folder.name}/", wait_until="load")
            sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
            assert len(sheets) == 1, (language, folder.name)
