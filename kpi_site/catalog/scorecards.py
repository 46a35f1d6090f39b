"""``content/scorecards/<id>.yml``: trees of lines over indicators (specification.md#scorecard)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kpi_site.catalog.site import Text
from kpi_site.catalog.standards import Part, PointStep, Standard
from kpi_site.periods import Grain
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Expression


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a scorecard: an indicator with this scorecard's own weight and standards.

    With ``of``, only that part of the indicator counts.
    """

    where: Location
    indicator: Name
    no: str | None = None
    title: Text | None = None
    weight: Decimal | None = None
    cycle: Grain | None = None
    assessed: Text | None = None
    source: Text | None = None
    notes: Text | None = None
    thresholds: tuple[Standard, ...] = ()
    of: Part | None = None
    points: Expression | None = None
    steps: tuple[PointStep, ...] = ()

    @property
    def judges(self) -> bool:
        """Tell whether the line judges by something of its own."""
        return bool(self.thresholds or self.points or self.steps)


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of lines."""

    where: Location
    title: Text
    lines: tuple[Line | Group, ...]
    no: str | None = None
    notes: Text | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """``content/scorecards/<id>.yml``."""

    id: Name
    where: Location
    title: Text
    cycle: Grain
    lines: tuple[Line | Group, ...]
    about: Text | None = None
    assessed: Text | None = None
    scored: bool = False
    missing: Literal["exclude", "zero"] = "exclude"

    def all_lines(self) -> Iterator[Line]:
        """Yield the lines in order, whatever group they stand in."""
        yield from _lines(self.lines)


def _lines(items: tuple[Line | Group, ...]) -> Iterator[Line]:
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield from _lines(item.lines)
