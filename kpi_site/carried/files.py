"""The folder ``published`` of a built site: copies of what proves its editions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kpi_site.editions.model import MANIFEST, SCORES, SIGNERS, VALUES
from kpi_site.editions.on_disk import REPORTS
from kpi_site.files import File
from kpi_site.pades import CERTIFICATES

PUBLISHED: Final = "published"
LEDGER: Final = "ledger.csv"
_FIGURES: Final = frozenset({MANIFEST, VALUES, SCORES, SIGNERS})
_TEXT: Final = re.compile(r"(?:article|annex)\.[a-z]+\.md|signoff\..+")


def carries(name: str) -> bool:
    """Tell whether a site carries the file ``name`` of an edition."""
    return name in _FIGURES or _TEXT.fullmatch(name) is not None


def carried(root: Path) -> Iterator[File]:
    """Yield what the site of the handbook at ``root`` carries: nothing if nothing is published.

    Ledger, certificates for PDFs, and of each edition manifest, figures, texts for everybody and
    signatures; the paths are those below ``content/reports``, in ``published``.
    """
    reports = root / REPORTS
    trusted = root / CERTIFICATES
    if (reports / LEDGER).is_file():
        if trusted.is_file():
            yield File(f"{PUBLISHED}/{trusted.name}", trusted.read_bytes())
        yield File(f"{PUBLISHED}/{LEDGER}", (reports / LEDGER).read_bytes())
    for path in sorted(reports.glob("*/edition-*/*")):
        if carries(path.name):
            yield File(f"{PUBLISHED}/{path.relative_to(reports).as_posix()}", path.read_bytes())
