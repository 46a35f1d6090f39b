"""Printed reports of editions that an organisation has signed (specification.md#signed-pdf).

They lie beside the edition, which they follow: in ``content/reports/<period>/signed``. A name
holds digits of the edition's line in the ledger, so that one printed for another line is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kpi_site import pades
from kpi_site.editions import manifest
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import Edition
from kpi_site.editions.on_disk import REPORTS
from kpi_site.problems import Message

SIGNED: Final = "signed"
_SHOWN: Final = 12  # digits of the line's link


def signed_pdf(edition: Edition, language: str) -> str:
    """Return where the signed PDF of an edition in a language lies, from the site's root."""
    told = edition.manifest
    link = edition.checkpoint.partition(":")[2][:_SHOWN]
    name = f"report-{told.period}-edition-{told.number}.{language}.{link}.pdf"
    return f"{REPORTS}/{told.period}/{SIGNED}/{name}"


def signed_pdfs(root: Path, edition: Edition) -> Mapping[str, bytes]:
    """Return the signed PDFs of an edition by language."""
    languages = edition.manifest.languages
    paths = {language: root / signed_pdf(edition, language) for language in languages}
    return {language: path.read_bytes() for language, path in paths.items() if path.is_file()}


def claim(edition: Edition, language: str) -> str:
    """Return what a signature of the PDF says: the edition by its hash, its line in the ledger."""
    told = edition.manifest
    digest = sha256(manifest.to_bytes(told))
    return (
        f"kpi-site {told.period} edition {told.number} ({language}), sha256:{digest}, "
        f"{edition.checkpoint}"
    )


def strays(root: Path, editions: Iterable[Edition]) -> Iterator[str]:
    """Yield the signed PDFs that are of no edition as it stands in the ledger."""
    known = {signed_pdf(e, language) for e in editions for language in e.manifest.languages}
    for path in sorted((root / REPORTS).glob(f"*/{SIGNED}/*.pdf")):
        if (name := path.relative_to(root).as_posix()) not in known:
            yield name


def sealed(
    edition: Edition, files: Mapping[str, bytes], certificates: bytes, *, every: bool = True
) -> Iterator[tuple[bool, Message]]:
    """Check signed PDFs, by language; yield for each whether it holds, and what is to be said.

    Without pyHanko nothing can be checked, which is said and is no fault; nor is it, unless
    ``every`` one was signed, if one is not.
    """
    for language, data in files.items():
        zh, en = f"PDF（{language}）", f"its PDF ({language})"
        if not pades.available():
            yield (
                True,
                Message(
                    f"{zh}的签名没有核对：请安装 kpi-site[pades]",
                    f"{en}: no signature was checked, install kpi-site[pades]",
                ),
            )
            continue
        seal = pades.seal_of(data, certificates)
        if seal is None:
            yield not every, Message(f"{zh}没有签名", f"{en} is not signed")
            continue
        why = seal.why
        if why is None and seal.claim != claim(edition, language):
            why = f"it was made for something else: {seal.claim}"
        if why is None:
            zh, en = (
                f"{zh}由 {seal.by} 于 {seal.on} 签名有效",
                f"{en}: signed by {seal.by} on {seal.on}",
            )
        else:
            zh, en = f"{zh}的签名无效：{why}", f"{en}: the signature does not hold: {why}"
        yield why is None, Message(zh, en)
