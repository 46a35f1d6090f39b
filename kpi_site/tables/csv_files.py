"""CSV files as batches of rows: fast where nothing is doubtful, careful where something is."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import polars as pl

from kpi_site.problems import Location, Problem, has_errors, problem
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.broken_records import record_problems
from kpi_site.tables.csv_fast import Block, blocks, read_block
from kpi_site.tables.decoding import pieces, text
from kpi_site.tables.header import check_header
from kpi_site.tables.scanner import Record, records, split_lines

_CAREFUL_ROWS = 50_000  # records that the careful reader holds at once


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file, plain or compressed, and how it is written. ``name`` is shown in problems."""

    path: Path
    name: str
    columns: tuple[str, ...]  # as declared
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; a file without a sound header yields its problems alone."""
        try:
            yield from _batches(self)
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
    stream = blocks(pieces(file.path, file.encoding), file.quote)
    first = next(stream, None)
    if first is None:
        yield _only(_empty(file.name))
        return
    head = _header(file, first)
    problems = _header_problems(file, head)
    if has_errors(problems):
        yield _only(*problems)
        return
    body = _after_lines(first, head.raw.count("\n") or 1)
    stream = chain([body] if body.data else [], stream)
    for block in stream:
        frame = read_block(block.data, head.cells, file.delimiter, file.quote)
        if isinstance(frame, pl.DataFrame):
            yield Batch(frame.select(file.columns), _Finder(file, head.cells, block))
            continue
        doubtful = chain([block], stream) if frame == "quotes" else [block]
        yield from _carefully(file, head.cells, doubtful, block.line)


def _header(file: CsvFile, first: Block) -> Record:
    return next(_records(file, [first], 1))


def _header_problems(file: CsvFile, head: Record) -> tuple[Problem, ...]:
    if head.blank:
        return (_empty(file.name),)
    broken = record_problems(file.name, head, head.cells, file.encoding)
    cells = [Cell(Location(file.name, *head.place(i)), c) for i, c in enumerate(head.cells)]
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


def _after_lines(block: Block, lines: int) -> Block:
    end = 0
    for _ in range(lines):
        end = block.data.find(b"\n", end) + 1
        if not end:
            return Block(b"", block.line + lines)
    return Block(block.data[end:], block.line + lines)


def _records(file: CsvFile, doubtful: Iterable[Block], line: int) -> Iterator[Record]:
    # Blocks end after an LF, so no character is cut in two between them.
    texts = (text(block.data, file.encoding) for block in doubtful)
    return records(split_lines(texts), file.delimiter, file.quote, line)


def _carefully(
    file: CsvFile, header: Sequence[str], doubtful: Iterable[Block], line: int
) -> Iterator[Batch]:
    """Yield the sound records as rows, and the others as problems."""
    found = _records(file, doubtful, line)
    while group := list(islice(found, _CAREFUL_ROWS)):
        broken = [record_problems(file.name, r, header, file.encoding) for r in group]
        sound = [r for r, faults in zip(group, broken, strict=True) if not faults]
        texts = pl.DataFrame(
            [[r.cells[i] or None for r in sound] for i in range(len(header))],
            schema=dict.fromkeys(header, pl.String),
        )
        rows = _Kept(file.name, tuple(header), tuple(sound))
        yield Batch(texts.select(file.columns), rows, tuple(chain.from_iterable(broken)))


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
        found = islice(_records(self.file, [self.block], self.block.line), last + 1)
        return {
            i: _row(self.file.name, self.header, record)
            for i, record in enumerate(found)
            if i in wanted
        }
