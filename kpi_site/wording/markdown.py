"""Texts put safely into Markdown: data as inert characters, authors' prose without HTML."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cell(text: str) -> str:
    """Return ``text`` such that Markdown shows it as it is, on one line (DESIGN §7).

    Every ASCII punctuation mark becomes a numeric entity, so nothing is left that Markdown,
    an attribute list or HTML could take for its own; spaces and line breaks become one space.
    """
    flat = _SPACE.sub(" ", _CONTROL.sub("", text)).strip()
    return _PUNCTUATION.sub(lambda m: f"&#{ord(m[0])};", flat)


def prose(text: str) -> str:
    """Return an author's Markdown with raw HTML shown as text (DESIGN §2.3)."""
    return text.replace("<", "&lt;").strip()
