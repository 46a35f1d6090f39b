"""Punctuation between parts of a sentence, by language."""

from __future__ import annotations


def colon(language: str) -> str:
    """Return what stands between a name and what is said of it."""
    return "：" if language == "zh" else ": "


def semicolon(language: str) -> str:
    """Return what stands between two statements."""
    return "；" if language == "zh" else "; "


def comma(language: str) -> str:
    """Return what stands between two parts of a statement."""
    return "，" if language == "zh" else ", "


def listed(language: str) -> str:
    """Return what stands between the items of a list."""
    return "、" if language == "zh" else ", "
