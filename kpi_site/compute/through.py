"""How far the facts reach: the last day that counts, and each dataset's coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from kpi_site.catalog import Catalog, Dataset, DataTerm, StockTerm
from kpi_site.compute.spans import Coverage
from kpi_site.engine.atoms import Partial
from kpi_site.engine.cube import WHOLE, CubeRequest, RowSource
from kpi_site.engine.seam import Answers
from kpi_site.periods import Calendar, Grain
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

_ROWS = Partial("count", None, None)
_WHOLE_PERIODS = (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK)


def settle_through(catalog: Catalog, tables: Mapping[str, Table], today: date) -> Catalog:
    """Return ``catalog`` with ``data_through`` filled in where ``site.yml`` leaves it out.

    The default is the last day of the last month that is over, as of the latest fact that
    does not lie after ``today`` (specification.md#data-through); without any fact, as of ``today``.
    A fact of a dataset with one date a year, quarter, month or week stands for all of its period,
    once that is over. Cards have the status that they have on that day.
    """
    if catalog.site.data_through is not None:
        return catalog.through(catalog.site.data_through)
    calendar = catalog.site.calendar
    own = {catalog.site.periods, catalog.site.holidays}  # they list days, and no facts
    facts = [table for name, table in tables.items() if name not in own]
    found = [(_latest(table, today), table) for table in facts]
    latest = max((day for day, _ in found if day), default=today)
    last = [table for day, table in found if day == latest]
    if last and None not in (rhythms := [rhythm(table, calendar) for table in last]):
        shortest = min((g for g in rhythms if g), key=lambda grain: grain.rank)
        whole = calendar.containing(latest, shortest)
        latest = whole.last if whole is not None and whole.last <= today else latest
    return catalog.through(_last_closed(latest, calendar))


def _last_closed(day: date, calendar: Calendar) -> date:
    """Return the last day of the last month that is over on ``day``."""
    month = calendar.containing(day, Grain.MONTH)
    if month is None:
        return min(day, calendar.last)
    return day if day == month.last else month.first - timedelta(days=1)


def rhythm(table: Table, calendar: Calendar) -> Grain | None:
    """Return of which kind of period the dataset has one date each; None if of none.

    The dates are all first days of their period, or all last days, of periods that follow each
    other: at least two years, or three quarters, months or weeks.
    """
    if table.dataset.time is None or table.first is None or table.last is None:
        return None
    ends = (table.first, table.last)
    able = [g for g in _WHOLE_PERIODS if _aligned(ends, g, calendar)]
    if not able or table.first == table.last:
        return None
    days = _days(table)
    for grain in able:
        periods = calendar.range(days[0], days[-1], grain)
        least = 2 if grain is Grain.YEAR else 3
        if len(days) == len(periods) >= least and _aligned(days, grain, calendar):
            return grain
    return None


def _aligned(days: Sequence[date], grain: Grain, calendar: Calendar) -> bool:
    """Tell whether all days are the first of their periods, or all the last."""
    periods = [calendar.containing(day, grain) for day in days]
    pairs = [(day, p) for day, p in zip(days, periods, strict=True) if p is not None]
    if len(pairs) < len(days):
        return False
    return all(day == p.first for day, p in pairs) or all(day == p.last for day, p in pairs)


def _latest(table: Table, today: date) -> date | None:
    """Return the last day with a row up to ``today``: plans lie ahead and close no month."""
    if table.last is None or table.last <= today:
        return table.last
    return max((day for day in _days(table) if day <= today), default=None)


def _days(table: Table) -> list[date]:
    """Return the days that have rows, in order."""
    return [date.fromisoformat(day) for day in sorted(table.days)]


def first_day(term: DataTerm, dataset: Dataset, tables: Mapping[str, Table]) -> date | None:
    """Return the first day on which the term's dataset has facts.

    By the dataset's own time (specification.md#coverage); where it has none, by the column
    that the term counts its rows by.
    """
    if dataset.time is not None:
        return tables[dataset.id].first
    column = str(term.since if isinstance(term, StockTerm) else term.time)
    if (pushed := tables[dataset.id].pushed) is not None:
        return pushed.days[column][0] if column in pushed.days else None
    found = scan(tables, dataset.id, [column]).select(column).min().collect().item()
    return found if found is None or type(found) is date else found.date()


def expect_request(
    dataset: Dataset, cuts: tuple[date, ...], calendar: Calendar
) -> CubeRequest | None:
    """Return the request that counts the rows which the dataset promises, if it does.

    ``cuts`` are those of the terms, so that one pass over the rows serves both.
    """
    source = _expect_source(dataset, cuts, calendar)
    return None if source is None else CubeRequest(source, (_ROWS,), ())


def _expect_source(
    dataset: Dataset, cuts: tuple[date, ...], calendar: Calendar
) -> RowSource | None:
    if dataset.expect is None or dataset.time is None:
        return None
    if not (dataset.expect.every.months and calendar.plain):
        return RowSource(dataset.id, dataset.time, "day")
    return RowSource(dataset.id, dataset.time, "month", cuts=cuts)


def coverage(
    dataset: Dataset,
    first: date | None,
    through: date,
    answers: Answers,
    calendar: Calendar,
    cuts: tuple[date, ...],
) -> Coverage:
    """Return from when ``dataset`` has facts, and its rows in each unit that it promises."""
    if first is None or first > through:
        return Coverage(None)
    source = _expect_source(dataset, cuts, calendar)
    if source is None or dataset.expect is None:
        return Coverage(first)
    units = calendar.range(first, through, dataset.expect.every)
    spans = [(source.number(u.first), source.number(u.last)) for u in units]
    grid = answers.grids[source, WHOLE]
    counts = grid.fold("", _ROWS, grid.clip(spans))
    rows = {unit.first: count or 0 for unit, count in zip(units, counts, strict=True)}
    return Coverage(first, dataset.expect, rows)
