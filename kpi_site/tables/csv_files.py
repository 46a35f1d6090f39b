"""CSV files as batches of rows: fast where nothing is doubtful, careful where something is."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import polars as pl

from kpi_site.catalog import Field, Layout
from kpi_site.problems import Location, Problem, has_errors, problem
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.broken_records import (
    EmptyRows,
    Undecodable,
    ends_in_cr,
    is_empty,
    lines_end_in_cr,
    record_problems,
)
from kpi_site.tables.csv_fast import read_block
from kpi_site.tables.csv_supply import SLICE, WHOLE, Block, Supply
from kpi_site.tables.decoding import data_of, pieces, text
from kpi_site.tables.header import check_header, named, one_line, with_line_of_names
from kpi_site.tables.laid_out import LaidOut
from kpi_site.tables.scanner import Record, records, split_lines

_LOOKED_AT = 50  # lines, for the names of columns


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file, plain or compressed, and how it is written. ``name`` is shown in problems."""

    path: Path
    name: str
    columns: tuple[str, ...]  # as declared
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    laid_out: LaidOut | None = None  # how the rows stand, where not as in any CSV

    @property
    def header_line(self) -> int:
        """The line that names the columns, where only one does."""
        rows = self.laid_out.layout.header_rows if self.laid_out is not None else ()
        return rows[0] if rows else 1

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; a file without a sound header yields its problems alone."""
        try:
            strange = Undecodable()
            laid = self.laid_out if self.laid_out and not _is_plain_below(self) else None
            for batch in laid.batches(_lines(self)) if laid is not None else _batches(self):
                left = tuple(strange.left(batch.problems)) if batch.problems else ()
                yield replace(batch, problems=left) if batch.problems else batch
            if told := strange.ended():
                yield _only(*told)
        except UnicodeError:
            yield _only(_no_byte_order(self.name, self.encoding))
        except (EOFError, zlib.error, OSError) as error:
            yield _only(_unreadable(self.name, error))


def _only(*problems: Problem) -> Batch:
    return Batch(pl.DataFrame(), lambda _: {}, problems)


def _unreadable(name: str, error: Exception) -> Problem:
    return problem(
        Location(name),
        "unreadable-file",
        zh=f"文件读不出来：{error}",
        en=f"the file cannot be read: {error}",
        hint_zh="文件可能不完整，请重新导出。",
        hint_en="It may be incomplete: export it again.",
    )


def _no_byte_order(name: str, encoding: str) -> Problem:
    return problem(
        Location(name, 1, 1),
        "wrong-encoding",
        zh=f"文件不以 {encoding} 的字节顺序标记开头",
        en=f"the file does not begin with the byte order mark of {encoding}",
        hint_zh=f"请核对数据集的 encoding（例如 {encoding}-le 或 utf-8）。",
        hint_en=f"Check the dataset's encoding ({encoding}-le or utf-8, perhaps).",
    )


def _batches(file: CsvFile) -> Iterator[Batch]:
    supply = Supply(pieces(file.path, file.encoding), file.quote)
    head = _head(file, supply)
    problems = (_empty(file.name),) if head is None else _header_problems(file, head)
    if head is None or has_errors(problems):
        first = islice(_records(file, supply.lines(), supply.line), 1, _LOOKED_AT)
        below = ((record.line, record.cells) for record in first)
        yield _only(*with_line_of_names(problems, below, file.columns))
        return
    supply.use(_bytes_of(file, head))
    names = _names(file, head)
    empty = EmptyRows(file.name)
    size, sure_from = WHOLE, 0
    while (block := supply.ahead(size)) is not None:
        frame = read_block(block.data, names, file.delimiter, file.quote, head.cells)
        if frame is not None:
            plain = not file.quote or file.quote.encode() not in block.data
            supply.use(len(block.data), frame.height if plain else None)
            rows = _Finder(file, names, block)
            yield Batch(frame.select(file.columns), rows, blank=not plain)
        elif len(block.data) > SLICE < size:  # only the doubtful part is read with care
            size, sure_from = SLICE, supply.used + len(block.data)
        else:
            yield from _carefully(file, head, supply, len(block.data), empty)
        if supply.used >= sure_from:
            size = WHOLE
    if last := empty.ended():
        yield _only(*last)


def _head(file: CsvFile, supply: Supply) -> Record | None:
    """Return the record that names the columns; titles above it are used up."""
    titles = 0
    for record in _records(file, supply.lines(), 1):
        if record.line >= file.header_line:
            supply.use(titles)
            return record if record.line == file.header_line else None
        titles += _bytes_of(file, record)
    return None


def _names(file: CsvFile, head: Record) -> tuple[str, ...]:
    return named([*map(one_line, head.cells)], file.columns.__contains__)


def _is_plain_below(file: CsvFile) -> bool:
    """Tell whether nothing but titles above one line of names sets the file apart."""
    layout = file.laid_out.layout if file.laid_out is not None else Layout()
    if layout != Layout(header_rows=layout.header_rows) or len(layout.header_rows) > 1:
        return False
    head = _head(file, Supply(pieces(file.path, file.encoding), file.quote))
    return head is not None and all(cell.strip() for cell in head.cells)


def _header_problems(file: CsvFile, head: Record) -> tuple[Problem, ...]:
    if head.blank:
        return (_empty(file.name),)
    if lines_end_in_cr(head.raw):
        return (ends_in_cr(file.name),)
    broken = record_problems(file.name, head, head.cells, file.encoding, is_header=True)
    names = enumerate(_names(file, head))
    cells = [Cell(Location(file.name, *head.place(i)), name) for i, name in names]
    return broken or check_header(cells, file.columns, file.delimiter)


def _empty(name: str) -> Problem:
    return problem(
        Location(name, 1, 1),
        "no-header",
        zh="文件没有列名行",
        en="the file has no header line",
        hint_zh="第一行应是列名。",
        hint_en="Its first line must name the columns.",
    )


def _records(file: CsvFile, lines: Iterable[bytes], line: int) -> Iterator[Record]:
    # Lines end with an LF, so no character is cut in two between them.
    texts = (text(each, file.encoding) for each in lines)
    return records(texts, file.delimiter, file.quote, line)


def _bytes_of(file: CsvFile, record: Record) -> int:
    return len(data_of(record.raw, file.encoding))


def _lines(file: CsvFile) -> Iterator[_CsvLine]:
    """Yield the records of a file as lines of a layout."""
    physical = _physical(pieces(file.path, file.encoding))
    return (_CsvLine(file, record) for record in _records(file, physical, 1))


def _physical(parts: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        lines = (rest + part).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


@dataclass(frozen=True, slots=True)
class _CsvLine:
    """A record as a line of a layout."""

    file: CsvFile
    record: Record

    @property
    def number(self) -> int:
        return self.record.line

    @property
    def size(self) -> int:
        return len(self.record.cells)

    def text(self, index: int, _declared: Field | None) -> str:
        return self.record.cells[index] if index < len(self.record.cells) else ""

    def cell(self, index: int, text: str) -> Cell:
        return Cell(Location(self.file.name, *self.record.place(min(index, self.size))), text)

    def faults(self, header: Sequence[str]) -> tuple[Problem, ...]:
        """Return what is wrong with the record; cells too many are for the layout to tell."""
        more = max(self.size - len(header), 0)
        names = (*header, *[""] * more)
        return record_problems(self.file.name, self.record, names, self.file.encoding)


def _carefully(
    file: CsvFile, head: Record, supply: Supply, size: int, empty: EmptyRows
) -> Iterator[Batch]:
    """Yield sound records as rows and others as problems, till ``size`` bytes or more are used."""
    sound: list[Record] = []
    problems: list[Problem] = []
    used = 0
    for record in _records(file, supply.lines(), supply.line):
        used += _bytes_of(file, record)
        if is_empty(record, file.delimiter):
            problems += empty.seen(record)
        elif faults := record_problems(file.name, record, head.cells, file.encoding):
            problems += (*empty.ended(), *faults)
        else:
            problems += empty.ended()
            sound.append(record)
        if used >= size:
            break
    supply.use(used)
    header = _names(file, head)
    texts = pl.DataFrame(
        [[r.cells[i] or None for r in sound] for i in range(len(header))],
        schema=dict.fromkeys(header, pl.String),
    )
    rows = _Kept(file.name, header, tuple(sound))
    yield Batch(texts.select(file.columns), rows, tuple(problems))


def _row(name: str, header: Sequence[str], record: Record) -> Row:
    return {
        column: Cell(Location(name, *record.place(i)), record.cells[i])
        for i, column in enumerate(header)
    }


@dataclass(frozen=True, slots=True)
class _Kept:
    """Finds rows among records at hand."""

    name: str
    header: tuple[str, ...]
    records: tuple[Record, ...]

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        return {i: _row(self.name, self.header, self.records[i]) for i in indices}


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds rows in a sound block by reading it again with care."""

    file: CsvFile
    header: tuple[str, ...]
    block: Block

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        wanted, last = set(indices), max(indices, default=-1)
        texts = split_lines([text(self.block.data, self.file.encoding)])
        read = records(texts, self.file.delimiter, self.file.quote, self.block.line)
        found = islice(read, last + 1)
        return {
            i: _row(self.file.name, self.header, record)
            for i, record in enumerate(found)
            if i in wanted
        }
