"""A document as Markdown for the comment of a pull or merge request, below a hard length.

Everything from files stands as inert text: no markup, no mention, no link, no mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
    Piece,
    Section,
    code,
    line,
)

LONGEST: Final = 60_000
"""Characters that are never reached: GitHub takes 65,536 and GitLab more."""
MARK: Final = "<!-- kpi-site diff -->"
"""The first line, by which a comment can be found again and replaced."""

_ROOM: Final = 1_500  # for the sentence that says what was cut
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
_SPACE: Final = re.compile(r"\s+")
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SAFE: Final = frozenset(",%()/='\";?^")
_BETWEEN_DIGITS: Final = frozenset(".,:-")
_CALLING: Final = frozenset("@#!$~&")  # mentions and references of forges: @you, #1, !1, ~label
_TAGS: Final = {
    "plain": ("", ""),
    "strong": ("<b>", "</b>"),
    "code": ("<code>", "</code>"),
    "gone": ("<del>", "</del>"),
    "new": ("<ins>", "</ins>"),
}


def markdown(
    document: Document,
    command: str,
    language: str,
    longest: int = LONGEST,
    *,
    in_bytes: bool = False,
) -> str:
    """Return the document as Markdown of less than ``longest`` characters, or bytes.

    What does not fit is left out whole, fold by fold, and a sentence at the end names it,
    with the ``command`` that shows all of it.
    """
    size = _bytes if in_bytes else _characters
    head = [MARK, f"### {inert(document.title)}", *_blocks(document.top)]
    text = "\n\n".join(head)
    if size(text) > longest - _ROOM:
        text = _shortened(head, longest - _ROOM, size)
    left: list[str] = []
    for section in document.sections:
        for at, block in enumerate(section.blocks):
            piece = "\n\n".join(_block(block))
            if at == 0:
                piece = f"#### {inert(section.title)}\n\n{piece}"
            if size(text) + size(piece) + 2 > longest - _ROOM:
                left.append(_name(section, block))
            else:
                text = f"{text}\n\n{piece}"
    if left:
        text = f"{text}\n\n{_cut(document.cut, left, command, language)}"
    return f"{text}\n"


def _characters(text: str) -> int:
    """Return the length of ``text`` as forges count it: a character beyond U+FFFF is two."""
    return len(text.encode("utf-16-le")) // 2


def _bytes(text: str) -> int:
    return len(text.encode())


def _shortened(parts: list[str], longest: int, size: Callable[[str], int]) -> str:
    """Return the parts that fit, and an ellipsis for the rest."""
    text = ""
    for part in parts:
        if size(text) + size(part) + 5 > longest:
            return f"{text}\n\n…"
        text = f"{text}\n\n{part}" if text else part
    return text


def _cut(words: str, left: list[str], command: str, language: str) -> str:
    comma = "、" if language == "zh" else ", "
    names = comma.join(left[:8]) + (" …" if len(left) > 8 else "")
    filled = words.format(len(left), inert(names), _piece(code(command)))
    return f"**{filled}**"


def _name(section: Section, block: Block) -> str:
    title = "".join(piece.text for piece in block.title) if isinstance(block, Fold) else ""
    return f"{section.title}: {title}"[:100]


def inert(text: str) -> str:
    """Return ``text`` such that a forge shows just these characters, on one line.

    ASCII punctuation becomes numeric entities where Markdown could take it for its own; what
    calls people or issues is followed by an invisible space, since forges look for it in the
    finished page.
    """
    flat = _SPACE.sub(" ", _CONTROL.sub("", text))

    def entity(match: re.Match[str]) -> str:
        mark, at = match[0], match.start()
        before, after = flat[at - 1 : at], flat[at + 1 : at + 2]
        if mark in _SAFE or (mark in _BETWEEN_DIGITS and before.isdigit() and after.isdigit()):
            return mark
        if mark == "-" and before.isalnum() and after.isalnum():
            return mark
        if mark in ".:" and not before.isdigit() and after in {"", " "}:  # the end of a statement
            return mark
        if mark == "$":  # the one way out of mathematics that forges document
            return "<span>&#36;</span>"
        calls = mark in _CALLING and bool(after.strip())
        return f"&#{ord(mark)};" + ("&#8203;" if calls else "")

    return _PUNCTUATION.sub(entity, flat)


def _line(pieces: Line) -> str:
    return "".join(map(_piece, pieces)).strip()


def _piece(piece: Piece) -> str:
    start, end = _TAGS[piece.look]
    return f"{start}{inert(piece.text)}{end}"


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(line=pieces):
            yield _line(pieces)
        case Items(lines=lines):
            yield "\n".join(f"- {_line(one)}" for one in lines)
        case DocumentTable():
            yield _table(block)
        case Formula(title=title, tex=tex):
            yield _line(line(Piece(title, "strong")))
            yield f"```math\n{tex}\n```"
        case Fold(title=title, blocks=blocks):
            yield f"<details><summary>{_line(title)}</summary>"
            yield from _blocks(blocks)
            yield "</details>"


def _table(table: DocumentTable) -> str:
    rule = ("--:" if at in table.right else "---" for at in range(len(table.head)))
    rows = [[inert(cell) or " " for cell in table.head], list(rule)]
    rows += [[_line(cell) or " " for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
