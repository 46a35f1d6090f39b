"""The two pages outside every language: the front door, and the one for wrong addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from string import Template

from kpi_site.files import File

NAMES = {"zh": "中文", "en": "English"}
MARK = '<meta name="generator" content="kpi-site">'
"""What tells a folder that kpi-site built from any other one."""


def entrance(title: str, languages: tuple[str, ...]) -> Iterator[File]:
    """Yield the site's ``index.html`` and every ``404.html``.

    The front door sends readers to the first of their browser's languages that the site
    has, else to its default one; without JavaScript to the default one. Both pages stand
    alone: a server may show them at any address, where relative links would lead astray.
    """
    links = " ".join(f'<a href="{x}/" lang="{x}" hreflang="{x}">{NAMES[x]}</a>' for x in languages)
    words = {
        "first": languages[0],
        "title": escape(title),
        "links": links,
        "have": json.dumps(languages),
    }
    yield File("index.html", _page("index.html", words))
    missing = _page("404.html", words)
    yield File("404.html", missing)
    for language in languages:
        yield File(f"{language}/404.html", missing)


def _page(name: str, words: dict[str, str]) -> str:
    return Template((files("kpi_site.theme") / name).read_text(encoding="utf-8")).substitute(words)
