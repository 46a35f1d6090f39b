"""Rows that are grouped by SQL: by segment or span, and by it and each dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from kpi_site.engine.cube_sql import member_name
from kpi_site.engine.facts_sql import Session
from kpi_site.sql.kinds import DOUBLE, SqlType, polars_type
from kpi_site.sql.printing.dialect import Dialect

Counted = tuple[int, int | None, str, int | float | None]
"""Index of the span, position of the dimension (None: the whole), member, and the value."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A SELECT of the columns i, d0 …, v: segment or span, dimensions, and a value, never NULL."""

    session: Session
    dialect: Dialect
    select: str
    kind: SqlType  # of v
    dimensions: Sequence[SqlType]

    @property
    def valued(self) -> str:
        """The rows with x, the value as a double."""
        return f"SELECT q.*, {self.dialect.cast('q.v', DOUBLE)} AS x FROM ({self.select}) AS q"

    def counted(
        self, items: Sequence[str], *more: str, apart: bool = False
    ) -> Iterator[tuple[int | None, pl.DataFrame]]:
        """Yield ``items`` by i (and ``more``): of the whole (None), and of each dimension.

        With its member (d), and what that is called (m). Groupings that are asked for ``apart``
        take more passes over the rows, and less memory.
        """
        dims = [f"d{n}" for n in range(len(self.dimensions))]
        positions = (None, *range(len(dims)))
        keys = [("i", *more, *(() if n is None else (dims[n],))) for n in positions]
        source = f"FROM ({self.valued}) AS r GROUP BY"
        if apart or not dims:
            for position, own in zip(positions, keys, strict=True):
                by = ", ".join(own)
                found = self.session.query(f"SELECT {', '.join((*own, *items))} {source} {by}")
                yield position, self._named(found, position)
            return
        flags = [f"GROUPING({dim}) AS g{n}" for n, dim in enumerate(dims)]
        sets = ", ".join(f"({', '.join(own)})" for own in keys)
        query = ", ".join(("i", *dims, *flags, *items))
        found = self.session.query(f"SELECT {query} {source} GROUPING SETS ({sets})")
        for position in positions:
            held = [pl.col(f"g{n}") == (0 if n == position else 1) for n in range(len(dims))]
            yield position, self._named(found.filter(held), position)

    def _named(self, found: pl.DataFrame, position: int | None) -> pl.DataFrame:
        if position is None:
            return found.with_columns(d=pl.lit(""), m=pl.lit(""))
        column, kind = f"d{position}", polars_type(self.dimensions[position])
        return found.with_columns(d=column, m=member_name(column, found, kind))
