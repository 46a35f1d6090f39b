"""Draft reports: a banner, the article, and where to edit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Report
from kpi_site.files import File
from kpi_site.pages.batches import SITE, Batch
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.pages.publication import INDEX
from kpi_site.pages.report_article import annex, annex_path, article_of
from kpi_site.pages.report_charts import draft_charts
from kpi_site.pages.template import leaf, page
from kpi_site.story.report import tell_report
from kpi_site.wording.dates import format_period


@dataclass(frozen=True, slots=True)
class DraftView:
    """What stands around the article of a draft; ``over`` tells whether its period is over."""

    crumbs: tuple[Link, ...]
    over: bool
    article: Markup
    report_file: str
    charts: Markup  # where the charts of its pictures are


def draft_batches(ctx: Context, as_of: Mapping[str, Context]) -> Iterator[Batch]:
    """Yield the pages of every report that is not published.

    ``as_of`` are the drafts by label, each with the figures at the end of its period.
    """
    for label in ctx.catalog.reports:
        if label not in ctx.told.editions:
            name = draft_name(label)
            of = name if label in as_of else SITE
            yield Batch(name, partial(draft_pages, as_of.get(label, ctx), label), of)


def draft_name(label: str) -> str:
    """Return the name of a draft's batch, and of the context that it is made of."""
    return f"draft {label}"


def draft_pages(ctx: Context, label: str) -> Iterator[File]:
    """Yield the article and the annex of a report that is not published, marked as a draft."""
    report = ctx.catalog.reports[label]
    path = links.report(report.period.label)
    title = report_title(ctx, report)
    above = Link(str(ctx.t("reports")), links.url(path, INDEX))
    digest = ctx.told.digests.get(report.period.label, "")
    told = tell_report(ctx, report, digest=digest)
    charts = draft_charts(ctx, told, report.period.label)
    yield charts
    text = article_of(ctx, told, path)
    yield _draft(ctx, report, path, title, (above,), text, links.url(path, charts.path))
    below = annex_path(path)
    title = str(ctx.t("annex_of", format_period(report.period, ctx.language)))
    above = Link(str(ctx.t("reports")), links.url(below, INDEX))
    before = Link(report_title(ctx, report), links.url(below, path))
    yield _draft(ctx, report, below, title, (above, before), annex(ctx, report, below))


def report_title(ctx: Context, report: Report) -> str:
    """Return ``2026年10月报告``, ``Report for Oct 2026``."""
    return str(ctx.t("report_of", format_period(report.period, ctx.language)))


def _draft(
    ctx: Context,
    report: Report,
    path: str,
    title: str,
    crumbs: tuple[Link, ...],
    text: str,
    charts: Markup = Markup(),  # noqa: B008 - it never changes
) -> File:
    day = ctx.data_through
    over = bool(day and report.period.last <= day)
    body = Markup(text)  # noqa: S704 - our own templates made it
    view = DraftView(crumbs, over, body, report.where.file, charts)
    front: dict[str, Any] = leaf(title, report.where.file)
    return page(path, "report.md.j2", ctx.language, view, front)
