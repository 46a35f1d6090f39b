"""The small charts of a report, opened: large, at work, and with the numbers of their edition."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


class Site(Protocol):
    url: str
    folder: Path


DRAWN = "dialog svg.marks"


def _report(site: Site) -> str:
    """Return the address of a report with small charts: of an edition where there is one."""
    found = [
        p.parent.relative_to(site.folder).as_posix()
        for p in sorted((site.folder / "zh" / "reports").rglob("index.html"))
        if "data-kpi-charts" in (text := p.read_text("utf-8")) and "kpi-mini" in text
    ]
    editions = [address for address in found if "/edition-" in address]
    return f"{(editions or found)[-1]}/"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_small_chart_opens_at_work_and_closes(open_page: Open, site: Site, width: int) -> None:
    page = open_page(_report(site), viewport={"width": width, "height": 844})
    small = page.locator(".kpi-minis > figure").first
    address = small.get_attribute("id")
    assert address is not None
    assert address.startswith("chart-")
    button = small.locator("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(DRAWN)).to_be_visible(timeout=20_000)
    box = page.locator(DRAWN).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    for part in range(1, 9):
        page.mouse.move(box["x"] + box["width"] * part / 10, box["y"] + box["height"] / 2)
        if page.locator("#vg-tooltip-element.visible").count():
            break
    expect(page.locator("dialog #vg-tooltip-element.visible")).to_have_count(1)
    page.mouse.move(0, 0)
    assert page.locator(f"#{address}").count() == 1  # and it is that of the open one
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    assert small.get_attribute("id") == address


def test_what_is_saved_are_the_numbers_of_the_edition(open_page: Open, site: Site) -> None:
    address = _report(site)
    page = open_page(address)
    small = page.locator(".kpi-minis > figure").first
    name = (small.get_attribute("id") or "").removeprefix("chart-").removesuffix("-trend")
    small.locator("svg").click()
    expect(page.locator(DRAWN)).to_be_visible(timeout=20_000)
    page.locator("dialog .kpi-chart__menu > button").click()
    with page.expect_download() as found:
        page.locator("dialog [data-way=csv]").click()
    saved = Path(found.value.path()).read_text("utf-8-sig")
    rows = list(csv.reader(saved.splitlines()))
    files = [*(site.folder / address).glob("*.csv")]
    if not files:
        pytest.skip("this site has no edition")
    frozen = list(csv.DictReader(files[0].read_text("utf-8-sig").splitlines()))
    own = [r for r in frozen if r["indicator"] == name and not r["member"]]
    assert [row[:2] for row in rows[1:]] == [[r["period"], r["value"]] for r in own]
    assert len(own) > 1
