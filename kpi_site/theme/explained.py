"""Words that are explained where they first stand on a page: a button, and what it opens.

The explanation is the browser's own popover, so it works by mouse, touch and keyboard, closes
with Escape, needs no script, and a screen reader reads it with the word. Rules:
specification.md#explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_OUTSIDE: Final = re.compile(
    r"<(?:(a|abbr|button|code|dfn|figure|h[1-6]|label|math|nav|pre|script|select|style|summary"
    r"|svg|textarea)\b[^>]*>.*?</\1\s*>"
    r"|div class=\"kpi-formula.*?</div>"
    r"|th\b[^>]*\bdata-sort\b.*?</th>"
    r"|!--.*?-->"
    r"|[^>]*>)",
    re.DOTALL,
)
_WORD: Final = re.compile(r"[\w-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Explained:
    """A word of the glossary: its ``forms`` in texts, and what it means.

    ``lang`` is the language of the explanation where that is not the page's.
    """

    id: str
    name: str
    forms: tuple[str, ...]
    text: str
    lang: str = ""


def explain(html: str, words: Sequence[Explained], glossary: str, title: str) -> str:
    """Return ``html`` with each of ``words`` explained where it first stands.

    Never in a heading, link, formula, picture, code or the head of a column that sorts.
    ``glossary`` is the address of the page of all words, ``title`` its name.
    """
    places = list(_texts(html))
    text = "\0".join(html[start:end] for start, end in places)
    found = sorted(_first_of_each(text, words))
    if not found:
        return html
    pieces: list[str] = []
    done, shift, at = 0, 0, 0
    for start, end, number in found:
        while start - shift >= places[at][1] - places[at][0] + 1:  # it stands in a later text
            shift += places[at][1] - places[at][0] + 1
            at += 1
        begin = places[at][0] + start - shift
        stop = begin + end - start
        pieces += [html[done:begin], _button(words[number].id, html[begin:stop])]
        done = stop
    pieces.append(html[done:])
    pieces += (_opened(words[number], glossary, title) for _, _, number in found)
    return "".join(pieces)


def _texts(html: str) -> Iterator[tuple[int, int]]:
    """Yield where the texts stand in which a word may be explained."""
    last = 0
    for tag in _OUTSIDE.finditer(html):
        if tag.start() > last:
            yield last, tag.start()
        last = tag.end()
    if last < len(html):
        yield last, len(html)


def _first_of_each(text: str, words: Sequence[Explained]) -> list[tuple[int, int, int]]:
    """Return the first place of each word, with its number; the longest goes first."""
    folded = text.lower()
    folded = folded if len(folded) == len(text) else text
    forms = [(form, number) for number, word in enumerate(words) for form in word.forms]
    by_length = sorted(forms, key=lambda pair: -len(pair[0]))
    taken: list[tuple[int, int]] = []
    first: dict[int, tuple[int, int]] = {}
    for form, number in by_length:
        start, end = _place(text, folded, form, taken)
        if start < 0:
            continue
        known = first.get(number)
        if known is None or start < known[0]:
            first[number] = (start, end)
        taken.append((start, end))
    return [(start, end, number) for number, (start, end) in first.items()]


def _place(text: str, folded: str, form: str, taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return where ``form`` first stands as a word of its own; (-1, -1) if nowhere."""
    inside, own = (folded, form.lower()) if form[1:].islower() else (text, form)
    at = inside.find(own)
    while at >= 0:
        end = _end(text, at + len(own), own)
        free = all(end <= start or at >= stop for start, stop in taken)
        if end and free and not (_latin(own[0]) and at and _WORD.match(text[at - 1])):
            return at, end
        at = inside.find(own, at + 1)
    return -1, -1


def _end(text: str, end: int, form: str) -> int:
    """Return where the word ends, a plural's s with it; 0 where it is but part of a word."""
    if not _latin(form[-1]):
        return end
    if form[-1].islower() and text[end : end + 1] == "s":
        end += 1
    return 0 if _WORD.match(text[end : end + 1]) else end


def _latin(character: str) -> bool:
    return bool(_WORD.match(character))


def _button(name: str, text: str) -> str:
    known = f"explained-{name}"
    return (
        f'<button type="button" class="kpi-word" popovertarget="{known}"'
        f' aria-describedby="{known}-text">{text}</button>'
    )


def _opened(word: Explained, glossary: str, title: str) -> str:
    lang = f' lang="{word.lang}"' if word.lang else ""
    return (
        f'<div class="kpi-explained" id="explained-{word.id}" popover>'
        f'<b>{escape(word.name)}</b> <span id="explained-{word.id}-text"{lang}>'
        f'{escape(word.text)}</span> <a href="{escape(glossary)}#{word.id}">{escape(title)}</a>'
        "</div>"
    )
