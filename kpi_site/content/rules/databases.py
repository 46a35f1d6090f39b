"""A dataset of a database has nothing of files (specification.md#databases)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Dataset
from kpi_site.content.draft import Draft
from kpi_site.problems import Location, Message, Problem
from kpi_site.sql.nodes import Column, Window, walk
from kpi_site.sql.patterns import plain_pattern

_NOT_ASKED = ("partition", "people", "people_key", "totals")
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


def pushed_datasets_can_stay(draft: Draft) -> Iterator[Problem]:
    """Report what needs rows that stay in their database, and parents that are elsewhere."""
    known = {str(e.value.id): e.value for e in draft.datasets if e.value is not None}
    for entry in draft.datasets:
        dataset = entry.value
        if dataset is None:
            continue
        for name in _NOT_ASKED if dataset.pushed else ():
            if entry.mapping.get(name) is not None:
                zh, en = f"{name} 需要数据本身", f"'{name}' needs the rows themselves"
                yield _cannot_push(entry.place(name), zh, en)
        if dataset.pushed:
            yield from _not_asked(dataset)
        for key in dataset.foreign_keys:
            parent = known.get(str(key.dataset))
            if parent is not None and _lives(parent) != _lives(dataset):
                yield _cannot_push(
                    key.dataset.where,
                    f"“{parent.id}”与“{dataset.id}”须在同一个连接里都写 push，或都不写",
                    f"'{parent.id}' and '{dataset.id}' must both be pushed over one connection, or"
                    " neither",
                )
    site = draft.catalog.site
    for listed in (site.periods, site.holidays):
        if listed is not None and listed in known and known[listed].pushed:
            zh, en = "公司日历需要数据本身", "the company's calendar needs the rows themselves"
            yield _cannot_push(listed.where, zh, en)


def _lives(dataset: Dataset) -> str | None:
    """Return the connection at which the rows stay; None where they are here."""
    source = dataset.database
    return str(source.connection) if source is not None and source.push else None


def _not_asked(dataset: Dataset) -> Iterator[Problem]:
    """Report what of a schema and of expressions cannot be asked of a database."""
    for field in dataset.fields:
        if field.notation is not None:
            zh = f"列“{field.name}”的写法只用于文本"
            yield _cannot_push(field.name.where, zh, f"a notation of '{field.name}' is for texts")
        if field.pattern is not None and plain_pattern(field.pattern) is None:
            yield _cannot_push(
                field.name.where,
                f"数据库对 pattern “{field.pattern}”的理解可能不同",
                f"a database may read the pattern '{field.pattern}' differently",
            )
    for foreign in dataset.foreign_keys:
        if foreign.valid is not None:
            zh, en = "valid 需要数据本身", "'valid' needs the rows themselves"
            yield _cannot_push(foreign.dataset.where, zh, en)
    own = {str(field.name) for field in dataset.fields}
    for expression in (*(d.value for d in dataset.derived), *(r.rule for r in dataset.rules)):
        for node in walk(expression.node):
            if isinstance(node, Window):
                zh, en = "OVER 需要数据本身", "OVER needs the rows themselves"
                yield _cannot_push(expression.code.locate(0), zh, en)
            if isinstance(node, Column) and "." in node.name and node.name not in own:
                zh, en = "派生列不能用别处的列", "no derived column takes one of a parent"
                yield _cannot_push(expression.code.locate(node.at), zh, en)


def _cannot_push(where: Location, zh: str, en: str) -> Problem:
    return Problem(
        where,
        "cannot-push",
        Message(
            f"数据留在数据库里时做不到：{zh}", f"not while the rows stay in their database: {en}"
        ),
        Message(
            "请去掉 push，读取成快照。", "Leave 'push' out: the rows are fetched as a snapshot."
        ),
    )
