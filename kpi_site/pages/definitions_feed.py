"""``indicators/what-changed.xml``: changes of definitions as a feed."""

from __future__ import annotations

import posixpath

from kpi_site import links
from kpi_site.files import File
from kpi_site.pages.atom import FeedEntry, atom
from kpi_site.pages.context import Context
from kpi_site.story.definitions import tell_definition_changes


def definitions_feed(ctx: Context, path: str, page: str) -> File:
    """Return the feed of changes of definitions at ``path``, which belongs to ``page``."""
    entries = [
        FeedEntry(
            key=f"{change.ref.id} changed {change.start.label} {number} {ctx.language}",
            day=change.start.first,
            title=f"{change.ref.name} · {change.since}",
            url=str(
                links.url(f"{posixpath.dirname(path)}/index.md", links.indicator(change.ref.id))
            ),
            text=change.what.text,
        )
        for number, change in enumerate(tell_definition_changes(ctx))
    ]
    return atom(ctx, path, str(ctx.t("definitions_changed_title")), entries, page)
