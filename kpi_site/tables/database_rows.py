"""What the rows of a database are called in problems: connection and table, and the row's key.

A snapshot's rows stand in the order of the key; the line of a place is the row's number there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from kpi_site.catalog import Catalog, Dataset
from kpi_site.problems import Message, Problem
from kpi_site.tables.model import SnapshotPart
from kpi_site.tables.quoting import shown
from kpi_site.tables.sources import FactsFile

_COLUMNS = 3  # of a row without a key that tell which one it is
Sources = Callable[[Dataset], tuple[tuple[FactsFile, ...], tuple[Problem, ...]]]


def database_name(dataset: Dataset, part: SnapshotPart) -> str:
    """Return what stands in the place of a file's name: ``erp/shipments/2026-10``."""
    return "/".join(filter(None, (dataset.database_name, part.period)))


def with_keys(
    problems: Iterable[Problem], catalog: Catalog, sources: Sources
) -> tuple[Problem, ...]:
    """Say in the problems of a database's rows which row it is, by its key."""
    found = tuple(problems)
    files = {p.where.file for p in found if p.where.line}
    rows = dict(_rows(catalog, sources)) if any(name.count("/") for name in files) else {}
    keys = {name: _keys(*rows[name], _lines(found, name)) for name in files if name in rows}
    return tuple(_named(one, keys.get(one.where.file, {}).get(one.where.line)) for one in found)


def _rows(catalog: Catalog, sources: Sources) -> Iterator[tuple[str, tuple[Dataset, FactsFile]]]:
    for dataset in catalog.datasets.values():
        if dataset.database is not None:
            for file in sources(dataset)[0]:
                assert file.part is not None
                yield database_name(dataset, file.part), (dataset, file)


def _lines(problems: Iterable[Problem], name: str) -> Sequence[int]:
    return sorted({p.where.line for p in problems if p.where.file == name and p.where.line})


def _keys(dataset: Dataset, file: FactsFile, lines: Sequence[int]) -> Mapping[int, str]:
    """Return the keys of rows by their line."""
    unique = [str(field.name) for field in dataset.fields if field.unique]
    names = [str(name) for name in dataset.primary_key] or unique[:1]
    names = names or [str(field.name) for field in dataset.fields][:_COLUMNS]
    wanted = pl.Series("line", lines, dtype=pl.UInt32)
    frame = (
        pl.scan_parquet(file.path, glob=False)
        .select(pl.col(name).cast(pl.String) for name in names)
        .with_row_index("\0line", 1)
        .filter(pl.col("\0line").is_in(wanted.implode()))
        .collect()
    )
    return {
        row[0]: ", ".join(
            f"{name} = " + ("NULL" if value is None else f"'{shown(value)}'")
            for name, value in zip(names, row[1:], strict=True)
        )
        for row in frame.iter_rows()
    }


def _named(found: Problem, key: str | None) -> Problem:
    if key is None:
        return found
    said = found.message
    return replace(found, message=Message(f"{key}：{said.zh}", f"{key}: {said.en}"))
