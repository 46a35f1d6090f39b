"""Write facts as CSV files, byte for byte the same each time."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

Cell = str | int | date | datetime | None
Row = Sequence[Cell]


def money(cents: int) -> str:
    """Write an amount in cents as yuan with two decimal places."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Row], encoding: str = "utf-8"
) -> None:
    """Write ``rows`` under ``header``; a name that ends in ``.gz`` is compressed.

    A compressed file that already holds the same text is left alone: the bytes of a
    compression depend on the library's version, the text does not.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    content = text.getvalue().encode(encoding)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".gz":
        path.write_bytes(content)
    elif not path.exists() or gzip.decompress(path.read_bytes()) != content:
        path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
