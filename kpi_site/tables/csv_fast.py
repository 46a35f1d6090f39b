"""The fast reader of CSV: whole blocks at once, or a doubt.

Polars pads short rows, skips blank lines and takes stray quotes for text, so a block is
handed to it only where counting bytes proves that it cannot: as many delimiters outside
quotes as complete rows have (and Polars refuses surplus cells), quotes around whole cells
only, line ends that are LF or CRLF.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

LARGEST_BLOCK = 64 << 20  # bytes without a record's end: a quote was left open


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8; ``line`` is the number of the first one's first line."""

    data: bytes
    line: int


def blocks(pieces: Iterable[bytes], quote: str, line: int = 1) -> Iterator[Block]:
    """Cut pieces of a file where records end. Concatenated, the blocks are the pieces."""
    rest = b""
    mark = quote.encode()
    for piece in pieces:
        data = rest + piece if rest else piece
        end = _last_record_end(data, mark)
        if not end and len(data) > LARGEST_BLOCK:
            end = len(data)
        block, rest = data[:end], data[end:]
        if block:
            yield Block(block, line)
            line += block.count(b"\n")
    if rest:
        yield Block(rest, line)


def _last_record_end(data: bytes, quote: bytes) -> int:
    """Return the offset after the last LF that stands outside quotes, or 0."""
    end = data.rfind(b"\n") + 1
    if not quote or quote not in data:
        return end
    odd = data.count(quote, 0, end) % 2
    while end and odd:
        before = data.rfind(b"\n", 0, end - 1) + 1
        odd ^= data.count(quote, before, end) % 2
        end = before
    return end


def read_block(
    data: bytes, columns: Sequence[str], delimiter: str, quote: str
) -> pl.DataFrame | Literal["rows", "quotes"]:
    """Return the block's cells as String columns (null = empty), or what is doubtful in it.

    ``rows``: some records of this block; ``quotes``: where records end, from here on.
    """
    outside = _outside_quotes(data, delimiter.encode(), quote.encode())
    if outside is None:
        return "quotes"
    rows = outside.count(b"\n") + (not outside.endswith(b"\n"))
    if not _is_regular(data, outside, rows, len(columns), delimiter.encode()):
        return "rows"
    # Polars overlooks a surplus empty cell at the very end, unless a line end follows it.
    whole = data if data.endswith(b"\n") else data + b"\n"
    try:
        frame = pl.read_csv(
            whole,
            has_header=False,
            schema=dict.fromkeys(columns, pl.String),
            separator=delimiter,
            quote_char=quote or None,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
        return "rows"
    return frame if frame.height == rows else "rows"


def _is_regular(data: bytes, outside: bytes, rows: int, width: int, delimiter: bytes) -> bool:
    if outside.count(delimiter) != rows * (width - 1) or b"\0" in data:
        return False
    if b"\r" in outside and outside.count(b"\r") != outside.count(b"\r\n"):
        return False
    if width > 1:
        return True  # a blank line lacks its delimiters
    lines = outside.replace(b"\r\n", b"\n")
    return bool(lines) and b"\n\n" not in lines and not lines.startswith(b"\n")


def _outside_quotes(data: bytes, delimiter: bytes, quote: bytes) -> bytes | None:
    """Return the block with one quote character for each quoted cell; None if quotes are astray.

    A quoted cell must begin after a delimiter, a line end or the block's start, and end
    before a delimiter, a line end or the block's end. A doubled quote leaves two quoted
    parts side by side, which count as one.
    """
    if not quote or quote not in data:
        return data
    parts = data.split(quote)
    if len(parts) % 2 == 0:
        return None
    outside = quote.join(parts[::2])
    while quote * 2 in outside:
        outside = outside.replace(quote * 2, quote)
    cells = outside.count(quote)
    begun = outside.count(delimiter + quote) + outside.count(b"\n" + quote)
    ended = sum(outside.count(quote + end) for end in (delimiter, b"\n", b"\r\n"))
    begun += outside.startswith(quote)
    ended += outside.endswith(quote)
    return outside if begun == ended == cells else None
