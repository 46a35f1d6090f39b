"""The table of a department: sorted by its heads, and cut down to what a count counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import markdown
import pytest
from playwright.sync_api import Browser, Page

import kpi_site.pages
from kpi_site.problems import Name
from tests.pages.conftest import build_sample, text

SCRIPT = Path(kpi_site.pages.__file__).parent / "static" / "tables.js"


@pytest.fixture
def department(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of a department with four cards: two off target, one without a target."""
    sample = build_sample()
    cards = dict(sample.catalog.indicators)
    unit = cards["revenue"].department
    cards["handling_days"] = replace(
        cards["handling_days"], department=unit, name=text("天数", "Days"), perspective=None
    )
    cards["growth"] = replace(
        cards["growth"], department=Name(str(unit), unit.where), status="active"
    )
    found = replace(sample, catalog=replace(sample.catalog, indicators=cards))
    body = markdown.markdown(
        found.pages("en")["departments/sales.md"].partition("\n---\n")[2],
        extensions=["attr_list", "md_in_html"],
    )
    (tmp_path / "tables.js").write_bytes(SCRIPT.read_bytes())
    (tmp_path / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{body}'
        '<script src="tables.js"></script></body>',
        encoding="utf-8",
    )
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        page.close()
        server.shutdown()


def shown(page: Page) -> list[str]:
    rows = page.locator("table[data-kpi-table] tbody tr:visible th a")
    return [words.strip() for words in rows.all_inner_texts()]


def test_a_head_sorts_up_then_down_then_as_it_was(department: Page) -> None:
    given = shown(department)
    assert len(given) == 4
    head = department.get_by_role("button", name="Indicator")
    head.click()
    assert shown(department) == sorted(given)
    assert department.locator("th[aria-sort=ascending]").count() == 1
    head.click()
    assert shown(department) == sorted(given, reverse=True)
    head.click()
    assert shown(department) == given
    assert department.locator("th[aria-sort]").count() == 0


def test_by_status_the_worst_come_first_and_what_is_not_judged_last(department: Page) -> None:
    department.get_by_role("button", name="Status").click()
    levels = department.locator("table[data-kpi-table] tbody tr").evaluate_all(
        "rows => rows.map(row => row.dataset.level)"
    )
    order = ["below", "baseline", "target", "challenge", "none"]
    assert levels == sorted(levels, key=order.index)
    assert len(set(levels)) >= 3


def test_by_perspective_cards_stand_together_and_those_without_last(department: Page) -> None:
    department.get_by_role("button", name="Perspective").click()
    units = department.locator("table[data-kpi-table] td.kpi-unit").all_inner_texts()
    named = [unit for unit in units if unit]
    assert units == [*sorted(named), *[""] * (len(units) - len(named))]
    assert "" in units
    heads = department.locator("table[data-kpi-table] tr.kpi-group th").all_inner_texts()
    assert heads == [unit or "—" for unit in dict.fromkeys(units)]
    department.locator(".kpi-levels a[href$='#status-below']").click()
    department.locator(".kpi-levels a[aria-current=true]").wait_for()
    left = department.locator("table[data-kpi-table] tr:visible td.kpi-unit").all_inner_texts()
    heads = department.locator("table[data-kpi-table] tr.kpi-group:visible th").all_inner_texts()
    assert heads == [unit or "—" for unit in dict.fromkeys(left)]  # none over nothing
    department.get_by_role("button", name="Indicator").click()
    assert department.locator("tr.kpi-group").count() == 0


def test_a_count_shows_what_it_counts_and_then_all_again(department: Page) -> None:
    given = shown(department)
    count = department.locator(".kpi-levels a[href$='#status-below']")
    number = int(count.locator("b").inner_text())
    count.click()
    department.locator(".kpi-levels a[aria-current=true]").wait_for()
    assert len(shown(department)) == number < len(given)
    count.click()
    assert shown(department) == given
    department.goto(department.url.partition("#")[0] + "#status-baseline")
    department.reload()
    assert 0 < len(shown(department)) < len(given)
