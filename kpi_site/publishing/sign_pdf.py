"""``kpi-site sign-pdf``: the printed report of an edition, signed with a certificate.

A build prints reports wherever it runs; the certificate is where the organisation keeps it. So
the signed PDF is made there, once, and kept beside the edition, from which builds take it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from kpi_site import pades
from kpi_site.changes import Change, alone, carry_out
from kpi_site.editions.model import Edition
from kpi_site.editions.signed_pdfs import claim, signed_pdf, signed_pdfs
from kpi_site.exports.edition_files import pdf_of, report_name
from kpi_site.problems import Location, Message, Problem, has_errors, problem

Problems = tuple[Problem, ...]
ARCHIVE: Final = "KPI_SITE_PDF_P12"
PASSPHRASE: Final = "KPI_SITE_PDF_P12_PASSPHRASE"  # noqa: S105 - a name, no passphrase


def sign_pdf(
    root: Path, edition: Edition, environment: Mapping[str, str]
) -> tuple[tuple[str, ...], Problems]:
    """Sign the PDF of an ``edition`` in each language; return where they lie, or why not.

    Those that are there and hold are left. Nothing is written unless all are signed, and by a
    certificate that the site's own list vouches for.
    """
    archive, refused = _archive(edition, environment)
    if archive is None:
        return (), refused
    certificates = _certificates(root)
    with alone(root) as told:
        if has_errors(told):
            return (), told
        there = signed_pdfs(root, edition)
        changes: list[Change] = []
        for language in _languages(edition):
            if _holds(edition, language, there.get(language), certificates):
                continue
            made, wrong = _signed(edition, language, archive, environment.get(PASSPHRASE))
            if made is None:
                return (), wrong
            seal = pades.seal_of(made, certificates)
            if seal is None or seal.why is not None:
                return (), (_not_allowed(seal),)
            changes.append(Change(signed_pdf(edition, language), made))
        period, number = edition.manifest.period, edition.number
        what = Message(f"签 {period} 第 {number} 版的 PDF", f"sign the PDF of {period}, {number}")
        if changes:
            carry_out(root, what, changes)
    return tuple(signed_pdf(edition, language) for language in _languages(edition)), told


def _languages(edition: Edition) -> Iterator[str]:
    return (x for x in edition.manifest.languages if report_name(x) in edition.files)


def _certificates(root: Path) -> bytes:
    path = root / pades.CERTIFICATES
    return path.read_bytes() if path.is_file() else b""


def _holds(edition: Edition, language: str, there: bytes | None, certificates: bytes) -> bool:
    seal = None if there is None else pades.seal_of(there, certificates)
    return seal is not None and seal.why is None and seal.claim == claim(edition, language)


def _archive(edition: Edition, environment: Mapping[str, str]) -> tuple[bytes | None, Problems]:
    """Return the bytes of the archive that the environment names."""
    if not pades.available():
        missing = Message(
            "需要安装：pip install kpi-site[pades]", "pip install kpi-site[pades] is wanted"
        )
        return None, (_not_signed(edition, missing),)
    named = environment.get(ARCHIVE, "")
    if not named:
        unset = Message(f"环境变量 {ARCHIVE} 没有设置", f"the variable {ARCHIVE} is not set")
        return None, (_not_signed(edition, unset),)
    try:
        return Path(named).read_bytes(), ()
    except (OSError, ValueError):
        gone = Message(
            f"环境变量 {ARCHIVE} 所指的文件读不了",
            f"the file that the variable {ARCHIVE} names cannot be read",
        )
        return None, (_not_signed(edition, gone),)


def _signed(
    edition: Edition, language: str, archive: bytes, passphrase: str | None
) -> tuple[bytes | None, Problems]:
    printed, wrong = pdf_of(edition, language)
    if printed is None:
        return None, () if wrong is None else (wrong,)
    try:
        return pades.sign(printed, archive, passphrase, claim(edition, language)), ()
    except pades.PadesError:
        shut = Message(
            f"{ARCHIVE} 所指的文件不是 PKCS#12，或 {PASSPHRASE} 不是它的口令",
            f"what {ARCHIVE} names is no PKCS#12 archive, or {PASSPHRASE} does not open it",
        )
        return None, (_not_signed(edition, shut),)


def _not_signed(edition: Edition, why: Message) -> Problem:
    return problem(
        Location(edition.folder),
        "pdf-not-signed",
        zh=f"PDF 没有签名：{why.zh}",
        en=f"the PDF is not signed: {why.en}",
        hint_zh=f"{ARCHIVE} 是 PKCS#12 文件（.p12、.pfx）的路径，{PASSPHRASE} 是它的口令。",
        hint_en=f"{ARCHIVE} is the path of a PKCS#12 file (.p12, .pfx), {PASSPHRASE} its "
        "passphrase.",
    )


def _not_allowed(seal: pades.Seal | None) -> Problem:
    by, why = ("?", "?") if seal is None else (seal.by, seal.why or "")
    return problem(
        Location(pades.CERTIFICATES),
        "pdf-signer-not-allowed",
        zh=f"这张证书不能签 PDF：{by}：{why}",
        en=f"this certificate may not sign PDFs: {by}: {why}",
        hint_zh=f"请请求把它（或签发者的证书，PEM 格式）加入 {pades.CERTIFICATES}。",
        hint_en=f"Ask for it, or its issuer's, to be added to {pades.CERTIFICATES} (as PEM).",
    )
