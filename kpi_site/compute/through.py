"""How far the facts reach: the last day that counts, and each dataset's coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from kpi_site.catalog import Catalog, Dataset, DataTerm, StockTerm
from kpi_site.compute.spans import Coverage
from kpi_site.engine.atoms import Partial
from kpi_site.engine.cube import WHOLE, CubeRequest, Source
from kpi_site.engine.polars_engine import Answers
from kpi_site.periods import Calendar, Grain
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

_ROWS = Partial("count", None, None)


def settle_through(catalog: Catalog, tables: Mapping[str, Table], today: date) -> Catalog:
    """Return ``catalog`` with ``data_through`` filled in where ``site.yml`` leaves it out.

    The default is the last day of the last month that is over, as of the latest fact that
    does not lie after ``today`` (specification.md#data-through); without any fact, as of ``today``.
    """
    if catalog.site.data_through is not None:
        return catalog
    found = (_latest(tables, table, today) for table in tables.values())
    latest = max((day for day in found if day), default=today)
    month = catalog.site.calendar.containing(latest, Grain.MONTH)
    closed = latest if latest == month.last else month.first - timedelta(days=1)
    return replace(catalog, site=replace(catalog.site, data_through=closed))


def _latest(tables: Mapping[str, Table], table: Table, today: date) -> date | None:
    """Return the last day with a row up to ``today``: plans lie ahead and close no month."""
    if table.last is None or table.last <= today:
        return table.last
    time = str(table.dataset.time)
    day = pl.col(time).cast(pl.Date)
    rows = scan(tables, table.dataset.id, [time]).select(day.filter(day <= today).max())
    found: date | None = rows.collect().item()
    return found


def first_day(term: DataTerm, dataset: Dataset, tables: Mapping[str, Table]) -> date | None:
    """Return the first day on which the term's dataset has facts.

    By the dataset's own time (specification.md#coverage); where it has none, by the column
    that the term counts its rows by.
    """
    if dataset.time is not None:
        return tables[dataset.id].first
    column = str(term.since if isinstance(term, StockTerm) else term.time)
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


def _expect_source(dataset: Dataset, cuts: tuple[date, ...], calendar: Calendar) -> Source | None:
    if dataset.expect is None or dataset.time is None:
        return None
    if dataset.expect.every is Grain.DAY or not calendar.plain:
        return Source(dataset.id, dataset.time, "day")
    return Source(dataset.id, dataset.time, "month", cuts=cuts)


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
