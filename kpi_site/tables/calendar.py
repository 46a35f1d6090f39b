"""The company's own calendar as a dataset lists it: read strictly, and held to its rules.

Rules: specification.md#own-calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from kpi_site.catalog import SNAPSHOTS, Catalog, Dataset, Site
from kpi_site.periods import ListedCalendar, ListedPeriod
from kpi_site.periods.calendar import A_DAY
from kpi_site.periods.listed import is_numbered, next_label
from kpi_site.problems import Message, Problem, Severity, has_errors, problem
from kpi_site.tables.batch import Row
from kpi_site.tables.collector import Collector
from kpi_site.tables.files import FactFile, fact_file, locate
from kpi_site.tables.model import Snapshot
from kpi_site.tables.quoting import shown
from kpi_site.tables.read import read_tables
from kpi_site.tables.snapshots import DESCRIPTION
from kpi_site.tables.sources import sources_of

REQUIRED: Final = ("period", "first", "last")
LONGER: Final = ("quarter", "half_year", "year")
_LIMIT: Final = 50  # problems that are described
_LABELS: Final = {
    "period": (r"\d{4}-(?:0[1-9]|1[0-2]|P13)", "2026-01 … 2026-12, 2026-P13"),
    "quarter": (r"\d{4}-Q[1-4]", "2026-Q1 … 2026-Q4"),
    "half_year": (r"\d{4}-H[12]", "2026-H1, 2026-H2"),
    "year": (r"\d{4}", "2026"),
}
_PARTS: Final = {"quarter": 4, "half_year": 2, "year": 1}  # in a year
_YEARS: Final = (1900, 2999)
_NUMBERED: Final = 12  # periods of a whole year, beside a thirteenth


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with one cell: the row's number from 0, the column, and the words."""

    row: int
    column: str
    code: str
    message: Message
    hint: Message | None = None
    severity: Severity = "error"


Rows = Sequence[ListedPeriod]


def calendar_facts(catalog: Catalog) -> tuple[str, ...]:
    """Return how the places of the facts begin that list the periods, if they are listed.

    They are read before all other content, and whatever is asked for depends on them.
    """
    dataset = _listing(catalog)
    if dataset is not None and dataset.database_name is not None:
        return (dataset.database_name,)
    return calendar_files(catalog)


def calendar_files(catalog: Catalog) -> tuple[str, ...]:
    """Return the files of the facts that list the periods, from the site's root."""
    dataset = _listing(catalog)
    if dataset is None:
        return ()
    own = () if dataset.database is None else (f"{SNAPSHOTS}/{dataset.id}/{DESCRIPTION}",)
    return (*own, *(source.name for source in sources_of(catalog.site.root, dataset)[0]))


def _listing(catalog: Catalog) -> Dataset | None:
    return catalog.datasets.get(catalog.site.periods) if catalog.site.periods else None


def read_calendar(
    site: Site, dataset: Dataset, snapshots: Mapping[str, Snapshot] | None = None
) -> tuple[ListedCalendar | None, tuple[Problem, ...]]:
    """Return the calendar that ``dataset`` lists, and the problems of its files and rows.

    There is none where any of them is an error. Of the files' problems the errors alone are
    told: whoever reads all facts tells the others. ``snapshots`` are those of `read_tables`.
    """
    alone, given = _bare(dataset), snapshots or {}
    with TemporaryDirectory() as folder:
        catalog = Catalog(site, {str(dataset.id): alone}, {})
        tables, problems = read_tables(catalog, Path(folder), snapshots=given)
        if has_errors(problems):
            return None, tuple(p for p in problems if p.severity == "error")
        frame = pl.read_parquet(tables[str(dataset.id)].parquet, glob=False)
    cells = [_cells(row) for row in frame.iter_rows(named=True)]
    if not cells:
        return None, (_empty(dataset),)
    order = _order(dataset, cells)
    cells = [cells[at] for at in order]
    faults = [*_missing(cells)]
    rows = () if faults else tuple(_listed(row) for row in cells)
    faults += chain.from_iterable(rule(rows) for rule in _RULES if rows)
    there = [replace(fault, row=order[fault.row]) for fault in faults]
    sources, _ = sources_of(site.root, alone, given.get(str(dataset.id)))
    files = [fact_file(source, alone, site.timezone) for source in sources]
    found = _placed(files, alone, there)
    return None if has_errors(found) else ListedCalendar(rows), found


def _order(dataset: Dataset, cells: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Return the rows in the order in which they list periods.

    That is the order of the file; a database has none, so there it is that of the first days.
    """
    if dataset.database is None:
        return range(len(cells))
    return sorted(range(len(cells)), key=lambda at: cells[at]["first"] or date.min)


def _bare(dataset: Dataset) -> Dataset:
    """Return ``dataset`` without what may be wrong with it and is judged with all others."""
    return replace(
        dataset, primary_key=(), foreign_keys=(), derived=(), rules=(), totals=None,
        time=None, undated=None, expect=None,
    )  # fmt: skip


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: row.get(name) for name in (*REQUIRED, *LONGER)}
    labels = {name: str(found[name]) for name in _LABELS if found[name] is not None}
    return found | labels


def _listed(row: dict[str, Any]) -> ListedPeriod:
    return ListedPeriod(row.pop("period"), **row)


def _empty(dataset: Dataset) -> Problem:
    return problem(
        dataset.paths[0].where if dataset.paths else dataset.where,
        "calendar-days",
        zh=f"日历“{dataset.id}”一个期间也没有",
        en=f"the calendar '{dataset.id}' lists no period",
    )


def _missing(cells: Sequence[dict[str, Any]]) -> Iterator[_Fault]:
    for at, row in enumerate(cells):
        for name in REQUIRED:
            if row[name] is None:
                message = Message(f"列 {name} 没有值", f"no value in column '{name}'")
                yield _Fault(at, name, "missing-value", message)


def _days(rows: Rows) -> Iterator[_Fault]:
    """Each period ends after it begins, and begins on the day after the one above."""
    for at, row in enumerate(rows):
        wrong = next((n for n in ("first", "last") if not _is_sound(getattr(row, n))), None)
        if wrong is not None:
            low, high = _YEARS
            message = Message(
                f"年份应在 {low} 到 {high} 之间", f"the year must be from {low} to {high}"
            )
            yield _Fault(at, wrong, "out-of-range", message)
        elif row.last < row.first:
            message = Message(
                f"{row.label} 的末日 {row.last} 早于首日 {row.first}",
                f"{row.label} ends on {row.last}, before it begins on {row.first}",
            )
            yield _Fault(at, "last", "calendar-days", message)
    for at, (above, row) in enumerate(pairwise(rows), start=1):
        sound = all(_is_sound(day) for day in (above.last, row.first))
        if sound and row.first != above.last + A_DAY:
            yield _Fault(at, "first", "calendar-days", _between(above, row), _begin(above))


def _is_sound(day: date) -> bool:
    return _YEARS[0] <= day.year <= _YEARS[1]


def _between(above: ListedPeriod, row: ListedPeriod) -> Message:
    """Say how ``row`` does not follow the period ``above``."""
    if row.last < above.first:
        return Message(
            f"{row.label} 在 {above.label} 之前，却排在它后面",
            f"{row.label} lies before {above.label}, but stands after it",
        )
    if row.first <= above.last:
        return Message(
            f"{row.label} 从 {row.first} 开始，与到 {above.last} 为止的 {above.label} 重叠",
            f"{row.label} begins on {row.first} and overlaps {above.label}, which ends on"
            f" {above.last}",
        )
    first, last = above.last + A_DAY, row.first - A_DAY
    return Message(
        f"{first} 至 {last} 不属于任何期间：{above.label} 与 {row.label} 之间有空缺",
        f"{first} to {last} lie in no period: a gap between {above.label} and {row.label}",
    )


def _begin(above: ListedPeriod) -> Message:
    day = above.last + A_DAY
    return Message(
        f"期间按先后排列，一个接一个：这里应从 {day} 开始。",
        f"Periods stand in order, one after the other: this one should begin on {day}.",
    )


def _labels(rows: Rows) -> Iterator[_Fault]:
    """Each label is written as one of its kind, and lies near the days that it names."""
    for at, row in enumerate(rows):
        for name, (pattern, listed) in _LABELS.items():
            label = _label(row, name)
            if label is None:
                continue
            if re.fullmatch(pattern, label, re.ASCII) is None:
                message = Message(
                    f"列 {name} 的“{shown(label)}”不是期间标签",
                    f"'{shown(label)}' in column '{name}' is no label of a period",
                )
                hint = Message(f"可以写：{listed}。", f"Known here: {listed}.")
                yield _Fault(at, name, "calendar-label", message, hint)
            elif not row.first.year - 1 <= int(label[:4]) <= row.last.year + 1:
                message = Message(
                    f"{label} 与它的日期 {row.first} 至 {row.last} 不符",
                    f"{label} does not fit its days, {row.first} to {row.last}",
                )
                yield _Fault(at, name, "calendar-label", message)


def _label(row: ListedPeriod, name: str) -> str | None:
    return row.label if name == "period" else getattr(row, name)


def _is_label(row: ListedPeriod, name: str) -> bool:
    label = _label(row, name)
    return label is not None and re.fullmatch(_LABELS[name][0], label, re.ASCII) is not None


def _sequence(rows: Rows) -> Iterator[_Fault]:
    """Numbers follow each other, a thirteenth lies in its own year, and none comes twice."""
    seen: set[str] = set()
    before: str | None = None
    for at, row in enumerate(rows):
        if not _is_label(row, "period"):
            before = None
            continue
        if row.label in seen:
            message = Message(f"期间 {row.label} 出现了两次", f"the period {row.label} comes twice")
            yield _Fault(at, "period", "calendar-label", message)
        elif is_numbered(row.label):
            if before is not None and row.label != next_label(before):
                yield _follows(at, "period", before, next_label(before), row.label)
            before = row.label
        elif row.year is not None and row.year != row.label[:4]:
            message = Message(
                f"{row.label} 属于 {row.label[:4]} 年，不是 {row.year}",
                f"{row.label} is part of {row.label[:4]}, not of {row.year}",
            )
            yield _Fault(at, "year", "calendar-label", message)
        seen.add(row.label)


def _follows(at: int, name: str, before: str, expected: str, found: str) -> _Fault:
    message = Message(
        f"{before} 之后应为 {expected}，不是 {found}", f"{expected} follows {before}, not {found}"
    )
    return _Fault(at, name, "calendar-label", message)


def _parts(rows: Rows) -> Iterator[_Fault]:
    """Quarters, half years and years follow each other, each in one piece."""
    for name, parts in _PARTS.items():
        before: str | None = None
        labels = ((at, row) for at, row in enumerate(rows) if _is_label(row, name))
        for at, row in labels:
            label = str(_label(row, name))
            if at and _label(rows[at - 1], name) == label:
                continue
            expected = None if before is None else _next_part(before, parts)
            if before is not None and expected is not None and label != expected:
                yield _follows(at, name, before, expected, label)
            before = label


def _next_part(label: str, parts: int) -> str:
    year, number = int(label[:4]), int(label[6:] or 1)
    year, number = (year + 1, 1) if number == parts else (year, number + 1)
    return f"{year:04}{label[4:6]}{number if parts > 1 else ''}"


def _nested(rows: Rows) -> Iterator[_Fault]:
    """The periods of a quarter lie in one half year, and all of these in one year of that name."""
    pairs = (("quarter", "half_year"), ("quarter", "year"), ("half_year", "year"))
    for part, whole in pairs:
        lies_in: dict[str, str | None] = {}
        for at, row in enumerate(rows):
            label, outer = _label(row, part), _label(row, whole)
            if label is None or not _is_label(row, part):
                continue
            first = lies_in.setdefault(label, outer)
            wrong_year = whole == "year" and outer is not None and outer != label[:4]
            if wrong_year and _is_label(row, whole):
                message = Message(
                    f"{label} 属于 {label[:4]} 年，不是 {outer}",
                    f"{label} is part of {label[:4]}, not of {outer}",
                )
                yield _Fault(at, whole, "calendar-label", message)
            elif outer != first:
                names = [each or "—" for each in (first, outer)]
                message = Message(
                    f"{label} 不能一部分在 {names[0]}，一部分在 {names[1]}",
                    f"{label} cannot lie in {names[0]} and in {names[1]}",
                )
                yield _Fault(at, whole, "calendar-label", message)


def _ends(rows: Rows) -> Iterator[_Fault]:
    """Warn of a last year that is not whole: it would be over when the list is."""
    year = rows[-1].year
    count = sum(row.year == year and is_numbered(row.label) for row in rows)
    if year is not None and count < _NUMBERED:
        message = Message(
            f"日历在 {year} 年中途结束：只有 {count} 个期间",
            f"the calendar ends within {year}: it has {count} periods of it",
        )
        hint = Message(
            "长的期间在所列的期间结束时就算结束；请把这一年列全。",
            "A longer period is over when those that are listed for it are: list all of the year.",
        )
        yield _Fault(len(rows) - 1, "period", "calendar-ends", message, hint, "warning")


_RULES: Final = (_days, _labels, _sequence, _parts, _nested, _ends)


def _placed(
    files: Sequence[FactFile], dataset: Dataset, faults: Sequence[_Fault]
) -> tuple[Problem, ...]:
    """Return the problems of ``faults``, each with the place of its cell."""
    errors = [fault for fault in faults if fault.severity == "error"]
    chosen = sorted(errors, key=lambda fault: fault.row) or faults
    collector = Collector(str(dataset.id), _LIMIT)
    described = collector.take(chosen)
    if described:
        rows = locate(files, {fault.row for fault in described})
        collector.add(_problem(fault, rows[fault.row]) for fault in described)
    return collector.result()


def _problem(fault: _Fault, row: Row) -> Problem:
    cell = row.get(fault.column) or row.get("period") or next(iter(row.values()))
    return Problem(cell.where, fault.code, fault.message, fault.hint, fault.severity)
