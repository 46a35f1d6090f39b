"""Alphabetical order for Chinese and Latin names without a dictionary.

GB 2312 lists its 3,755 common characters by pinyin, so the code itself gives the order and
the initial. Rarer characters follow by radical there, and stand under ``#``.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import Final

_FIRST_CODES: Final = (  # the first GB 2312 code of each initial
    ("A", 0xB0A1), ("B", 0xB0C5), ("C", 0xB2C1), ("D", 0xB4EE), ("E", 0xB6EA), ("F", 0xB7A2),
    ("G", 0xB8C1), ("H", 0xB9FE), ("J", 0xBBF7), ("K", 0xBFA6), ("L", 0xC0AC), ("M", 0xC2E8),
    ("N", 0xC4C3), ("O", 0xC5B6), ("P", 0xC5BE), ("Q", 0xC6DA), ("R", 0xC8BB), ("S", 0xC8F6),
    ("T", 0xCBFA), ("W", 0xCDDA), ("X", 0xCEF4), ("Y", 0xD1B9), ("Z", 0xD4D1),
)  # fmt: skip
_STARTS: Final = [code for _, code in _FIRST_CODES]
_LAST_COMMON: Final = 0xD7F9
OTHER: Final = "#"


def initial(name: str) -> tuple[str, bytes]:
    """Return the letter under which ``name`` is listed, and its place among the others there."""
    order = name.casefold().encode("gb18030", "replace")
    first = name[:1]
    plain = unicodedata.normalize("NFD", first)[:1].upper()
    if "A" <= plain <= "Z":
        return plain, order
    code = int.from_bytes(first.encode("gb18030", "replace"), "big")
    if not _STARTS[0] <= code <= _LAST_COMMON:
        return OTHER, order
    return _FIRST_CODES[bisect_right(_STARTS, code) - 1][0], order
