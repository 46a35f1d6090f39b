"""Pages: the Markdown of a site in one language, and the specs of its charts.

Rules: specification.md#addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from kpi_site.figures import Figures
from kpi_site.files import File
from kpi_site.kept import Keeping
from kpi_site.links import ACTIONS
from kpi_site.pages import card, dataset, report, scorecard
from kpi_site.pages.archive import archive_pages
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.frozen import tombstones
from kpi_site.pages.glossary import glossary_page
from kpi_site.pages.home import home_page
from kpi_site.pages.moved import moved_pages
from kpi_site.pages.overview import unit_pages
from kpi_site.pages.parts import action_views
from kpi_site.pages.publication import frozen_texts, published_pages
from kpi_site.pages.template import alone, page
from kpi_site.pages.ways import way_pages
from kpi_site.story.commits import Commits
from kpi_site.story.reading import now
from kpi_site.story.teller import around

_STATIC: Final = Path(__file__).parent / "static"


def render(
    figures: Figures,
    language: str,
    keeping: Keeping | None = None,
    *,
    audience: str | None = None,
    downloads: Mapping[str, tuple[str, ...]] | None = None,
    commits: Commits | None = None,
) -> Iterator[File]:
    """Yield every generated page of ``language``, the charts' specs and the style sheet.

    Paths are relative to the language's folder of Markdown. A kind of page without content
    (no scorecards, no reports …) is left out, with its list. With ``keeping``, cards' pages
    are taken from the last build where nothing that they show has changed.
    ``downloads`` names the files that can be had of each edition, by its folder; ``commits``
    are those that changed files of content last.
    """
    ctx = make_context(figures, language, audience, downloads, ending=True)
    ctx = replace(ctx, commits=commits or {})
    drafts = {label: make_context(own, language, audience) for label, own in figures.drafts.items()}
    paths: list[str] = []
    for file in _pages(ctx, keeping, drafts):
        paths.append(file.path)
        yield file
    yield from tombstones(ctx, frozen_texts(ctx), paths)


def _pages(ctx: Context, keeping: Keeping | None, drafts: Mapping[str, Context]) -> Iterator[File]:
    found = ((str(i.id), now(ctx, i)) for i in ctx.catalog.indicators.values())
    stands = {name: stand for name, stand in found if stand is not None}
    yield File("assets/kpi.css", (_STATIC / "kpi.css").read_bytes())
    yield File("assets/tables.js", (_STATIC / "tables.js").read_bytes())
    yield home_page(ctx, stands)
    yield from way_pages(ctx, stands)
    yield from _cards(ctx, keeping)
    yield from moved_pages(ctx)
    yield from unit_pages(ctx, stands)
    yield from scorecard.pages(ctx)
    yield from archive_pages(ctx)
    yield from published_pages(ctx)
    yield from report.drafts(ctx, drafts)
    yield from dataset.pages(ctx)
    yield from _actions(ctx)
    yield glossary_page(ctx)


def _cards(ctx: Context, keeping: Keeping | None) -> Iterator[File]:
    for indicator in ctx.catalog.indicators.values():
        shown = around(ctx, indicator)
        make = partial(card.pages, shown, indicator)
        yield from keeping.files(indicator.id, make, shown) if keeping else make()
    if keeping:
        keeping.keep_only(ctx.catalog.indicators)


def _actions(ctx: Context) -> Iterator[File]:
    if ctx.catalog.actions:
        views = action_views(ctx, ACTIONS, ctx.catalog.actions.values())
        yield page(ACTIONS, "actions.md.j2", ctx.language, views, alone(str(ctx.t("actions"))))


__all__ = ["render"]
