"""Bytes of CSV files as UTF-8, in pieces, from the declared encoding and compression.

Nothing is guessed, and no byte is lost: one that does not decode becomes a *mark* (the
lone surrogate U+DC00 + byte), which is no valid text, so every reader trips over it and
``text`` shows where it stood.
"""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

PIECE = 16 << 20  # bytes; larger pieces cost more time in fresh memory than they save in calls
_LONGEST_LINE = 1 << 20
_LOOKED_AT = 1 << 12
_MARK = "kpi-site-mark"
MARKED = re.compile("[\udc00-\udcff]")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in wrong), error.end


codecs.register_error(_MARK, _mark)


def is_utf8(encoding: str) -> bool:
    """Tell whether ``encoding`` is a name of UTF-8, with or without a byte order mark."""
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


def text(data: bytes, encoding: str) -> str:
    """Return a part of what ``pieces`` made as text, with marks where bytes do not decode."""
    return data.decode("utf-8", _MARK if is_utf8(encoding) else "surrogatepass")


def data_of(part: str, encoding: str) -> bytes:
    """Return the bytes of which ``text`` made ``part``."""
    return part.encode("utf-8", "surrogateescape" if is_utf8(encoding) else "surrogatepass")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what is compressed in it."""
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rb") as unpacked:
            yield cast("BinaryIO", unpacked)
    else:
        with path.open("rb") as plain:
            yield plain


def pieces(path: Path, encoding: str, size: int = PIECE) -> Iterator[bytes]:
    """Yield the file's text as UTF-8 in pieces of about ``size`` bytes, without a byte order mark.

    Errors: OSError, EOFError or zlib.error from a compressed file that is damaged.
    """
    parts = _raw(path, size) if is_utf8(encoding) else _recoded(path, encoding, size)
    first = next(parts, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from parts


def _raw(path: Path, size: int) -> Iterator[bytes]:
    if path.suffix.lower() != ".gz":
        yield from _plain(path, size)
        return
    with opened(path) as file:
        while part := file.read(size):
            # Up to a line's end: the cut is then a record's end, and nothing is copied again.
            yield part + file.readline(_LONGEST_LINE)


def _plain(path: Path, size: int) -> Iterator[bytes]:
    """Yield pieces that end where a line does, each read at once: a copy would cost as much."""
    with path.open("rb", buffering=0) as file:
        while True:
            start = file.tell()
            file.seek(start + size)
            more = _to_line_end(file)
            file.seek(start)
            if not (part := file.read(size + more)):
                return
            yield part


def _to_line_end(file: FileIO) -> int:
    """Return how many bytes the line goes on; `_LONGEST_LINE` if it is longer."""
    read = 0
    while read < _LONGEST_LINE and (part := file.read(_LOOKED_AT)):
        if (end := part.find(b"\n")) >= 0:
            return read + end + 1
        read += len(part)
    return read


def _recoded(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(_MARK)
    for part in _raw(path, size):
        yield decoder.decode(part).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
