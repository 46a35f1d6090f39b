"""The downloads of an edition: what is frozen at publication, and what a build prints of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kpi_site import links
from kpi_site.catalog import Report
from kpi_site.downloads import harmless
from kpi_site.editions.figures import cards
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import LOOKS, VALUES, Edition
from kpi_site.editions.revisions import Revision
from kpi_site.exports.board import Imprint
from kpi_site.exports.code import Code, call, cell
from kpi_site.exports.pdf import chinese_font, printed
from kpi_site.exports.report import look, report_body, with_look
from kpi_site.exports.sheets import to_xlsx
from kpi_site.exports.workbook import workbook_json
from kpi_site.files import File
from kpi_site.kept import Keeping
from kpi_site.problems import Problem
from kpi_site.story.teller import Teller
from kpi_site.tidy import rows_csv
from kpi_site.wording.signers import signers_of
from kpi_site.words import word

_NONE: Final[frozenset[str]] = frozenset()


def report_name(language: str) -> str:
    """Return the name of the printed report's source in an edition."""
    return f"report.{language}.typ"


def workbook_name(language: str) -> str:
    """Return the name of the workbook's plan in an edition."""
    return f"workbook.{language}.json"


def export_sources(
    ctx: Teller,
    report: Report,
    imprint: Imprint,
    revisions: Sequence[Revision] = (),
    digest: str = "",
) -> Iterator[File]:
    """Yield what an edition freezes for its downloads in the language of ``ctx``.

    ``ctx`` is the widest audience's. ``revisions`` are what this edition says differently
    from the one before it; they get a sheet of the workbook. ``digest`` is that of the
    figures that were signed.
    """
    yield File(look_name(look()), look())
    yield File(report_name(ctx.language), report_body(ctx, report, imprint, digest))
    yield File(workbook_name(ctx.language), workbook_json(ctx, report, imprint, revisions))


def look_name(text: str) -> str:
    """Return the name of a look of printed reports, which editions share."""
    return f"{LOOKS}/board.{sha256(text.encode())[:12]}.typ"


def _look_of(edition: Edition) -> str | None:
    """Return the name of an edition's look; None where its reports hold it themselves."""
    return next((name for name in edition.files if name.startswith(f"{LOOKS}/")), None)


def stem(edition: Edition) -> str:
    """Return the name of an edition's downloads: ``report-2026-10-edition-1``."""
    return f"report-{edition.manifest.period}-edition-{edition.number}"


def folder(edition: Edition) -> str:
    """Return where an edition's downloads stand in the site of a language."""
    return links.edition(edition.manifest.period, edition.number).removesuffix(".md")


def export_files(
    edition: Edition,
    language: str,
    *,
    audience: str | None = None,
    keeping: Keeping | None = None,
    signed: Mapping[str, bytes] | None = None,
) -> tuple[tuple[File, ...], tuple[Problem, ...]]:
    """Return an edition's downloads (PDF, XLSX, CSV) in ``language`` for ``audience``.

    For a narrower audience than the widest, the figures of cards that it may not see are left
    out, and there is no PDF. What the edition did not freeze has no download; a language that
    it lacks falls back to its first one. With ``keeping``
    what was printed before is taken from there: the frozen files never change. A PDF that was
    ``signed``, by language, is that one. A machine that cannot print gets a problem in place of
    the PDF.
    """
    told = edition.manifest.languages
    chosen = language if language in told else told[0]
    hidden = hidden_cards(edition, audience)
    found: list[File] = []
    problems: list[Problem] = []
    at = f"{folder(edition)}/{stem(edition)}"
    printable = sees_all(edition, audience) and report_name(chosen) in edition.files
    if printable and signed and chosen in signed:
        found.append(File(f"{at}.pdf", signed[chosen]))
    elif printable:
        files, problem = _pdf(edition, chosen, f"{at}.pdf", keeping)
        found += files
        problems += [problem] if problem else []
    if workbook_name(chosen) in edition.files:
        found += _xlsx(edition, chosen, f"{at}.xlsx", hidden, keeping)
    found.append(File(f"{at}.csv", values_csv(edition, hidden)))
    return tuple(found), tuple(problems)


def sees_all(edition: Edition, audience: str | None) -> bool:
    """Tell whether ``audience`` is the widest; None always is."""
    return audience is None or audience in edition.manifest.audiences[-1:]


def hidden_cards(edition: Edition, audience: str | None) -> frozenset[str]:
    """Return the ids of the edition's cards that ``audience`` may not see.

    An audience that the edition does not know sees what the narrowest may.
    """
    levels = edition.manifest.audiences
    if sees_all(edition, audience):
        return _NONE
    seen = levels[: levels.index(audience) + 1] if audience in levels else levels[:1]
    return frozenset(
        name for name, card in cards(edition).items() if card["visible_to"] not in seen
    )


def values_csv(edition: Edition, hidden: frozenset[str]) -> bytes:
    """Return the edition's figures as CSV for spreadsheets, without the ``hidden`` cards."""
    data = edition.files[VALUES]
    if not hidden:
        return harmless(data)
    rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    return harmless(rows_csv(row for row in rows if row[0] not in hidden))


def pdf_of(edition: Edition, language: str) -> tuple[bytes | None, Problem | None]:
    """Return an edition's printed report, or the problem of a machine that cannot print it."""
    name, shared = report_name(language), _look_of(edition)
    text = edition.files[name].decode("utf-8")
    if shared is not None:
        text = with_look(edition.files[shared].decode("utf-8"), text)
    if edition.publication:
        text += _proof(edition, language)
    return printed(text, f"{edition.folder}/{name}")


def _proof(edition: Edition, language: str) -> Code:
    """Return what a printed report ends with: by what it can be checked against the ledger."""
    told = edition.manifest
    signed = signers_of(told.signoffs, language)
    words = word("check_printed", language, edition.publication, told.figures, signed)
    kept = word("check_kept", language, edition.checkpoint)
    shown = call("text", "size: 7pt", "fill: luma(90)", cell(f"{words} {kept}"))
    return f"#block(above: 2em, {shown})\n"


def xlsx_of(edition: Edition, language: str, hidden: frozenset[str] = _NONE) -> bytes:
    """Return an edition's workbook without the ``hidden`` cards."""
    plan = edition.files[workbook_name(language)].decode("utf-8")
    return to_xlsx(plan, edition.files, without=hidden)


def _pdf(
    edition: Edition, language: str, path: str, keeping: Keeping | None
) -> tuple[tuple[File, ...], Problem | None]:
    failed: list[Problem] = []

    def make() -> Iterator[File]:
        data, problem = pdf_of(edition, language)
        if problem is not None:
            failed.append(problem)
        if data is not None:
            yield File(path, data)

    if keeping is None or chinese_font() is None:
        return tuple(make()), failed[0] if failed else None
    source = edition.manifest.files[report_name(language)]
    digest = (source, _look_of(edition) or "", edition.checkpoint)
    kept = keeping.files(f"{stem(edition)}.{language}.pdf", make, path, digest, chinese_font())
    return kept, failed[0] if failed else None


def _xlsx(
    edition: Edition, language: str, path: str, hidden: frozenset[str], keeping: Keeping | None
) -> tuple[File, ...]:
    def make() -> Iterator[File]:
        yield File(path, xlsx_of(edition, language, hidden))

    if keeping is None:
        return tuple(make())
    digests = tuple(f"{name} {digest}" for name, digest in sorted(edition.manifest.files.items()))
    return keeping.files(
        f"{stem(edition)}.{language}.xlsx", make, path, digests, tuple(sorted(hidden))
    )
