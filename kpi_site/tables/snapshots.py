"""Snapshots of databases: Parquet files, and a small file beside them that says what they are.

The description names each part by its digest and carries a digest of itself. Parts are named
by what they hold and are never written over, so that a snapshot changes as a whole, with its
description. Rules: specification.md#databases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from kpi_site.catalog import SNAPSHOTS, Catalog, Dataset
from kpi_site.problems import Location, Message, Problem
from kpi_site.tables.model import SNAPSHOT_FORMAT, Snapshot, SnapshotPart, Table

DESCRIPTION: Final = "snapshot.json"


def folder_of(root: Path, dataset: str) -> Path:
    """Return where a dataset's snapshot lies."""
    return root / SNAPSHOTS / dataset


def read_snapshot(root: Path, dataset: Dataset) -> Snapshot | Problem:
    """Return the snapshot of a dataset over a connection, or why there is none to use.

    The rows themselves are not looked at: whoever reads a part compares its digest.
    """
    path = folder_of(root, str(dataset.id)) / DESCRIPTION
    try:
        told = json.loads(path.read_bytes())
        found = _from(told)
    except FileNotFoundError:
        return none_yet(dataset)
    except (OSError, ValueError, TypeError, KeyError):
        return damaged(path.relative_to(root).as_posix(), str(dataset.id))
    if told["digest"] != found.digest or found.dataset != dataset.id:
        return damaged(path.relative_to(root).as_posix(), str(dataset.id))
    return found if found.is_of(dataset) else outdated(dataset)


def _from(told: Mapping[str, Any]) -> Snapshot:
    if told["format"] != SNAPSHOT_FORMAT:
        raise ValueError("an unknown format")
    fields = {name: value for name, value in told.items() if name not in {"format", "digest"}}
    parts = tuple(SnapshotPart(**part) for part in fields.pop("parts"))
    return Snapshot(**{**fields, "columns": tuple(fields["columns"])}, parts=parts)


def _fetch(dataset: str) -> Message:
    return Message(f"请运行 kpi-site fetch {dataset}。", f"Run: kpi-site fetch {dataset}.")


def none_yet(dataset: Dataset) -> Problem:
    """Return the problem of a dataset that was never fetched."""
    assert dataset.database is not None
    message = Message("还没有这个数据集的快照", "there is no snapshot of this dataset yet")
    if dataset.pushed:
        message = Message(
            "还没有问过数据库", "the database has not been asked about this dataset yet"
        )
    return Problem(dataset.database.where, "no-snapshot", message, _fetch(str(dataset.id)))


def outdated(dataset: Dataset) -> Problem:
    """Return the problem of what was fetched for another declaration."""
    assert dataset.database is not None
    message = Message(
        "快照不是按现在的连接、表、查询和列读取的",
        "the snapshot was fetched with another connection, table, query or columns",
    )
    if dataset.pushed:
        message = Message(
            "问数据库时，数据集的连接、表、查询、类型、键、规则或外键所指的数据集与现在不同",
            "the database was asked for another connection, table, query, types, keys or rules, of"
            " this dataset or one that its keys lead to",
        )
    return Problem(dataset.database.where, "snapshot-outdated", message, _fetch(str(dataset.id)))


def damaged(file: str, dataset: str) -> Problem:
    """Return the problem of a snapshot's file that is not as it was fetched."""
    message = Message(
        "快照的文件与读取时不同：被改过、不完整或不见了",
        "the snapshot's file is not as it was fetched: edited, cut short or gone",
    )
    restore = Message(
        f"请从版本管理恢复，或运行 kpi-site fetch {dataset} --all。",
        f"Restore it from version control, or run: kpi-site fetch {dataset} --all.",
    )
    return Problem(Location(file), "snapshot-damaged", message, restore)


def old_snapshots(
    catalog: Catalog, tables: Mapping[str, Table], today: date
) -> tuple[Problem, ...]:
    """Return a warning for each snapshot, or answer, that is older than its connection allows."""
    found = []
    for dataset in catalog.datasets.values():
        source = dataset.database
        if source is None:
            continue
        connection = catalog.site.connections.get(source.connection)
        most = None if connection is None else connection.max_age
        day = None if most is None else _fetched(catalog, dataset, tables)
        if most is None or day is None:
            continue
        days = (today - day).days
        if days > most:
            what = Message("回答", "the answers are") if source.push else _SNAPSHOT
            message = Message(
                f"{what.zh}已有 {days} 天，连接 {source.connection} 允许 {most} 天",
                f"{what.en} {days} days old, and the connection {source.connection} allows {most}",
            )
            where, hint = source.where, _fetch(str(dataset.id))
            found.append(Problem(where, "snapshot-old", message, hint, "warning"))
    return tuple(found)


_SNAPSHOT: Final = Message("快照", "the snapshot is")


def _fetched(catalog: Catalog, dataset: Dataset, tables: Mapping[str, Table]) -> date | None:
    """Return the day on which the database was asked; None where it was not."""
    if dataset.pushed:
        pushed = tables[dataset.id].pushed if dataset.id in tables else None
        return None if pushed is None else pushed.moment.date()
    snapshot = read_snapshot(catalog.site.root, dataset)
    return snapshot.day if isinstance(snapshot, Snapshot) else None
