"""Who has signed, in one line."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_site.catalog import Signoff
from kpi_site.words import word


def signers_of(signoffs: Iterable[Signoff], language: str) -> str:
    """Return each role with who took it, and whether by key or as a note; "" for nobody."""
    return word("comma", language).join(
        word(
            "signer",
            language,
            word(f"role.{one.role}", language),
            one.by.get(language),
            word("by_note" if one.signer is None else "by_key", language),
        )
        for one in signoffs
    )
