"""Facts that stop, thin out or have a hole, by the rhythm that they have had so far.

Rules: specification.md#steady.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Final

from kpi_site.catalog import Catalog, Dataset
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.problems import Location, Message, Name, Problem
from kpi_site.tables.model import Table

# periods that make a rhythm
_LEAST: Final = {Grain.WEEK: 12, Grain.MONTH: 6, Grain.QUARTER: 4, Grain.YEAR: 3}
_MANY: Final = 10  # usual rows of a period; with fewer one may be empty by chance
_YEAR: Final = 12  # periods that are looked at, and of which one in so many may be empty
_BEFORE: Final = 6  # periods that make a number of rows usual
_DAYS: Final = 30  # different days that make a longest silence


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """The periods that are over, from that of the first row on, with their rows."""

    dataset: Dataset
    units: tuple[Period, ...]
    rows: tuple[int, ...]
    runs: bool  # whether the period that is not over has rows


def unsteady_facts(catalog: Catalog, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Warn of datasets that end before ``data_through``, have a hole, or far fewer rows."""
    site, through = catalog.site, catalog.site.data_through
    for name, table in tables.items():
        dated = table.dataset.time is not None and table.first is not None
        if not dated or through is None or name in {site.periods, site.holidays}:
            continue
        days = sorted((date.fromisoformat(day), count) for day, count in table.days.items())
        known = [(day, count) for day, count in days if day <= through]
        if known:
            yield from _told(table.dataset, known, through, site.calendar)


def _told(
    dataset: Dataset, days: list[tuple[date, int]], through: date, calendar: Calendar
) -> Iterator[Problem]:
    rhythm = _rhythm(dataset, days, through, calendar)
    found = tuple(_by_periods(rhythm, days[-1][0])) if rhythm else ()
    yield from found or _silent(dataset, days, through)


def rhythm_of(
    days: Sequence[tuple[date, int]], through: date, calendar: Calendar
) -> tuple[Grain, tuple[int, ...]] | None:
    """Return the shortest kind of period that regularly has rows, and the rows of each over.

    ``days`` are the rows of each day, in order. Regularly: at most one of twelve is empty, and
    the others have the same number of rows, or usually ten and more. Weeks only where none has
    rows on two days: daily facts may well lack a week of holidays. None without such a kind.
    """
    for grain, least in _LEAST.items():
        if len(days) < least or (grain is Grain.WEEK and not _once_a_week(days)):
            continue
        units, rows, _ = _counted(days, through, calendar, grain)
        filled = [count for count in rows if count]
        holes = sum(not count for count in _without_end(rows))
        alike = len(set(filled)) == 1 or bool(filled and median(filled) >= _MANY)
        if len(filled) >= least and holes * _YEAR <= len(units) and alike:
            return grain, rows
    return None


def _once_a_week(days: Sequence[tuple[date, int]]) -> bool:
    weeks = [day.isocalendar()[:2] for day, _ in days]
    return len(set(weeks)) == len(weeks)


def _without_end(rows: tuple[int, ...]) -> tuple[int, ...]:
    """Return ``rows`` up to the last that are some: what ends was regular until then."""
    last = max((i for i, count in enumerate(rows) if count), default=-1)
    return rows[: last + 1]


def _rhythm(
    dataset: Dataset, days: list[tuple[date, int]], through: date, calendar: Calendar
) -> _Rhythm | None:
    if dataset.expect is not None:
        grain = dataset.expect.every
    else:
        own = rhythm_of(days, through, calendar)
        if own is None:
            return None
        grain = own[0]
    return _Rhythm(dataset, *_counted(days, through, calendar, grain))


def _counted(
    days: Sequence[tuple[date, int]], through: date, calendar: Calendar, grain: Grain
) -> tuple[tuple[Period, ...], tuple[int, ...], bool]:
    """Return the periods that are over, their rows, and whether the one that runs has any."""
    if calendar.containing(days[0][0], grain) is None:
        return (), (), False
    units = [p for p in calendar.range(days[0][0], through, grain) if p.last <= through]
    rows, at = [0] * len(units), 0
    for day, count in days:
        while at < len(units) and units[at].last < day:
            at += 1
        if at < len(units) and units[at].first <= day:
            rows[at] += count
    return tuple(units), tuple(rows), bool(units) and days[-1][0] > units[-1].last


def _by_periods(rhythm: _Rhythm, last: date) -> Iterator[Problem]:
    rows = _without_end(rhythm.rows)
    ended = rhythm.units[len(rows) :]
    if ended and rows and not rhythm.runs:
        yield _ends(rhythm.dataset, last, ended)
    holes = [u for u, n in zip(rhythm.units, rows, strict=False) if not n]
    holes += list(ended) if rhythm.runs else []
    recent = [u for u in holes if u in rhythm.units[-_YEAR:]]
    if recent:
        yield _holes(rhythm.dataset, recent)
    if rows and not ended:
        yield from _few(rhythm, rows)


def _few(rhythm: _Rhythm, rows: tuple[int, ...]) -> Iterator[Problem]:
    """Warn where the newest period has fewer than half the usual rows, or than are expected."""
    expect, now = rhythm.dataset.expect, rows[-1]
    if expect is not None and expect.min_rows > 1:
        if now < expect.min_rows:
            yield _fewer(rhythm, now, expect.min_rows)
        return
    before = [count for count in rows[-1 - _YEAR : -1] if count]
    usual = median(before) if len(before) >= _BEFORE else 0
    if usual >= _MANY and 2 * now < usual:
        yield _fewer(rhythm, now, round(usual))


def _silent(dataset: Dataset, days: list[tuple[date, int]], through: date) -> Iterator[Problem]:
    """Warn of a silence up to ``through`` more than twice as long as any before."""
    gaps = [(second[0] - first[0]).days for first, second in pairwise(days)]
    silence = (through - days[-1][0]).days
    if len(days) >= _DAYS and silence > 2 * max(gaps):
        yield Problem(
            _place(dataset),
            "facts-end",
            Message(
                f"数据集“{dataset.id}”最后一行是{days[-1][0]}的，到{through}有 {silence} 天"
                f"没有数据，此前最长只有 {max(gaps)} 天",
                f"the last row of '{dataset.id}' is of {days[-1][0]}: {silence} days without any "
                f"up to {through}, and never more than {max(gaps)} before",
            ),
            _HINT,
            severity="warning",
        )


_HINT: Final = Message(
    "请补上数据，或核对 data_through；本来就这样的，用 expect 写明多久该有数据。",
    "Hand in the rows, or check data_through; if it is meant so, say with 'expect' how often "
    "there are rows.",
)


def _place(dataset: Dataset) -> Location:
    return dataset.time.where if isinstance(dataset.time, Name) else dataset.where


def _ends(dataset: Dataset, last: date, ended: Sequence[Period]) -> Problem:
    listed = _listed(ended)
    return Problem(
        _place(dataset),
        "facts-end",
        Message(
            f"数据集“{dataset.id}”最后一行是{last}的，此后没有数据：{listed}",
            f"the last row of '{dataset.id}' is of {last}; there is none in {listed}",
        ),
        _HINT,
        severity="warning",
    )


def _holes(dataset: Dataset, holes: Sequence[Period]) -> Problem:
    listed = _listed(holes)
    return Problem(
        _place(dataset),
        "facts-missing",
        Message(
            f"数据集“{dataset.id}”在这些期间没有一行：{listed}",
            f"'{dataset.id}' has no row in {listed}",
        ),
        _HINT,
        severity="warning",
    )


def _fewer(rhythm: _Rhythm, now: int, usual: int) -> Problem:
    dataset, unit = rhythm.dataset, rhythm.units[-1]
    rows = "row" if now == 1 else "rows"
    return Problem(
        _place(dataset),
        "facts-few",
        Message(
            f"数据集“{dataset.id}”在{unit}只有 {now} 行，通常有 {usual} 行",
            f"'{dataset.id}' has {now} {rows} in {unit}, where {usual} are usual",
        ),
        Message(
            "请核对是否交齐；够了的，把足够的行数写进 expect 的 min_rows。",
            "Check that all were handed in; if they are enough, write how many are under "
            "'expect' as 'min_rows'.",
        ),
        severity="warning",
    )


def _listed(periods: Sequence[Period]) -> str:
    shown = ", ".join(str(period) for period in periods[:6])
    return shown + (" …" if len(periods) > 6 else "")
