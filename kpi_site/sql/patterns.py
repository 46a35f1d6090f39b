"""Regular expressions that every database reads alike."""

from __future__ import annotations

import re
from typing import Final

_CLASS: Final = r"\[(?:[A-Za-z0-9_. -]|\\d)+\]"
_PLAIN: Final = re.compile(
    rf"(?:\\d|\\[.+*?()/-]|[^\\\[\](){{}}|*+?.^$]|{_CLASS}|\((?:\?:)?(?!\?)|\)|\||[*+?]"
    r"|\{\d+(?:,\d*)?\})*"
)


def plain_pattern(pattern: str) -> str | None:
    r"""Return a pattern as PostgreSQL reads it too; None where they might read it differently.

    ``\d`` is a digit from 0 to 9.
    """
    if not _PLAIN.fullmatch(pattern):
        return None
    inside = re.sub(_CLASS, lambda found: found[0].replace(r"\d", "0-9"), pattern)
    return f"^(?:{inside.replace(chr(92) + 'd', '[0-9]')})$"
