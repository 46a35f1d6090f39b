"""Scorecards as they were scored: lines, totals, members."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Grade, Group, Indicator, Line, Part, RankGrade, Scorecard, Threshold
from kpi_site.periods import Period
from kpi_site.results import Result, State, Told, Unjudged


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line of a scorecard in one period.

    ``period`` is the line's own (a yearly line of a half-yearly scorecard has a year).
    ``counted`` tells whether the line is part of the total; ``points`` is None without a
    value or thresholds, and 0 where a missing value, which would be judged, counts as zero.
    The line of a retired card shows its figure, and neither counts nor is judged.

    ``worth`` are the points before they are tidied, which the total is made of. ``effect`` is
    what a deduction takes off (negative) or a bonus adds. ``cycles`` are the points that those of
    a longer period were taken of. ``struck`` tells that its veto strikes, ``settled`` by how much
    it moved the total.
    """

    line: Line
    groups: tuple[Group, ...]
    indicator: Indicator
    period: Period
    result: Result | None
    state: State
    threshold: Threshold | None
    points: Decimal | None
    counted: bool
    unjudged: Unjudged | None = None
    worth: Decimal | None = None
    effect: Decimal | None = None
    cycles: tuple[tuple[Period, Decimal], ...] = ()
    struck: bool = False
    settled: Decimal | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from the scorecard's other lines, in every period."""
        line = self.line
        return line.where, str(line.indicator), line.no, line.of

    @property
    def value(self) -> Decimal | None:
        """The value, where there is one."""
        return self.result.value if self.result is not None and self.state.has_value else None

    @property
    def told(self) -> Told:
        """What readers are told of it."""
        own = self.result is not None and self.result.state is self.state
        return self.result.told if own and self.result is not None else self.state


@dataclass(frozen=True, slots=True)
class ScoredCard:
    """A scorecard in one period.

    ``total`` = Σ weight × points / ``weight_counted`` (without weights: the points that it starts
    from) less deductions and with bonuses, at least 0, unless a veto settles it: ``unvetoed`` is
    what it would have been, with the grade ``grade_unvetoed``.

    One for each member has no lines and no total of its own, but ``members``, ordered by rank: of
    those each has its ``member``, and with a total its ``rank``.
    """

    scorecard: Scorecard
    period: Period
    lines: tuple[ScoredLine, ...]
    total: Decimal | None
    weight_counted: Decimal
    grade: Grade | RankGrade | None
    provisional: bool
    start: Decimal | None = None
    unvetoed: Decimal | None = None
    grade_unvetoed: Grade | RankGrade | None = None
    member: Part | None = None
    rank: int | None = None
    members: tuple[ScoredCard, ...] = ()

    @property
    def missing(self) -> tuple[ScoredLine, ...]:
        """The lines that have no value in this period, but for those of retired cards."""
        return tuple(
            line for line in self.lines if not (line.state.has_value or line.indicator.retired)
        )

    @property
    def struck(self) -> tuple[ScoredLine, ...]:
        """The lines whose veto strikes."""
        return tuple(line for line in self.lines if line.struck)

    @property
    def key(self) -> str:
        """Its name among what has a total: the scorecard's id, and ``id/member`` for a member."""
        own = str(self.scorecard.id)
        return own if self.member is None else f"{own}/{self.member.member}"

    @property
    def state(self) -> State:
        """The state of the total."""
        if self.total is None:
            return State.NO_DATA
        return State.PROVISIONAL if self.provisional else State.OK

    @property
    def each(self) -> tuple[ScoredCard, ...]:
        """What has lines and a total: the members, or the scorecard itself."""
        of_members = self.scorecard.for_each is not None and self.member is None
        return self.members if of_members else (self,)
