"""Rows that take the name of their sheet or file as a column (specification.md#dataset).

One sheet for each branch, one file for each month: what tells them apart stands in no row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import polars as pl

from kpi_site.catalog import Dataset, Field
from kpi_site.problems import Location, Problem
from kpi_site.tables.bad_cells import bad_cell
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.convert import convert
from kpi_site.tables.sources import FactsFile
from kpi_site.tables.times import cell_reader

if TYPE_CHECKING:
    from kpi_site.tables.files import FactFile


def without_name(dataset: Dataset) -> Dataset:
    """Return the dataset as its files have it: without the column of their names."""
    own = tuple(field for field in dataset.fields if field.name != dataset.file_to)
    return replace(dataset, fields=own, file_to=None)


def name_told(source: FactsFile) -> str:
    """Return the name of a sheet that is listed, or of a file without its ending."""
    if source.sheet is not None:
        return str(source.sheet)
    file = PurePosixPath(source.name.removesuffix(".gz"))
    return file.stem


@dataclass(frozen=True, slots=True)
class WithName:
    """A file of facts each of whose rows has its name in one more column."""

    file: FactFile
    dataset: Dataset
    zone: str
    told: str

    @property
    def name(self) -> str:
        """The path below the site's root."""
        return self.file.name

    def batches(self) -> Iterator[Batch]:
        """Yield the rows with the column; of a name that is no value its problem alone."""
        field = self.dataset.field(str(self.dataset.file_to))
        assert field is not None  # content/rules/datasets.py
        if problem := self._problem(field):
            yield Batch(pl.DataFrame(), lambda _: {}, (problem,))
            return
        for batch in self.file.batches():
            yield self._named(batch, field) if batch.texts.width else batch

    def _problem(self, field: Field) -> Problem | None:
        """Return what is wrong with the name as a value of the column: told once."""
        texts = pl.DataFrame({str(field.name): [self.told]})
        if not convert(texts, self.dataset, (field,), self.zone).bad:
            return None
        cell = Cell(Location(self.name), self.told)
        return bad_cell(field, cell, self.dataset.missing_values, self.zone)

    def _named(self, batch: Batch, field: Field) -> Batch:
        told = self.told
        if batch.iso and field.format:  # as the days of typed files come
            moment = cell_reader(field, self.zone)(told)
            told = told if moment is None else moment.isoformat().replace("T", " ")
        names = [str(one.name) for one in self.dataset.fields]
        texts = batch.texts.with_columns(pl.lit(told, pl.String).alias(str(field.name)))
        cell = Cell(Location(self.name), told)
        return replace(batch, texts=texts.select(names), rows=_Rows(batch, str(field.name), cell))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Finds rows of a batch, each with the name of its file."""

    batch: Batch
    column: str
    cell: Cell

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        found = self.batch.rows(indices)
        return {index: {**row, self.column: self._beside(row)} for index, row in found.items()}

    def _beside(self, row: Row) -> Cell:
        """Return the name at the place of the row's first cell: it stands in none."""
        first = next(iter(row.values()), self.cell)
        return self.cell._replace(where=first.where)
