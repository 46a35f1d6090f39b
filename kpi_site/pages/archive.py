"""The archive of reports: all of them by year, the feed, and the address of the latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Report, Text
from kpi_site.editions.model import Edition
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.feed import FEED, feed
from kpi_site.pages.parts import Link
from kpi_site.pages.publication import INDEX, edition_name, edition_path
from kpi_site.pages.template import page
from kpi_site.periods import Grain, Period
from kpi_site.wording.dates import format_date, format_period

LATEST = "reports/latest/index.html"
_REDIRECT = """\
<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{url}">
<meta http-equiv="refresh" content="0; url={url}">
<a href="{url}">{title}</a>
"""


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report in the list: published with its newest edition, or a draft."""

    link: Link
    summary: Markup
    published: str
    editions: tuple[Link, ...]
    pending: int
    signed: int


@dataclass(frozen=True, slots=True)
class Year:
    """The reports whose period ends in one year, or in one of its weeks, newest first."""

    name: str
    entries: tuple[ListedReport, ...]


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """Everything that the archive prints."""

    latest: Link | None
    feed: Link | None
    years: tuple[Year, ...]


def archive_pages(ctx: Context) -> Iterator[File]:
    """Yield the list, and with the first publication the feed and the latest's address."""
    periods = {e[-1].period for e in ctx.told.editions.values()}
    periods |= {r.period for r in ctx.catalog.reports.values()}
    if not periods:
        return
    ordered = sorted(periods, key=lambda p: (_year(p), p.last, p.first), reverse=True)
    latest = latest_published(ctx)
    view = ArchiveView(
        latest=_link(ctx, INDEX, latest.period) if latest else None,
        feed=Link(str(ctx.t("feed")), links.url(INDEX, FEED)) if latest else None,
        years=tuple(
            Year(str(year), tuple(_entry(ctx, p) for p in found))
            for year, found in groupby(ordered, key=_year)
        ),
    )
    front = {"title": str(ctx.t("reports")), "hide": ["navigation"]}
    yield page(INDEX, "reports.md.j2", ctx.language, view, {**front, "kpi_feed": bool(latest)})
    if latest is not None:
        yield feed(ctx)
        link = _link(ctx, "reports/latest.md", latest.period)  # where a folder's index stands
        title = str(Markup.escape(link.name))
        yield File(LATEST, _REDIRECT.format(title=title, url=link.url))


def _year(period: Period) -> int:
    """Return the year under which a report is listed; a week's is the one in its name."""
    return period.year if period.grain is Grain.WEEK else period.last.year


def latest_published(ctx: Context) -> Edition | None:
    """Return the newest edition of the published report whose period ends last.

    Of two, the one about the shorter period.
    """
    newest = (own[-1] for own in ctx.told.editions.values())
    return max(newest, key=lambda e: (e.period.last, e.period.first), default=None)


def _link(ctx: Context, path: str, period: Period) -> Link:
    name = str(ctx.t("report_of", format_period(period, ctx.language)))
    return Link(name, links.url(path, links.report(period.label)))


def _entry(ctx: Context, period: Period) -> ListedReport:
    own = ctx.told.editions.get(period.label, ())
    report = ctx.catalog.reports.get(period.label)
    latest = own[-1].manifest if own else None
    return ListedReport(
        link=_link(ctx, INDEX, period),
        summary=ctx.rich(ctx.opening(latest.summary if latest else _summary(report))),
        published=format_date(latest.published, ctx.language) if latest else "",
        editions=tuple(Link(edition_name(ctx, e), links.url(INDEX, edition_path(e))) for e in own),
        pending=len(ctx.told.pending.get(period.label, ())),
        signed=len(report.signoffs) if report and not own else 0,
    )


def _summary(report: Report | None) -> Text | None:
    return report.summary if report else None
