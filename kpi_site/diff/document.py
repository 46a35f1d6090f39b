"""What a difference says, as a small document: written as Markdown or as text for terminals.

A piece is words of ours or data from files; nothing in it is markup yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Look = Literal["plain", "strong", "code", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one look."""

    text: str
    look: Look = "plain"


Line = tuple[Piece, ...]


def line(*parts: str | Piece | Line) -> Line:
    """Join texts, pieces and lines to one line."""
    found: list[Piece] = []
    for part in parts:
        if isinstance(part, tuple):
            found += part
        elif part:
            found.append(Piece(part) if isinstance(part, str) else part)
    return tuple(found)


def code(text: str) -> Piece:
    """Return ``text`` as something that is written in a file, or typed."""
    return Piece(text, "code")


def strong(text: str) -> Piece:
    """Return ``text`` with emphasis."""
    return Piece(text, "strong")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of its own."""

    line: Line


@dataclass(frozen=True, slots=True)
class Items:
    """Lines in a list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """Rows below a head; ``right`` are the columns of numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: ``tex`` is mathematics, ``text`` the same on one line; ``title`` says which."""

    title: str
    tex: str
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks under a title, folded where the medium can."""

    title: Line
    blocks: tuple[Block, ...]


Block = Paragraph | Items | DocumentTable | Formula | Fold


@dataclass(frozen=True, slots=True)
class Section:
    """Folds under a heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A short part on top, and details by section; ``cut`` says what to say when some is cut."""

    title: str
    top: tuple[Block, ...]
    sections: tuple[Section, ...]
    cut: str


def some(lines: Iterable[Line], most: int, more: str) -> tuple[Line, ...]:
    """Return at most ``most`` of ``lines``; ``more`` (with {0}) counts the others."""
    found = tuple(lines)
    if len(found) <= most + 1:  # "and 1 more" takes as much room as that one
        return found
    return (*found[:most], line(more.format(len(found) - most)))
