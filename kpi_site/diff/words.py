"""Which words of a text changed: Chinese by characters, other scripts by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

_TOKEN: Final = re.compile(
    r"\s+"
    r"|[0-9]+(?:[.,:/-][0-9]+)*%?"
    r"|[\u2e80-\u2fff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]"
    r"|\w+(?:['’]\w+)*"
    r"|."
)
_WORDLESS: Final = re.compile(r"\W*")
_LEAST: Final = 0.35  # of what is the same; below it old and new are shown one after the other
_MOST: Final = 4_000  # tokens that are compared one by one


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text: on both sides, or on one of them."""

    kind: Literal["same", "gone", "new"]
    text: str


def marked(old: str, new: str) -> tuple[Mark, ...]:
    """Return the stretches of ``old`` and ``new`` in reading order, what is gone first.

    The same and gone stretches joined are ``old``, the same and new ones ``new``. Texts that
    have little in common are shown whole, one after the other.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) + len(after) > _MOST:
        return tuple(_marks([("", old, new)]))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    parts = [
        (kind == "equal", "".join(before[a:b]), "".join(after[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
    ]
    same = sum(len(text) for equal, text, _ in parts if equal)
    if same < _LEAST * max(len(old), len(new)):
        return tuple(_marks([("", old, new)]))
    return tuple(_marks(_merged(parts)))


def _merged(parts: list[tuple[bool, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield (same, gone, new), with changes joined over marks and spaces between them."""
    gone = new = ""
    for at, (equal, before, after) in enumerate(parts):
        inner = 0 < at < len(parts) - 1
        if not equal or (inner and _WORDLESS.fullmatch(before)):
            gone, new = gone + before, new + after
            continue
        yield "", gone, new
        yield before, "", ""
        gone = new = ""
    yield "", gone, new


def _marks(parts: Iterable[tuple[str, str, str]]) -> Iterator[Mark]:
    for same, gone, new in parts:
        if same:
            yield Mark("same", same)
        if gone:
            yield Mark("gone", gone)
        if new:
            yield Mark("new", new)


def shortened(marks: Iterable[Mark], around: int = 60) -> tuple[Mark, ...]:
    """Return ``marks`` with long stretches of what is the same cut to ``around`` characters.

    Only the neighbourhood of a change stays; an ellipsis stands for the rest.
    """
    found = list(marks)
    last = len(found) - 1
    for at, mark in enumerate(found):
        if mark.kind != "same" or len(mark.text) <= 2 * around + 10:
            continue
        head = "" if at == 0 else mark.text[:around]
        tail = "" if at == last else mark.text[-around:]
        found[at] = Mark(
            "same", f"{head} … {tail}".strip(" ") if head and tail else f"{head}…{tail}"
        )
    return tuple(found)
