"""A part of a snapshot as a Parquet file, named by what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from kpi_site.catalog import Field
from kpi_site.files import beside
from kpi_site.tables.disk import disk_named
from kpi_site.tables.model import SnapshotPart
from kpi_site.tables.sources import sha256

_PLAIN: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_DIGITS: Final = 38
_SHOWN: Final = 12  # of the digest, in the file's name
ALL: Final = "rows"
"""The name of the part that holds all rows."""


def store(
    frame: pl.DataFrame, fields: Sequence[Field], folder: Path, period: str | None, fetched: str
) -> SnapshotPart:
    """Write the rows, which stand in the order of ``fields``, below ``folder``.

    Nothing that is there is changed: a file's name holds its digest. OSError from the disk.
    """
    frame = frame.rename(dict(zip(frame.columns, (str(f.name) for f in fields), strict=True)))
    frame = frame.with_columns(_decimals(frame[f.name]) for f in fields if f.type == "number")
    folder.mkdir(parents=True, exist_ok=True)
    aside = beside(folder / ALL)
    try:
        with disk_named(folder):
            frame.write_parquet(aside, compression="zstd", statistics=False)
            digest = sha256(aside)
            name = f"{period or ALL}.{digest[:_SHOWN]}.parquet"
            aside.replace(folder / name)
    finally:
        aside.unlink(missing_ok=True)
    return SnapshotPart(name, period, frame.height, digest, fetched)


def _decimals(column: pl.Series) -> pl.Series:
    """Return exact numbers that came as text as decimals, if all of them are such."""
    if column.dtype != pl.String or not column.str.contains(_PLAIN).all():
        return column
    after = column.str.extract(r"\.([0-9]+)$", 1).str.len_chars().max()
    places = after if isinstance(after, int) else 0
    before = column.str.extract(r"^-?([0-9]+)", 1).str.len_chars().max()
    digits = before if isinstance(before, int) else 0
    if digits + places > _DIGITS:
        return column
    return column.cast(pl.Decimal(_DIGITS, places))
