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
from kpi_site.pages import card, dataset, report
from kpi_site.pages.archive import archive_pages
from kpi_site.pages.batches import SITE, Batch, Keeper
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.frozen import tombstones
from kpi_site.pages.glossary import glossary_page
from kpi_site.pages.home import home_page
from kpi_site.pages.moved import moved_pages
from kpi_site.pages.overview import unit_batches
from kpi_site.pages.parts import action_views
from kpi_site.pages.publication import frozen_texts, published_batches
from kpi_site.pages.scorecards import scorecard_batches
from kpi_site.pages.template import alone, page
from kpi_site.pages.ways import way_batches
from kpi_site.search import with_records
from kpi_site.story.commits import Commits
from kpi_site.story.reading import Now, now

_STATIC: Final = Path(__file__).parent / "static"


def render(
    figures: Figures,
    language: str,
    keeping: Keeping | None = None,
    *,
    audience: str | None = None,
    downloads: Mapping[str, tuple[str, ...]] | None = None,
    commits: Commits | None = None,
    records: bool = False,
) -> Iterator[File]:
    """Yield every generated page of ``language``, the charts' specs and the style sheet.

    Paths are relative to the language's folder of Markdown. A kind of page without content
    (no scorecards, no reports …) is left out, with its list. With ``keeping``, pages are taken
    from the last build where nothing that they were made of has changed.
    ``downloads`` names the files that can be had of each edition, by its folder; ``commits``
    are those that changed files of content last. With ``records`` what is kept has the records
    of pages too, for `kpi_site.search.with_search`.
    """
    ctx = make_context(figures, language, audience, downloads, ending=True)
    ctx = replace(ctx, commits=commits or {})
    drafts = {label: make_context(own, language, audience) for label, own in figures.drafts.items()}
    if keeping is None:
        made: Iterator[File] = (file for one in _batches(ctx, drafts) for file in one.make())
    else:
        keeper = Keeper(keeping)
        ctx = keeper.watch(ctx, SITE)
        drafts = {
            label: keeper.watch(own, report.draft_name(label)) for label, own in drafts.items()
        }
        batches = _batches(ctx, drafts)
        made = keeper.files((_recorded(ctx, b) for b in batches) if records else batches)
    paths: list[str] = []
    yield from _static()
    for file in made:
        paths.append(file.path)
        yield file
    yield from tombstones(ctx, frozen_texts(ctx), paths)


def _recorded(ctx: Context, batch: Batch) -> Batch:
    return replace(batch, make=lambda: with_records(batch.make(), ctx))


def _static() -> Iterator[File]:
    for name in ("kpi.css", "tables.js"):
        yield File(f"assets/{name}", (_STATIC / name).read_bytes())


def _batches(ctx: Context, drafts: Mapping[str, Context]) -> Iterator[Batch]:
    yield Batch("home", lambda: (home_page(ctx, _stands(ctx)),))
    yield from way_batches(ctx, lambda: _stands(ctx))
    for name in ctx.catalog.indicators:
        yield Batch(f"indicator {name}", partial(card.pages, ctx, name))
    yield Batch("moved", partial(moved_pages, ctx))
    yield from unit_batches(ctx)
    yield from scorecard_batches(ctx)
    yield Batch("archive", partial(archive_pages, ctx))
    yield from published_batches(ctx)
    yield from report.draft_batches(ctx, drafts)
    yield from dataset.batches(ctx)
    yield Batch("actions", partial(_actions, ctx))
    yield Batch("glossary", lambda: (glossary_page(ctx),))


def _stands(ctx: Context) -> dict[str, Now]:
    def make() -> dict[str, Now]:
        found = ((str(i.id), now(ctx, i)) for i in ctx.catalog.indicators.values())
        return {name: stand for name, stand in found if stand is not None}

    return ctx.once.get(("stands",), make)


def _actions(ctx: Context) -> Iterator[File]:
    if ctx.catalog.actions:
        views = action_views(ctx, ACTIONS, ctx.catalog.actions.values())
        yield page(ACTIONS, "actions.md.j2", ctx.language, views, alone(str(ctx.t("actions"))))


__all__ = ["render"]
