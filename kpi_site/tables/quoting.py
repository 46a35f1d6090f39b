"""How a cell's text is shown in a message."""

from __future__ import annotations

_LONGEST = 60


def shown(text: str) -> str:
    """Return ``text`` on one line, cut where it is long, with what cannot be seen made visible."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    escapes = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
    return "".join(
        escapes.get(c) or (f"\\x{ord(c) - 0xDC00:02x}" if 0xDC00 <= ord(c) <= 0xDCFF else c)
        for c in cut
    )
