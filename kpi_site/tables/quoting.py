"""How a cell's text is shown in a message."""

from __future__ import annotations

from kpi_site.tables.decoding import MARKED
from kpi_site.visible import visible

_LONGEST = 60


def shown(text: str) -> str:
    """Return ``text`` on one line, cut where it is long, with what cannot be seen made visible."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return visible(MARKED.sub(lambda mark: f"\\x{ord(mark[0]) - 0xDC00:02x}", cut))
