"""Old addresses of cards that were renamed: each is a small page that leads to the new one."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site import links
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.parts import indicator_link
from kpi_site.pages.template import leaf, page


def moved_pages(ctx: Context) -> Iterator[File]:
    """Yield a page at every former id of every card; the search knows the new one alone.

    It is Markdown like every page, so that links in published texts lead to it as well.
    """
    for indicator in ctx.catalog.indicators.values():
        for former in indicator.formerly:
            path = links.indicator(former)
            front = leaf(ctx.name(indicator.name), indicator.where.file)
            view = indicator_link(ctx, path, indicator.id)
            yield page(
                path, "moved.md.j2", ctx.language, view, {**front, "search": {"exclude": True}}
            )
