"""A workbook as it comes back: rows of cells with their places, or problems."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from kpi_site.authoring.book.columns import HEADS, SHEETS, Column, SheetName, columns_of
from kpi_site.authoring.book.rows import normal
from kpi_site.authoring.book.writing import FORMAT, MARKS, sheet_title
from kpi_site.problems import Location, Message, Problem, did_you_mean, problem
from kpi_site.tables.sheets import damaged

_ERRORS: Final = frozenset({
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!",
})  # fmt: skip
_MOST_CELLS: Final = 3_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the workbook."""

    file: str
    sheet: str
    row: int
    column: int

    @property
    def where(self) -> Location:
        """Its place as problems have it: the file, the row and the column."""
        return Location(self.file, self.row, self.column)

    @property
    def name(self) -> str:
        """Its name as spreadsheets have it, with the sheet."""
        return f"{self.sheet}!{get_column_letter(self.column)}{self.row}"

    def problem(self, code: str, zh: str, en: str, hint: Message | None = None) -> Problem:
        """Return a problem of this cell."""
        message = Message(f"{self.name}：{zh}", f"{self.name}: {en}")
        return Problem(self.where, code, message, hint)


@dataclass(frozen=True, slots=True)
class Given:
    """What a cell holds, as text, and where it is."""

    text: str
    at: Place


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A row of a sheet: its cells by the column's name."""

    number: int
    cells: Mapping[str, Given]
    at: Place

    def text(self, name: str) -> str:
        """Return the text of a column's cell; "" where there is none."""
        return self.cells[name].text if name in self.cells else ""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its rows by sheet, and what every exported cell held, as marks."""

    rows: Mapping[SheetName, tuple[GivenRow, ...]]
    marks: Mapping[tuple[str, str], Mapping[str, str]] | None


def open_book(path: Path, name: str) -> tuple[Any, Any] | Problem:
    """Open a workbook twice: for its values, and for the formulas behind them."""
    try:
        data = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, not about values
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            return values, openpyxl.load_workbook(io.BytesIO(data))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        return damaged(name, error)


def read_book(path: Path, name: str, languages: Sequence[str]) -> tuple[Book, tuple[Problem, ...]]:
    """Read the workbook that ``export-cards`` made, however its sheets were edited since."""
    opened = open_book(path, name)
    if isinstance(opened, Problem):
        return Book({}, None), (opened,)
    values, formulas = opened
    problems: list[Problem] = []
    rows: dict[SheetName, tuple[GivenRow, ...]] = {}
    for sheet in SHEETS:
        title = next((t for x in ("zh", "en") if (t := sheet_title(sheet, x)) in values), None)
        if title is not None:
            cells = Cells(name, title, values[title], formulas[title], problems)
            rows[sheet] = tuple(_rows(cells, columns_of(sheet, languages)))
    if not rows:
        known = ", ".join(sheet_title(sheet, languages[0]) for sheet in SHEETS)
        problems.append(
            problem(
                Location(name),
                "no-such-sheet",
                zh=f"没有导出时的工作表：{known}",
                en=f"none of the exported sheets is there: {known}",
                hint_zh="请导入 kpi-site export-cards 写出的文件；别的表用 --map 说明各列。",
                hint_en="Import a file of kpi-site export-cards; for others, --map tells columns.",
            )
        )
    return Book(rows, _marks(values)), tuple(problems)


def _marks(values: Any) -> Mapping[tuple[str, str], Mapping[str, str]] | None:
    if MARKS not in values:
        return None
    rows = values[MARKS].iter_rows(values_only=True)
    if next(rows, (None,))[0] != FORMAT:
        return None
    found = {}
    for row in rows:
        try:
            found[str(row[0]), str(row[1])] = json.loads(str(row[2]))
        except (IndexError, ValueError):
            return None
    return found


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one sheet; what is no value is noted in ``problems``."""

    file: str
    title: str
    values: Any
    formulas: Any
    problems: list[Problem]

    def place(self, row: int, column: int) -> Place:
        """Return a place of this sheet."""
        return Place(self.file, self.title, row, column)

    def row(self, number: int) -> list[str]:
        """Return the texts of a row's cells, as far as they reach."""
        width = self.values.max_column
        return [self.text(number, column) for column in range(1, width + 1)]

    def text(self, row: int, column: int) -> str:
        """Return what a cell holds; an error value, or a formula without one, is a problem."""
        value = self.values.cell(row, column).value
        behind = self.formulas.cell(row, column)
        if isinstance(value, str) and value in _ERRORS:
            self.problems.append(self.place(row, column).problem(
                "error-value", f"格子里是错误值 {value}", f"the cell holds the error {value}"
            ))  # fmt: skip
            return ""
        if value is None and behind.data_type == "f":
            self.problems.append(self.place(row, column).problem(
                "no-stored-value",
                "格子里是没有结果的公式",
                "the cell holds a formula without a value",
                Message("请粘贴为值。", "Paste it as a value."),
            ))  # fmt: skip
            return ""
        return normal(unescape(value) if isinstance(value, str) else value)


def _rows(cells: Cells, columns: Sequence[Column]) -> Iterator[GivenRow]:
    """Yield the rows below the heads, by the row of keys; empty rows are passed over."""
    known = {column.name for column in columns}
    sheet = cells.values
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        cells.problems.append(cells.place(1, 1).problem(
            "yaml-size", "工作表太大", "the sheet is too large"
        ))  # fmt: skip
        return
    keys = cells.row(HEADS)
    for at, key in enumerate(keys, start=1):
        if key and key not in known:
            cells.problems.append(cells.place(HEADS, at).problem(
                "unknown-column",
                f"没有名为“{key}”的列",
                f"there is no column '{key}'",
                did_you_mean(key, known),
            ))  # fmt: skip
        if key and keys.index(key) + 1 < at:
            cells.problems.append(cells.place(HEADS, at).problem(
                "duplicate-column", f"列“{key}”出现了两次", f"the column '{key}' stands twice"
            ))  # fmt: skip
    if not set(keys) & known:
        cells.problems.append(cells.place(HEADS, 1).problem(
            "no-header", "第二行不再是键名", "the second row no longer holds the keys",
            Message("请恢复第二行。", "Restore the second row."),
        ))  # fmt: skip
        return
    for number in range(HEADS + 1, sheet.max_row + 1):
        texts = cells.row(number)
        found = {
            key: Given(text, cells.place(number, at))
            for at, (key, text) in enumerate(zip(keys, texts, strict=False), start=1)
            if key in known
        }
        if any(given.text for given in found.values()):
            yield GivenRow(number, found, cells.place(number, 1))
