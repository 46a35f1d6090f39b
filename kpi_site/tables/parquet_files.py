"""Parquet files as batches of rows: values are written as text, so that one set of rules holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi_site.catalog import Field
from kpi_site.problems import Location, Problem, problem
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.header import check_header

_ROWS = 100_000  # held at once
_UNREADABLE = (pl.Binary, pl.Time, pl.Duration, pl.Object)


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file. In its problems the line is the row's number, the column the column's."""

    path: Path
    name: str
    fields: tuple[Field, ...]
    zone: str
    nulls: bool = False  # see ``Batch``

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order, or the problems that keep the file from being read."""
        try:
            frame = pl.scan_parquet(self.path, glob=False)
            schema = frame.collect_schema()
        except (pl.exceptions.ComputeError, OSError) as error:
            yield _only(_damaged(self.name, error))
            return
        problems = tuple(_problems(self, schema))
        if problems:
            yield _only(*problems)
            return
        header = {name: i + 1 for i, name in enumerate(schema.names())}
        texts = frame.select(_as_text(f, schema[f.name], self.zone) for f in self.fields)
        numbers = frozenset(name for name, kind in schema.items() if kind.is_numeric())
        rows = frame.select(pl.len()).collect().item()
        for start in range(0, rows, _ROWS):
            part = texts.slice(start, _ROWS).collect()
            yield Batch(
                part,
                _Finder(self.name, header, part, start),
                iso=True,
                values=numbers,
                nulls=self.nulls,
            )


def _only(*problems: Problem) -> Batch:
    return Batch(pl.DataFrame(), lambda _: {}, problems)


def _damaged(name: str, error: Exception) -> Problem:
    first = str(error).partition("\n")[0]
    return problem(
        Location(name),
        "unreadable-file",
        zh=f"Parquet 文件读不出来：{first}",
        en=f"the Parquet file cannot be read: {first}",
        hint_zh="请重新导出。",
        hint_en="Export it again.",
    )


def _problems(file: ParquetFile, schema: pl.Schema) -> Iterator[Problem]:
    cells = [Cell(Location(file.name, 0, i + 1), name) for i, name in enumerate(schema.names())]
    yield from check_header(cells, [field.name for field in file.fields])
    for cell in cells:
        kind = schema[cell.text]
        if kind.is_nested() or isinstance(kind, _UNREADABLE):
            yield problem(
                cell.where,
                "unsupported-column",
                zh=f"列“{cell.text}”的类型 {kind} 不能使用",
                en=f"column '{cell.text}' has the type {kind}, which cannot be used",
                hint_zh="请存为文本、数字、是非值、日期或日期时间。",
                hint_en="Store text, numbers, booleans, dates or datetimes.",
            )


def _as_text(field: Field, kind: pl.DataType, zone: str) -> pl.Expr:
    """Write a column's values as a CSV file would have them; exact, or not convertible."""
    cell = pl.col(field.name)
    if isinstance(kind, pl.Datetime):
        return _moment_text(field, cell, kind, zone)
    text = cell.cast(pl.String)
    if kind.is_decimal():
        text = text.str.replace(r"(\.\d*?)0+$", "${1}").str.replace(r"\.$", "")
    elif kind.is_float() and field.type in {"integer", "string"}:
        text = text.str.replace(r"\.0$", "")
    return text.alias(field.name)


def _moment_text(field: Field, cell: pl.Expr, kind: pl.Datetime, zone: str) -> pl.Expr:
    local = cell.dt.convert_time_zone(zone) if kind.time_zone else cell
    text = local.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if kind.time_zone and field.type == "datetime" and field.format is None:
        return local.dt.to_string("%Y-%m-%d %H:%M:%S%.f%:z").alias(field.name)
    if field.type == "date":  # a time of day other than midnight is not a date
        text = text.str.replace(r" 00:00:00$", "")
    return text.alias(field.name)


@dataclass(frozen=True, slots=True)
class _Finder:
    name: str
    header: Mapping[str, int]
    texts: pl.DataFrame
    start: int

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        return {i: self._row(i) for i in indices}

    def _row(self, index: int) -> Row:
        line = self.start + index + 1
        return {
            name: Cell(Location(self.name, line, self.header[name]), text or "")
            for name, text in self.texts.row(index, named=True).items()
        }
