"""The unread text of a CSV file, cut where records end.

A reader looks ``ahead`` at whole records, or at ``lines`` where it doubts that they are
whole, and then says how much it has used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpi_site.tables.scanner import LONGEST_CELL

WHOLE = 64 << 20  # bytes at once; a piece of a file is smaller
SLICE = 128 << 10  # bytes at once where something is doubtful: so much is read with care
_LONGEST = 4 * LONGEST_CELL  # bytes: a quote that is open for longer was never closed


@dataclass(frozen=True, slots=True)
class Block:
    """Text as UTF-8 from a record's begin; ``line`` is the number of its first line."""

    data: bytes
    line: int


class Supply:
    """Pieces of a file as one text of which the beginning is used up step by step."""

    def __init__(self, pieces: Iterable[bytes], quote: str) -> None:
        self._pieces = iter(pieces)
        self._quote = quote.encode()
        self._data = b""
        self._at = 0
        self.line = 1
        self.used = 0  # bytes

    def ahead(self, size: int) -> Block | None:
        """Return unread text of about ``size`` bytes that ends with a record; None at the end.

        Where quotes are astray the end is only a line's: such a block is doubtful.
        """
        while True:
            stop = self._stop(size)
            end = _last_record_end(self._data, self._at, stop, self._quote)
            if end > self._at:
                return Block(self._data[self._at : end], self.line)
            long = stop - self._at > _LONGEST or size < WHOLE
            if (long and stop > self._at) or not self._more():
                unread = self._data[self._at : stop if long else None]
                return Block(unread, self.line) if unread else None

    def lines(self) -> Iterator[bytes]:
        """Yield unread lines, each with its LF (the last one may lack it); none is used yet."""
        at = 0  # from the first unread byte
        while True:
            end = self._data.find(b"\n", self._at + at) + 1
            if not end and self._more():
                continue
            line = self._data[self._at + at : end or None]
            if not line:
                return
            yield line
            at += len(line)

    def use(self, size: int, lines: int | None = None) -> None:
        """Note that ``size`` bytes more have been read for good: so many lines, where known."""
        end = self._at + size
        self.line += self._data.count(b"\n", self._at, end) if lines is None else lines
        self._at = end
        self.used += size

    def _stop(self, size: int) -> int:
        """Return the end of the line where ``size`` unread bytes are over, or all that is there."""
        if self._at + size >= len(self._data):
            return len(self._data)
        return self._data.find(b"\n", self._at + size) + 1 or len(self._data)

    def _more(self) -> bool:
        """Take the next piece; False at the end of the file."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._data = self._data[self._at :] + piece if self._at < len(self._data) else piece
        self._at = 0
        return True


def _last_record_end(data: bytes, start: int, stop: int, quote: bytes) -> int:
    """Return the offset after the last LF outside quotes, from a record's ``start`` on, or 0.

    Quotes that stay open for longer than a cell may be are not followed back.
    """
    end = data.rfind(b"\n", start, stop) + 1
    if not end or not quote or data.find(quote, start, end) < 0:
        return end
    odd = data.count(quote, start, end) % 2
    least = max(start, end - _LONGEST)
    while end > least and odd:
        before = max(data.rfind(b"\n", start, end - 1) + 1, start)
        odd ^= data.count(quote, before, end) % 2
        end = before
    return end if end > start and not odd else 0
