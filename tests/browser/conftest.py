"""A built site behind a local server, and a browser that reaches nothing else.

The site is the sample company where it is there, else the mini site. It is served under a
sub-path, with the policy that ``kpi-site headers`` prints. Whatever else a page asks for, or
complains of, or does against the policy, fails the test.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    Route,
)

from kpi_site.building import build
from kpi_site.locks import locked
from kpi_site.options import Options
from kpi_site.policy import HEADER, policy_of

REPOSITORY = Path(__file__).parents[2]
MINI = REPOSITORY / "tests" / "sites" / "mini"


@dataclass(frozen=True, slots=True)
class Site:
    """A served site: the address of its root, with the slash, and the files behind it."""

    url: str
    folder: Path
    root: Path  # where its content is


class _Strict(SimpleHTTPRequestHandler):
    """Serves files with a policy, and says nothing."""

    policy = ""

    def end_headers(self) -> None:
        """Send the policy with whatever is sent."""
        self.send_header(HEADER, self.policy)
        super().end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The built site behind a server: built once, whichever of a run's processes comes first."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # the folder that all of them share
        base = base.parent
    root, web = base / "browsed", base / "browsed-web"
    out = web / "intranet" / "kpi"
    with locked(base / "browsed.lock", 1800) as mine:
        assert mine
        if not out.is_dir():
            _build(root, out)
    policy, blocked = policy_of(out)
    assert blocked == ()
    handler = type("Handler", (_Strict,), {"policy": policy.text})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(web))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.server_port}/intranet/kpi/", out, root)
        server.shutdown()


def _build(root: Path, out: Path) -> None:
    source = REPOSITORY if (REPOSITORY / "content" / "site.yml").is_file() else MINI
    for name in ("content", "data", "docs"):
        if (source / name).is_dir():
            shutil.copytree(source / name, root / name, dirs_exist_ok=True)
    if (source / "mkdocs.yml").is_file():
        shutil.copy(source / "mkdocs.yml", root)
    built, problems = build(Options(root, date(2026, 11, 24), out=out))
    assert built is not None, [p.text() for p in problems]


# Run before a page's own scripts. The console tells of it too, but not of every kind.
_WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
  console.error(`policy: ${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
});
"""


@dataclass
class Watched:
    """What went wrong in the pages of a test."""

    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings on the console."""
        if message.type in {"error", "warning"}:
            self.faults.append(f"console {message.type}: {message.text}")

    def error(self, error: Error) -> None:
        """Note an exception in a page's script."""
        self.faults.append(f"error: {error}")

    def response(self, response: Response) -> None:
        """Note what was asked for and is not there."""
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a path of the site; at the end nothing may have gone wrong."""
    watched = Watched()
    contexts: list[BrowserContext] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(site.url):
            route.continue_()
        else:
            watched.faults.append(f"asked another place: {route.request.url}")
            route.abort()

    def opened(path: str, *, wait: str = "load", **options: Any) -> Page:
        context = browser.new_context(**{"locale": "zh-CN", **options})
        contexts.append(context)
        context.route("**/*", guard)
        context.add_init_script(_WATCH_POLICY)
        page = context.new_page()
        page.on("console", watched.console)
        page.on("pageerror", watched.error)
        page.on("response", watched.response)
        page.goto(site.url + path, wait_until=wait)  # type: ignore[arg-type]
        page.wait_for_load_state()  # a slow page may be quiet before its scripts have come
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watched.faults == []
