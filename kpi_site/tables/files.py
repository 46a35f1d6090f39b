"""The reader of each kind of file, and the way back from a row's number to its cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from kpi_site.catalog import Dataset, Layout
from kpi_site.tables.batch import Batch, Row
from kpi_site.tables.csv_files import CsvFile
from kpi_site.tables.database_rows import database_name
from kpi_site.tables.file_names import WithName, name_told, without_name
from kpi_site.tables.laid_out import LaidOut
from kpi_site.tables.parquet_files import ParquetFile
from kpi_site.tables.sources import FactsFile
from kpi_site.tables.totals import WithoutTotals


class FactFile(Protocol):
    """A file of facts: what it is called in problems, and its rows in order."""

    @property
    def name(self) -> str:
        """The path below the site's root."""

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order, with the problems of what could not become a row."""


def fact_file(source: FactsFile, dataset: Dataset, zone: str) -> FactFile:
    """Return the reader for a file by the end of its name; ``zone`` is the site's time zone.

    Declared rows of totals stand aside from the rows, and what the file is called in a column.
    """
    if dataset.file_to is None:
        whole = _whole_file(source, dataset, zone)
    else:
        bare = _whole_file(source, without_name(dataset), zone)
        whole = WithName(bare, dataset, zone, name_told(source))
    return whole if dataset.totals is None else WithoutTotals(whole, dataset, zone)


def _whole_file(source: FactsFile, dataset: Dataset, zone: str) -> FactFile:
    if source.part is not None:
        name = database_name(dataset, source.part)
        return ParquetFile(source.path, name, dataset.fields, zone, nulls=True)
    suffix = source.path.suffix.lower()
    laid = None if dataset.layout == Layout() else LaidOut(source.name, dataset, zone)
    if suffix == ".parquet":
        return ParquetFile(source.path, source.name, dataset.fields, zone)
    if suffix == ".xlsx":
        from kpi_site.tables.sheets import SheetFile  # openpyxl takes a quarter of a second

        sheet = source.sheet or dataset.sheet
        typed = None if laid is None else replace(laid, typed=True)
        missing = frozenset(dataset.missing_values)
        return SheetFile(source.path, source.name, dataset.fields, zone, sheet, typed, missing)
    return CsvFile(
        source.path,
        source.name,
        tuple(str(field.name) for field in dataset.fields),
        dataset.encoding or "utf-8",
        dataset.delimiter,
        dataset.quote,
        laid,
    )


def locate(files: Iterable[FactFile], numbers: Collection[int]) -> Mapping[int, Row]:
    """Return the cells of rows by their number (from 0, over all files), reading them again."""
    found: dict[int, Row] = {}
    start = 0
    wanted = set(numbers)
    for file in files:
        for batch in file.batches():
            if not wanted:
                return found
            here = {n for n in wanted if n < start + batch.texts.height}
            if here:
                rows = batch.rows([n - start for n in here])
                found.update({index + start: row for index, row in rows.items()})
            wanted -= here
            start += batch.texts.height
    return found
