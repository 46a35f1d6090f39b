"""Keys: values that must not appear twice, and values that must name a row elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from kpi_site.catalog import Dataset, ForeignKey
from kpi_site.problems import Problem, problem
from kpi_site.sql.kinds import offset_name
from kpi_site.sql.nodes import columns
from kpi_site.tables.batch import Cell, Row
from kpi_site.tables.quoting import shown

_ROW = "\0row"  # no header can hold such a name
Repeat = tuple[int, int]  # the row, and the first one with the same values


def unique_keys(dataset: Dataset, referenced: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the column sets that must not repeat: primary key, unique columns, ``referenced``.

    ``referenced`` are the columns that foreign keys of other datasets lead to.
    """
    keys = [tuple(str(name) for name in dataset.primary_key)]
    keys += [(str(field.name),) for field in dataset.fields if field.unique]
    return [key for key in dict.fromkeys([*keys, *referenced]) if key]


def repeats(parquet: Path, key: Sequence[str]) -> list[Repeat]:
    """Return the rows whose ``key`` stood in an earlier row already; nulls repeat nothing.

    Memory: eight bytes a row, and the rows that look alike.
    """
    frame = pl.scan_parquet(parquet, glob=False)
    held = frame.collect_schema()
    whole = [*key, *(offset_name(name) for name in key if offset_name(name) in held)]
    values = pl.col(key[0]) if len(whole) == 1 else pl.struct(whole)
    present = pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    if len(key) == 1:
        first = pl.col(key[0])
        ascending = (first.shift(1) < first).all() & (first.null_count() == 0)
        if frame.select(ascending).collect().item():
            return []
    hashes = frame.select(pl.when(present).then(values.hash())).collect().to_series()
    known = hashes.drop_nulls()
    if known.n_unique() == known.len():
        return []
    alike = known.filter(known.is_duplicated()).unique()
    rows = (
        frame.select(
            pl.struct(whole).alias("key"), values.hash().alias("hash"), present.alias("present")
        )
        .with_row_index(_ROW)
        .filter(pl.col("present") & pl.col("hash").is_in(alike.implode()))
        .with_columns(pl.col(_ROW).min().over("key").alias("first"))
        .filter(pl.col(_ROW) != pl.col("first"))
        .select(_ROW, "first")
        .sort(_ROW)
        .collect()
    )
    return rows.rows()


def repeated_key(key: Sequence[str], row: Row, first: Row, dataset: Dataset) -> Problem:
    """Return the problem of a row whose key stood in the row ``first`` already."""
    cell, earlier = row[key[0]], first[key[0]].where
    values = ", ".join(f"'{shown(row[name].text)}'" for name in key)
    names = ", ".join(key)
    zh, en = _role(tuple(key), dataset)
    primary = tuple(key) == tuple(dataset.primary_key)
    same = earlier.file == cell.where.file
    first_zh = f"第 {earlier.line} 行" if same else f"{earlier.file} 第 {earlier.line} 行"
    first_en = f"line {earlier.line}" if same else f"line {earlier.line} of {earlier.file}"
    return problem(
        cell.where,
        "duplicate-key" if primary else "duplicate-value",
        zh=f"{zh} {names} 重复：{values}",
        en=f"{en} {names} repeated: {values}",
        hint_zh=f"{first_zh}已有。",
        hint_en=f"It stands first on {first_en}.",
    )


def _role(key: tuple[str, ...], dataset: Dataset) -> tuple[str, str]:
    """Say why ``key`` must not repeat."""
    if key == tuple(dataset.primary_key):
        return "主键", "primary key"
    field = dataset.field(key[0]) if len(key) == 1 else None
    if field is not None and field.unique:
        return "应唯一的", "unique"
    return "外键所指的", "target of a foreign key,"


def dangling(child: Path, parent: Path, key: ForeignKey) -> list[int]:
    """Return the rows of ``child`` whose foreign key names no row of ``parent``.

    A key with a null in it names nothing, and is no fault.
    """
    own, other = [str(n) for n in key.fields], [str(n) for n in key.reference]
    frame = pl.scan_parquet(child, glob=False)
    known = pl.scan_parquet(parent, glob=False).select(other)
    wanted = frame.select(own).drop_nulls()
    lost = wanted.join(known, left_on=own, right_on=other, how="anti").unique().collect()
    if lost.is_empty():
        return []
    rows = frame.select(own).with_row_index(_ROW).join(lost.lazy(), on=own, how="semi")
    return rows.select(_ROW).sort(_ROW).collect().to_series().to_list()


def dangling_key(key: ForeignKey, row: Row, dataset: Dataset) -> Problem:
    """Return the problem of a row that names no row of the parent.

    A derived column is told by those from which it is made.
    """
    names = ", ".join(key.fields)
    cells = [cell for name in key.fields for cell in _cells(name, row, dataset)]
    values = ", ".join(f"'{shown(cell.text)}'" for cell in cells)
    target = ", ".join(key.reference)
    zh, en = "", ""
    if key.valid is not None and dataset.time is not None:
        when = ", ".join(shown(cell.text) for cell in _cells(dataset.time, row, dataset))
        zh, en = f"在 {when} 有效的行里", f" that holds on {when}"
    return problem(
        cells[0].where,
        "dangling-key",
        zh=f"外键 {names} 的值 {values} 在数据集“{key.dataset}”{zh}的 {target} 中不存在",
        en=f"foreign key {names}: {values} is in no row of '{key.dataset}' ({target}){en}",
        hint_zh="请改正它，或在那边补上这一行。",
        hint_en="Mend it, or add the missing row there.",
    )


def _cells(name: str, row: Row, dataset: Dataset) -> list[Cell]:
    """Return the cell of a column, or those from which it is derived, however far.

    For a parent's column these are the ones that lead to the parent.
    """
    if name in row:
        return [row[name]]
    parent, dot, _ = name.partition(".")
    leading = (key for key in dataset.foreign_keys if dot and key.dataset == parent)
    if key := next(leading, None):
        return [cell for one in key.fields for cell in _cells(one, row, dataset)]
    made = next((d.value.node for d in dataset.derived if d.name == name), None)
    names = dict.fromkeys(column.name for column in columns(made)) if made is not None else {}
    found = [cell for one in names if one != name for cell in _cells(one, row, dataset)]
    return found or [row[str(dataset.fields[0].name)]]
