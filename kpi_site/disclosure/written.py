"""Hidden figures as they may stand in any file: by their digits, wherever the point is.

A number of ten digits or more is nobody else's by chance; a shorter one may be anything, and so
may one whose digits repeat, 4.0333…: a third of something.
Rules: specification.md#disclosure-check.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from kpi_site.disclosure.book import CellKey
from kpi_site.results import IndicatorResults, Results, Series

DIGITS: Final = 10
_NUMBER: Final = re.compile(rb"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")
_PICTURES: Final = frozenset({".png", ".ico", ".woff", ".woff2", ".jpg", ".gif"})


def digits_of(results: Results, hidden: Collection[CellKey]) -> dict[str, CellKey]:
    """Return by their first digits the figures of ``hidden`` cells that no other cell has."""
    secret: dict[str, CellKey] = {}
    told: set[str] = set()
    for name, found in results.items():
        for key, digits in _figures(name, found):
            if key in hidden:
                secret.setdefault(digits, key)
            else:
                told.add(digits)
    return {digits: key for digits, key in secret.items() if digits not in told}


def _figures(name: str, found: IndicatorResults) -> Iterator[tuple[CellKey, str]]:
    every: list[tuple[Series, bool]] = [(found.series[key], False) for key in found.series]
    every += [(found.running, True)] if found.running is not None else []
    for series, running in every:
        terms = (*series.terms.values(), *series.bases.values())
        for i, result in enumerate(series.results):
            key = CellKey(name, series.key, result.period.first, running)
            for value in (result.value, *(cells[i].value for cells in terms)):
                digits = "" if value is None else _first(f"{Decimal(value):f}")
                if digits:
                    yield key, digits


def _first(number: str) -> str:
    """Return the first digits of a number, "" where it has fewer or they repeat."""
    digits = number.lstrip("-").replace(",", "").replace(".", "").lstrip("0")[:DIGITS]
    return digits if len(digits) == DIGITS and not _repeats(digits[3:]) else ""


def _repeats(digits: str) -> bool:
    """Tell whether ``digits`` are one to three digits over and over."""
    return any(digits[length:] == digits[:-length] for length in (1, 2, 3))


def written(folder: Path, secret: Mapping[str, CellKey]) -> Iterator[tuple[CellKey, str, str]]:
    """Yield each hidden figure that stands in a file below ``folder``: its cell, file and text."""
    for path in sorted(folder.rglob("*")) if secret else ():
        if path.is_file() and path.suffix not in _PICTURES:
            seen = set()
            for match in _NUMBER.finditer(_text(path)):
                text = match[0].decode()
                cell = secret.get(_first(text)) if len(text) >= DIGITS else None
                if cell is not None and cell not in seen:
                    seen.add(cell)
                    yield cell, path.relative_to(folder).as_posix(), text


def _text(path: Path) -> bytes:
    """Return what a file says, however it is packed."""
    match path.suffix:
        case ".xlsx":
            with zipfile.ZipFile(path) as book:
                return b"\n".join(book.read(name) for name in book.namelist())
        case ".parquet":
            return pl.read_parquet(io.BytesIO(path.read_bytes())).write_csv().encode()
        case ".gz":
            return gzip.decompress(path.read_bytes())
    return path.read_bytes()
