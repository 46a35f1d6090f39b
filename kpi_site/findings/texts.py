"""What machine formats say in words."""

from __future__ import annotations

from kpi_site.codes import known_codes
from kpi_site.problems import Message, Problem, sentence


def hint_of(found: Problem) -> Message | None:
    """Return the problem's own hint, or the general remedy for its code."""
    if found.hint is not None:
        return found.hint
    known = known_codes().get(found.code)
    return known.mend if known else None


def full_message(found: Problem, language: str) -> str:
    """Return message and hint as sentences."""
    gap = "" if language == "zh" else " "
    text, hint = sentence(found.message.get(language), language), hint_of(found)
    return f"{text}{gap}{hint.get(language)}" if hint else text
