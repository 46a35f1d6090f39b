"""What cards and scorecard lines are judged by: thresholds with grain and member, points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site.periods import Grain, Period
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Expression

Limit = Decimal | Expression
"""A threshold as it is declared: a number, or arithmetic over the card's terms."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a dimension: the part of an indicator that a line, or a standard, is about."""

    dimension: Name
    member: Name


@dataclass(frozen=True, slots=True)
class Threshold:
    """Baseline, target and challenge that one figure is judged by."""

    baseline: Decimal | None = None
    target: Decimal | None = None
    challenge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """Thresholds as a card or a line declares them, and what they hold for.

    ``start`` is the period from which they hold (None = always), ``grain`` the one grain and
    ``of`` the one member that they are declared for. With ``per_cycle`` a longer period is
    judged by the sum of its cycles' thresholds.
    """

    where: Location
    start: Period | None = None
    baseline: Limit | None = None
    target: Limit | None = None
    challenge: Limit | None = None
    grain: Grain | None = None
    of: Part | None = None
    per_cycle: bool = False

    @property
    def limits(self) -> tuple[Limit | None, Limit | None, Limit | None]:
        """Baseline, target and challenge, the easiest first."""
        return self.baseline, self.target, self.challenge

    @property
    def fixed(self) -> Threshold:
        """The thresholds that are numbers."""
        return Threshold(*(n if isinstance(n, Decimal) else None for n in self.limits))

    @property
    def numbers(self) -> bool:
        """Tell whether any of its thresholds is a number, which holds for one grain only."""
        return any(isinstance(limit, Decimal) for limit in self.limits)

    def named(self, names: Mapping[str, str]) -> Standard:
        """Return the same with terms by other names, where ``names`` has them."""
        baseline, target, challenge = (_named(limit, names) for limit in self.limits)
        return replace(self, baseline=baseline, target=target, challenge=challenge)


@dataclass(frozen=True, slots=True)
class PointStep:
    """A range of values and its points: from ``start`` up, or up to ``upto``."""

    where: Location
    points: Limit
    start: Limit | None = None
    upto: Limit | None = None

    def named(self, names: Mapping[str, str]) -> PointStep:
        """Return the same with terms by other names, where ``names`` has them."""
        points = _named(self.points, names)
        assert points is not None
        start, upto = _named(self.start, names), _named(self.upto, names)
        return replace(self, points=points, start=start, upto=upto)


def judged_by(
    standards: Iterable[Standard], points: Expression | None, steps: Iterable[PointStep]
) -> Iterator[Expression]:
    """Yield all that is arithmetic in what judges: thresholds, the rule for points, its steps."""
    limits = [limit for standard in standards for limit in standard.limits]
    limits += [points, *(part for s in steps for part in (s.start, s.upto, s.points))]
    yield from (limit for limit in limits if isinstance(limit, Expression))


def _named(limit: Limit | None, names: Mapping[str, str]) -> Limit | None:
    return limit.named(names) if isinstance(limit, Expression) else limit
