"""The dataset of holidays says of each day once what it is (specification.md#calendar-terms)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Dataset
from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem

_KINDS = {"holiday", "workday"}


def holidays_are_told(draft: Draft) -> Iterator[Problem]:
    """Report a dataset of holidays whose declaration lets other days or kinds in."""
    name = draft.catalog.site.holidays
    if name is None:
        return
    entry = next((e for e in draft.datasets if e.name == name), None)
    if entry is None or entry.value is None or "schema" in entry.damaged:
        return
    if not _is_sound(entry.value):
        yield Problem(
            name.where,
            "holidays-dataset",
            Message(
                f"数据集“{name}”不能作节假日表",
                f"the dataset '{name}' cannot tell the holidays",
            ),
            Message(
                "它的 schema 要有：primaryKey: [day]；day 列，类型 date；"
                "kind 列，constraints: {required: true, enum: [holiday, workday]}。",
                "Its schema needs 'primaryKey: [day]', a column 'day' of type date, and a column "
                "'kind' with 'constraints: {required: true, enum: [holiday, workday]}'.",
            ),
        )


def _is_sound(dataset: Dataset) -> bool:
    day, kind = dataset.field("day"), dataset.field("kind")
    return (
        day is not None
        and kind is not None
        and day.type == "date"
        and kind.required
        and bool(kind.enum)
        and set(kind.enum) <= _KINDS
        and [*dataset.primary_key] == ["day"]
    )
