"""What a report says of its data: which datasets are complete, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Dataset
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.pages.report_scope import Scope, last_day
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import State
from kpi_site.story.reading import Now
from kpi_site.story.teller import datasets_of
from kpi_site.tables.model import Table
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import state_mark, state_words

Kind = Literal["complete", "short", "none", "not_due", "free"]


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
class DatasetLine:
    """A dataset in the tables of a report."""

    link: Link
    owner: str
    rows: str
    coverage: Markup
    kind: Kind
    broken: str
    newest: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many figures of the period are in a state, and which (not of the good ones)."""

    mark: str
    words: str
    count: int
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class QualityView:
    """Data quality in the article: figures by state, and the datasets to look at."""

    states: tuple[StateCount, ...]
    due: int
    complete: int
    faults: tuple[DatasetLine, ...]


def quality(scope: Scope) -> QualityView:
    """Return what to know of the data behind the report."""
    lines = dataset_lines(scope)
    due = [x for x in lines if x.kind in {"complete", "short", "none"}]
    return QualityView(
        states=_states(scope, scope.own),
        due=len(due),
        complete=sum(x.kind == "complete" for x in due),
        faults=tuple(x for x in lines if x.kind in {"short", "none"} or x.broken),
    )


def dataset_lines(scope: Scope) -> tuple[DatasetLine, ...]:
    """Return the datasets behind the report's indicators, those with faults first."""
    used = {d for n in scope.stands.values() for d in datasets_of(n.indicator)}
    found = (
        _line(scope, dataset, scope.ctx.tables[name])
        for name, dataset in scope.ctx.catalog.datasets.items()
        if name in used and name in scope.ctx.tables
    )
    order = ("none", "short", "complete", "not_due", "free")
    return tuple(sorted(found, key=lambda x: (order.index(x.kind), not x.broken)))


def _line(scope: Scope, dataset: Dataset, table: Table) -> DatasetLine:
    ctx = scope.ctx
    calendar = ctx.catalog.site.calendar
    known = covered(table, scope.report.period, last_day(ctx, scope.report), calendar)
    broken = sum(rule.rows for rule in table.broken_rules)
    return DatasetLine(
        link=Link(ctx.name(dataset.title), links.url(scope.path, links.dataset(dataset.id))),
        owner=ctx.department(dataset.owner) if dataset.owner else "",
        rows=format_count(known.rows, ctx.language) if dataset.time else "",
        coverage=coverage_words(ctx, dataset, known),
        kind=known.kind,
        broken=format_count(broken, ctx.language) if broken else "",
        newest=newest_day(ctx, table, scope.report.period, known.kind),
    )


def newest_day(ctx: Context, table: Table, period: Period, kind: Kind) -> str:
    """Return the newest day of facts that do not reach the last month (or unit) of the period."""
    grain = table.dataset.expect.every if table.dataset.expect else Grain.MONTH
    if table.last is None or kind == "not_due":
        return ""
    late = table.last < ctx.catalog.site.calendar.containing(period.last, grain).first
    return format_date(table.last, ctx.language) if late else ""


def covered(table: Table, period: Period, through: date, calendar: Calendar) -> Coverage:
    """Return how the rows of ``table`` cover ``period``, up to the day ``through``.

    A unit of ``expect`` counts where it ends within the period, so a quarter's dataset is due
    in the last month of the quarter.
    """
    rows = _rows(table, period, calendar)
    expect = table.dataset.expect
    if expect is None or expect.every is Grain.DAY or table.dataset.time is None:
        return Coverage(rows, 0, 0, "free")
    ended = [
        unit
        for unit in calendar.range(period.first, period.last, expect.every)
        if unit.last <= min(period.last, through)
        and (table.first is None or unit.last >= table.first)
    ]
    counts = [_rows(table, unit, calendar) for unit in ended]
    short = sum(count < expect.min_rows for count in counts)
    if not ended:
        return Coverage(rows, 0, 0, "not_due")
    if not any(counts):
        return Coverage(rows, len(ended), short, "none")
    return Coverage(rows, len(ended), short, "short" if short else "complete")


def _rows(table: Table, period: Period, calendar: Calendar) -> int:
    months = calendar.range(period.first, period.last, Grain.MONTH)
    return sum(table.months.get(month.label, 0) for month in months)


def coverage_words(ctx: Context, dataset: Dataset, known: Coverage) -> Markup:
    """Return how complete a dataset is, in words."""
    if known.kind == "short" and dataset.expect is not None:
        units = ctx.t(f"grains.{dataset.expect.every.value}")
        return ctx.t("coverage.short", known.short, known.units, units)
    return ctx.t(f"coverage.{known.kind}")


def _states(scope: Scope, stands: Iterable[Now]) -> tuple[StateCount, ...]:
    """Return the figures by state in fixed order; those that are good are only counted."""
    by_state: dict[State, list[Now]] = {}
    for n in stands:
        by_state.setdefault(n.result.state, []).append(n)
    language = scope.ctx.language
    return tuple(
        StateCount(
            mark=state_mark(state),
            words=state_words(state, language),
            count=len(by_state[state]),
            links=()
            if state is State.OK
            else tuple(scope.link(n.indicator) for n in by_state[state][:_NAMED]),
        )
        for state in State
        if state in by_state
    )


_NAMED = 12  # indicators named for each state
