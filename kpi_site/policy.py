"""The policy under which a built site's pages work, as a server sends it (specification.md#policy).

It allows what the pages have and nothing more: their own files, and of scripts and styles that
stand in a page those whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

from kpi_site.problems import Location, Problem, problem

Format = Literal["header", "nginx", "apache", "netlify"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

HEADER: Final = "Content-Security-Policy"
_ALLOWED: Final = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_AS_SERVERS_SAY: Final[Mapping[str, str]] = MappingProxyType({
    "header": "{name}: {policy}\n",
    "nginx": 'add_header {name} "{policy}" always;\n',
    "apache": 'Header always set {name} "{policy}"\n',
    "netlify": "/*\n  {name}: {policy}\n",
})  # fmt: skip

# Reading a page takes a hundred times as long as passing over one that has none of this.
_WORTH_READING: Final = re.compile(
    r"""<style\b | <script\b(?![^>]*\ssrc=)(?!\sid="__config"\stype="application/json">)
    | <(?:base|iframe|frame|object|embed|video|audio|applet)\b
    | <[^>]*\s(?:style|on[a-z]+|action|formaction)\s*=
    | \s(?:src|srcset)\s*=\s*["']?\s*(?:[a-z]+:)?// | <link\b[^>]*(?:[a-z]+:)?//
    | javascript:""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE: Final = frozenset({
    "", "module", "text/javascript", "application/javascript", "text/ecmascript",
    "application/ecmascript", "application/x-javascript", "importmap", "speculationrules",
})  # fmt: skip
_ELSEWHERE: Final = re.compile(r"\s*(?!data:)(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_HANDLER: Final = re.compile(r"on[a-z]+\Z")
_ASKED_FOR: Final = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})
_NOT_ALLOWED: Final = frozenset({
    "applet", "audio", "base", "embed", "frame", "iframe", "object", "video",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """The hashes of what stands in the pages of a site, sorted."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value of the header, on one line."""
        scripts, styles = (" ".join(("'self'", *some)) for some in (self.scripts, self.styles))
        return _ALLOWED.format(scripts=scripts, styles=styles)

    def said(self, form: str) -> str:
        """Return the header as a server's configuration has it; ``form`` is a ``Format``."""
        return _AS_SERVERS_SAY[form].format(name=HEADER, policy=self.text)


def policy_of(folder: Path) -> tuple[Policy, tuple[Problem, ...]]:
    """Return the policy for the site built in ``folder``, and what it does not allow there.

    What it does not allow can only come from a site's own pages, plugins and templates. Each
    kind is told once, where it is met first.
    """
    scripts: set[str] = set()
    styles: set[str] = set()
    met: dict[str, Location] = {}
    pages: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if not _WORTH_READING.search(text):
            continue
        page = _Page()
        page.feed(text)
        page.close()
        scripts.update(_hashes(page.scripts))
        styles.update(_hashes(page.styles))
        name = path.relative_to(folder).as_posix()
        for what, (line, column) in page.blocked.items():
            met.setdefault(what, Location(name, line, column + 1))
            pages[what] += 1
    told = tuple(_told(what, where, pages[what]) for what, where in met.items())
    return Policy(tuple(sorted(scripts)), tuple(sorted(styles))), told


def _hashes(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        digest = hashlib.sha256(text.encode()).digest()
        yield f"'sha256-{base64.b64encode(digest).decode()}'"


def _told(what: str, where: Location, pages: int) -> Problem:
    return problem(
        where,
        "page-against-policy",
        zh=f"这个策略会拦下 {what}（{pages} 个页面）",
        en=f"the policy blocks {what} (pages: {pages})",
        hint_zh="请改用网站自己的文件和类名，或者在服务器上自行放宽策略",
        hint_en="Use files and classes of the site itself, or widen the policy on the server",
        severity="warning",
    )


class _Page(HTMLParser):
    """Reads one page: the scripts and styles in it, and what the policy blocks, with its place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.blocked: dict[str, tuple[int, int]] = {}
        self._into: list[str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag itself does, and whether its text is a script or a style."""
        named = {name: value or "" for name, value in attrs}
        for what in _blocked(tag, named):
            self.blocked.setdefault(what, self.getpos())
        self._into = None
        if tag == "style":
            self._into = self.styles
        elif tag == "script" and "src" not in named and named.get("type", "").lower() in _CODE:
            self._into = self.scripts

    def handle_data(self, data: str) -> None:
        """Gather the text of a script or a style: it may come in pieces."""
        if self._into is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Keep the text that has come to its end."""
        if self._into is not None and tag in {"script", "style"}:
            self._into.append("".join(self._text))
        self._into = None
        self._text = []


def _blocked(tag: str, named: Mapping[str, str]) -> Iterator[str]:
    """Yield what the policy blocks of a tag, in words of HTML."""
    if tag in _NOT_ALLOWED:
        yield f"<{tag}>"
    for name, value in named.items():
        if name in {"style", "action", "formaction"} or _HANDLER.match(name):
            yield f"<{tag} {name}=…>"
        elif name in {"href", "src"} and value.strip().lower().startswith("javascript:"):
            yield f"<{tag} {name}=javascript:…>"
        elif name in {"src", "srcset"} and tag not in _NOT_ALLOWED and _ELSEWHERE.match(value):
            yield f"<{tag} {name}={value}>"
        elif name == "href" and _loads(tag, named) and _ELSEWHERE.match(value):
            yield f"<link href={value}>"


def _loads(tag: str, named: Mapping[str, str]) -> bool:
    """Tell whether a browser fetches what a tag's ``href`` names."""
    return tag == "link" and not _ASKED_FOR.isdisjoint(named.get("rel", "").lower().split())
