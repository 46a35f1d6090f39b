"""Sign-offs: signatures bound to the figures that were seen (specification.md#sign-offs)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpi_site import ssh
from kpi_site.catalog import ROLES, Report, Signoff
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import SCORES, SIGNERS, VALUES, Edition
from kpi_site.files import File
from kpi_site.problems import Problem, problem

_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"


def figures_digest(files: Iterable[File]) -> str:
    """Return ``sha256:`` and the digest of the figures and scores among ``files``."""
    found = {file.path: file.data for file in files}
    return f"sha256:{sha256(found[VALUES] + found[SCORES])}"


def signed_line(period: str, role: str, digest: str, on: date) -> bytes:
    """Return the very bytes that a role signs: period, role, digest of the figures, day."""
    return f"{period}, {role}, {digest}, {on.isoformat()}\n".encode()


def armoured(signature: str) -> bytes:
    """Return a signature as ``ssh-keygen`` writes it to a file."""
    lines = textwrap.wrap(signature, 70)
    return "\n".join([_BEGIN, *lines, _END, ""]).encode()


def bare(armour: bytes) -> str:
    """Return a signature as one line of Base64, from a file of ``ssh-keygen``."""
    text = armour.decode("ascii", "replace")
    return "".join(text.removeprefix(_BEGIN).partition(_END)[0].split())


def signature_files(period: str, signoffs: Iterable[Signoff], signers: bytes) -> Iterator[File]:
    """Yield what an edition holds so that ``ssh-keygen`` alone can check its signatures.

    Nothing where no role has signed with a key.
    """
    signed = [one for one in signoffs if one.signature is not None and one.digest is not None]
    if signed:
        yield File(SIGNERS, signers)
    for one in signed:
        assert one.digest is not None
        assert one.signature is not None
        line = signed_line(period, one.role, one.digest, one.on)
        yield File(line_file(one.role), line)
        yield File(f"{line_file(one.role)}.sig", armoured(one.signature))


def refused(
    signers: bytes, period: str, signoff: Signoff, armour: bytes | None = None
) -> str | None:
    """Return why the signature of ``signoff`` does not hold; None if it does.

    By ``signers`` as of its day; ``armour`` is the signature where it lies in a file.
    ``SshError`` if there is no ``ssh-keygen``.
    """
    if armour is None:
        armour = armoured(signoff.signature or "")
    line = signed_line(period, signoff.role, signoff.digest or "", signoff.on)
    signer = signoff.signer or ""
    if not signer.startswith(f"{signoff.role}@"):
        return f"{signer} is not {signoff.role}@"
    return ssh.verify(signers, signer, line, armour, signoff.on)


def bad_signatures(
    reports: Iterable[Report], editions: Mapping[str, Sequence[Edition]], signers: bytes | None
) -> Iterator[Problem]:
    """Yield a problem for each signature in a report's file that does not hold.

    Those that an edition has taken over are bound by its own files (``proof``).
    """
    for report in reports:
        signed = [one for one in report.signoffs if one.signature is not None]
        own = editions.get(report.period.label, ()) if signed else ()
        taken = [s for e in own for s in e.manifest.signoffs]
        known = {(s.role, s.signer, s.on, s.digest) for s in taken}
        for one in signed:
            if (one.role, one.signer, one.on, one.digest) in known:
                continue
            try:
                why = refused(signers or b"", report.period.label, one)
            except ssh.SshError as error:
                why = str(error)
            if why is not None:
                yield _bad(one, why)


def _bad(signoff: Signoff, why: str) -> Problem:
    return problem(
        signoff.where,
        "signature-bad",
        zh=f"{signoff.signer} 的签名无效：{why}",
        en=f"the signature of {signoff.signer} does not hold: {why}",
        hint_zh="请核对 content/signers，或删去这一项再签一次：kpi-site sign … --key FILE",
        hint_en="Look at content/signers, or remove the entry and sign again: "
        "kpi-site sign … --key FILE",
    )


def line_file(role: str) -> str:
    """Return the edition's file with the line that a role has signed."""
    return f"signoff.{role}.txt"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a role has signed: nothing yet, these very figures, or others (``stale``)."""

    role: str
    signoff: Signoff | None
    stale: bool


def signatures(signoffs: Iterable[Signoff], digest: str) -> tuple[Signature, ...]:
    """Return the newest signature of each role, in the order of ``ROLES``.

    A signature under these figures stands before a later one under others: figures may
    change and change back.
    """
    by_role: Mapping[str, list[Signoff]] = {role: [] for role in ROLES}
    for signoff in signoffs:
        by_role[signoff.role].append(signoff)
    return tuple(_signature(role, found, digest) for role, found in by_role.items())


def _signature(role: str, found: list[Signoff], digest: str) -> Signature:
    valid = [s for s in found if s.digest == digest]
    if valid:
        return Signature(role, valid[-1], stale=False)
    return Signature(role, found[-1] if found else None, stale=bool(found))
