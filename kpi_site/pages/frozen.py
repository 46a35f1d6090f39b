"""Frozen texts put on a page: chosen for the reader, links made right, dead ends explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from kpi_site.editions.figures import cards
from kpi_site.editions.manifest import text_of
from kpi_site.editions.model import Edition
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.template import leaf, page

Part = Literal["article", "annex"]
_LINK: Final = re.compile(
    r'href="(?:\.\./)+((?:indicators|departments|perspectives|scorecards|datasets|actions)/[^"#]*)'
)
_WRITTEN: Final = re.compile(r"(\]\(|^ {0,3}\[[^\]\n]+\]:\s*)(?=\.\./)", re.MULTILINE)
_UP: Final = "../../../"


def frozen_text(edition: Edition, part: Part, language: str, audience: str | None) -> str:
    """Return a page of ``edition`` as it was published, for a language and an audience.

    A language that the edition lacks falls back to its first one; an audience that it does
    not know is shown what the narrowest may see.
    """
    told = edition.manifest
    chosen = language if language in told.languages else told.languages[0]
    levels = told.audiences
    if audience is None or (levels and audience == levels[-1]):
        return edition.files[f"{part}.{chosen}.md"].decode()
    level = audience if audience in levels else levels[0]
    own = edition.files.get(f"{part}.{chosen}.{level}.md")
    return (own or edition.files[f"{part}.{chosen}.md"]).decode()


def on_edition(text: str) -> str:
    """Return the text as it stands at ``reports/<period>/edition-<n>/``.

    Its own links are right there; those in contributors' Markdown were written for the
    report's page, one level higher.
    """
    return _WRITTEN.sub(r"\1../", text)


def on_report(text: str, number: int) -> str:
    """Return the text as it stands at ``reports/<period>/``, one level above its edition."""
    higher = text.replace(f'href="{_UP}', 'href="../../')
    return higher.replace('href="annex/', f'href="edition-{number}/annex/')


def tombstones(ctx: Context, texts: Iterable[str], there: Iterable[str]) -> Iterator[File]:
    """Yield a page for each address that a frozen text leads to and that is no more.

    ``there`` are the paths of the pages that exist.
    """
    have = frozenset(there)
    wanted = dict.fromkeys(target for text in texts for target in _LINK.findall(text))
    for target in wanted:
        stem = target.strip("/")
        if not {f"{stem}.md", f"{stem}/index.md", target} & have:
            yield _tombstone(ctx, stem)


def _tombstone(ctx: Context, stem: str) -> File:
    kind, _, name = stem.partition("/")
    path = f"{stem}.md" if name else f"{stem}/index.md"
    title, text, formula = name or stem, "", ""
    for edition in reversed(ctx.told.order):
        card = cards(edition).get(name) if kind == "indicators" else None
        if card is not None:
            title = ctx.name(text_of(card["name"]))
            text = ctx.name(text_of(card["definition"]))
            formula = card["formula"]
            break
    view = (title, text, formula)
    front = {**leaf(title, ""), "search": {"exclude": True}}
    return page(path, "gone.md.j2", ctx.language, view, front)
