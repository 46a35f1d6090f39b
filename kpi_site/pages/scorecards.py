"""The list of scorecards, with a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kpi_site.files import File
from kpi_site.pages.batches import Batch
from kpi_site.pages.context import Context
from kpi_site.pages.scorecard import INDEX, ListView, pages, summary
from kpi_site.pages.tables import level_marks
from kpi_site.pages.template import beside_list, page
from kpi_site.scoring import LEVELS


def scorecard_batches(ctx: Context) -> Iterator[Batch]:
    """Yield the list of scorecards and the pages of each; nothing where there are none."""
    if ctx.catalog.scorecards:
        yield Batch("scorecards", partial(_list, ctx))
    for name in ctx.catalog.scorecards:
        yield Batch(f"scorecard {name}", partial(pages, ctx, name))


def _list(ctx: Context) -> Iterator[File]:
    cards = (summary(ctx, c, INDEX) for c in ctx.catalog.scorecards.values())
    view = ListView(tuple(cards), level_marks(ctx, LEVELS))
    yield page(INDEX, "scorecards.md.j2", ctx.language, view, beside_list(str(ctx.t("scorecards"))))
