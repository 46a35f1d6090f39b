"""Traditional characters and the simplified ones that readers may type for them, or the reverse.

The table is OpenCC's (``vendored/README.md``): a traditional character, a tab, and the
simplified ones that may stand for it, the usual one first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "vendored" / "TSCharacters.txt"


@cache
def simplified() -> Mapping[str, str]:
    """Return the simplified character of each traditional one that has another."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    found = ((old, new.split(" ")[0]) for old, new in pairs)
    return {old: new for old, new in found if old != new and len(old) == len(new) == 1}


def simplified_pairs(text: str) -> str:
    """Return the pairs that matter to ``text``, one after the other: traditional, simplified.

    A pair matters if either of its characters occurs there: only such words can be found.
    """
    here = frozenset(text)
    table = simplified().items()
    return "".join(old + new for old, new in table if new in here or old in here)
