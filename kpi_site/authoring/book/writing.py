"""The workbook as XLSX: heads that explain themselves, lists to choose from, marks to compare."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from kpi_site.authoring.book.columns import HEADS, SHEETS, Column, SheetName, columns_of
from kpi_site.authoring.book.rows import Row, Rows, digests
from kpi_site.catalog import Catalog
from kpi_site.words import word

MARKS: Final = "kpi-site"
"""The hidden sheet that remembers what was exported."""
FORMAT: Final = "kpi-site cards 1"
_LISTS: Final = "lists"
_ROOM: Final = 300  # rows below the last one, for new ones
_LONGEST_NOTE: Final = 30_000
_SAFE: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED: Final = datetime(1980, 1, 1, tzinfo=UTC)  # the same cards are the same bytes, whenever
_GUIDE: Final = ("cards", "notes", "thresholds", "lines", "back")


def sheet_title(sheet: str, language: str) -> str:
    """Return the name of a sheet in ``language``."""
    return word("Cards", language) if sheet == "cards" else word(f"sheet.{sheet}", language)


def to_workbook(catalog: Catalog, rows: Rows) -> bytes:
    """Return the workbook of all ``rows``, with names in the site's first language."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, _SAFE)
    title = catalog.site.organisation.get(catalog.site.languages[0])
    book.set_properties({"title": title, "created": _CREATED})
    writer = _Writer(book, catalog.site.languages[0], _choices(catalog))
    writer.guide()
    for sheet in SHEETS:
        writer.sheet(sheet, columns_of(sheet, catalog.site.languages), rows[sheet])
    writer.lists()
    writer.marks(rows)
    book.close()
    return out.getvalue()


def _choices(catalog: Catalog) -> Mapping[str, Sequence[str]]:
    """Return what may be chosen in the columns whose words are the site's own."""
    site = catalog.site
    ids = list(catalog.indicators)
    departments = [str(unit.id) for unit in site.departments]
    return {
        "department": departments,
        "owner": departments,
        "perspective": [str(unit.id) for unit in site.perspectives],
        "audience": list(site.audiences),
        "indicator": ids,
        "successor": ids,
    }


@dataclass(slots=True)
class _Writer:
    book: Any
    language: str
    choices: Mapping[str, Sequence[str]]

    def _format(self, **how: object) -> Any:
        return self.book.add_format({"valign": "top", **how})

    def guide(self) -> None:
        """Write the sheet that says how the others are filled in."""
        sheet = self.book.add_worksheet(sheet_title("guide", self.language))
        sheet.set_column(0, 0, 110, self._format(text_wrap=True))
        for at, name in enumerate(_GUIDE):
            sheet.write_string(at, 0, word(f"guide.{name}", self.language))
        sheet.protect()

    def sheet(self, name: SheetName, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Write a sheet: two rows of heads, a row for each of ``rows``, and room for more."""
        sheet = self.book.add_worksheet(sheet_title(name, self.language))
        head = self._format(bold=True, bg_color="#DCE6EC", text_wrap=True, bottom=1)
        keys = self._format(font_color="#5B6770", bg_color="#F3F6F8", italic=True, bottom=1)
        wrapped = self._format(text_wrap=True, num_format="@")
        number = self._format()
        percent = self._format(num_format="0.0###%")
        grey = self._format(font_color="#5B6770", num_format="@")
        last = HEADS + len(rows) + _ROOM
        for at, column in enumerate(columns):
            own = grey if column.name in {"key", "id"} else wrapped
            sheet.set_column(at, at, column.width, number if _is_number(column) else own)
            sheet.write_string(0, at, column.label(self.language), head)
            sheet.write_string(1, at, column.name, keys)
            if (note := _note(column)) is not None:
                size = {"x_scale": 3, "y_scale": 1.2 + len(note) / 180}
                sheet.write_comment(0, at, note[:_LONGEST_NOTE], size)
            self._validation(sheet, column, at, last)
        for below, row in enumerate(rows, start=HEADS):
            for at, column in enumerate(columns):
                value = row.cells[column.name]
                fraction = row.percent and column.path[-1:] in {
                    ("baseline",), ("target",), ("challenge",)
                }  # fmt: skip
                if isinstance(value, float):
                    sheet.write_number(below, at, value, percent if fraction else number)
                elif value != "":
                    sheet.write_string(below, at, value, wrapped)
                elif fraction:
                    sheet.write_blank(below, at, None, percent)
        sheet.freeze_panes(HEADS, 2 if name == "cards" else 1)
        sheet.autofilter(HEADS - 1, 0, HEADS - 1 + max(len(rows), 1), len(columns) - 1)

    def _validation(self, sheet: Any, column: Column, at: int, last: int) -> None:
        """Let the cells of a column offer what may be chosen; a warning tells of other words."""
        listed = column.name if column.name in self.choices else None
        known = self.choices.get(column.name, column.choices)
        if not known:
            return
        source: object = list(known)
        if listed is not None:
            letter = chr(ord("A") + list(self.choices).index(listed))
            source = f"={_LISTS}!${letter}$1:${letter}${len(known)}"
        sheet.data_validation(
            HEADS, at, last, at, {"validate": "list", "source": source, "error_type": "warning"}
        )

    def lists(self) -> None:
        """Write the hidden sheet with what may be chosen: ids of the site."""
        sheet = self.book.add_worksheet(_LISTS)
        for at, known in enumerate(self.choices.values()):
            sheet.write_column(0, at, list(known))
        sheet.hide()

    def marks(self, rows: Rows) -> None:
        """Write the hidden sheet that tells later which cells were edited."""
        sheet = self.book.add_worksheet(MARKS)
        sheet.write_row(0, 0, [FORMAT])
        below = 1
        for name in SHEETS:
            for row in rows[name]:
                for at, text in enumerate((name, row.key, digests(row))):
                    sheet.write_string(below, at, text)
                below += 1
        sheet.very_hidden()


def _is_number(column: Column) -> bool:
    return column.path[-1:] in {(key,) for key in (
        "baseline", "target", "challenge", "decimals", "weight", "cap", "floor", "season",
    )}  # fmt: skip


def _note(column: Column) -> str | None:
    """Return the meaning of a column in both languages, with an example."""
    meaning = column.meaning
    return None if meaning is None else f"{meaning.text.zh}\n\n{meaning.text.en}"
