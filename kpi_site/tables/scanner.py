"""The careful reader of CSV: every record with the line and column of each of its cells.

Slow, and used only where the fast reader (``csv_fast``) doubts something. Strict: quotes
stand around whole cells, a quote within is doubled, records end with LF or CRLF.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST_CELL = 1 << 20  # characters; a quoted cell beyond this has lost its closing quote

FaultKind = Literal["stray-quote", "text-after-quote", "unterminated-quote", "carriage-return"]
Place = tuple[int, int]  # line and column, from 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks a record: its kind, the cell's place, its text, and where a quote closed."""

    kind: FaultKind
    place: Place
    text: str
    closed: Place | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line, its physical lines as they stand, and its cells.

    ``starts`` has the cells' places, and the record's end, where quotes made them uneven.
    """

    line: int
    raw: str
    cells: tuple[str, ...]
    starts: tuple[Place, ...] | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def blank(self) -> bool:
        """Tell whether the record is an empty line."""
        return not self.raw.strip("\r\n")

    def place(self, index: int) -> Place:
        """Return where cell ``index`` begins; the index after the last is the record's end."""
        if self.starts is not None:
            return self.starts[index]
        delimiters = min(index, len(self.cells) - 1)
        return self.line, 1 + delimiters + sum(len(cell) for cell in self.cells[:index])

    def place_of(self, offset: int) -> Place:
        """Return the place of the character at ``offset`` of ``raw``."""
        before = self.raw[:offset]
        return self.line + before.count("\n"), offset - before.rfind("\n")


class _Lines:
    """Physical lines with a way back: a quote that never closes must not swallow the file."""

    def __init__(self, lines: Iterable[str], number: int) -> None:
        self._lines = iter(lines)
        self._back: list[str] = []
        self.number = number - 1  # of the line that ``take`` returned last

    def take(self) -> str | None:
        line = self._back.pop() if self._back else next(self._lines, None)
        if line is not None:
            self.number += 1
        return line

    def give_back(self, lines: list[str]) -> None:
        self._back.extend(reversed(lines))
        self.number -= len(lines)


def split_lines(texts: Iterable[str]) -> Iterator[str]:
    """Yield physical lines, each with its LF (the last one may lack it), from pieces of text."""
    rest = ""
    for text in texts:
        lines = (rest + text).split("\n")
        rest = lines.pop()
        for line in lines:
            yield line + "\n"
    if rest:
        yield rest


def records(lines: Iterable[str], delimiter: str, quote: str, first: int = 1) -> Iterator[Record]:
    """Yield the records of physical ``lines`` (as ``split_lines`` makes them).

    ``first`` is the number of the first line. After a quoted cell that is broken beyond its
    own line, reading goes on with the next physical line.
    """
    source = _Lines(lines, first)
    while (line := source.take()) is not None:
        if quote and quote in line:
            yield _quoted(line, source, delimiter, quote)
        else:
            yield _plain(line, source.number, delimiter)


def _plain(line: str, number: int, delimiter: str) -> Record:
    body = _body(line)
    cells = tuple(body.split(delimiter))
    record = Record(number, line, cells)
    if "\r" not in body:
        return record
    faults = tuple(
        Fault("carriage-return", record.place(i), cell)
        for i, cell in enumerate(cells)
        if "\r" in cell
    )
    return Record(number, line, cells, faults=faults)


def _body(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line


def _quoted(line: str, source: _Lines, delimiter: str, quote: str) -> Record:
    """Read the record that begins with ``line``, taking more lines where a cell needs them."""
    first, raw = source.number, [line]
    cells: list[str] = []
    starts: list[Place] = []
    faults: list[Fault] = []
    at = 0
    while at <= len(_body(line)):
        starts.append((source.number, at + 1))
        if line.startswith(quote, at):
            found = _quoted_cell(line, at, source, delimiter, quote)
        else:
            found = _bare_cell(line, at, starts[-1], delimiter, quote)
        cells.append(found.text)
        raw.extend(found.taken)
        line = raw[-1]
        at = found.end + len(delimiter)
        if found.fault is not None:
            faults.append(found.fault)
    starts.append((source.number, len(_body(line)) + 1))
    return Record(first, "".join(raw), tuple(cells), tuple(starts), tuple(faults))


@dataclass(frozen=True, slots=True)
class _Found:
    """A cell: its text, the offset of its end in the line where it ends, and more lines taken."""

    text: str
    end: int
    fault: Fault | None = None
    taken: tuple[str, ...] = ()


def _bare_cell(line: str, at: int, start: Place, delimiter: str, quote: str) -> _Found:
    body = _body(line)
    end = body.find(delimiter, at)
    cell = body[at:] if end < 0 else body[at:end]
    kind: FaultKind | None = (
        "stray-quote" if quote in cell else "carriage-return" if "\r" in cell else None
    )
    return _Found(cell, at + len(cell), Fault(kind, start, cell) if kind else None)


def _quoted_cell(line: str, at: int, source: _Lines, delimiter: str, quote: str) -> _Found:
    start, opening = (source.number, at + 1), line
    parts: list[str] = []
    taken: list[str] = []
    position, size = at + 1, 0
    while True:
        end = line.find(quote, position)
        if end < 0:
            parts.append(line[position:])
            size += len(parts[-1])
            following = source.take() if size <= LONGEST_CELL else None
            if following is None:
                return _never_closed(opening, at, start, source, taken)
            taken.append(following)
            line, position = following, 0
        elif line.startswith(quote, end + 1):
            parts.append(line[position : end + 1])
            position = end + 2
        else:
            parts.append(line[position:end])
            break
    body, after = _body(line), end + 1
    if after == len(body) or line.startswith(delimiter, after):
        return _Found("".join(parts), after, taken=tuple(taken))
    closed = (source.number, end + 1)
    if taken:  # most likely the quote belongs to another cell: this one never closed
        return _never_closed(opening, at, start, source, taken, closed)
    stop = body.find(delimiter, after)
    stop = len(body) if stop < 0 else stop
    return _Found(body[at:stop], stop, Fault("text-after-quote", start, body[at:stop], closed))


def _never_closed(
    line: str,
    at: int,
    start: Place,
    source: _Lines,
    taken: list[str],
    closed: Place | None = None,
) -> _Found:
    source.give_back(taken)
    text = _body(line)[at:]
    return _Found(text, len(line), Fault("unterminated-quote", start, text, closed))
