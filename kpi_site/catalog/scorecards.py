"""``content/scorecards/<id>.yml``: trees of lines over indicators (specification.md#scorecard)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from kpi_site.catalog.site import Grade, Text
from kpi_site.catalog.standards import Part, PointStep, Standard
from kpi_site.periods import Grain, Period
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Expression

Kind = Literal["line", "deduct", "bonus", "veto"]
"""What a line does to the total: it is weighed, takes off, adds, or strikes."""


@dataclass(frozen=True, slots=True)
class Deduct:
    """``each`` points off for each unit of the value, at most ``at_most`` of them."""

    where: Location
    each: Decimal
    at_most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bonus:
    """``each`` points more for each unit of the value, at most ``at_most`` of them.

    Without ``each`` it is the line's points themselves, or where nothing judges it, the value.
    """

    where: Location
    each: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """What strikes (a value above or below), and what it makes of the total.

    The total becomes ``total``, is at most ``at_most``, or its grade is no better than ``grade``.
    """

    where: Location
    above: Decimal | None = None
    below: Decimal | None = None
    total: Decimal | None = None
    at_most: Decimal | None = None
    grade: Name | None = None

    def strikes(self, value: Decimal) -> bool:
        """Tell whether ``value`` strikes; one that is just at the bound does not."""
        over = self.above is not None and value > self.above
        return over or (self.below is not None and value < self.below)


@dataclass(frozen=True, slots=True)
class RankGrade:
    """A grade by rank: for the best members up to the share ``best`` of all that are ranked."""

    where: Location
    best: Decimal
    name: Text
    consequence: Text | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a scorecard: an indicator with this scorecard's own weight and standards.

    With ``of``, only that part of the indicator counts. In a scorecard for each member, a
    ``shared`` line is about the whole for all of them. ``take`` makes the points of a longer
    period of those of its cycles; ``cap`` and ``floor`` bound the line's points.
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
    deduct: Deduct | None = None
    bonus: Bonus | None = None
    veto: Veto | None = None
    take: Literal["points_mean", "points_last"] | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    shared: bool = False
    start: Period | None = None
    until: Period | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the line stands on its scorecard on ``day``."""
        begun = self.start is None or self.start.first <= day
        return begun and (self.until is None or day <= self.until.last)

    @property
    def kind(self) -> Kind:
        """What the line does to the total; a weighed line may strike, too."""
        if self.weight is not None:
            return "line"
        if self.deduct is not None:
            return "deduct"
        if self.bonus is not None:
            return "bonus"
        return "line" if self.veto is None else "veto"

    @property
    def earns(self) -> bool:
        """Tell whether the line's worth is the points that a value earns by standards."""
        if self.bonus is not None:
            return self.bonus.each is None
        return self.deduct is None and self.kind == "line"

    @property
    def judges(self) -> bool:
        """Tell whether the line judges by something of its own."""
        return bool(self.thresholds or self.points or self.steps)

    def named(self, names: Mapping[str, str]) -> Line:
        """Return the line with the card's terms by other names in what judges it."""
        return replace(
            self,
            thresholds=tuple(standard.named(names) for standard in self.thresholds),
            points=self.points and self.points.named(names),
            steps=tuple(step.named(names) for step in self.steps),
        )


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
    """``content/scorecards/<id>.yml``.

    With ``for_each``, a dimension, it is computed for every member. ``grades`` are its own,
    best first: by totals, or by rank among the members.
    """

    id: Name
    where: Location
    title: Text
    cycle: Grain
    lines: tuple[Line | Group, ...]
    about: Text | None = None
    assessed: Text | None = None
    owner: Name | None = None  # the department that keeps it; the site's unless told
    scored: bool = False
    missing: Literal["exclude", "zero"] = "exclude"
    start: Decimal | None = None
    for_each: Name | None = None
    grades: tuple[Grade, ...] | tuple[RankGrade, ...] = ()

    @property
    def starts_from(self) -> Decimal | None:
        """The points that a scorecard without weights starts from; None where it has weights."""
        lines = tuple(self.all_lines())
        if any(line.weight is not None for line in lines):
            return None
        if self.start is None and any(line.deduct for line in lines):
            return FULL
        return self.start

    def all_lines(self) -> Iterator[Line]:
        """Yield the lines in order, whatever group they stand in."""
        yield from _lines(self.lines)


FULL = Decimal(100)
"""All weights of a scorecard together; what one without weights starts from."""


def _lines(items: tuple[Line | Group, ...]) -> Iterator[Line]:
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield from _lines(item.lines)
