"""A document as plain text for a terminal: gone words as ``[-…-]``, new ones as ``{+…+}``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kpi_site.diff.document import (
    Block,
    Document,
    DocumentTable,
    Fold,
    Formula,
    Items,
    Line,
    Paragraph,
)
from kpi_site.terminal import width
from kpi_site.visible import visible

_MARKS: Final = {"gone": ("[-", "-]"), "new": ("{+", "+}")}


def text_lines(document: Document) -> Iterator[str]:
    """Yield the lines of the document, all of it."""
    yield document.title
    yield from _blocks(document.top, "")
    for section in document.sections:
        yield ""
        yield f"== {section.title} =="
        yield from _blocks(section.blocks, "")


def _blocks(blocks: Iterable[Block], indent: str) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, indent)


def _block(block: Block, indent: str) -> Iterator[str]:
    match block:
        case Paragraph(line=pieces):
            yield f"{indent}{_line(pieces)}"
        case Items(lines=lines):
            yield from (f"{indent}  · {_line(one)}" for one in lines)
        case Formula(title=title, text=text):
            yield f"{indent}  {title}"
            yield f"{indent}    {_clean(text)}"
        case DocumentTable():
            yield from (f"{indent}  {row}" for row in _table(block))
        case Fold(title=title, blocks=blocks):
            yield f"{indent}{_line(title)}"
            yield from _blocks(blocks, f"{indent}  ")


def _line(pieces: Line) -> str:
    found = []
    for piece in pieces:
        start, end = _MARKS.get(piece.look, ("", ""))
        found.append(f"{start}{_clean(piece.text)}{end}")
    return "".join(found)


def _clean(text: str) -> str:
    """Return ``text`` on one line, with what could steer a terminal made visible."""
    return visible(re.sub(r"\s*\n\s*", " ", text))


def _table(table: DocumentTable) -> Iterator[str]:
    rows = [table.head, *(tuple(_line(cell) for cell in row) for row in table.rows)]
    widths = [max(width(row[at]) for row in rows) for at in range(len(table.head))]
    for row in rows:
        cells = []
        for at, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            room = " " * (wide - width(cell))
            cells.append(room + cell if at in table.right else cell + room)
        yield "  ".join(cells).rstrip()
