"""``indicators/what-changed.xml``: changes of definitions as a feed, and of their files."""

from __future__ import annotations

import posixpath

from kpi_site import links
from kpi_site.files import File
from kpi_site.pages.atom import FeedEntry, atom
from kpi_site.pages.context import Context
from kpi_site.story.definitions import tell_commits, tell_definition_changes


def definitions_feed(ctx: Context, path: str, page: str) -> File:
    """Return the feed of changes of definitions at ``path``, which belongs to ``page``."""
    definitions = [
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
    commits = [
        FeedEntry(
            key=f"{told.ref.id} committed {told.commit.name} {ctx.language}",
            day=told.commit.day,
            title=f"{told.ref.name} · {ctx.t('last_commit', told.day)}",
            url=str(links.url(f"{posixpath.dirname(path)}/index.md", links.indicator(told.ref.id))),
            text=told.commit.subject,
        )
        for told in tell_commits(ctx)
    ]
    entries = sorted((*definitions, *commits), key=lambda entry: entry.day, reverse=True)
    return atom(ctx, path, str(ctx.t("definitions_changed_title")), entries, page)
