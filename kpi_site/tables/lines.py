"""A line of a CSV file or a row of a sheet, as a declared layout reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kpi_site.catalog import Field
from kpi_site.problems import Problem
from kpi_site.tables.batch import Cell


class Line(Protocol):
    """A line of a file or a row of a sheet; ``number`` is the file's own."""

    @property
    def number(self) -> int:
        """Its number in the file, from 1."""

    @property
    def size(self) -> int:
        """How many cells it has."""

    def text(self, index: int, declared: Field | None) -> str:
        """Return a cell as text for the column; "" where it is empty or there is none."""

    def cell(self, index: int, text: str) -> Cell:
        """Return the place of a cell, said to hold ``text``."""

    def faults(self, header: Sequence[str]) -> tuple[Problem, ...]:
        """Return what keeps it from being a row."""


def is_blank(line: Line) -> bool:
    """Tell whether every cell of a line is empty, or blanks."""
    return not any(line.text(index, None).strip() for index in range(line.size))
