"""Pages printed by the browser: no sheet of paper is blank, and charts are on it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page

from tests.browser.kinds import pages_by_kind

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


class Site(Protocol):
    url: str
    folder: Path


_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)


def sheets(pdf: bytes) -> list[int]:
    """Return how many texts stand on each sheet of a PDF as Chromium writes it."""
    objects = {int(m[1]): m[2] for m in _OBJECT.finditer(pdf)}
    found = []
    for page in (o for o in objects.values() if re.search(rb"/Type ?/Page\b", o)):
        contents = re.search(rb"/Contents (\d+) 0 R", page)
        assert contents is not None
        head, _, drawn = objects[int(contents[1])].partition(b"stream\n")
        if b"/FlateDecode" in head:
            drawn = zlib.decompressobj().decompress(drawn)  # and what follows its end is no part
        found.append(len(re.findall(rb"\bT[jJ]\b", drawn)))
    return found


def test_no_sheet_of_any_kind_of_page_is_blank(open_page: Open, site: Site) -> None:
    page = open_page("zh/")
    for address in pages_by_kind(site.folder / "zh").values():
        page.goto(f"{site.url}zh/{address}", wait_until="load")
        found = sheets(page.pdf(format="A4"))
        assert found, address
        assert all(found), (address, found)


def test_a_blank_sheet_would_be_found(open_page: Open) -> None:
    page = open_page("zh/")
    page.locator("article").evaluate(
        "e => { const d = document.createElement('div'); d.style.height = '297mm';"
        " d.style.breakBefore = d.style.breakAfter = 'page'; e.prepend(d); }"
    )
    assert 0 in sheets(page.pdf(format="A4"))
