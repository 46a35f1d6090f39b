"""``reports/feed.xml``: publications and revisions as an Atom feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from kpi_site import links
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision
from kpi_site.files import File
from kpi_site.pages.atom import FeedEntry, atom
from kpi_site.pages.context import Context
from kpi_site.pages.publication import INDEX, edition_path, title_of
from kpi_site.wording.dates import format_period

FEED = "reports/feed.xml"


def feed(ctx: Context) -> File:
    """Return the feed of reports, newest first. Addresses are relative to the feed's own."""
    entries = sorted((*_publications(ctx), *_revisions(ctx)), key=lambda e: (e.day, e.key))
    return atom(ctx, FEED, str(ctx.t("reports")), entries[::-1])


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
