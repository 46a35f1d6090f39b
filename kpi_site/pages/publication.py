"""Pages of published reports: the newest edition with its revisions, and each edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from kpi_site import links
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision
from kpi_site.files import File
from kpi_site.pages.batches import Batch
from kpi_site.pages.context import Context
from kpi_site.pages.frozen import Part, frozen_text, on_edition, on_report
from kpi_site.pages.parts import Link
from kpi_site.pages.report_article import annex_path
from kpi_site.pages.report_charts import charts_path, edition_charts
from kpi_site.pages.revision_rows import RevisionRow, revision_rows
from kpi_site.pages.template import front_matter, page
from kpi_site.wording.dates import format_date, format_period
from kpi_site.wording.signers import signers_of

INDEX = "reports/index.md"


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition in the list of a report's editions."""

    link: Link
    published: str
    kind: str
    reason: Markup
    files: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """By what an edition is known: its number in the ledger, digest of figures, signers."""

    link: Link
    publication: int
    digest: str
    signers: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What an edition says differently from the one before it."""

    title: str
    rows: tuple[RevisionRow, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """Why there is a newer edition than the first, said above the newest one."""

    text: str
    reason: Markup


@dataclass(frozen=True, slots=True)
class PublishedView:
    """What stands around the newest edition of a report."""

    crumbs: tuple[Link, ...]
    edition: Link
    published: str
    data_through: str
    files: tuple[Link, ...]
    revised: Revised | None
    article: Markup
    pending: tuple[RevisionRow, ...]
    changes: tuple[Changed, ...]
    editions: tuple[EditionRow, ...]
    checks: tuple[CheckRow, ...]
    report_file: str
    charts: Markup  # where the charts of its pictures are


def published_batches(ctx: Context) -> Iterator[Batch]:
    """Yield the pages of every report that was published."""
    for label, own in ctx.told.editions.items():
        yield Batch(f"report {label}", partial(_report_pages, ctx, label))
        for at in range(len(own)):
            yield Batch(f"edition {label} {at}", partial(_edition, ctx, label, at))


def _report_pages(ctx: Context, label: str) -> Iterator[File]:
    yield _report_page(ctx, label, ctx.told.editions[label])


def _edition(ctx: Context, label: str, at: int) -> Iterator[File]:
    own = ctx.told.editions[label]
    yield edition_charts(ctx, own[at], _text(ctx, own[at], "article"))
    yield from _edition_pages(ctx, own[at], superseded_by=own[-1])


def frozen_texts(ctx: Context) -> Iterator[str]:
    """Yield every frozen text that the pages show, to find where its links lead."""
    for edition in ctx.told.order:
        for part in ("article", "annex"):
            yield frozen_text(edition, part, ctx.language, ctx.audience)


def edition_path(edition: Edition, part: Part = "article") -> str:
    """Return the path of an edition's page, or of its annex."""
    path = links.edition(edition.manifest.period, edition.number)
    return path if part == "article" else annex_path(path)


def title_of(ctx: Context, edition: Edition) -> str:
    """Return ``2026年9月报告``."""
    return str(ctx.t("report_of", format_period(edition.period, ctx.language)))


def edition_name(ctx: Context, edition: Edition) -> str:
    """Return ``第2版`` or ``edition 2``."""
    return str(ctx.t("edition", edition.number))


def files_of(ctx: Context, page_path: str, edition: Edition) -> tuple[Link, ...]:
    """Return the links to what can be downloaded of an edition, seen from a page."""
    return tuple(
        Link(name.rpartition(".")[2].upper(), links.url(page_path, name))
        for name in ctx.downloads.get(edition.folder, ())
    )


def _report_page(ctx: Context, label: str, own: tuple[Edition, ...]) -> File:
    latest, path = own[-1], links.report(label)
    report = ctx.catalog.reports.get(label)
    told = ctx.told
    view = PublishedView(
        crumbs=(Link(str(ctx.t("reports")), links.url(path, INDEX)),),
        edition=Link(edition_name(ctx, latest), links.url(path, edition_path(latest))),
        published=format_date(latest.manifest.published, ctx.language),
        data_through=format_date(latest.manifest.data_through, ctx.language),
        files=files_of(ctx, path, latest),
        revised=_revised(ctx, own, told.changes.get(label, ())),
        article=_inert(on_report(_text(ctx, latest, "article"), latest.number)),
        pending=revision_rows(ctx, path, latest, told.pending.get(label, ())),
        changes=tuple(
            Changed(
                f"{edition_name(ctx, own[at])} → {edition_name(ctx, own[at + 1])}",
                revision_rows(ctx, path, own[at], found),
            )
            for at, found in enumerate(told.changes.get(label, ()))
        ),
        editions=tuple(_row(ctx, path, e) for e in reversed(own)),
        checks=tuple(_check(ctx, path, e) for e in reversed(own)),
        report_file=report.where.file if report else "",
        charts=_charts(path, latest),
    )
    front = {"title": title_of(ctx, latest), "hide": ["navigation"], "kpi_feed": True}
    return page(path, "published.md.j2", ctx.language, view, front)


def _charts(path: str, edition: Edition) -> Markup:
    return links.url(path, charts_path(edition.manifest.period, edition.number))


def _revised(
    ctx: Context, own: tuple[Edition, ...], changes: tuple[tuple[Revision, ...], ...]
) -> Revised | None:
    """Return how many figures of the newest edition differ from the one before, and why."""
    latest = own[-1].manifest
    if not changes or not changes[-1] or latest.kind is None:
        return None
    kind = str(ctx.t(f"revision.{latest.kind}"))
    text = str(ctx.t("edition_differs", kind, edition_name(ctx, own[-2]), len(changes[-1])))
    return Revised(text, ctx.inline(latest.reason) if latest.reason else Markup())


def _text(ctx: Context, edition: Edition, part: Part) -> str:
    return frozen_text(edition, part, ctx.language, ctx.audience)


def _inert(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - our own templates made it, and its hash was checked


def _row(ctx: Context, path: str, edition: Edition) -> EditionRow:
    told = edition.manifest
    return EditionRow(
        link=Link(edition_name(ctx, edition), links.url(path, edition_path(edition))),
        published=format_date(told.published, ctx.language),
        kind=str(ctx.t(f"revision.{told.kind}")) if told.kind else str(ctx.t("first_edition")),
        reason=ctx.inline(told.reason) if told.reason else Markup(),
        files=files_of(ctx, path, edition),
    )


def _check(ctx: Context, path: str, edition: Edition) -> CheckRow:
    told = edition.manifest
    return CheckRow(
        link=Link(edition_name(ctx, edition), links.url(path, edition_path(edition))),
        publication=edition.publication,
        digest=told.figures,
        signers=signers_of(told.signoffs, ctx.language),
    )


def _edition_pages(ctx: Context, edition: Edition, superseded_by: Edition) -> Iterator[File]:
    """Yield an edition's article and annex: the frozen text, and nothing else within it.

    What changes later is said in the notice, which the theme puts outside the article.
    """
    parts: tuple[Part, ...] = ("article", "annex")
    for part in parts:
        path = edition_path(edition, part)
        text = _text(ctx, edition, part)
        shown = on_edition(text) if part == "article" else text
        front: dict[str, Any] = {
            "title": f"{title_of(ctx, edition)} · {edition_name(ctx, edition)}",
            "hide": ["navigation"],
            "kpi_notice": _notice(ctx, path, edition, superseded_by),
        }
        yield File(path, front_matter(front) + shown)


def _notice(ctx: Context, path: str, edition: Edition, latest: Edition) -> dict[str, Any]:
    """Return what stands above an edition: which it is, and whether a newer one exists."""
    published = format_date(edition.manifest.published, ctx.language)
    above = [
        (str(ctx.t("reports")), links.url(path, INDEX)),
        (title_of(ctx, edition), links.url(path, links.report(edition.manifest.period))),
    ]
    superseded = latest.number != edition.number
    text = str(ctx.t("edition_of", edition.number, published))
    if superseded:
        text = str(ctx.t("superseded", edition.number, published, latest.number))
        above.append((edition_name(ctx, latest), links.url(path, edition_path(latest))))
    own = edition_path(edition) == path
    files = files_of(ctx, path, edition) if own else ()
    return {
        "charts": str(_charts(path, edition)) if own else "",
        "explore": str(ctx.t("explore_small")),
        "superseded": superseded,
        "text": text,
        "links": [{"name": name, "url": str(url)} for name, url in above],
        "files": [{"name": link.name, "url": str(link.url)} for link in files],
    }
