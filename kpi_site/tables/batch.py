"""What every reader of files hands over: rows as text, and the places of their cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import polars as pl

from kpi_site.catalog import Dataset, Field
from kpi_site.problems import Location, Problem
from kpi_site.tables.numerals import of_values


class Cell(NamedTuple):
    """A cell as it stands in its file. ``label`` is a sheet's name for it, such as ``C7``."""

    where: Location
    text: str
    label: str = ""


Row = Mapping[str, Cell]  # by column name


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, in order.

    ``texts`` has the declared columns as String, null where a cell is empty. Where ``iso`` is
    set, the file had typed days: they are written in ISO, whatever the declared format.
    The columns ``values`` had typed numbers: they are written plainly, whatever is declared.
    ``rows(indices)`` finds the cells of single rows and may be slow: it reads the file's text
    again. ``problems`` are the faults of records that did not become rows. ``totals`` are the
    rows of totals that stood among them. With ``nulls`` a null is missing, whatever texts are
    declared to be so. Without ``blank`` no cell is an empty text: all that are empty are null.
    """

    texts: pl.DataFrame
    rows: Callable[[Collection[int]], Mapping[int, Row]]
    problems: tuple[Problem, ...] = ()
    iso: bool = False
    values: frozenset[str] = frozenset()
    totals: Batch | None = None
    nulls: bool = False
    blank: bool = True

    def fields(self, dataset: Dataset) -> tuple[Field, ...]:
        """Return the declared columns as these texts are to be read."""
        found = dataset.fields
        if self.iso:
            found = tuple(replace(field, format=None) for field in found)
        return tuple(of_values(f) if f.name in self.values else f for f in found)
