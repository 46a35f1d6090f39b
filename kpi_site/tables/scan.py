"""Lazy scans of the tables, with parents' columns brought in through foreign keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import polars as pl

from kpi_site.catalog import Dataset, ForeignKey
from kpi_site.problems import Failure, Message
from kpi_site.schema import own_columns
from kpi_site.sql.kinds import offset_name
from kpi_site.tables.model import Table
from kpi_site.tables.validity import joined


def scan(tables: Mapping[str, Table], dataset: str, columns: Collection[str]) -> pl.LazyFrame:
    """Return the rows of ``dataset`` with just ``columns`` (none = its first column), lazily.

    A name ``parent.column`` that is no column of the dataset's own is taken from the row to
    which the foreign key leads, null where it leads nowhere: a many-to-one left join, as the
    parent's key is known to be unique, or unique at the time of the row (`validity`). Only the
    columns that are needed are read. Beside
    moments that may have offsets stand these (``offset_name``).
    ``KeyError`` for a column that does not exist, `Failure` where the rows are not here.
    """
    table = tables[dataset]
    if table.pushed is not None:
        raise Failure(_ELSEWHERE)
    own = set(table.dataset.column_names)
    wanted = list(dict.fromkeys(columns)) or [str(table.dataset.column_names[0])]
    kinds = own_columns(table.dataset)
    beside = [offset_name(name) for name in wanted if name in own and kinds[name].zoned]
    frame = pl.scan_parquet(table.parquet, glob=False)
    above = [name for name in wanted if name not in own]
    frame, offsets = with_parents(frame, table.dataset, tables, above)
    return frame.select(*wanted, *beside, *offsets)


_ELSEWHERE = Message(
    "这里需要数据本身，而它留在数据库里（push）",
    "this needs rows that stay in their database (push)",
)


def with_parents(
    frame: pl.LazyFrame, dataset: Dataset, tables: Mapping[str, Table], names: Sequence[str]
) -> tuple[pl.LazyFrame, list[str]]:
    """Return rows of ``dataset`` with the parents' columns ``names`` (``parent.column``).

    Also the names of the columns with offsets that stand beside. The rows may come in another
    order. ``KeyError`` as for `scan`.
    """
    through: dict[str, list[str]] = {}
    offsets: list[str] = []
    for name in names:
        parent, _, column = name.partition(".")
        through.setdefault(parent, []).append(column)
    for parent, columns in through.items():
        frame = _joined(frame, dataset.time, tables[parent], foreign_key(dataset, parent), columns)
        above = own_columns(tables[parent].dataset)
        offsets += [offset_name(f"{parent}.{name}") for name in columns if above[name].zoned]
    return frame, offsets


def foreign_key(dataset: Dataset, parent: str) -> ForeignKey:
    """Return the only foreign key that leads to ``parent``."""
    keys = dataset.foreign_keys
    if Counter(str(key.dataset) for key in keys)[parent] != 1:
        raise KeyError(parent)
    return next(key for key in keys if key.dataset == parent)


def _joined(
    frame: pl.LazyFrame,
    time: str | None,
    parent: Table,
    key: ForeignKey,
    columns: Collection[str],
) -> pl.LazyFrame:
    for column in columns:
        if column not in parent.dataset.column_names:
            raise KeyError(f"{key.dataset}.{column}")
    keys = {str(name): f"\0{position}" for position, name in enumerate(key.reference)}
    taken = [pl.col(column).alias(f"{key.dataset}.{column}") for column in columns]
    kinds = own_columns(parent.dataset)
    taken += [
        pl.col(offset_name(column)).alias(offset_name(f"{key.dataset}.{column}"))
        for column in columns
        if kinds[column].zoned
    ]
    rows = pl.scan_parquet(parent.parquet, glob=False)
    if key.valid is not None:
        assert time is not None  # content/rules/datasets.py
        return joined(frame, rows, key, time, taken)
    names = [pl.col(name).alias(alias) for name, alias in keys.items()]
    return frame.join(
        rows.select(*names, *taken),
        left_on=list(map(str, key.fields)),
        right_on=list(keys.values()),
        how="left",
    )
