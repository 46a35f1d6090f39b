"""How a file is laid out: encoding, delimiter and header of a CSV, the sheet of a workbook."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

from kpi_site import catalog
from kpi_site.authoring.survey.across import free_name, is_time
from kpi_site.authoring.survey.encoding import decode
from kpi_site.authoring.survey.rows import Found, rows_of
from kpi_site.problems import Location, Message, Problem, problem
from kpi_site.tables.batch import Cell
from kpi_site.tables.broken_records import ends_in_cr, lines_end_in_cr
from kpi_site.tables.decoding import opened
from kpi_site.tables.header import check_header, one_line
from kpi_site.tables.scanner import Record, records, split_lines
from kpi_site.tables.totals import totals_among

_DELIMITERS: Final = (",", ";", "\t", "|")
_QUOTES: Final = ('"', "'")
_LOOKED_AT = 200  # records
_TAIL = 60  # records at the end that may be notes
_SHEETS = 20  # of a workbook that are looked at
_SMALL = 5 << 20  # bytes of a workbook in which merged cells are looked for
_MOST_BYTES = 64 << 20  # of a text file that are decoded to know its encoding


_ORDINARY: Final = catalog.Layout()


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known before the rows are read; ``tried`` is what to say about the encoding."""

    columns: tuple[str, ...]
    encoding: str | None = None
    encoding_is_sure: bool = True
    tried: tuple[Message, ...] = ()
    delimiter: str | None = None
    quote: str = '"'
    sheets: tuple[str, ...] = ()  # the chosen one first
    together: tuple[str, ...] = ()  # sheets of months or years with the same columns
    sheets_told: str | None = None  # the column of their names, where these are no times
    rows: catalog.Layout = _ORDINARY
    why: tuple[Message, ...] = ()
    year: str | None = None  # that the file's name or a title tells
    doubts: tuple[Message, ...] = ()


def layout_of(path: Path, name: str) -> Layout | tuple[Problem, ...]:
    """Look at the file ``path``, called ``name`` in problems; by the end of its name.

    Problems where it has no header that a dataset could declare, or cannot be read at all.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            schema = pl.scan_parquet(path, glob=False).collect_schema()
            return _checked(name, Layout(tuple(schema.names())), Record(0, "", ()))
        if suffix == ".xlsx":
            return _workbook(path, name)
        with opened(path) as file:
            data = file.read(_MOST_BYTES)
            whole = not file.read(1)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, KeyError, ValueError,
            pl.exceptions.PolarsError) as error:  # fmt: skip
        first = str(error).partition("\n")[0]
        zh, en = f"文件读不出来：{first}", f"the file cannot be read: {first}"
        return (problem(Location(name), "unreadable-file", zh=zh, en=en),)
    if not data.strip():
        return (_empty(name),)
    return _text_file(data, name, whole=whole)


def _empty(name: str) -> Problem:
    return problem(
        Location(name, 1, 1),
        "no-header",
        zh="文件是空的",
        en="the file is empty",
        hint_zh="请重新导出。",
        hint_en="Export it again.",
    )


def _workbook(path: Path, name: str) -> Layout | tuple[Problem, ...]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, not about values
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"] or book.sheetnames
        small = path.stat().st_size < _SMALL
        grids = {title: _grid(book[title], whole=small) for title in shown[:_SHEETS]}
    finally:
        book.close()
    chosen = max(grids, key=lambda title: _fullness(grids[title]))
    sheets = (chosen, *(title for title in book.sheetnames if title != chosen))
    areas = _merged(path, chosen) if small else ()
    grid = _filled_down(grids[chosen], areas)
    found = rows_of(grid, f"{name} {chosen} ", merged=bool(areas), sheet=True)
    if found is None:
        return _checked(name, Layout(()), Record(1, "", ()))
    alike = () if areas else _alike(grids, chosen, found, name)
    layout = Layout(
        found.columns, sheets=sheets, together=alike, rows=found.layout, why=found.notes,
        year=found.year, doubts=found.doubts, sheets_told=_column_of(alike, found.columns),
    )  # fmt: skip
    return _checked(name, layout, Record(found.line, "", found.columns))


def _alike(
    grids: Mapping[str, Sequence[tuple[int, Sequence[str]]]], chosen: str, found: Found, name: str
) -> tuple[str, ...]:
    """Return all sheets with the columns of the chosen: of months, or of branches.

    One that has a row of another, as a copy or a summary does, is none of them.
    """
    same: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for title in (chosen, *(title for title in grids if title != chosen)):
        other = rows_of(grids[title], f"{name} {title} ", sheet=True)
        if other is None or (other.columns, other.layout) != (found.columns, found.layout):
            continue
        rows = {tuple(cells) for line, cells in grids[title] if line > other.line and any(cells)}
        if rows and not rows & seen and not totals_among(pl.Series([title.strip()])):
            same.append(title)
            seen |= rows
    return tuple(title for title in grids if title in same) if len(same) > 1 else ()


def _column_of(sheets: Sequence[str], columns: Sequence[str]) -> str | None:
    """Return the column that tells sheets apart which are called otherwise than by times."""
    if not sheets or all(is_time(title.strip()) for title in sheets):
        return None
    return free_name(("sheet", "sheet_name"), columns)


def _grid(sheet: Any, *, whole: bool) -> list[tuple[int, tuple[str, ...]]]:
    """Return the first rows of a sheet as texts, and the last ones where it is read whole."""
    from kpi_site.tables.sheet_texts import text_of

    if not hasattr(sheet, "reset_dimensions"):  # a sheet that is a chart
        return []
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    looked_at = list(islice(rows, _LOOKED_AT))
    looked_at += deque(rows, maxlen=_TAIL) if whole else ()
    return [(number, tuple(text_of(value) for value in row)) for number, row in looked_at]


def _fullness(grid: Sequence[tuple[int, Sequence[str]]]) -> int:
    return sum(sum(bool(cell) for cell in cells) >= 2 for _, cells in grid)


def _merged(path: Path, title: str) -> tuple[Any, ...]:
    """Return the areas of cells below each other, or of the head, that are merged in a sheet."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    sheet = book[title]
    wide = max((sheet.max_column or 1) - 1, 2)  # a title over all columns is no matter
    areas = sheet.merged_cells.ranges
    return tuple(area for area in areas if area.max_col - area.min_col + 1 < wide)


def _filled_down(
    grid: list[tuple[int, tuple[str, ...]]], areas: Iterable[Any]
) -> list[tuple[int, tuple[str, ...]]]:
    """Give the cells that are merged with one above them its text."""
    rows = {number: list(cells) for number, cells in grid}
    for area in areas:
        first = rows.get(area.min_row, [])
        if area.min_col == area.max_col and area.min_col <= len(first):
            for number in range(area.min_row + 1, area.max_row + 1):
                if area.min_col <= len(rows.get(number, [])):
                    rows[number][area.min_col - 1] = first[area.min_col - 1]
    return [(number, tuple(cells)) for number, cells in rows.items()]


def _text_file(data: bytes, name: str, *, whole: bool) -> Layout | tuple[Problem, ...]:
    decoded = decode(data, whole=whole)
    if isinstance(decoded, tuple):
        zh, en = "；".join(m.zh for m in decoded), "; ".join(m.en for m in decoded)
        return (
            problem(
                Location(name),
                "undecodable",
                zh=f"认不出编码：{zh}",
                en=f"the encoding is none of those tried: {en}",
                hint_zh="请另存为 UTF-8。",
                hint_en="Save it as UTF-8.",
            ),
        )
    if lines_end_in_cr(decoded.text):
        return (ends_in_cr(name),)
    text = decoded.text.removeprefix("\ufeff")
    lines = list(islice(split_lines([text]), 5 * _LOOKED_AT))
    named = _NAMED_DELIMITER.match(text)
    quote = next((q for q in _QUOTES if any(_is_quoted(lines, d, q) for d in _DELIMITERS)), '"')
    delimiters = _DELIMITERS if named is None else (named[1],)
    delimiter = max(delimiters, key=lambda d: _fitness(_first(lines, d, quote)))
    looked_at = list(islice(records(lines, delimiter, quote), 5 * _LOOKED_AT))
    first = looked_at[0] if looked_at else Record(1, "", ())
    columns = tuple(map(one_line, first.cells))
    layout = Layout(
        columns, decoded.encoding, decoded.sure, decoded.tried, delimiter=delimiter, quote=quote
    )
    grid = [(record.line, record.cells) for record in looked_at]
    if len(looked_at) == 5 * _LOOKED_AT and whole:
        grid += _last(text, delimiter, quote)
    found = rows_of(grid, f"{name} ")
    if found is None:
        return _checked(name, _without_empty(layout, looked_at[1:]), first)
    layout = replace(layout, why=found.notes, year=found.year, doubts=found.doubts)
    if found.layout == _ORDINARY and found.line == 1:
        names = (*found.columns, *columns[len(found.columns) :])
        layout = replace(layout, columns=names)
        return _checked(name, _without_empty(layout, looked_at[1:]), first)
    head = next(record for record in looked_at if record.line == found.line)
    layout = replace(layout, columns=found.columns, rows=found.layout)
    return _checked(
        name, layout, head if head.cells == found.columns else Record(head.line, "", ())
    )


_EMPTY_BEHIND: Final = Message(
    "行末多一个分隔符：允许没有列名的空列",
    "lines end with a delimiter: columns without a name may stand there, empty",
)


def _without_empty(layout: Layout, below: Sequence[Record]) -> Layout:
    """Return a layout that passes over columns without a name at the end, where they are empty."""
    names = list(layout.columns)
    while len(names) > 1 and not names[-1].strip():
        names.pop()
    size = len(names)
    if size == len(layout.columns) or any(c for record in below for c in record.cells[size:]):
        return layout
    return replace(
        layout, columns=tuple(names), rows=replace(layout.rows, skip_blank=True),
        why=(*layout.why, _EMPTY_BEHIND),
    )  # fmt: skip


_NAMED_DELIMITER: Final = re.compile(r'"?sep=([,;|\t])"?[,;|\t]*\r?\n')  # a line for Excel


def _last(text: str, delimiter: str, quote: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return the last records of a text, counted from far behind the first ones."""
    lines = [f"{line}\n" for line in text[-_TAIL * 200 :].splitlines()[1:][-_TAIL:]]
    return [(len(text) + record.line, record.cells) for record in records(lines, delimiter, quote)]


def _is_quoted(lines: Iterable[str], delimiter: str, quote: str) -> bool:
    """Tell whether some cells stand in quotes of this kind, and no other cell has one."""
    found = list(islice(records(lines, delimiter, quote), _LOOKED_AT))
    sound = not any(record.faults for record in found)
    return sound and any(record.starts and len(record.cells) > 1 for record in found)


def _first(lines: Iterable[str], delimiter: str, quote: str) -> list[Record]:
    return list(islice(records(lines, delimiter, quote), _LOOKED_AT))


def _fitness(found: Sequence[Record]) -> tuple[float, int]:
    """Tell how well a delimiter fits: the share of records of one width, and the width.

    That of the head counts twice that of most records, as the head may be but a title. Of
    delimiters that fit as well (to a tenth), the one that parts more cells is meant: in
    ``1.234,56;EUR`` the comma parts none.
    """
    counts = Counter(len(record.cells) for record in found if len(record.cells) > 1)
    most, lines = max(counts.items(), key=lambda item: item[1], default=(1, 0))
    width = len(found[0].cells) if found else 0
    told = counts[width] / len(found) if width > 1 else 0.0
    return max((round(told, 1), width), (round(lines / max(len(found), 1) / 2, 1), most))


def _checked(name: str, layout: Layout, head: Record) -> Layout | tuple[Problem, ...]:
    """Return the layout, or the problems of a header that no schema could declare."""
    places = range(len(layout.columns))
    if head.line and head.raw:
        spots = [Location(name, *head.place(i)) for i in places]
    else:
        spots = [Location(name, head.line, i + 1) for i in places]
    cells = [Cell(where, text) for where, text in zip(spots, layout.columns, strict=True)]
    named = list(dict.fromkeys(text for text in layout.columns if text.strip()))
    if not named or all(_is_value(text) for text in named):
        return (
            problem(
                Location(name, 1, 1),
                "no-header",
                zh="第一行不是列名",
                en="the first line is no header",
                hint_zh="第一行应是列名。",
                hint_en="Its first line must name the columns.",
            ),
        )
    if layout.rows != _ORDINARY:  # columns without a name may be empty
        cells = [cell for cell in cells if cell.text.strip()]
    return check_header(cells, named) or layout


def _is_value(text: str) -> bool:
    """Tell whether a header's cell is a number or a day rather than a name."""
    return not any(c.isalpha() and c not in "年月日" for c in text)
