"""``reports/feed.xml``: publications and revisions as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from kpi_site import links
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.publication import INDEX, edition_path, title_of
from kpi_site.wording.dates import format_period

FEED = "reports/feed.xml"
_MOST = 100


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One publication, or the revisions of one report that were seen on one day."""

    key: str
    day: date
    title: str
    url: str
    text: str


def feed(ctx: Context) -> File:
    """Return the feed, newest first. Addresses are relative to the feed's own."""
    entries = sorted((*_publications(ctx), *_revisions(ctx)), key=lambda e: (e.day, e.key))
    entries = entries[::-1][:_MOST]
    title = f"{ctx.organisation} · {ctx.t('reports')}"
    newest = entries[0].day if entries else date.min
    body = "".join(map(_entry, entries))
    return File(
        FEED,
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{ctx.language}">\n'
        f"<title>{escape(title)}</title>\n"
        f"<id>{_id(f'{title} {ctx.language}')}</id>\n"
        f"<updated>{_moment(newest)}</updated>\n"
        f"<author><name>{escape(ctx.organisation)}</name></author>\n"
        '<link rel="self" href="feed.xml"/>\n'
        '<link rel="alternate" type="text/html" href="./"/>\n'
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


def _publications(ctx: Context) -> Iterator[FeedEntry]:
    for edition in ctx.told.order:
        told = edition.manifest
        title = title_of(ctx, edition)
        if edition.number > 1:
            title += f" · {ctx.t('edition', edition.number)}"
        reason = told.reason.get(ctx.language) if told.reason else ""
        summary = told.summary.get(ctx.language) if told.summary else ""
        yield FeedEntry(
            key=f"{told.period} {edition.number} {ctx.language}",
            day=told.published,
            title=title,
            url=str(links.url(INDEX, edition_path(edition))),
            text=reason or summary,
        )


def _revisions(ctx: Context) -> Iterator[FeedEntry]:
    for label, found in ctx.told.pending.items():
        seen = sorted((r for r in found if r.first_seen and r.kind), key=_day)
        for day, own in groupby(seen, key=_day):
            yield _revised(ctx, ctx.told.editions[label][-1], day, tuple(own))


def _day(revision: Revision) -> date:
    return revision.first_seen or date.min


def _revised(ctx: Context, edition: Edition, day: date, found: Sequence[Revision]) -> FeedEntry:
    label = edition.manifest.period
    names = dict.fromkeys(r.indicator for r in found)
    cards = ctx.catalog.indicators
    named = (ctx.name(cards[n].name) if n in cards else n for n in names)
    return FeedEntry(
        key=f"{label} revised {day.isoformat()} {ctx.language}",
        day=day,
        title=str(ctx.t("revisions_of", format_period(edition.period, ctx.language))),
        url=str(links.url(INDEX, f"{links.report(label)}#revisions")),
        text=str(ctx.t("comma")).join(named),
    )
