"""Atom feeds (RFC 4287)."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from kpi_site.files import File
from kpi_site.pages.context import Context

_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One publication, or the revisions of one report that were seen on one day."""

    key: str
    day: date
    title: str
    url: str
    text: str


def atom(
    ctx: Context, path: str, name: str, entries: Sequence[FeedEntry], page: str = "./"
) -> File:
    """Return the feed ``name`` at ``path``, of ``entries`` with the newest first.

    Addresses are relative to the feed's own; ``page`` is that of its page.
    """
    kept = entries[:_MOST]
    title = f"{ctx.organisation} · {name}"
    newest = kept[0].day if kept else date.min
    body = "".join(map(_entry, kept))
    return File(
        path,
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{ctx.language}">\n'
        f"<title>{escape(title)}</title>\n"
        f"<id>{_id(f'{title} {ctx.language}')}</id>\n"
        f"<updated>{_moment(newest)}</updated>\n"
        f"<author><name>{escape(ctx.organisation)}</name></author>\n"
        f'<link rel="self" href={quoteattr(posixpath.basename(path))}/>\n'
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>\n'
        f"{body}</feed>\n",
    )


def _entry(entry: FeedEntry) -> str:
    return (
        "<entry>\n"
        f"<title>{escape(entry.title)}</title>\n"
        f"<id>{_id(entry.key)}</id>\n"
        f"<updated>{_moment(entry.day)}</updated>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(entry.url)}/>\n'
        f"<summary>{escape(entry.text)}</summary>\n"
        "</entry>\n"
    )


def _id(key: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'kpi-site {key}')}"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
