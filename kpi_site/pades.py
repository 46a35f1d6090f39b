"""PDFs signed with an organisation's certificate, as PAdES (specification.md#signed-pdf).

Made and checked by pyHanko, which comes with the extra ``pades``; nothing else imports it. A
signature carries a claim, a text that names what is signed, as its reason. pyHanko runs an event
loop of its own, which a thread cannot have that runs one already: so it has a thread of its own.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

CERTIFICATES: Final = "content/pdf-signers.pem"
"""Of a site, from its root: the certificates by which PDFs are signed, or their issuers'."""
_FIELD: Final = "kpi-site"
_DAMAGED: Final = (  # what a reader stumbles over, wherever a file is damaged
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, EOFError,
    NotImplementedError, OSError, RecursionError, zlib.error,
)  # fmt: skip
_USAGE: Final = frozenset({"digital_signature", "non_repudiation"})  # either will do


class PadesError(Exception):
    """Why no signature can be made: never with a passphrase, or anything of a key, in it."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature of a PDF: whose, of which day, what it claims, and why it does not hold."""

    by: str
    on: date | None
    claim: str
    why: str | None


def available() -> bool:
    """Tell whether pyHanko is installed."""
    return find_spec("pyhanko") is not None


def sign(pdf: bytes, archive: bytes, passphrase: str | None, claim: str) -> bytes:
    """Return ``pdf`` with a signature by the key in the PKCS#12 ``archive`` under ``claim``."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, fields, sign_pdf

    with _in_silence(), ThreadPoolExecutor(1) as apart:
        try:
            secret = None if passphrase is None else passphrase.encode()
            signer = SimpleSigner.load_pkcs12_data(archive, other_certs=[], passphrase=secret)
        except (ValueError, TypeError, AttributeError):  # which say too much of the archive
            raise PadesError("archive") from None
        told = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            reason=claim,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        made = apart.submit(sign_pdf, writer, told, signer=signer).result()
    return bytes(made.getvalue())


def seal_of(pdf: bytes, certificates: bytes) -> Seal | None:
    """Return the signature of ``pdf``, checked by the trusted ``certificates`` (PEM); None if none.

    They are asked as they held on the day signed; nothing is fetched. Whatever changes after
    the signature, or stands outside of it, makes it not hold.
    """
    from cryptography.exceptions import InvalidSignature
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko_certvalidator.errors import PathError, ValidationError

    with _in_silence(), ThreadPoolExecutor(1) as apart:
        try:
            found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
            return apart.submit(_checked, found[0], certificates).result() if found else None
        except (PdfError, InvalidSignature, PathError, ValidationError, *_DAMAGED) as error:
            return Seal("?", None, "", type(error).__name__)


def _checked(signature: EmbeddedPdfSignature, certificates: bytes) -> Seal:
    from asn1crypto.parser import peek
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    moment = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=list(_certificates(certificates)),
        allow_fetching=False,
        moment=moment.astimezone(UTC) if moment else None,
    )
    usage = KeyUsageConstraints(key_usage=set(_USAGE), match_all_key_usages=False)
    status = validate_pdf_signature(signature, context, key_usage_settings=usage)
    room = signature.pkcs7_content  # the signature, and zeros up to what was kept free for it
    if not (status.intact and status.valid) or any(room[peek(room) :]):
        why = "the file was changed"
    elif status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        why = "something was added to the file"
    elif not status.trusted:
        why = f"its certificate does not come from {CERTIFICATES}"
    else:
        why = None
    claim = str(signature.sig_object.get("/Reason", ""))
    return Seal(_name(status.signing_cert), moment.date() if moment else None, claim, why)


def _certificates(pem: bytes) -> Iterator[Certificate]:
    from pyhanko.keys import load_certs_from_pemder_data

    yield from load_certs_from_pemder_data(pem) if pem.strip() else ()


def _name(certificate: Any) -> str:
    """Return the subject, and the start of the fingerprint that ``openssl x509`` prints."""
    return f"{certificate.subject.human_friendly} ({certificate.sha256.hex()[:16]}…)"


@contextmanager
def _in_silence() -> Iterator[None]:
    """Keep what the libraries log to themselves: we say what is wrong, and no more."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
