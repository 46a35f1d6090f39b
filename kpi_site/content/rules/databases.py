"""A dataset of a database has nothing of files (specification.md#databases)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem

_OF_FILES = ("encoding", "dialect", "sheet", "rows", "unpivot")


def databases_have_rows_alone(draft: Draft) -> Iterator[Problem]:
    """Report keys that say how files are written, where there are none."""
    for entry in draft.datasets:
        if entry.value is None or entry.value.database is None:
            continue
        for name in _OF_FILES:
            if entry.mapping.get(name) is not None:
                message = Message(f"{name} 只用于文件", f"'{name}' is for files only")
                yield Problem(entry.place(name), "key-does-not-fit", message)


def parts_have_a_time(draft: Draft) -> Iterator[Problem]:
    """Report parts by a time that the database does not have: none, or a derived column."""
    for entry in draft.datasets:
        dataset = entry.value
        if dataset is None or dataset.database is None or dataset.database.partition is None:
            continue
        if {"time", "schema", "partition"} & entry.damaged or (
            dataset.time is not None and dataset.field(dataset.time) is not None
        ):
            continue
        message = Message(
            "partition 按 time 分，time 须是 schema 里的列",
            "'partition' goes by 'time', which must be a column of the schema",
        )
        yield Problem(entry.place("partition"), "key-does-not-fit", message)
