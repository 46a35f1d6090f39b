"""Folded cubes as running totals, so that any span of buckets is one subtraction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import polars as pl

from kpi_site.engine.atoms import Partial
from kpi_site.engine.cube import BUCKET, MEMBER, partial_name

Column = list[int | None]
GridPart = tuple[int, str]  # a column, and the kind of its partial


@dataclass(frozen=True, slots=True)
class Grid:
    """One rolled-up cube: (bucket, member) rows of partials, by member.

    ``first`` and ``last`` are the outermost buckets that have rows (0 and -1 without any).
    """

    first: int
    last: int
    slots: dict[Partial, int]
    buckets: list[int]
    columns: list[Column]
    rows_of: dict[str, range]
    _totals: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def members(self, rows: Partial) -> Iterator[str]:
        """Yield the members of which ``rows`` counts any, by name."""
        slot = self.slots[rows]
        return (name for name in self.rows_of if self._running(name, slot)[-1])

    def changes(self, member: str) -> set[int]:
        """Return the buckets in which ``member`` has rows."""
        return {self.buckets[row] for row in self.rows_of.get(member, range(0))}

    def clip(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return spans of buckets (first, last; both included) as positions for `fold`."""
        low, high = self.first, self.last + 1
        return [
            (min(max(first, low), high) - low, min(max(last + 1, low), high) - low)
            for first, last in spans
        ]

    def fold(
        self, member: str, partial: Partial, clipped: Sequence[tuple[int, int]]
    ) -> Sequence[int | None]:
        """Return ``partial`` folded over each of the spans that `clip` made."""
        part = self.part(partial)
        assert part is not None
        return self.fold_part(member, part, clipped)

    def part(self, partial: Partial) -> GridPart | None:
        """Return the column of ``partial`` and its kind, None where the cube has none of it.

        To ask for a partial by its name costs more than to fold it.
        """
        slot = self.slots.get(partial)
        return None if slot is None else (slot, partial.kind)

    def fold_part(
        self, member: str, part: GridPart, clipped: Sequence[tuple[int, int]]
    ) -> Sequence[int | None]:
        """Return what `fold` does of a partial that was looked up."""
        slot, kind = part
        if kind in {"min", "max"}:
            return self._extremes(member, part, clipped)
        totals = self._running(member, slot)
        return [totals[end] - totals[start] for start, end in clipped]

    def _running(self, member: str, slot: int) -> list[int]:
        """Return totals of the buckets before each bucket, one more than there are buckets."""
        known = self._totals.get((member, slot))
        if known is None:
            dense = [0] * max(self.last - self.first + 1, 0)
            column = self.columns[slot]
            for row in self.rows_of.get(member, range(0)):
                dense[self.buckets[row] - self.first] += column[row] or 0
            known = [0, *accumulate(dense)]
            self._totals[member, slot] = known
        return known

    def _extremes(
        self, member: str, part: GridPart, clipped: Sequence[tuple[int, int]]
    ) -> list[int | None]:
        column = self.columns[part[0]]
        choose = min if part[1] == "min" else max
        rows = self.rows_of.get(member, range(0))
        at = [(self.buckets[r] - self.first, v) for r in rows if (v := column[r]) is not None]
        return [
            choose((v for position, v in at if start <= position < end), default=None)
            for start, end in clipped
        ]


def make_grid(frame: pl.DataFrame, partials: Sequence[Partial]) -> Grid:
    """Make a grid of a frame that `roll_up` made, its columns as ``partials``."""
    buckets = frame[BUCKET].to_list()
    starts = (
        frame.with_row_index("row")
        .group_by(MEMBER, maintain_order=True)
        .agg(pl.col("row").first(), pl.len().alias("rows"))
    )
    return Grid(
        first=min(buckets, default=0),
        last=max(buckets, default=-1),
        slots={partial: i for i, partial in enumerate(partials)},
        buckets=buckets,
        columns=[frame[partial_name(i)].to_list() for i in range(len(partials))],
        rows_of={name: range(row, row + rows) for name, row, rows in starts.iter_rows()},
    )
