"""XLSX sheets as batches of rows: values are written as text, so that one set of rules holds.

A number counts with the 15 digits that a spreadsheet keeps and shows. A formula counts with
the value stored beside it; one without a stored value is a problem, and so is an error value.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from kpi_site.catalog import Field
from kpi_site.problems import Location, Message, Name, Problem, problem, unknown
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.broken_records import header_again
from kpi_site.tables.formats import SERIAL, UNIX
from kpi_site.tables.header import check_header, named, one_line, with_line_of_names
from kpi_site.tables.laid_out import LaidOut
from kpi_site.tables.numerals import spelled
from kpi_site.tables.sheet_texts import text_of
from kpi_site.tables.times import cell_reader

_LOOKED_AT = 50  # rows, for the names of columns
_ROWS = 50_000  # held at once
_DAYS_TO_1904 = 1462
_LONGEST_NUMBER = 10**15  # beyond this a spreadsheet has lost digits


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A sheet of an XLSX file (the first one unless named). Lines and columns are the sheet's."""

    path: Path
    name: str
    fields: tuple[Field, ...]
    zone: str
    sheet: Name | None = None
    laid_out: LaidOut | None = None  # how the rows stand, where not from the first row on
    missing: frozenset[str] = frozenset()  # error values among them are missing ones
    since_1904: bool = False  # what days count from, in files of old Macs

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order, or the problems that keep the file from being read."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and validations, not about values
                values = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
                formulas = openpyxl.load_workbook(self.path, read_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
            yield _only(damaged(self.name, error))
            return
        try:
            title = self.sheet or values.sheetnames[0]
            if title not in values.sheetnames:
                kind = Message("工作表", "sheet")
                where = self.sheet.where if self.sheet else Location(self.name)
                yield _only(unknown(where, "no-such-sheet", kind, title, values.sheetnames))
                return
            file = replace(self, since_1904=values.epoch == CALENDAR_MAC_1904)
            if self.laid_out is not None:
                lines = _lines(file, str(title), values[title], formulas[title])
                yield from self.laid_out.batches(lines)
                return
            pairs = zip(_rows(values[title]), _rows(formulas[title]), strict=False)
            yield from _batches(file, pairs)
        finally:
            values.close()
            formulas.close()


_Pair = tuple[Sequence[Any], Sequence[Any]]


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the file's own word on its size may be wrong
    return iter(sheet.iter_rows(values_only=True))


def _lines(file: SheetFile, title: str, values: Any, formulas: Any) -> Iterator[_SheetLine]:
    """Yield the rows of a sheet, or of its range, as lines of a layout."""
    assert file.laid_out is not None
    layout = file.laid_out.layout
    bounds: tuple[int | None, ...] = (1, 1, None, None)
    if layout.range is not None:
        bounds = range_boundaries(layout.range)
    first_column, first_row, last_column, last_row = bounds
    values.reset_dimensions()
    formulas.reset_dimensions()
    rows, beside = (
        sheet.iter_rows(first_row, last_row, first_column, last_column, values_only=True)
        for sheet in (values, formulas)
    )
    merged = _merged(file.path, title) if layout.fill_merged else {}
    label = f"{title}!" if file.sheet else ""
    merged_width = max((column for _, column in merged), default=0)
    filled: dict[tuple[int, int], Any] = {}  # what the first cell of merged ones holds
    pairs = zip(rows, beside, strict=False)
    for number, (own, written) in enumerate(pairs, start=first_row or 1):
        cells = list(own)
        for index in range(merged_width):
            place = (number, index + (first_column or 1))
            first = merged.get(place)
            if first is None or (last_column and place[1] > last_column):
                continue
            cells += [None] * (index + 1 - len(cells))
            if first == place:
                filled[place] = cells[index]
            else:
                cells[index] = filled.get(first)
        yield _SheetLine(file, number, tuple(_trimmed(cells)), written, first_column or 1, label)


def _merged(path: Path, title: str) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Return the first cell for each cell of those that are merged, as (row, column)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)  # only so are they told of
    try:
        return {
            (row, column): (area.min_row, area.min_col)
            for area in book[title].merged_cells.ranges
            for row in range(area.min_row, area.max_row + 1)
            for column in range(area.min_col, area.max_col + 1)
        }
    finally:
        book.close()


@dataclass(frozen=True, slots=True)
class _SheetLine:
    """A row of a sheet as a line of a layout."""

    file: SheetFile
    number: int
    values: tuple[Any, ...]
    formulas: Sequence[Any]
    first_column: int
    label: str

    @property
    def size(self) -> int:
        return len(self.values)

    def text(self, index: int, declared: Field | None) -> str:
        value = self.values[index] if index < self.size else None
        if declared is None:
            return text_of(value)
        trims = self.file.laid_out is not None and self.file.laid_out.layout.trim
        if trims and isinstance(value, str):
            value = value.strip()
        return str(_read_as(declared, self.file.zone, since_1904=self.file.since_1904)(value))

    def cell(self, index: int, text: str) -> Cell:
        found = _cell(self.file.name, self.number, index + self.first_column - 1, text)
        return found._replace(label=f"{self.label}{found.label}")

    def faults(self, header: Sequence[str]) -> tuple[Problem, ...]:
        """Return the values that are none; those in columns without a name are the layout's."""
        reader = _Reader(self.file, ("",) * max(len(header), self.size), self.first_column - 1)
        known = self.formulas[: len(header)]
        return tuple(reader.faults(self.number, self.values, known))


def _only(*problems: Problem) -> Batch:
    return Batch(pl.DataFrame(), lambda _: {}, problems)


def damaged(name: str, error: Exception) -> Problem:
    """Return the problem of a workbook that cannot be opened."""
    return problem(
        Location(name),
        "unreadable-file",
        zh=f"XLSX 文件读不出来：{error}",
        en=f"the XLSX file cannot be read: {error}",
        hint_zh="请另存为 .xlsx。",
        hint_en="Save it as .xlsx again.",
    )


def _batches(file: SheetFile, pairs: Iterator[_Pair]) -> Iterator[Batch]:
    head = _trimmed(next(pairs, ((), ()))[0])
    names = [str(field.name) for field in file.fields]
    told = tuple(one_line(text_of(value)) for value in head)
    cells = [_cell(file.name, 1, i, text) for i, text in enumerate(named(told, names.__contains__))]
    if not cells:
        yield _only(_no_header(file.name))
        return
    if problems := check_header(cells, names):
        first = enumerate(islice(pairs, _LOOKED_AT), start=2)
        below = ((line, [text_of(value) for value in values]) for line, (values, _) in first)
        yield _only(*with_line_of_names(problems, below, names))
        return
    reader = _Reader(file, tuple(cell.text for cell in cells), told=told)
    numbered = enumerate(pairs, start=2)
    while group := list(islice(numbered, _ROWS)):
        yield reader.batch(group)


def _no_header(name: str) -> Problem:
    return problem(
        Location(name, 1, 1),
        "no-header",
        zh="工作表没有列名行",
        en="the sheet has no header row",
        hint_zh="第一行应是列名。",
        hint_en="Its first row must name the columns.",
    )


def _trimmed(values: Sequence[Any]) -> Sequence[Any]:
    """Return the cells up to the last one that holds something."""
    size = len(values)
    while size and values[size - 1] is None:
        size -= 1
    return values[:size]


def _cell(name: str, line: int, index: int, text: str) -> Cell:
    label = f"{get_column_letter(index + 1)}{line}"
    return Cell(Location(name, line, index + 1), text, label)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: SheetFile
    header: tuple[str, ...]
    before: int = 0  # columns of the sheet that are not read
    told: tuple[str, ...] = ()  # the header as it stands in the file

    def batch(self, group: list[tuple[int, _Pair]]) -> Batch:
        """Turn sheet rows into a batch; wholly empty rows at the sheet's end are no rows."""
        lines: list[int] = []
        rows: list[list[str]] = []
        problems: list[Problem] = []
        fields = {str(field.name): field for field in self.file.fields}
        readers = [
            _read_as(fields[name], self.file.zone, since_1904=self.file.since_1904)
            for name in self.header
        ]
        for line, (values, formulas) in group:
            cells = _trimmed(values)
            if not cells and not _trimmed(formulas):
                continue
            found = [*self._faults(line, cells, formulas)]
            problems.extend(found)
            if not found:
                padded = [*cells, *[None] * (len(self.header) - len(cells))]
                rows.append([read(value) for read, value in zip(readers, padded, strict=True)])
                lines.append(line)
        texts = pl.DataFrame(
            [[row[i] or None for row in rows] for i in range(len(self.header))],
            schema=dict.fromkeys(self.header, pl.String),
        ).select(list(fields))
        finder = _Finder(self.file.name, self.header, tuple(lines), tuple(map(tuple, rows)))
        return Batch(texts, finder, tuple(problems), iso=True)

    def _faults(
        self, line: int, values: Sequence[Any], formulas: Sequence[Any]
    ) -> Iterator[Problem]:
        if tuple(one_line(text_of(value)) for value in values) == self.told:
            yield header_again(Location(self.file.name, line, 1))
        else:
            yield from self.faults(line, values, formulas)

    def faults(
        self, line: int, values: Sequence[Any], formulas: Sequence[Any]
    ) -> Iterator[Problem]:
        """Yield what is wrong with the values of a row."""
        for index, formula in enumerate(formulas):
            value = values[index] if index < len(values) else None
            if value is None and formula is not None:
                yield self._fault(line, index, str(formula), "no-stored-value")
            elif isinstance(value, str) and value.startswith("#") and _is_error(value, formula):
                if value in self.file.missing:
                    continue
                yield self._fault(line, index, value, "error-value")
            elif isinstance(value, float | int) and abs(value) >= _LONGEST_NUMBER:
                yield self._fault(line, index, repr(value), "number-too-long")
            elif value is not None and index >= len(self.header):
                yield self._fault(line, index, text_of(value), "too-many-cells")

    def _fault(self, line: int, index: int, text: str, code: str) -> Problem:
        cell = _cell(self.file.name, line, index + self.before, text)
        (zh, en), (hint_zh, hint_en) = _FAULTS[code]
        return problem(
            cell.where,
            code,
            zh=f"{cell.label} “{text}”{zh}",
            en=f"{cell.label} '{text}' {en}",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )


_FAULTS = {
    "no-stored-value": (
        ("是没有存下结果的公式", "is a formula without a stored value"),
        ("请用电子表格软件打开并保存。", "Open and save the file in a spreadsheet program."),
    ),
    "error-value": (
        ("是错误值", "is an error value"),
        ("请改正公式；缺失值应留空。", "Mend the formula; leave a missing value empty."),
    ),
    "number-too-long": (
        (
            "超过 15 位，电子表格已丢失末尾数字",
            "has more than 15 digits, and the last ones are lost",
        ),
        ("这样的编号应存为文本。", "Store such an identifier as text."),
    ),
    "too-many-cells": (
        ("在没有列名的列里", "stands in a column without a name"),
        ("请给该列加列名，或删去这一格。", "Name the column, or delete the cell."),
    ),
}
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}


def _is_error(value: str, formula: Any) -> bool:
    return value in _ERRORS or (isinstance(formula, str) and formula.startswith("="))


def _read_as(field: Field, zone: str, *, since_1904: bool = False) -> Any:
    """Return a function that writes a value of a column as text, days in ISO."""
    reads = cell_reader(field, zone) if field.format else None

    def read(value: Any) -> str:
        digits = reads is not None and field.format != SERIAL and _has_all_digits(value, field)
        text = text_of(value) if digits else value
        if isinstance(text, str) and reads is not None:
            moment = reads(text)
            return text if moment is None else moment.isoformat().replace("T", " ")
        if isinstance(value, datetime | date) and field.type == "datetime":
            return (
                datetime.combine(value, time()).isoformat(" ")
                if type(value) is date
                else (
                    value.isoformat(sep=" ")  # type: ignore[call-arg]
                )
            )
        if field.format == SERIAL and reads is not None and isinstance(value, int | float):
            moment = reads(text_of(value + (_DAYS_TO_1904 if since_1904 else 0)))
            return text_of(value) if moment is None else moment.isoformat().replace("T", " ")
        if field.notation and isinstance(value, int | float) and not isinstance(value, bool):
            return spelled(text_of(value), field.notation)
        return text_of(value)

    return read


def _has_all_digits(value: Any, field: Field) -> bool:
    """Tell whether a number shows what was typed: 202503 does, 2025.1 may have been 2025.10."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and field.format in UNIX:
        return True
    return is_number and re.fullmatch(r"[0-9]+(?:\.[0-9]{2,})?", text_of(value)) is not None


@dataclass(frozen=True, slots=True)
class _Finder:
    name: str
    header: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        return {
            i: {
                column: _cell(self.name, self.lines[i], position, self.rows[i][position])
                for position, column in enumerate(self.header)
            }
            for i in indices
        }
