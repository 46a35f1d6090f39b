"""The survey of a file: layout, columns and keys, each a guess with its reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kpi_site.authoring.survey.column import Seen, from_commas, see, without_totals
from kpi_site.authoring.survey.keys import (
    Keyed,
    Lead,
    Parent,
    foreign_keys,
    primary_key,
    time_column,
    with_all_parts,
)
from kpi_site.authoring.survey.layout import Layout, layout_of
from kpi_site.authoring.survey.made import made_of_parts
from kpi_site.catalog import Dataset, Expect, Field, Text
from kpi_site.catalog import Layout as Rows
from kpi_site.periods import MonthCalendar
from kpi_site.problems import Location, Message, Name, Problem
from kpi_site.tables.collector import Collector
from kpi_site.tables.files import FactFile, fact_file
from kpi_site.tables.sources import FactsFile
from kpi_site.tables.steady import rhythm_of
from kpi_site.tables.times import read_times


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file seems to hold. ``faults`` are records that are no rows, for `check` to name."""

    file: str
    layout: Layout
    columns: tuple[Seen, ...]
    rows: int
    key: Keyed | None
    time: Keyed | None
    leads: tuple[Lead, ...]
    faults: tuple[Problem, ...] = ()
    derived: tuple[tuple[str, str], ...] = ()  # name and expression
    expect: Expect | None = None

    @property
    def absent(self) -> tuple[str, ...]:
        """Words that stand for a missing value in some column."""
        return tuple(sorted({word for column in self.columns for word in column.absent}))


def survey(
    path: Path, name: str, zone: str, known: Sequence[Parent] = ()
) -> Survey | tuple[Problem, ...]:
    """Read the file ``path`` (``name`` from the site's root) and guess what it holds.

    ``known`` are the datasets that its columns may lead to. Problems where no dataset could
    be made of it: nothing to decode, no header, a column without a name or of a strange type.
    """
    layout = layout_of(path, name)
    if isinstance(layout, tuple):
        return layout
    batches = [batch for reader in _readers(path, name, zone, layout) for batch in reader.batches()]
    told = Collector(name, _MOST_FAULTS)
    told.add(problem for batch in batches for problem in batch.problems)
    faults = told.result()
    frames = [batch.texts for batch in batches if batch.texts.width]
    if not frames and faults:
        return faults
    names = [str(field.name) for field in _fields(layout)]
    empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    texts = pl.concat([empty, *frames]).with_columns(pl.all().replace("", None))  # quoted, too
    typed = path.suffix.lower() in {".parquet", ".xlsx"}
    if faults and texts.is_empty():
        return faults
    columns, rows = _seen(texts, typed=typed, delimiter=layout.delimiter)
    columns, made = made_of_parts(columns, rows, layout.year)
    parts = made.parts if made else ()
    key = with_all_parts(primary_key(rows, columns, parts), parts)
    leads = tuple(foreign_keys(rows, columns, known, key))
    settled = tuple(_told(_settled(column, key, leads), layout.rows) for column in columns)
    time = Keyed((made.name,), (made.note,)) if made else time_column(columns)
    derived = ((made.name, made.expression),) if made else ()
    expect = None if made or time is None else _expected(rows, columns, time, zone)
    return Survey(name, layout, settled, texts.height, key, time, leads, faults, derived, expect)


def _seen(
    texts: pl.DataFrame, *, typed: bool, delimiter: str | None
) -> tuple[list[Seen], pl.DataFrame]:
    """Return the columns, and the rows that are no totals; they tell what the columns are."""
    columns = [see(column, typed=typed) for column in texts]
    rows = without_totals(texts, columns)
    commas = from_commas(columns, delimiter)
    if rows.is_empty() or (rows.height == texts.height and not commas):
        return columns, texts
    again = [see(column, typed=typed, commas=commas) for column in rows]
    pairs = zip(again, columns, strict=True)
    return [replace(column, totals=first.totals) for column, first in pairs], rows


def _expected(
    texts: pl.DataFrame, columns: Sequence[Seen], time: Keyed, zone: str
) -> Expect | None:
    """Return how often there are rows, and half of the fewest (all, where it is always as many)."""
    column = next(column for column in columns if column.name == time.columns[0])
    name, wide = Name(column.name, Location("")), column.notation is not None
    field = Field(name, column.type, format=column.format, wide_digits=wide)
    days = read_times(texts[column.name], field, zone).cast(pl.Date).drop_nulls().rename("day")
    counted = days.value_counts(sort=False).sort("day").rows()
    known = [(day, int(count)) for day, count in counted]
    found = rhythm_of(known, known[-1][0], MonthCalendar()) if known else None
    if found is None:
        return None
    grain, rows = found
    filled = [count for count in rows if count]
    fewest = min(filled)
    return Expect(grain, fewest if fewest == max(filled) else max(1, fewest // 2))


_NO_VALUES = ("#N/A", "#DIV/0!")  # errors that stand for nothing; others are mistakes
_MOST_FAULTS = 10  # check names more of them


def _readers(path: Path, name: str, zone: str, layout: Layout) -> list[FactFile]:
    """Return what will read the file or its sheets for good, every column as text."""
    here = Location(name)
    encoding = Name(layout.encoding, here) if layout.encoding else None
    told = Name(layout.sheets_told, here) if layout.sheets_told else None
    dataset = Dataset(
        Name("", here), here, Text(""), (Name(name, here),), _fields(layout),
        encoding=encoding, delimiter=layout.delimiter or ",", quote=layout.quote,
        layout=layout.rows,
        sheet=Name(layout.sheets[0], here) if layout.sheets else None,
        missing_values=("", *_NO_VALUES), file_to=told,
    )  # fmt: skip
    files = [FactsFile(path, name, Name(title, here)) for title in layout.together]
    return [fact_file(file, dataset, zone) for file in files or [FactsFile(path, name)]]


def _fields(layout: Layout) -> tuple[Field, ...]:
    """Return the columns of the rows as texts; those that lie across have become two."""
    unpivot = layout.rows.unpivot
    names = [name for name in layout.columns if name.strip() or layout.rows == Rows()]
    if unpivot is not None:
        names = [name for name in names if not re.search(unpivot.matches or "", name)]
        names += [*unpivot.names_to, unpivot.values_to]
    if layout.sheets_told is not None:
        names.insert(0, layout.sheets_told)
    return tuple(Field(Name(name, Location("")), "string") for name in names)


_REPEATED = Message(
    "由一行变成的每一行都有它，不能相加",
    "it stands in each of the rows made of one: do not add it up",
)


def _told(column: Seen, rows: Rows) -> Seen:
    """Return the column, with a note where rows that were one all have its number."""
    unpivot = rows.unpivot
    if unpivot is None or column.name in (*unpivot.names_to, unpivot.values_to):
        return column
    is_number = column.type in {"integer", "number"}
    return replace(column, notes=(*column.notes, _REPEATED)) if is_number else column


def _settled(column: Seen, key: Keyed | None, leads: Sequence[Lead]) -> Seen:
    """Return the column with the type of what it leads to, and no list for a key's words."""
    lead = next((lead for lead in leads if lead.column == column.name), None)
    if lead is not None and lead.parent.type != column.type and lead.sure:
        column = replace(column, type=lead.parent.type, notation=None, notes=())
    if lead is not None or (key is not None and column.name in key.columns):
        column = replace(column, enum=())
    return column
