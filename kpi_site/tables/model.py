"""What a dataset is after reading: a validated Parquet copy and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kpi_site.catalog import Dataset


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of facts as it was read."""

    path: str  # relative to the site's root
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many rows broke a rule of severity ``warning``."""

    rule: str
    rows: int


@dataclass(frozen=True, slots=True)
class Table:
    """A dataset's rows as a typed Parquet file, declared and derived columns alike.

    ``digest`` changes exactly when the rows or the schema (types, derived columns) change.
    ``first`` and ``last`` are the first and last day of the dataset's own time column, over
    all rows; None without rows or without such a column. ``days`` counts the rows of each
    day by that column (``2026-10-31``). ``ranges`` are the smallest and largest values
    of its columns (see ``kpi_site.sql.measured``).
    """

    dataset: Dataset
    parquet: Path
    digest: str
    rows: int
    first: date | None
    last: date | None
    files: tuple[SourceFile, ...]
    broken_rules: tuple[RuleCount, ...] = ()
    null_counts: Mapping[str, int] | None = None
    days: Mapping[str, int] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
