"""A level's mark and its words; ``scoring`` tells which level it is."""

from __future__ import annotations

from typing import Final

from kpi_site.scoring import Level
from kpi_site.words import word

_MARKS: Final[dict[Level, str]] = {
    "challenge": "▲",
    "target": "●",
    "baseline": "▼",
    "below": "✕",
    "none": "○",
}


def status_mark(found: Level) -> str:
    """Return the level's mark: its shape alone tells it from the others."""
    return _MARKS[found]


def status_words(found: Level, language: str) -> str:
    """Return the level in words: ``达到目标值`` / ``target reached``."""
    return word(f"level.{found}", language)
