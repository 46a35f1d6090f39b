"""Where each character of a decoded YAML scalar stands in the file.

The parser gives a scalar's decoded text and the stretch of the file that it came from. These
functions walk that stretch again by the rules of its style and pair every decoded character
with its offset: escapes count as one character, folded line breaks as the space or the line
feed that they become, indentation as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t"
_ESCAPE_DIGITS = {"x": 2, "u": 4, "U": 8}


def offsets(text: str, start: int, end: int, style: str | None, value: str) -> tuple[int, ...]:
    """Return the offset in ``text`` of every character of ``value``, and one for its end.

    ``text[start:end]`` is the scalar as written, ``style`` is one of ``' " | >`` or None for
    a plain scalar, ``value`` is what it means.
    """
    if style in {"|", ">"}:
        found = _block(text, text.index(style, start), end, value)
    elif style:
        opening = text.index(style, start)
        found = [*_flow(text, opening + 1, end - 1, style), end - 1]
    else:
        found = [*_flow(text, start, end, ""), end]
    return tuple(found)


def _flow(text: str, start: int, stop: int, quote: str) -> Iterator[int]:
    """Yield the offsets of a plain (``quote`` empty) or quoted scalar's characters."""
    at = start
    while at < stop:
        char = text[at]
        if char in " \t\r\n":
            breaks, after = _breaks(text, at, stop)
            if not breaks:
                yield from range(at, after)
            else:
                yield from breaks[1:] or breaks
            at = after
        elif quote == "'" and char == "'":
            yield at
            at += 2
        elif quote == '"' and char == "\\":
            if text[at + 1] in "\r\n":  # the line goes on after the break, as if it were not there
                breaks, after = _breaks(text, at + 1, stop)
                yield from breaks[1:]
                at = after
            else:
                yield at
                at += 2 + _ESCAPE_DIGITS.get(text[at + 1], 0)
        else:
            yield at
            at += 1


def _breaks(text: str, at: int, stop: int) -> tuple[list[int], int]:
    """Return the offsets of the line breaks in the white space from ``at`` on, and its end."""
    found = []
    while at < stop:
        if text[at] in _BLANKS:
            at += 1
        elif match := _BREAK.match(text, at, stop):
            found.append(at)
            at = match.end()
        else:
            break
    return found, at


def _block(text: str, start: int, end: int, value: str) -> list[int]:
    """Return the offsets of a literal or folded block scalar's characters, and of its end.

    Between two lines of content the value holds as many separators (line feeds, or one space)
    as the style keeps; they stand for the last breaks there, at the end for the first.
    """
    lines = _lines(text, start, end)
    indent = _indent(text, lines, value)
    found: list[int] = []
    breaks: list[int] = []
    for first, last in lines:
        content = text[first + indent : last]
        if content:
            kept = _separators(value, len(found), content)
            found += breaks[len(breaks) - kept :] if kept else []
            found += range(first + indent, last)
            breaks = []
        breaks.append(last)
    found += breaks[: len(value) - len(found)]
    return [*found, min(found[-1] + 1 if found else end, end)]


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the (start, end) of the lines below a block scalar's header."""
    found = []
    header = _BREAK.search(text, start, end)
    at = header.end() if header else end
    while at < end:
        match = _BREAK.search(text, at, end)
        found.append((at, match.start() if match else end))
        at = match.end() if match else end
    return found


def _indent(text: str, lines: list[tuple[int, int]], value: str) -> int:
    """Return the block's indentation: what its first line of content has lost in ``value``."""
    content = next((line for line in re.split(r"\n", value) if line.strip(" ")), None)
    if content is None:
        blank = max((len(line) for line in value.split("\n")), default=0)
        widest = max((last - first for first, last in lines), default=0)
        return widest - blank
    written = next(text[a:b] for a, b in lines if text[a:b].strip(" "))
    return _leading(written) - _leading(content)


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _separators(value: str, at: int, content: str) -> int:
    """Return how many line feeds, or one folded space, stand in ``value`` before ``content``."""
    count = 0
    while at + count < len(value) and value[at + count] == "\n":
        count += 1
    folded = count == 0 and value[at : at + 1] == " " and content[0] not in _BLANKS
    return 1 if folded else count
