"""Datasets that tell the company's calendar: its periods, and its holidays.

Rules: specification.md#own-calendar, specification.md#calendar-terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpi_site.catalog import Dataset
from kpi_site.content.draft import Draft
from kpi_site.periods import ListedCalendar
from kpi_site.problems import Message, Name, Problem

_KINDS = {"holiday", "workday"}
_PERIODS = {"period": {"string"}, "first": {"date"}, "last": {"date"}}
_LONGER = {"quarter": {"string"}, "half_year": {"string"}, "year": {"string", "integer"}}


def periods_are_listed(draft: Draft) -> Iterator[Problem]:
    """Report a dataset that cannot list the periods of the company."""
    name = draft.catalog.site.periods
    if name is not None and _fails(draft, name, lists_periods):
        yield Problem(
            name.where,
            "calendar-dataset",
            Message(f"数据集“{name}”不能列出期间", f"the dataset '{name}' cannot list the periods"),
            Message(
                "它要有列 period（string）、first 和 last（date），"
                "可以有 quarter、half_year、year（string）。",
                "It needs the columns 'period' (string), 'first' and 'last' (date), and may have"
                " 'quarter', 'half_year' and 'year' (string).",
            ),
        )


def lists_periods(dataset: Dataset) -> bool:
    """Tell whether ``dataset`` has the columns of a calendar."""
    known = {str(field.name): field.type for field in dataset.fields}
    required = all(known.get(name) in types for name, types in _PERIODS.items())
    return required and all(known.get(n, "string") in types for n, types in _LONGER.items())


def data_end_within(draft: Draft) -> Iterator[Problem]:
    """Report a last day of the data that the company's own calendar does not know."""
    site = draft.catalog.site
    calendar, day = site.calendar, site.data_through
    if day is None or not isinstance(calendar, ListedCalendar):
        return
    if not calendar.first <= day <= calendar.last:
        yield Problem(
            draft.site.place("data_through"),
            "beyond-calendar",
            Message(f"{day} 不在公司的日历之内", f"{day} lies outside the company's calendar"),
            Message(
                f"它从 {calendar.first} 到 {calendar.last}。",
                f"It runs from {calendar.first} to {calendar.last}.",
            ),
        )


def holidays_are_told(draft: Draft) -> Iterator[Problem]:
    """Report a dataset of holidays whose declaration lets other days or kinds in."""
    name = draft.catalog.site.holidays
    if name is not None and _fails(draft, name, _tells_holidays):
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


def _tells_holidays(dataset: Dataset) -> bool:
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


def _fails(draft: Draft, name: Name, rule: Callable[[Dataset], bool]) -> bool:
    """Tell whether the dataset ``name`` breaks ``rule``; not of one with other errors."""
    entry = next((e for e in draft.datasets if e.name == name), None)
    if entry is None or entry.value is None or "schema" in entry.damaged:
        return False
    return not rule(entry.value)
