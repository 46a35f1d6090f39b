"""Everything that an edition freezes: figures, pages, and what they were made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from kpi_site import __version__, links
from kpi_site.catalog import Report, RevisionKind, Signoff, Text
from kpi_site.editions.frozen import signed_figures
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import CARDS, Edition, Manifest
from kpi_site.editions.on_disk import folder_of
from kpi_site.editions.revisions import Revision
from kpi_site.editions.signing import figures_digest, signature_files
from kpi_site.exports.board import Imprint
from kpi_site.exports.edition_files import export_sources
from kpi_site.figures import Figures, seen_by
from kpi_site.files import File
from kpi_site.pages.context import make_context
from kpi_site.pages.report_article import annex, annex_path, article
from kpi_site.story.teller import make_teller


def report_digest(figures: Figures, report: Report) -> str:
    """Return the digest of the figures of ``report`` as computed now."""
    return figures_digest(signed_figures(figures, report))


def edition(
    figures: Figures,
    report: Report,
    frozen: tuple[File, ...],
    *,
    number: int,
    on: date,
    signoffs: tuple[Signoff, ...],
    kind: RevisionKind | None = None,
    reason: Text | None = None,
    previous: str = "",
) -> Edition:
    """Freeze ``report`` as its edition ``number``, published ``on`` that day.

    ``frozen`` are its figures as data, as ``frozen_figures`` gives them.
    ``figures`` are those of the widest audience; equal arguments give equal bytes.
    """
    signed = replace(report, signoffs=signoffs)
    pages = _pages(figures, signed, number, on)
    site = figures.catalog.site
    proofs = signature_files(report.period.label, signoffs, site.signers or b"")
    exports = _exports(figures, signed, number, on)
    files = {f.path: f.data for f in (*frozen, *pages, *exports, *proofs)}
    manifest = Manifest(
        period=report.period.label,
        number=number,
        published=on,
        data_through=site.data_through or report.period.last,
        figures=figures_digest(frozen),
        kind=kind,
        reason=reason,
        program=__version__,
        languages=site.languages,
        audiences=site.audiences,
        organisation=site.organisation,
        summary=report.summary,
        signoffs=signoffs,
        cards=_cards(figures, files),
        data={f.path: f.sha256 for table in figures.tables.values() for f in table.files},
        files={name: sha256(data) for name, data in files.items()},
        previous=previous,
        servers={
            file.path: f"{table.pushed.server}, {table.pushed.fetched}"
            for table in figures.tables.values()
            if table.pushed is not None
            for file in table.files
        },
        days=None if site.calendar.plain else (report.period.first, report.period.last),
    )
    return Edition(report.period, manifest, files, folder_of(manifest.period, number))


def _pages(figures: Figures, report: Report, number: int, on: date) -> Iterator[File]:
    """Yield article and annex in every language; a narrower audience's where they differ."""
    path = links.edition(report.period.label, number)
    narrower = figures.catalog.site.audiences[:-1]
    for language in figures.catalog.site.languages:
        full = _texts(figures, report, language, path, on)
        yield from (File(f"{name}.{language}.md", text) for name, text in full.items())
        for audience in narrower:
            seen = seen_by(figures, audience)
            own = seen.catalog.reports[report.period.label]
            own = replace(own, signoffs=report.signoffs)
            for name, text in _texts(seen, own, language, path, on).items():
                if text != full[name]:
                    yield File(f"{name}.{language}.{audience}.md", text)


def _exports(figures: Figures, report: Report, number: int, on: date) -> Iterator[File]:
    """Yield the sources of the printed report and the workbook in every language."""
    revised = revised_by(figures, report.period.label)
    for language in figures.catalog.site.languages:
        teller = make_teller(figures, language)
        yield from export_sources(teller, report, Imprint(number, on), revised)


def revised_by(figures: Figures, label: str) -> tuple[Revision, ...]:
    """Return what the next edition of a report says differently from the newest one."""
    return figures.told.pending.get(label, ())


def _texts(figures: Figures, report: Report, language: str, path: str, on: date) -> dict[str, str]:
    ctx = make_context(figures, language)
    return {
        "article": article(ctx, report, path, day=on).strip() + "\n",
        "annex": annex(ctx, report, annex_path(path)).strip() + "\n",
    }


def _cards(figures: Figures, files: dict[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of the YAML of every card and scorecard that the edition shows."""
    shown = {name.split("/")[1].split(".")[0] for name in files if name.startswith(f"{CARDS}/")}
    catalog = figures.catalog
    places = [card.where for name, card in catalog.indicators.items() if name in shown]
    places += [card.where for card in catalog.scorecards.values()]
    return {where.file: _file_digest(catalog.site.root / where.file) for where in places}


def _file_digest(path: Path) -> str:
    return sha256(path.read_bytes())
