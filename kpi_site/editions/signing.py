"""Sign-offs: signatures bound to the figures that were seen (specification.md#sign-offs)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi_site.catalog import ROLES, Signoff
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import SCORES, VALUES
from kpi_site.files import File


def figures_digest(files: Iterable[File]) -> str:
    """Return ``sha256:`` and the digest of the figures and scores among ``files``."""
    found = {file.path: file.data for file in files}
    return f"sha256:{sha256(found[VALUES] + found[SCORES])}"


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
