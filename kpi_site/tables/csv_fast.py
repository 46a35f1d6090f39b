"""The fast reader of CSV: whole blocks at once, or a doubt.

Polars pads short rows, skips blank lines and takes stray quotes for text, so a block is
handed to it only where counting bytes proves that it cannot: as many delimiters outside
quotes as complete rows have (and Polars refuses surplus cells), quotes around whole cells
only, line ends that are LF or CRLF.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence

import polars as pl

# What begins a line and is no cell: marks of a merge, and of a file that was put behind another.
_STRANGE = ("<<<<<<<", "=======", ">>>>>>>", "|||||||", "\ufeff")
_MANY = 1 << 20  # bytes from which on numpy, which takes a tenth of a second to come, counts
_PART = 1 << 18  # bytes at a time, so that what is compared stays near the processor


def read_block(
    data: bytes, columns: Sequence[str], delimiter: str, quote: str, head: Sequence[str] = ()
) -> pl.DataFrame | None:
    """Return the block's cells as String columns (null = empty); None if anything is doubtful.

    ``head`` has the names as they stand in the file, where they are not the ``columns``'.
    """
    outside = _outside_quotes(data, delimiter.encode(), quote.encode())
    if outside is None or data.startswith(BOM_UTF8):  # Polars drops such a mark
        return None
    rows = _count(outside, b"\n") + (not outside.endswith(b"\n"))
    if not _is_regular(data, outside, rows, len(columns), delimiter.encode()):
        return None
    # Polars overlooks a surplus empty cell at the very end, unless a line end follows it.
    whole = data if data.endswith(b"\n") else data + b"\n"
    try:
        frame = pl.read_csv(
            whole,
            has_header=False,
            schema=dict.fromkeys(columns, pl.String),
            separator=delimiter,
            quote_char=None if outside is data else quote,  # quicker without
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
        return None
    return frame if frame.height == rows and not _has_strange_rows(frame, head or columns) else None


def _has_strange_rows(frame: pl.DataFrame, head: Sequence[str]) -> bool:
    """Tell whether a row may be empty, name the columns again, or be no row but a mark."""
    name = pl.nth(0)
    marks = [name.str.starts_with(mark) for mark in _STRANGE]
    few = frame.filter(pl.any_horizontal(name.is_null(), name == head[0], *marks))
    if few.is_empty():  # the first cell tells of most
        return False
    empty = pl.all_horizontal(pl.all().is_null())
    again = pl.all_horizontal(
        pl.col(column).fill_null("") == told
        for column, told in zip(frame.columns, head, strict=True)
    )
    return bool(few.select(pl.any_horizontal(empty, again, *marks).any()).item())


def _is_regular(data: bytes, outside: bytes, rows: int, width: int, delimiter: bytes) -> bool:
    if _count(outside, delimiter) != rows * (width - 1) or b"\0" in data:
        return False
    if b"\r" in outside and outside.count(b"\r") != outside.count(b"\r\n"):
        return False
    if width > 1:
        return True  # a blank line lacks its delimiters
    lines = outside.replace(b"\r\n", b"\n")
    return bool(lines) and b"\n\n" not in lines and not lines.startswith(b"\n")


def _count(data: bytes, letter: bytes) -> int:
    """Return how often a letter occurs. ``bytes.count`` is made for those that are few."""
    if len(data) < _MANY or len(letter) > 1:
        return data.count(letter)
    import numpy as np

    letters = np.frombuffer(data, np.uint8)
    parts = (letters[start : start + _PART] for start in range(0, len(letters), _PART))
    return sum(int(np.count_nonzero(part == letter[0])) for part in parts)


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
