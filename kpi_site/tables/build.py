"""One dataset from its files to a checked Parquet copy, or to its problems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from kpi_site.catalog import Dataset, Validity
from kpi_site.periods import Calendar
from kpi_site.problems import Problem
from kpi_site.schema import own_columns
from kpi_site.sql.kinds import offset_name, polars_type
from kpi_site.sql.measured import Ranges
from kpi_site.tables.batch import Row
from kpi_site.tables.collector import Collector
from kpi_site.tables.derive import is_row_local
from kpi_site.tables.disk import disk_named
from kpi_site.tables.files import FactFile, locate
from kpi_site.tables.keys import repeated_key, repeats, unique_keys
from kpi_site.tables.model import RuleCount, Table
from kpi_site.tables.reading import FactsReading, Progress
from kpi_site.tables.scan import with_parents
from kpi_site.tables.validity import (
    Term,
    never_valid,
    never_valid_row,
    overlapping,
    overlapping_row,
)

_ROW: Final = "\0row"  # no header can hold such a name


@dataclass(frozen=True, slots=True)
class Built:
    """What was found in the files. The copy is good if ``sound``."""

    sound: bool
    problems: tuple[Problem, ...]
    rows: tuple[int, ...]  # by file
    first: date | None
    last: date | None
    null_counts: Mapping[str, int]
    broken_rules: tuple[RuleCount, ...]
    days: Mapping[str, int]
    ranges: Ranges


def build(
    dataset: Dataset,
    files: Sequence[FactFile],
    target: Path,
    *,
    zone: str,
    calendar: Calendar,
    referenced: Sequence[tuple[str, ...]] = (),
    terms: Sequence[Term] = (),
    parents: Mapping[str, Table] = MappingProxyType({}),
    limit: int = 50,
    progress: Progress,
) -> Built:
    """Read ``files``, check everything but foreign keys, and write the rows to ``target``.

    Rows stay in the order of the files. At most ``limit`` errors are described, the others
    counted. ``referenced`` are columns that other datasets' foreign keys lead to, ``terms``
    those of keys to rows that hold for a time. ``parents`` are the tables by which derived
    columns may use parents' columns; without one that is needed, the derived columns stay away
    and what is built is not sound.
    """
    found = FactsReading(dataset, zone, Collector(str(dataset.id), limit))
    _write(found, files, target, parents, progress)
    missing = [one for one in dataset.brought if one.name.partition(".")[0] not in parents]
    if sum(found.rows):
        written = pl.scan_parquet(target, glob=False).collect_schema()
        for key in unique_keys(dataset, referenced):
            if set(key) <= written.keys():
                _check_unique(found, files, target, key)
        for term in terms:
            if {*term[0], *_columns(term[1])} <= written.keys():
                _check_term(found, files, target, term)
    found.tell_undated()
    found.tell_totals(target, calendar)
    broken = found.broken_rules()
    return Built(
        found.problems.sound and not missing,
        found.problems.result(),
        tuple(found.rows),
        found.first,
        found.last,
        found.null_counts,
        broken,
        {day.isoformat(): rows for day, rows in sorted(found.days.items())},
        found.ranges,
    )


def _write(
    found: FactsReading,
    files: Sequence[FactFile],
    target: Path,
    parents: Mapping[str, Table],
    progress: Progress,
) -> None:
    """Stream the rows into one Parquet file; only window functions need all of them at once."""
    dataset = found.dataset
    local = is_row_local(dataset)
    kinds = own_columns(dataset)
    types = {name: polars_type(kind) for name, kind in kinds.items()}
    offsets = {offset_name(name): pl.Int32() for name, kind in kinds.items() if kind.zoned}
    if not local:
        types = {str(field.name): types[field.name] for field in dataset.fields}
    types |= offsets
    frames = (frame.select(types.keys()) for frame in found.frames(files, progress, complete=local))
    rows = register_io_source(lambda *_: frames, schema=types)
    with disk_named(target):
        rows.sink_parquet(target, compression="lz4", statistics=False)
    known = all(one.name.partition(".")[0] in parents for one in dataset.brought)
    if not local and known and found.problems.sound:
        whole = found.completed(_whole(dataset, target, parents), partial(locate, files))
        beside = target.with_suffix(".whole.part")  # the old rows may still be mapped
        with disk_named(beside):
            whole.write_parquet(beside, compression="lz4", statistics=False)
        beside.replace(target)


def _whole(dataset: Dataset, rows: Path, parents: Mapping[str, Table]) -> pl.DataFrame:
    """Return all rows in their order, with the parents' columns that derived ones use."""
    if not dataset.brought:
        return pl.read_parquet(rows, glob=False)
    names = [str(one.name) for one in dataset.brought]
    frame = pl.scan_parquet(rows, glob=False).with_row_index(_ROW)
    frame, _ = with_parents(frame, dataset, parents, names)
    return frame.sort(_ROW).drop(_ROW).collect()


def _check_unique(
    found: FactsReading, files: Sequence[FactFile], copy: Path, key: tuple[str, ...]
) -> None:
    again = found.problems.take(repeats(copy, key))
    if not again:
        return
    rows: Mapping[int, Row] = locate(files, _numbers(again))
    found.problems.add(
        repeated_key(key, rows[row], rows[first], found.dataset) for row, first in again
    )


def _columns(valid: Validity) -> set[str]:
    return {str(name) for name in (valid.since, valid.until) if name is not None}


def _check_term(found: FactsReading, files: Sequence[FactFile], copy: Path, term: Term) -> None:
    never = found.problems.take(never_valid(copy, term[1]))
    clashes = found.problems.take(overlapping(copy, term))
    rows: Mapping[int, Row] = locate(files, {*never, *_numbers(clashes)})
    found.problems.add(never_valid_row(term[1], rows[row]) for row in never)
    found.problems.add(overlapping_row(term, rows[row], rows[other]) for row, other in clashes)


def _numbers(pairs: Sequence[tuple[int, int]]) -> Collection[int]:
    return {number for pair in pairs for number in pair}
