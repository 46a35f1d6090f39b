"""Names of departments, perspectives, audiences, datasets, indicators and scorecards exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpi_site.catalog import CalendarTerm, Dataset, Indicator, IndicatorTerm, OtherTerm
from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Name, Problem, unknown


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a name may refer to."""

    code: str
    words: Message
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kinds:
    department: _Kind
    perspective: _Kind
    audience: _Kind
    dataset: _Kind
    indicator: _Kind
    scorecard: _Kind


Reference = tuple[Name | None, _Kind]


def references_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    """Report every name that leads nowhere, with the one that was probably meant."""
    kinds = _kinds(draft)
    for name, kind in _references(draft, kinds):
        if name is not None and name not in kind.known:
            if re.search("[，、；]", name):
                yield _joined(name)
                continue
            found = unknown(name.where, kind.code, kind.words, name, kind.known)
            folder = kind is kinds.department and f"/{name}/" in name.where.file
            yield replace(found, message=_no_department(name)) if folder else found


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
        _Kind("unknown-dataset", Message("数据集", "dataset"), draft.dataset_names),
        _Kind("unknown-indicator", Message("指标", "indicator"), draft.indicator_names),
        _Kind("unknown-scorecard", Message("记分卡", "scorecard"), draft.scorecard_names),
    )


def _ids(units: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(getattr(unit, "id", "")) for unit in units)


def _references(draft: Draft, kinds: _Kinds) -> Iterator[Reference]:
    site_is_sound = not draft.site.damaged & {"departments", "perspectives", "audiences"}
    for dataset in (entry.value for entry in draft.datasets):
        if dataset is not None:
            yield from _of_dataset(dataset, kinds, site_is_sound=site_is_sound)
    for indicator in (entry.value for entry in draft.indicators):
        if indicator is not None:
            yield from _of_indicator(indicator, kinds, site_is_sound=site_is_sound)
    for scorecard in draft.catalog.scorecards.values():
        for line in scorecard.all_lines():
            yield line.indicator, kinds.indicator
    for label, report in draft.catalog.reports.items():
        if (draft.catalog.site.root / f"content/reports/{label}/edition-1").is_dir():
            continue  # a published report may outlive the cards that it names
        yield from ((name, kinds.scorecard) for name in report.scorecards)
        yield from ((name, kinds.indicator) for name in (*report.highlights, *report.comments))
    for action in draft.catalog.actions.values():
        yield from ((name, kinds.indicator) for name in action.indicators)


def _of_dataset(dataset: Dataset, kinds: _Kinds, *, site_is_sound: bool) -> Iterator[Reference]:
    if site_is_sound:
        yield dataset.owner, kinds.department
        yield dataset.audience, kinds.audience
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
