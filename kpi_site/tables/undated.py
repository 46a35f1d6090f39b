"""Rows without a date belong to no period: they are told, and never dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_site.catalog import Dataset
from kpi_site.problems import Location, Problem, problem
from kpi_site.sql.nodes import columns
from kpi_site.tables.batch import Cell, Row

UNDATED_SHOWN = 5  # places that are told; the rest is counted


def time_cell(row: Row, dataset: Dataset) -> Cell:
    """Return the cell of the row's time, or of the first column from which it is derived."""
    made = next((d.value.node for d in dataset.derived if d.name == dataset.time), None)
    names = [str(dataset.time)] if made is None else [column.name for column in columns(made)]
    names = [name for name in names if name in row] or [str(dataset.fields[0].name)]
    return row[names[0]]


def undated(dataset: Dataset, places: Sequence[Location], rows: int) -> Problem:
    """Return the problem of all rows without a time, at the first of ``places``."""
    more = "" if rows <= len(places) else ", …"
    lines = ", ".join(_line(place, places[0]) for place in places) + more
    of = "line" if rows == 1 else "lines"
    return problem(
        places[0],
        "undated-rows",
        zh=f"{rows} 行的时间列 {dataset.time} 是空的，不属于任何期间（行：{lines}）",
        en=f"{_count(rows, str(dataset.time))} to no period ({of} {lines})",
        hint_zh="请补上日期；若这些行本就不该计入，请在数据集写 undated: ignore。",
        hint_en="Give them a date, or write undated: ignore in the dataset, to leave them out.",
    )


def _line(place: Location, first: Location) -> str:
    return str(place.line) if place.file == first.file else f"{place.file}:{place.line}"


def _count(rows: int, time: str) -> str:
    if rows == 1:
        return f"a row has no '{time}' and belongs"
    return f"{rows:,} rows have no '{time}' and belong"
