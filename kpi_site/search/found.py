"""What the Markdown of a page tells: its title, its headings, and whether it may be found."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import yaml
from markdown.extensions.toc import unique
from pymdownx.slugs import slugify

from kpi_site.files import File

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,3})[ \t]+(.*?)[ \t]*#*[ \t]*")
_ID = re.compile(r"\s*\{[^{}]*?#([\w:.-]+)[^{}]*\}$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MARKS = re.compile(r"[*`]+|<[^>]+>|(?<!\w)_+|_+(?!\w)")
_SHORT: Final = 30  # characters
_SLUG: Final = slugify(case="lower")  # as theme/base.yml says it for the theme


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title, and the ``anchor`` at which it stands on its page."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page that may be found: where its Markdown lies, what it is called, and its text.

    The text is read when it is asked for: most pages are found by what the catalog says.
    """

    path: str
    title: str
    text: str  # without its front matter

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Its sections, down to the third level, without the title."""
        found = list(_headings(_outside_code(self.text)))
        return tuple(heading for _, heading in (found[1:] if _begins(found) else found))

    @property
    def terms(self) -> tuple[str, ...]:
        """The short texts that begin the rows of its tables: of a glossary, of a reference."""
        return tuple(_terms(_outside_code(self.text)))


def written_page(file: File) -> WrittenPage | None:
    """Return what is found of a page; None for other files, and where its author says so.

    ``search: {exclude: true}`` in a page's front matter keeps it out.
    """
    if not file.path.endswith(".md"):
        return None
    text = file.data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    front = _FRONT.match(text)
    told = _front(front[1]) if front else {}
    if isinstance(told.get("search"), dict) and told["search"].get("exclude"):
        return None
    body = text[front.end() :] if front else text
    if told.get("title"):
        return WrittenPage(file.path, html.unescape(str(told["title"])), body)
    first = next(_headings(_outside_code(body)), None)
    title = first[1].text if first else file.path.removesuffix(".md")
    return WrittenPage(file.path, title, body)


def _begins(found: list[tuple[int, Heading]]) -> bool:
    """Tell whether the first heading is the title of its page."""
    return bool(found) and found[0][0] == 1


@lru_cache(maxsize=20_000)  # short texts, the same in each round of a server
def _front(text: str) -> dict[str, Any]:
    try:
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - a safe loader
    except yaml.YAMLError:  # MkDocs shows such a page, and so it may be found
        return {}
    return found if isinstance(found, dict) else {}


@cache
def _loader() -> type[yaml.SafeLoader]:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _outside_code(text: str) -> Iterator[str]:
    """Yield the lines that stand in no fenced block."""
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
        elif not fence:
            yield line


def _headings(lines: Iterable[str]) -> Iterator[tuple[int, Heading]]:
    """Yield level and heading, with the anchors that Markdown's table of contents gives them."""
    taken: set[str] = set()
    for line in lines:
        found = _HEADING.fullmatch(line)
        if found and found[2]:
            named = _ID.search(found[2])
            words = _plain(found[2][: named.start()] if named else found[2])
            anchor = named[1] if named else _SLUG(words, "-")
            yield len(found[1]), Heading(words, unique(anchor, taken))


def _terms(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first two cells of each row of a table, as far as they are short."""
    for line in lines:
        if line.startswith("|"):
            cells = (_plain(cell) for cell in line.strip("|").split("|")[:2])
            yield from (c for c in cells if 0 < len(c) <= _SHORT and any(map(str.isalnum, c)))


def _plain(text: str) -> str:
    """Return the words of a line of Markdown without its marks."""
    return html.unescape(_MARKS.sub("", _LINK.sub(r"\1", text))).strip()
