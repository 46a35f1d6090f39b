"""What is told of a scorecard in one period: lines in their groups, total, how it comes about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site import links
from kpi_site.catalog import Group
from kpi_site.exact import tidy
from kpi_site.members import member_of, part_text, scored_title, with_part
from kpi_site.results import Told
from kpi_site.scoring import (
    LEVELS,
    Level,
    ScoredCard,
    ScoredLine,
    contribution,
    line_level,
    line_series,
    weight_shown,
)
from kpi_site.story.member_order import MOST_MEMBERS
from kpi_site.story.member_totals import SpreadStory, members_head, tell_spread
from kpi_site.story.reading import Reading, missing, read
from kpi_site.story.roles import roles, verdict
from kpi_site.story.standards import (
    arithmetic,
    thresholds_of,
    total_text,
    weight_text,
)
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.story.total_change import TotalWhy, tell_total_why
from kpi_site.wording.dates import format_days, format_period
from kpi_site.wording.judged import points_bounds, points_text
from kpi_site.wording.numbers import format_points


@dataclass(frozen=True, slots=True)
class GroupStory:
    """The title of a group of lines; ``weight`` is that of its lines together."""

    depth: int
    no: str
    title: Said | None
    weight: str
    notes: Said | None


@dataclass(frozen=True, slots=True)
class LineStory:
    """A line: the card (and member) that it is about, its figure, and what that is worth.

    ``title`` is the line's own where it has one; ``called`` what it goes by on its own.
    ``period`` is named where it is not the scorecard's. ``limits`` are the thresholds that
    judge it, and ``bare_limits`` without their unit.
    """

    depth: int
    no: str
    ref: Ref
    title: Said | None
    called: Said | None
    notes: Said | None
    assessed: Said | None
    period: str
    reading: Reading
    level: Level
    limits: str
    bare_limits: str
    weight: str
    points: str
    contribution: str
    counted: bool
    retired: bool
    role: str = ""  # what it does to the total beside its points: deduction, bonus, veto
    taken: str = ""  # the arithmetic over its cycles' points
    struck: bool = False


@dataclass(frozen=True, slots=True)
class MemberStory:
    """A member of a scorecard for each: ``rank`` is "" without a total."""

    ref: Ref
    name: Said | None
    rank: str
    total: TotalStory
    levels: tuple[tuple[Level, int], ...]


@dataclass(frozen=True, slots=True)
class TotalStory:
    """A total in words; ``text`` is "" where there is none. ``missing`` lines have no value.

    ``vetoes`` say which lines struck, and the last of them what the total would have been.
    """

    period: str
    days: str
    text: str
    grade: Said | None
    consequence: Said | None
    provisional: bool
    weight: str
    weight_of_lines: str
    missing: int
    missing_words: str
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScorecardStory:
    """A scorecard in one period. ``levels`` are how many lines stand where, the best first.

    One for each member has no rows, but ``members`` by rank, ``head`` what they are, and
    ``spread`` how their totals lie; a report names the ``first`` of them. ``formula`` is the key
    of the words for how totals come about, ``why`` which lines moved the total.
    """

    ref: Ref
    title: Said | None
    scored: bool
    rows: tuple[GroupStory | LineStory, ...]
    total: TotalStory
    arithmetic: str
    levels: tuple[tuple[Level, int], ...]
    states: frozenset[Told]
    formula: str = ""
    members: tuple[MemberStory, ...] = ()
    head: str = ""
    spread: SpreadStory | None = None
    why: TotalWhy | None = None

    @property
    def first(self) -> tuple[MemberStory, ...]:
        """The members that a report names."""
        return self.members[:MOST_MEMBERS]

    @property
    def more(self) -> int:
        """How many members a report does not name."""
        return len(self.members) - len(self.first)

    @property
    def lines(self) -> tuple[LineStory, ...]:
        """The lines without the titles of their groups."""
        return tuple(row for row in self.rows if isinstance(row, LineStory))


def tell_scorecard(teller: Teller, card: ScoredCard) -> ScorecardStory:
    """Return what is told of ``card``: rows in its order, groups before their lines."""
    own = card.scorecard
    summed = total_text(teller, card, card.unvetoed) if card.struck else total_text(teller, card)
    return ScorecardStory(
        ref=ref_of(teller, card),
        title=teller.said(scored_title(teller.catalog, card.scorecard, card.member)),
        scored=own.scored,
        rows=tuple(_rows(teller, card)),
        total=tell_total(teller, card),
        arithmetic=arithmetic(card, summed),
        levels=line_counts(card),
        states=frozenset(line.told for line in card.lines),
        formula=_formula(card),
        members=tuple(_member(teller, member) for member in card.members),
        head=members_head(teller, card),
        spread=tell_spread(teller, card),
        why=tell_total_why(teller, card),
    )


def ref_of(teller: Teller, card: ScoredCard) -> Ref:
    """Return the reference to a scorecard, or to one member of it: ``appraisal/north``."""
    name = str(card.scorecard.id)
    if card.member is not None:
        name = f"{name}/{links.member(card.member.member)}"
    return Ref(
        "scorecard", name, teller.name(scored_title(teller.catalog, card.scorecard, card.member))
    )


def _member(teller: Teller, card: ScoredCard) -> MemberStory:
    own = card.member
    name = member_of(teller.catalog, card.scorecard, own) if own else card.scorecard.title
    return MemberStory(
        ref=replace(ref_of(teller, card), name=teller.name(name)),
        name=teller.said(name),
        rank="" if card.rank is None else str(card.rank),
        total=tell_total(teller, card),
        levels=line_counts(card),
    )


def _formula(card: ScoredCard) -> str:
    if card.start is not None:
        return "sum_formula_start"
    others = any(line.line.kind in {"deduct", "bonus"} for line in card.lines)
    return "sum_formula_roles" if others else "sum_formula"


def line_counts(card: ScoredCard) -> tuple[tuple[Level, int], ...]:
    """Return how many lines of ``card`` stand where, the best first: cards in use alone."""
    found = [line_level(line) for line in card.lines if line.indicator.in_use]
    return tuple((level, found.count(level)) for level in LEVELS if level in found)


def tell_total(teller: Teller, card: ScoredCard) -> TotalStory:
    """Return the total of a scored period in words."""
    lacking = len(card.missing)
    rule = "missing_as_zero" if card.scorecard.missing == "zero" else "missing_excluded"
    return TotalStory(
        period=format_period(card.period, teller.language),
        days=format_days(card.period, teller.language),
        text=total_text(teller, card),
        grade=teller.said(card.grade.name) if card.grade else None,
        consequence=teller.said(card.grade.consequence) if card.grade else None,
        provisional=card.provisional,
        weight="" if card.start is not None else weight_text(card.weight_counted),
        weight_of_lines="" if card.start is not None else weight_text(weight_shown(card.lines)),
        missing=lacking,
        missing_words=teller.word(rule, lacking) if lacking else "",
        vetoes=tuple(_vetoes(teller, card)),
    )


def _vetoes(teller: Teller, card: ScoredCard) -> Iterator[str]:
    """Yield first which lines struck, and then what the total would have been."""
    for line in card.struck:
        name = teller.name(line.line.title or line.indicator.name)
        if line.line.veto is not None:
            yield teller.word("veto_struck", name, verdict(teller, card.scorecard, line.line.veto))
    if card.struck and card.unvetoed is not None:
        total, grade = total_text(teller, card, card.unvetoed), card.grade_unvetoed
        if grade is None:
            yield teller.word("veto_without_grade", total)
        else:
            yield teller.word("veto_without", total, teller.name(grade.name))


def _rows(teller: Teller, card: ScoredCard) -> Iterator[GroupStory | LineStory]:
    shown: tuple[Group, ...] = ()
    for line in card.lines:
        for depth, group in enumerate(line.groups):
            if shown[: depth + 1] != line.groups[: depth + 1]:
                yield _group(teller, card, group, depth)
        shown = line.groups
        yield _line(teller, card, line)


def _group(teller: Teller, card: ScoredCard, group: Group, depth: int) -> GroupStory:
    """Return a group's row with the sum of its weights."""
    weights = [scored.line.weight or Decimal(0) for scored in card.lines if group in scored.groups]
    return GroupStory(
        depth=depth,
        no=group.no or "",
        title=teller.said(group.title),
        weight=weight_text(sum(weights, Decimal(0))) if card.scorecard.scored else "",
        notes=teller.said(group.notes),
    )


def _line(teller: Teller, card: ScoredCard, scored: ScoredLine) -> LineStory:
    line, indicator = scored.line, scored.indicator
    own = card.member is not None and line.of == card.member  # the page says whose it is
    part = None if own else part_text(teller.catalog, line)
    return LineStory(
        depth=len(scored.groups),
        no=line.no or "",
        ref=teller.card_ref(line.indicator, part),
        title=teller.said(line.title),
        called=teller.said(with_part(line.title or indicator.name, part)),
        notes=teller.said(line.notes),
        assessed=teller.said(line.assessed),
        period=""
        if scored.period == card.period
        else format_period(scored.period, teller.language),
        reading=_reading(teller, scored),
        level=line_level(scored),
        limits=thresholds_of(teller, indicator, scored.threshold),
        bare_limits=thresholds_of(teller, indicator, scored.threshold, with_unit=False),
        weight=weight_text(line.weight),
        points=points_text(scored.points, points_bounds(teller.catalog.site.scoring)),
        contribution=format_points(contribution(card, scored)),
        counted=scored.counted,
        retired=indicator.retired,
        role=roles(teller, card.scorecard, line, indicator),
        taken=_taken(teller, scored),
        struck=scored.struck,
    )


def _taken(teller: Teller, scored: ScoredLine) -> str:
    """Return how the points of a longer period are taken from those of its cycles."""
    if not scored.cycles:
        return ""
    points = [weight_text(tidy(n).quantize(Decimal("0.01"))) for _, n in scored.cycles]
    bounds = points_bounds(teller.catalog.site.scoring)
    if scored.line.take == "points_last":
        last = format_period(scored.cycles[-1][0], teller.language)
        return teller.word("take_last", f"{points[-1]} ({last})")
    earned = points_text(scored.points, bounds)
    return teller.word("take_mean", f"({' + '.join(points)}) ÷ {len(points)} = {earned}")


def _reading(teller: Teller, scored: ScoredLine) -> Reading:
    result = scored.result
    if result is None or not scored.state.has_value:
        return missing(teller, scored.indicator, scored.period, scored.told)
    series = line_series(teller.results, scored.line, scored.period.grain)
    judged = replace(result, threshold=scored.threshold, unjudged=scored.unjudged)
    return read(teller, scored.indicator, judged, series)
