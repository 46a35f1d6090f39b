"""What a first visit costs: everything that a page asks for, as a server packs it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.kinds import long_pages, pages_by_kind

pytestmark = pytest.mark.browser

MOST = 150_000  # bytes
PACKED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}
SCROLL = "() => { for (let y = 0; y < document.body.scrollHeight; y += 600) scrollTo(0, y); }"


class Site(Protocol):
    url: str
    folder: Path


def weight(site: Site, addresses: set[str]) -> int:
    """Return the bytes that a server which packs what can be packed sends for ``addresses``."""
    found = 0
    for address in addresses:
        path = site.folder / unquote(urlsplit(address).path).removeprefix(urlsplit(site.url).path)
        path = path / "index.html" if path.is_dir() else path
        data = path.read_bytes()
        found += len(gzip.compress(data, 6)) if path.suffix in PACKED else len(data)
    return found


def visit(
    browser: Browser, site: Site, path: str, width: int, after: Callable[..., None] | None = None
) -> int:
    """Return the weight of a visit by someone who has never been here, and reads to the end."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda r: asked.add(r.url) if r.url.startswith(site.url) else None)
    page.goto(site.url + path, wait_until="load")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    if after is not None:
        after(page)
        page.wait_for_load_state("networkidle")
    context.close()
    assert len(asked) > 5
    return weight(site, asked)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_first_visit_of_any_kind_of_page_is_light(
    browser: Browser, site: Site, width: int
) -> None:
    kinds = [*pages_by_kind(site.folder / "zh").values(), *long_pages(site.folder / "zh")]
    for kind in ("indicators/", "reports/", "scorecards/", "datasets/"):
        assert any(address.startswith(kind) for address in kinds), kind
    found = {address: visit(browser, site, f"zh/{address}", width) for address in kinds}
    assert {address: n for address, n in found.items() if n >= MOST} == {}


def test_what_draws_charts_comes_when_it_is_asked_for(browser: Browser, site: Site) -> None:
    def ask(page: object) -> None:
        page.locator(".kpi-chart__hand > button").first.click()  # type: ignore[attr-defined]
        expect(page.locator(".kpi-chart__view--drawn svg.marks")).to_be_visible(timeout=20_000)  # type: ignore[attr-defined]

    assert visit(browser, site, "zh/indicators/nps/", 1280, ask) > 2 * MOST
