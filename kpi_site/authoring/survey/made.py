"""A day that is made of a column of years and one of months or quarters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from kpi_site.authoring.survey.column import Seen

_NAME: Final = "period_start"
_PARTS: Final = (  # names, the highest number, and the month that it stands for
    (re.compile(r"(?i)^(month|mon|mth|mm|月|月份)$"), 12, "{0}"),
    (re.compile(r"(?i)^(quarter|qtr|qq?|季|季度)$"), 4, "3 * {0} - 2"),
)


def made_of_parts(
    columns: Sequence[Seen], texts: pl.DataFrame
) -> tuple[list[Seen], tuple[str, str] | None]:
    """Return the columns, and the name and expression of a day that two of them make.

    The column of years is then a whole number. None where there are no two such columns.
    """
    year = next((c for c in columns if c.type == "date" and c.format == "%Y"), None)
    if year is None or any(column.name == _NAME for column in columns):
        return list(columns), None
    for names, most, month in _PARTS:
        for part in columns:
            if part.type == "integer" and names.search(part.name) and _within(texts, part, most):
                number = month.format(column_name(part.name))
                made = f"MAKE_DATE({column_name(year.name)}, {number}, 1)"
                whole = replace(year, type="integer", format=None, notes=())
                return [whole if c is year else c for c in columns], (_NAME, made)
    return list(columns), None


def _within(texts: pl.DataFrame, part: Seen, most: int) -> bool:
    numbers = texts[part.name].cast(pl.Int64, strict=False).drop_nulls()
    return bool(numbers.len()) and bool(numbers.is_between(1, most).all())


def column_name(name: str) -> str:
    """Return a column's name as expressions have it."""
    plain = re.fullmatch(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*", name)
    words = {"year", "quarter", "month", "day"}  # of functions, of which some want brackets
    return name if plain and name.lower() not in words else '"' + name.replace('"', '""') + '"'
