"""What all tests share: untimed examples, the one browser and the servers of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.servers import SERVERS, mariadb, postgresql

__all__ = ["mariadb", "postgresql"]  # fixtures of every test

# How long an example takes says how busy the machine is, and nothing about the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what needs the browser, or a server, in one process: each is started once."""
    for item in items:
        wanted = [name for name in SERVERS if name in getattr(item, "fixturenames", ())]
        if item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ()):
            wanted.insert(0, "browser")
        if wanted:
            item.add_marker(pytest.mark.xdist_group(wanted[0]))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; skipped where there is none, but never in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no chromium here: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()
