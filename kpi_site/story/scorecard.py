"""What is told of a scorecard in one period: lines in their groups, total, how it comes about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site.catalog import Group
from kpi_site.members import part_text, with_part
from kpi_site.results import State, to_same_day
from kpi_site.scoring import (
    LEVELS,
    Level,
    ScoredCard,
    ScoredLine,
    Tone,
    contribution,
    line_level,
    line_series,
    score_period,
    weight_shown,
)
from kpi_site.story.reading import Reading, missing, read
from kpi_site.story.standards import (
    arithmetic,
    thresholds_of,
    total_text,
    weight_text,
)
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import points_bounds, points_text
from kpi_site.wording.numbers import format_number, format_points


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


@dataclass(frozen=True, slots=True)
class TotalStory:
    """A total in words; ``text`` is "" where there is none. ``missing`` lines have no value."""

    period: str
    text: str
    grade: Said | None
    consequence: Said | None
    provisional: bool
    weight: str
    weight_of_lines: str
    missing: int
    missing_words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A total against that of the period before, in points."""

    text: str
    arrow: str
    tone: Tone
    basis: str = ""  # "to the same day", where a running period is compared with the same part


@dataclass(frozen=True, slots=True)
class ScorecardStory:
    """A scorecard in one period. ``levels`` are how many lines stand where, the best first."""

    ref: Ref
    title: Said | None
    scored: bool
    rows: tuple[GroupStory | LineStory, ...]
    total: TotalStory
    arithmetic: str
    levels: tuple[tuple[Level, int], ...]
    states: frozenset[State]

    @property
    def lines(self) -> tuple[LineStory, ...]:
        """The lines without the titles of their groups."""
        return tuple(row for row in self.rows if isinstance(row, LineStory))


def tell_scorecard(teller: Teller, card: ScoredCard) -> ScorecardStory:
    """Return what is told of ``card``: rows in its order, groups before their lines."""
    own = card.scorecard
    return ScorecardStory(
        ref=Ref("scorecard", str(own.id), teller.name(own.title)),
        title=teller.said(own.title),
        scored=own.scored,
        rows=tuple(_rows(teller, card)),
        total=tell_total(teller, card),
        arithmetic=arithmetic(card, total_text(teller, card)),
        levels=line_counts(card),
        states=frozenset(line.state for line in card.lines),
    )


def line_counts(card: ScoredCard) -> tuple[tuple[Level, int], ...]:
    """Return how many lines of ``card`` stand where, the best first."""
    found = [line_level(line) for line in card.lines]
    return tuple((level, found.count(level)) for level in LEVELS if level in found)


def tell_total(teller: Teller, card: ScoredCard) -> TotalStory:
    """Return the total of a scored period in words."""
    lacking = len(card.missing)
    rule = "missing_as_zero" if card.scorecard.missing == "zero" else "missing_excluded"
    return TotalStory(
        period=format_period(card.period, teller.language),
        text=total_text(teller, card),
        grade=teller.said(card.grade.name) if card.grade else None,
        consequence=teller.said(card.grade.consequence) if card.grade else None,
        provisional=card.provisional,
        weight=weight_text(card.weight_counted),
        weight_of_lines=weight_text(weight_shown(card.lines)),
        missing=lacking,
        missing_words=teller.word(rule, lacking) if lacking else "",
    )


def tell_change(teller: Teller, card: ScoredCard) -> Change | None:
    """Return how the total moved from the period before; like for like in a running one."""
    lines = (line_series(teller.results, x.line, card.period.grain) for x in card.lines)
    running = any(series is not None and series.to_same_day(card.period) for series in lines)
    new, old = card.total, _before(teller, card, running=running)
    basis = teller.word("same_day") if running else ""
    if new is None or old is None:
        return None
    text = format_number(new - old, 1, signed=True)
    if text.startswith("±"):
        return Change(text, "→", "even", basis)
    return Change(text, "↑", "good", basis) if new > old else Change(text, "↓", "bad", basis)


def _before(teller: Teller, card: ScoredCard, *, running: bool) -> Decimal | None:
    """Return the total of the period before, if there is one; up to the same day if ``running``."""
    own = card.scorecard
    earlier = teller.catalog.site.calendar.previous(card.period)
    if running:
        return score_period(teller.catalog, to_same_day(teller.results), own, earlier).total
    known = (s for s in teller.scores.get(own.id, ()) if s.period == earlier)
    found = next(known, None) or score_period(teller.catalog, teller.results, own, earlier)
    return found.total


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
    part = part_text(teller.catalog, line)
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
    )


def _reading(teller: Teller, scored: ScoredLine) -> Reading:
    result = scored.result
    if result is None or not scored.state.has_value:
        return missing(teller, scored.indicator, scored.period, scored.state)
    series = line_series(teller.results, scored.line, scored.period.grain)
    judged = replace(result, threshold=scored.threshold, unjudged=scored.unjudged)
    return read(teller, scored.indicator, judged, series)
