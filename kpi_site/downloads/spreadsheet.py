"""CSV for people who open it in a spreadsheet: no text of it runs as a formula.

A spreadsheet takes a cell that begins with ``= + - @``, a tab or a return for a formula, also
in quotes, and formulas can call programs and send data away. So such texts get an apostrophe
before them. Numbers stay as they are. A byte order mark tells Excel, which takes the code page
of its Windows otherwise, that the text is UTF-8. Files for programs (``data/values.csv`` …) stay
exact.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Final

import polars as pl

from kpi_site.downloads.package import TEXT_COLUMNS
from kpi_site.tidy import rows_csv

_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BEGINS: Final = rf"^(?:{'|'.join(map(re.escape, _ACTIVE))})"
_ANY: Final = re.compile(rf"(?:^|[,\n])(?:{'|'.join(map(re.escape, _ACTIVE))})".encode())


def harmless(table: bytes) -> bytes:
    """Return ``table`` (CSV with its head) with every text that could run marked as text.

    A byte order mark comes first. Texts are the columns that the data package calls so.
    """
    if _is_harmless(table):
        return codecs.BOM_UTF8 + table
    rows = csv.reader(io.StringIO(table.decode("utf-8"), newline=""))
    head = next(rows, [])
    texts = [i for i, name in enumerate(head) if name in TEXT_COLUMNS]
    found = [head]
    for row in rows:
        for i in texts:
            row[i] = marked_as_text(row[i])
        found.append(row)
    return codecs.BOM_UTF8 + rows_csv(found)


def marked_as_text(text: str) -> str:
    """Return ``text`` with an apostrophe before it, if a spreadsheet might run it."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def _is_harmless(table: bytes) -> bool:
    """Tell at a glance of most tables that nothing in them runs, and nothing is quoted.

    Such a table is written as it stands: without quotes, a cell is what stands between commas.
    """
    if not table.endswith(b"\n") or any(mark in table for mark in (b'"', b"\r", b"\n\n")):
        return False
    if _ANY.search(table) is None:
        return True
    frame = pl.read_csv(io.BytesIO(table), infer_schema=False, quote_char=None)
    texts = pl.col([name for name in frame.columns if name in TEXT_COLUMNS])
    runs = pl.any_horizontal(texts.str.contains(_BEGINS).any())
    return not frame.select(runs).item()
