"""What a page says: its words, numbers and drawings, without the ways that lead on."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any, Final

import markdown
import yaml

_ARTICLE: Final = re.compile(r"<article\b[^>]*>(.*)</article>", re.DOTALL)
_AROUND: Final = frozenset({"headerlink", "md-content__button"})
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SPACE: Final = re.compile(r"\s+")


def page_says(html: str) -> str:
    """Return what the article of a built page says; "" where it has none."""
    found = _ARTICLE.search(html)
    return said(found[1]) if found else ""


def text_says(text: str) -> str:
    """Return what a frozen Markdown text says once it is a page."""
    extensions, settings = _extensions()
    return said(markdown.markdown(text, extensions=extensions, extension_configs=settings))


def said(html: str) -> str:
    """Return the texts of ``html`` without blanks, and its drawings with all their marks."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.found)


class _Reader(HTMLParser):
    """Collects what a reader sees; what the theme adds to headings and pages is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # name, left out, within a drawing

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._marks(tag, attrs)
        if tag not in _VOID:
            names = (dict(attrs).get("class") or "").split()
            out = not _AROUND.isdisjoint(names) or self._within(1)
            self._open.append((tag, out, tag == "svg" or self._within(2)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._marks(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in (name for name, _, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._within(1):
            self.found.append(_SPACE.sub("", data))

    def _within(self, what: int) -> bool:
        return bool(self._open) and bool(self._open[-1][what])

    def _marks(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note pictures, and the shapes within drawings."""
        if (tag in {"svg", "img"} or self._within(2)) and not self._within(1):
            told = " ".join(f"{name}={value}" for name, value in sorted(attrs, key=str))
            self.found.append(f"<{tag} {told}>")


def _extensions() -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Return the Markdown extensions of every site, and their settings but for functions."""
    base = (files("kpi_site.theme") / "base.yml").read_text(encoding="utf-8")
    names: list[str] = []
    settings: dict[str, dict[str, Any]] = {}
    for one in yaml.load(base, Loader=_Plain)["markdown_extensions"]:  # noqa: S506 - a safe one
        name, told = next(iter(one.items())) if isinstance(one, dict) else (one, {})
        names.append(name)
        settings[name] = {key: value for key, value in told.items() if value is not None}
    return names, settings


class _Plain(yaml.SafeLoader):
    """Reads our own settings; a function, which only makes anchors, is read as nothing."""


_Plain.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
