"""CSV for people who open it in a spreadsheet: no text of it runs as a formula.

A spreadsheet takes a cell that begins with ``= + - @``, a tab or a return for a formula, also
in quotes, and formulas can call programs and send data away. So such texts get an apostrophe
before them. Numbers stay as they are. Files for programs (``data/values.csv`` …) stay exact.
"""

from __future__ import annotations

import csv
import io
from typing import Final

from kpi_site.downloads.package import TEXT_COLUMNS
from kpi_site.tidy import rows_csv

_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(table: bytes) -> bytes:
    """Return ``table`` (CSV with its head) with every text that could run marked as text.

    Texts are the columns that the data package calls so.
    """
    rows = csv.reader(io.StringIO(table.decode("utf-8"), newline=""))
    head = next(rows, [])
    texts = [i for i, name in enumerate(head) if name in TEXT_COLUMNS]
    found = [head]
    for row in rows:
        for i in texts:
            if row[i].startswith(_ACTIVE):
                row[i] = f"'{row[i]}"
        found.append(row)
    return rows_csv(found)
