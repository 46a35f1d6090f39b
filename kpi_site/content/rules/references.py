"""Names of departments, perspectives, audiences, datasets, indicators and scorecards exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_site.catalog import CalendarTerm, Dataset, Indicator, IndicatorTerm, OtherTerm
from kpi_site.content.draft import Draft
from kpi_site.content.gone import Kind, deleted, frozen
from kpi_site.problems import Message, Name, Problem, unknown


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a name may refer to."""

    code: str
    words: Message
    known: tuple[str, ...]
    once: Kind | None = None  # what may have been deleted


@dataclass(frozen=True, slots=True)
class _Kinds:
    department: _Kind
    perspective: _Kind
    audience: _Kind
    dataset: _Kind
    indicator: _Kind
    scorecard: _Kind
    connection: _Kind


Reference = tuple[Name | None, _Kind]


def references_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    """Report every name that leads nowhere, with the one that was probably meant."""
    kinds = _kinds(draft)
    lost = [(n, k) for n, k in _references(draft, kinds) if n is not None and n not in k.known]
    hints = _Once(draft, lost) if lost else None
    for name, kind in lost:
        if re.search("[，、；]", name):
            yield _joined(name)
            continue
        found = unknown(name.where, kind.code, kind.words, name, kind.known)
        hint = hints.hint(name, kind) if hints else None
        folder = kind is kinds.department and f"/{name}/" in name.where.file
        found = replace(found, hint=hint) if hint else found
        yield replace(found, message=_no_department(name)) if folder else found


class _Once:
    """What became of names that lead nowhere now."""

    def __init__(self, draft: Draft, lost: Sequence[tuple[Name, _Kind]]) -> None:
        root = draft.catalog.site.root
        asked = {kind.once: {n for n, k in lost if k.once == kind.once} for _, kind in lost}
        self._gone = {kind: deleted(root, kind, names) for kind, names in asked.items() if kind}
        cards = (entry.value for entry in draft.indicators if entry.value is not None)
        self._now = {str(former): str(card.id) for card in cards for former in card.formerly}

    def hint(self, name: Name, kind: _Kind) -> Message | None:
        """Return that it is called otherwise now, or that it is gone; None if neither."""
        if kind.once == "indicator" and name in self._now:
            now = self._now[name]
            return Message(f"它已改名，请写“{now}”。", f"It was renamed: write '{now}'.")
        if kind.once is None or name not in self._gone[kind.once]:
            return None
        if kind.once == "indicator":
            return Message(
                "它已被删除。请去掉这处引用；若要留下它的历史，请从版本管理恢复，再用 "
                "kpi-site retire 停用。",
                "It was deleted. Take it out here; to keep its history, restore it from version "
                "control and retire it with kpi-site retire.",
            )
        return Message(
            "它已被删除。请去掉这处引用，或从版本管理恢复它。",
            "It was deleted. Take it out here, or restore it from version control.",
        )


def _no_department(folder: Name) -> Message:
    return Message(
        f"卡片所在的文件夹“{folder}”不是部门", f"the card's folder '{folder}' is no department"
    )


def _joined(name: Name) -> Problem:
    """Return the problem of several names that a full-width comma has made one."""
    names = ", ".join(word.strip() for word in re.split("[，、；]", name))
    message = Message(f"“{name}”用全角标点分隔", f"'{name}' is separated by full-width marks")
    return Problem(name.where, "full-width", message, Message(f"请写 {names}。", f"Write {names}."))


def _kinds(draft: Draft) -> _Kinds:
    site = draft.catalog.site
    return _Kinds(
        _Kind("unknown-department", Message("部门", "department"), _ids(site.departments)),
        _Kind("unknown-perspective", Message("所属视角", "perspective"), _ids(site.perspectives)),
        _Kind("unknown-audience", Message("读者范围", "audience"), site.audiences),
        _Kind("unknown-dataset", Message("数据集", "dataset"), draft.dataset_names, "dataset"),
        _Kind(
            "unknown-indicator", Message("指标", "indicator"), draft.indicator_names, "indicator"
        ),
        _Kind(
            "unknown-scorecard", Message("记分卡", "scorecard"), draft.scorecard_names, "scorecard"
        ),
        _Kind("unknown-connection", Message("数据库连接", "connection"), tuple(site.connections)),
    )


def _ids(units: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(getattr(unit, "id", "")) for unit in units)


def _references(draft: Draft, kinds: _Kinds) -> Iterator[Reference]:
    site_is_sound = not draft.site.damaged & {"departments", "perspectives", "audiences"}
    yield from _of_site(draft, kinds, site_is_sound=site_is_sound)
    for dataset in (entry.value for entry in draft.datasets):
        if dataset is not None:
            sound = "connections" not in draft.site.damaged
            yield from _of_dataset(
                dataset, kinds, site_is_sound=site_is_sound, connections_are_sound=sound
            )
    for indicator in (entry.value for entry in draft.indicators):
        if indicator is not None:
            yield from _of_indicator(indicator, kinds, site_is_sound=site_is_sound)
    for scorecard in draft.catalog.scorecards.values():
        for line in scorecard.all_lines():
            yield line.indicator, kinds.indicator
    root = draft.catalog.site.root
    for label, report in draft.catalog.reports.items():
        if (root / f"content/reports/{label}/edition-1").is_dir():
            # A published report may outlive the cards that it names, but it has had them.
            strange = {*report.comments} - {*draft.indicator_names}
            strange -= frozen(root, strange)
            yield from ((name, kinds.indicator) for name in report.comments if name in strange)
            continue
        yield from ((name, kinds.scorecard) for name in report.scorecards)
        yield from ((name, kinds.indicator) for name in (*report.highlights, *report.comments))
    for action in draft.catalog.actions.values():
        yield from ((name, kinds.indicator) for name in action.indicators)


def _of_site(draft: Draft, kinds: _Kinds, *, site_is_sound: bool) -> Iterator[Reference]:
    site = draft.catalog.site
    yield site.periods, kinds.dataset
    yield site.holidays, kinds.dataset
    if site_is_sound:
        yield site.owner, kinds.department
        yield from ((card.owner, kinds.department) for card in draft.catalog.scorecards.values())


def _of_dataset(
    dataset: Dataset, kinds: _Kinds, *, site_is_sound: bool, connections_are_sound: bool
) -> Iterator[Reference]:
    if site_is_sound:
        yield dataset.owner, kinds.department
        yield dataset.audience, kinds.audience
    if dataset.database is not None and connections_are_sound:
        yield dataset.database.connection, kinds.connection
    for key in dataset.foreign_keys:
        yield key.dataset, kinds.dataset


def _of_indicator(
    indicator: Indicator, kinds: _Kinds, *, site_is_sound: bool
) -> Iterator[Reference]:
    if site_is_sound:
        yield indicator.department, kinds.department
        yield indicator.perspective, kinds.perspective
        yield indicator.audience, kinds.audience
    yield indicator.successor, kinds.indicator
    for name in indicator.related:
        yield name, kinds.indicator
    for term in indicator.terms:
        if isinstance(term, IndicatorTerm):
            yield term.indicator, kinds.indicator
        elif not isinstance(term, OtherTerm | CalendarTerm):
            yield term.dataset, kinds.dataset
