"""What a dataset is after reading: a validated Parquet copy and what is known about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from kpi_site.catalog import Dataset

SNAPSHOT_FORMAT: Final = 1


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
class SnapshotPart:
    """A file of rows: of one ``period``, of those without a time, or (None) of all."""

    file: str
    period: str | None
    rows: int
    sha256: str
    fetched: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows of a table or query at one moment, in UTC: ``2026-11-24T08:00:00Z``."""

    dataset: str
    connection: str
    table: str | None
    query: str | None
    partition: str | None
    columns: tuple[str, ...]
    server: str
    fetched: str
    rows: int
    parts: tuple[SnapshotPart, ...]

    @property
    def digest(self) -> str:
        """The hash of all of it: of the rows by their parts', and of where they are from."""
        told = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def day(self) -> date:
        """The day in UTC on which it was fetched."""
        return self.moment.date()

    @property
    def moment(self) -> datetime:
        """The moment at which it was fetched."""
        return datetime.fromisoformat(self.fetched)

    def is_of(self, dataset: Dataset) -> bool:
        """Tell whether the dataset still asks the database for just this."""
        return asked_for(dataset) == (
            self.connection, self.table, self.query, self.partition, self.columns
        )  # fmt: skip

    def text(self) -> str:
        """Return the description as it is written."""
        told = {"format": SNAPSHOT_FORMAT, "digest": self.digest, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


Request = tuple[str, str | None, str | None, str | None, tuple[str, ...]]


def asked_for(dataset: Dataset) -> Request:
    """Return what a dataset asks a database for: a snapshot of something else is none of it."""
    source = dataset.database
    assert source is not None
    return (
        str(source.connection),
        None if source.table is None else str(source.table),
        None if source.query is None else source.query.text,
        None if source.partition is None else source.partition.value,
        tuple(str(field.name) for field in dataset.fields),
    )


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a connection said of a dataset whose rows stay there, at one moment in UTC.

    ``days`` are the first and the last day of each column of days or moments that has any.
    ``answers`` are those to the questions of the cards, by digest (``engine.kept_answers``).
    """

    server: str
    fetched: str
    days: Mapping[str, tuple[date, date]]
    answers: Mapping[str, Any] = field(repr=False)

    @property
    def moment(self) -> datetime:
        """The moment at which the connection was asked."""
        return datetime.fromisoformat(self.fetched)


@dataclass(frozen=True, slots=True)
class Table:
    """A dataset's rows as a typed Parquet file, declared and derived columns alike.

    ``digest`` changes exactly when the rows or the schema (types, derived columns) change.
    ``first`` and ``last`` are the first and last day of the dataset's own time column, over
    all rows; None without rows or without such a column. ``days`` counts the rows of each
    day by that column (``2026-10-31``). ``ranges`` are the smallest and largest values
    of its columns (see ``kpi_site.sql.measured``). ``snapshot`` is that of a database. Where
    the rows stay in it there is ``pushed``, and ``parquet`` is the file of its answers. Readers
    may know how many rows there are where that is ``told``.
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
    snapshot: Snapshot | None = None
    pushed: Pushed | None = None
    told: bool = True
