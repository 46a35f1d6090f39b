"""Facts on days that the company's own calendar does not list: they would count nowhere.

Rules: specification.md#own-calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from kpi_site.catalog import BalanceTerm, Catalog, RowTerm
from kpi_site.periods import Calendar, Grain, ListedCalendar
from kpi_site.problems import Location, Message, Problem
from kpi_site.schema import data_terms
from kpi_site.tables.collector import Collector
from kpi_site.tables.files import fact_file, locate
from kpi_site.tables.model import Table
from kpi_site.tables.sources import sources_of

_LIMIT = 50  # problems that are described, of each dataset
_ROW = "\0row"  # no column has such a name
_FREE = {Grain.DAY, Grain.WEEK}  # the same in every calendar


def check_days(catalog: Catalog, tables: Mapping[str, Table]) -> tuple[Problem, ...]:
    """Return a problem for each row that a card counts by a day outside of a listed calendar.

    A balance may stand before the first period: it opens it. Stocks live from any day on.
    """
    calendar = catalog.site.calendar
    if not isinstance(calendar, ListedCalendar):
        return ()
    found: list[Problem] = []
    for (dataset, column), first in sorted(_times(catalog, calendar).items()):
        if dataset in tables:
            found += _beyond(catalog, tables[dataset], column, first, calendar)
    return tuple(found)


def _times(catalog: Catalog, calendar: Calendar) -> dict[tuple[str, str], date]:
    """Return the columns that put rows into periods, and the first day that each may name."""
    found: dict[tuple[str, str], date] = {}
    for card in catalog.indicators.values():
        if _FREE.issuperset(card.grains):
            continue
        for term in data_terms(card):
            column = None
            if isinstance(term, RowTerm | BalanceTerm) and term.dataset in catalog.datasets:
                column = term.time or catalog.datasets[term.dataset].time
            if column is not None:
                first = calendar.first if isinstance(term, RowTerm) else date.min
                key = (str(term.dataset), str(column))
                found[key] = max(first, found.get(key, date.min))
    return found


def _beyond(
    catalog: Catalog, table: Table, column: str, first: date, calendar: Calendar
) -> Iterator[Problem]:
    own = column == table.dataset.time
    ends = (table.first, table.last) if own else (None, None)
    if table.pushed is not None:
        ends = table.pushed.days.get(column, (first, first))
    if all(end is not None and first <= end <= calendar.last for end in ends):
        return
    if table.pushed is not None:  # the rows stay in their database
        outer = next(end for end in ends if end and not first <= end <= calendar.last)
        yield _problem(table.dataset.where, outer, calendar)
        return
    day = pl.col(column).cast(pl.Date)
    rows = pl.scan_parquet(table.parquet, glob=False).select(day.alias(column))
    outside = rows.with_row_index(_ROW).filter((day < first) | (day > calendar.last)).collect()
    collector = Collector(str(table.dataset.id), _LIMIT)
    described = collector.take(outside.rows())
    if described:
        sources, _ = sources_of(catalog.site.root, table.dataset)
        zone = catalog.site.timezone
        files = [fact_file(source, table.dataset, zone) for source in sources]
        cells = locate(files, {number for number, _ in described})
        for number, found in described:
            cell = cells[number].get(column) or next(iter(cells[number].values()))
            collector.add([_problem(cell.where, found, calendar)])
    yield from collector.result()


def _problem(where: Location, day: date, calendar: Calendar) -> Problem:
    message = Message(
        f"{day} 不属于公司日历里的任何期间", f"{day} lies in no period of the company's calendar"
    )
    hint = Message(
        f"日历从 {calendar.first} 到 {calendar.last}；请更正日期，或在日历里补上期间。",
        f"It runs from {calendar.first} to {calendar.last}: mend the date, or list more periods.",
    )
    return Problem(where, "beyond-calendar", message, hint)
