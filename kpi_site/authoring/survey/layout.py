"""How a file is laid out: encoding, delimiter and header of a CSV, the sheet of a workbook."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from kpi_site.authoring.survey.encoding import decode
from kpi_site.problems import Location, Message, Problem, problem
from kpi_site.tables.batch import Cell
from kpi_site.tables.decoding import opened
from kpi_site.tables.header import check_header
from kpi_site.tables.scanner import Record, records, split_lines

_DELIMITERS: Final = (",", ";", "\t", "|")
_LOOKED_AT = 200  # records
_MOST_BYTES = 64 << 20  # of a text file that are decoded to know its encoding


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known before the rows are read; ``tried`` is what to say about the encoding."""

    columns: tuple[str, ...]
    encoding: str | None = None
    encoding_is_sure: bool = True
    tried: tuple[Message, ...] = ()
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()


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
    return _text_file(data, name, whole=whole)


def _workbook(path: Path, name: str) -> Layout | tuple[Problem, ...]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, not about values
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book[book.sheetnames[0]]
        sheet.reset_dimensions()
        first = next(iter(sheet.iter_rows(values_only=True)), ())
        cells = ["" if value is None else str(value) for value in first]
        while cells and not cells[-1]:
            cells.pop()
        layout = Layout(tuple(cells), sheets=tuple(book.sheetnames))
    finally:
        book.close()
    return _checked(name, layout, Record(1, "", tuple(cells)))


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
    lines = list(islice(split_lines([decoded.text.removeprefix("\ufeff")]), 5 * _LOOKED_AT))
    delimiter = max(_DELIMITERS, key=lambda d: _fitness(_first(lines, d)))
    head = next(iter(_first(lines, delimiter)), Record(1, "", ()))
    layout = Layout(head.cells, decoded.encoding, decoded.sure, decoded.tried, delimiter=delimiter)
    fits = len(head.cells) > 1 and sum(1 for cell in head.cells if cell.strip()) > 1
    titled = () if fits else _title(name, lines, delimiter)
    return titled or _checked(name, layout, head)


def _first(lines: Iterable[str], delimiter: str) -> list[Record]:
    return list(islice(records(lines, delimiter, '"'), _LOOKED_AT))


def _fitness(found: Sequence[Record]) -> tuple[float, int]:
    """Tell how well a delimiter fits: the share of records as wide as the header, its width."""
    width = len(found[0].cells) if found else 0
    if width < 2:
        return 0.0, width
    return sum(len(record.cells) == width for record in found) / len(found), width


def _title(name: str, lines: Sequence[str], delimiter: str) -> tuple[Problem, ...]:
    """Report lines above the header: one cell, where what follows is a table."""
    for other in dict.fromkeys((delimiter, *_DELIMITERS)):
        found = [record for record in _first(lines, other) if not record.blank]
        filled = [sum(1 for cell in record.cells if cell.strip()) for record in found]
        if len(found) < 3 or filled[0] > 1 or max(filled[1:]) < 3:
            continue
        at = next(i for i, count in enumerate(filled) if count >= 3)
        return (
            problem(
                Location(name, 1, 1),
                "no-header",
                zh=f"第一行不是列名；列名似乎在第 {found[at].line} 行",
                en=f"the first line is no header; it seems to be line {found[at].line}",
                hint_zh="请删去列名上面的各行。",
                hint_en="Delete the lines above it.",
            ),
        )
    return ()


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
    return check_header(cells, named) or layout


def _is_value(text: str) -> bool:
    """Tell whether a header's cell is a number or a day rather than a name."""
    return not any(c.isalpha() and c not in "年月日" for c in text)
