"""What is told of the data behind a report: which datasets are complete, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from kpi_site.catalog import Dataset
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import State, Told
from kpi_site.story.reading import Now
from kpi_site.story.report_scope import Scope, last_day
from kpi_site.story.teller import Ref, Said, Teller, datasets_of
from kpi_site.tables.model import Table
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import TOLD, state_mark, state_words

Kind = Literal["complete", "short", "none", "not_due", "free"]
_NAMED: Final = 12  # indicators named for each state


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows of a dataset in a period, against what it promises.

    ``short`` of the ``units`` (months, quarters …) that ended in the period have fewer rows
    than promised; None where nothing can be told by the month.
    """

    rows: int
    units: int
    short: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class DatasetStory:
    """A dataset behind a report, and how it covers the period."""

    ref: Ref
    title: Said | None
    owner: str
    source: Said | None
    rows: str
    coverage: str
    kind: Kind
    broken: str
    newest: str

    @property
    def lacking(self) -> bool:
        """Tell whether rows are missing."""
        return self.kind in {"short", "none"}


@dataclass(frozen=True, slots=True)
class StateStory:
    """How many figures of the period are in a state, and the first of them (not of good ones)."""

    mark: str
    words: str
    count: int
    first: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class QualityStory:
    """How far the figures can be trusted.

    ``lacking`` are the figures that are not final; ``datasets`` all that are behind the
    report, those with faults first; ``complete`` of the ``due`` ones have all of their rows.
    """

    figures: int
    states: tuple[StateStory, ...]
    lacking: tuple[Now, ...]
    due: int
    complete: int
    datasets: tuple[DatasetStory, ...]

    @property
    def faults(self) -> tuple[DatasetStory, ...]:
        """The datasets that lack rows, or have rows that break a rule."""
        return tuple(d for d in self.datasets if d.lacking or d.broken)


def tell_quality(scope: Scope) -> QualityStory:
    """Return what to know of the data behind the report."""
    datasets = _datasets(scope)
    due = [d for d in datasets if d.kind in {"complete", "short", "none"}]
    return QualityStory(
        figures=len(scope.own),
        states=_states(scope),
        lacking=tuple(n for n in scope.own if n.result.state is not State.OK),
        due=len(due),
        complete=sum(d.kind == "complete" for d in due),
        datasets=datasets,
    )


def _datasets(scope: Scope) -> tuple[DatasetStory, ...]:
    used = {d for n in scope.stands.values() for d in datasets_of(n.indicator)}
    found = (
        _dataset(scope, dataset, scope.teller.tables[name])
        for name, dataset in scope.teller.catalog.datasets.items()
        if name in used and name in scope.teller.tables
    )
    order = ("none", "short", "complete", "not_due", "free")
    return tuple(sorted(found, key=lambda d: (order.index(d.kind), not d.broken)))


def _dataset(scope: Scope, dataset: Dataset, table: Table) -> DatasetStory:
    teller, period = scope.teller, scope.report.period
    calendar = teller.catalog.site.calendar
    known = covered(table, period, last_day(teller, scope.report), calendar)
    broken = sum(rule.rows for rule in table.broken_rules) if table.told else 0
    silent = not table.told and known.kind in {"short", "complete"}
    if silent:  # either would tell a bound for the rows
        known = replace(known, kind="free")
    return DatasetStory(
        ref=Ref("dataset", str(dataset.id), teller.name(dataset.title)),
        title=teller.said(dataset.title),
        owner=teller.department(dataset.owner) if dataset.owner else "",
        source=teller.said(dataset.source),
        rows=format_count(known.rows, teller.language) if dataset.time and table.told else "",
        coverage="" if silent else _coverage_words(teller, dataset, known),
        kind=known.kind,
        broken=format_count(broken, teller.language) if broken else "",
        newest=_newest_day(teller, table, period, known.kind),
    )


def _newest_day(teller: Teller, table: Table, period: Period, kind: Kind) -> str:
    """Return the newest day of facts that do not reach the last month (or unit) of the period."""
    usual = min(period.grain, Grain.MONTH, key=lambda grain: grain.rank)
    grain = table.dataset.expect.every if table.dataset.expect else usual
    if table.last is None or kind == "not_due":
        return ""
    unit = teller.catalog.site.calendar.containing(period.last, grain) or period
    return format_date(table.last, teller.language) if table.last < unit.first else ""


def covered(table: Table, period: Period, through: date, calendar: Calendar) -> Coverage:
    """Return how the rows of ``table`` cover ``period``, up to the day ``through``.

    A unit of ``expect`` counts where it ends within the period, so a quarter's dataset is due
    in the last month of the quarter.
    """
    rows = _rows(table, period)
    expect = table.dataset.expect
    if expect is None or expect.every is Grain.DAY or table.dataset.time is None:
        return Coverage(rows, 0, 0, "free")
    ended = [
        unit
        for unit in calendar.range(period.first, period.last, expect.every)
        if unit.last <= min(period.last, through)
        and (table.first is None or unit.last >= table.first)
    ]
    counts = [_rows(table, unit) for unit in ended]
    short = sum(count < expect.min_rows for count in counts)
    if not ended:
        return Coverage(rows, 0, 0, "not_due")
    if not any(counts):
        return Coverage(rows, len(ended), short, "none")
    return Coverage(rows, len(ended), short, "short" if short else "complete")


def _rows(table: Table, period: Period) -> int:
    first, last = period.first.isoformat(), period.last.isoformat()
    return sum(count for day, count in table.days.items() if first <= day <= last)


def _coverage_words(teller: Teller, dataset: Dataset, known: Coverage) -> str:
    """Return how complete a dataset is, in words."""
    if known.kind == "short" and dataset.expect is not None:
        units = teller.word(f"grains.{dataset.expect.every.value}")
        return teller.word("coverage.short", known.short, known.units, units)
    return teller.word(f"coverage.{known.kind}")


def _states(scope: Scope) -> tuple[StateStory, ...]:
    """Return the figures by state in fixed order; those that are good are only counted."""
    found_as: dict[Told, list[Now]] = {}
    for n in scope.own:
        found_as.setdefault(n.result.told, []).append(n)
    teller = scope.teller
    return tuple(
        StateStory(
            mark=state_mark(told),
            words=state_words(told, teller.language),
            count=len(found),
            first=()
            if told is State.OK
            else tuple(teller.card_ref(n.indicator.id) for n in found[:_NAMED]),
        )
        for told in TOLD
        if (found := found_as.get(told))
    )
