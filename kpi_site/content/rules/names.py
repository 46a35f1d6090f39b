"""A file is called what it holds, and no id is used twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpi_site.content.draft import Draft, Entry
from kpi_site.problems import Message, Name, Problem


def file_name_is_id(draft: Draft) -> Iterator[Problem]:
    """Report an id that is not the file's name, and a report's period that is not its folder's."""
    entries: tuple[Entry[Any], ...] = (
        *draft.datasets,
        *draft.indicators,
        *draft.scorecards,
        *draft.actions,
    )
    for entry in entries:
        written = entry.written
        if written is not None and written != entry.name and "id" not in entry.damaged:
            yield _mismatch(written, entry.name, Message("文件名", "the file's name"))
    for report in draft.reports:
        written = report.written
        if written is not None and report.value and written != report.name:
            yield _mismatch(written, report.name, Message("文件夹名", "the folder's name"))


def _mismatch(written: Name, name: str, of: Message) -> Problem:
    return Problem(
        written.where,
        "name-mismatch",
        Message(f"“{written}”与{of.zh}“{name}”不同", f"'{written}' is not {of.en}, '{name}'"),
        Message("两者必须一致：它是公开的地址。", "Both must agree: it is a public address."),
    )


def ids_are_unique(draft: Draft) -> Iterator[Problem]:
    """Report a card whose id another department's card has already."""
    first: dict[str, str] = {}
    for entry in draft.indicators:
        if entry.name in first:
            other = first[entry.name]
            yield Problem(
                entry.place("id"),
                "duplicate-id",
                Message(f"标识“{entry.name}”已被使用", f"the id '{entry.name}' is used already"),
                Message(f"见 {other}。", f"See {other}."),
            )
        first.setdefault(entry.name, entry.file)


def former_ids_are_free(draft: Draft) -> Iterator[Problem]:
    """Report a former id that is a card's id today, or another card's former id as well."""
    owners = {entry.name: entry.file for entry in draft.indicators}
    for entry in draft.indicators:
        for name in entry.value.formerly if entry.value is not None else ():
            if name in owners:
                yield Problem(
                    name.where,
                    "former-id-in-use",
                    Message(f"曾用标识“{name}”已被使用", f"the former id '{name}' is in use"),
                    Message(f"见 {owners[name]}。", f"See {owners[name]}."),
                )
            owners.setdefault(str(name), entry.file)
