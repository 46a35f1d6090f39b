"""Scorecards: the tree of lines, the total with its arithmetic, the history of totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Group, Line, Scorecard
from kpi_site.charts.small import sparkline
from kpi_site.files import File
from kpi_site.members import part_text
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link, indicator_link
from kpi_site.pages.pictures import markup
from kpi_site.pages.rows import NOTHING
from kpi_site.pages.tables import Mark, level_marks, marks
from kpi_site.pages.template import beside_list, leaf, page
from kpi_site.periods import Period
from kpi_site.scoring import (
    LEVELS,
    Level,
    ScoredCard,
    ScoredLine,
    contribution,
    line_level,
    line_series,
)
from kpi_site.story.reading import Reading, missing, read
from kpi_site.story.standards import (
    arithmetic,
    centre_text,
    threshold_texts,
    total_text,
    weight_text,
)
from kpi_site.story.teller import newest
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import points_bounds, points_text
from kpi_site.wording.numbers import format_points
from kpi_site.wording.words import cycle_word, status_mark, status_words

INDEX: Final = "scorecards/index.md"


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the tree: a group's title, or (with ``reading``) a line."""

    depth: int
    no: str
    title: Markup
    weight: str
    notes: Markup
    link: Link | None = None
    assessed: Markup = NOTHING
    period: str = ""
    reading: Reading | None = None
    level: Level = "none"
    level_mark: str = ""
    level_words: str = ""
    thresholds: str = ""
    points: str = ""
    contribution: str = ""
    counted: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class TotalView:
    """A scorecard's total in one period."""

    period: str
    total: str
    grade: Markup
    consequence: Markup
    provisional: bool
    weight: str
    missing: int


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A scorecard in one period: rows, total, and how the total comes about."""

    rows: tuple[RowView, ...]
    total: TotalView
    arithmetic: str
    has_thresholds: bool
    has_assessed: bool
    marks: tuple[Mark, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A scorecard in a list: its total, or how many lines stand where."""

    link: Link
    assessed: Markup
    cycle: str
    scored: bool
    total: TotalView | None
    spark: Markup
    levels: tuple[tuple[str, str, int], ...]  # (mark, words, lines)


@dataclass(frozen=True, slots=True)
class ListView:
    """The list of scorecards, and what its marks say."""

    scorecards: tuple[SummaryView, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """Everything that a scorecard's page prints."""

    title: Markup
    crumbs: tuple[Link, ...]
    about: Markup
    assessed: Markup
    cycle: str
    scored: bool
    missing_zero: bool
    current: PeriodView | None
    history: tuple[TotalView, ...]
    spark: Markup
    card_file: str


def pages(ctx: Context) -> Iterator[File]:
    """Yield the list of scorecards and a page for each; nothing where there are none."""
    cards = tuple(ctx.catalog.scorecards.values())
    if not cards:
        return
    view = ListView(tuple(summary(ctx, c, INDEX) for c in cards), level_marks(ctx, LEVELS))
    yield page(INDEX, "scorecards.md.j2", ctx.language, view, beside_list(str(ctx.t("scorecards"))))
    for card in cards:
        path = links.scorecard(card.id)
        front = leaf(ctx.name(card.title), card.where.file)
        yield page(path, "scorecard.md.j2", ctx.language, _view(ctx, card, path), front)


def _view(ctx: Context, card: Scorecard, path: str) -> ScorecardView:
    scored = ctx.scores.get(card.id, ())
    current = newest(scored)
    return ScorecardView(
        title=ctx.inline(card.title),
        crumbs=(Link(str(ctx.t("scorecards")), links.url(path, INDEX)),),
        about=ctx.block(card.about),
        assessed=ctx.inline(card.assessed),
        cycle=cycle_word(card.cycle, ctx.language),
        scored=card.scored,
        missing_zero=card.missing == "zero",
        current=period_view(ctx, current, path) if current else None,
        history=tuple(total_view(ctx, s) for s in reversed(scored) if s.total is not None),
        spark=_spark(ctx, card, scored, current),
        card_file=card.where.file,
    )


def _spark(
    ctx: Context, card: Scorecard, scored: Sequence[ScoredCard], until: ScoredCard | None
) -> Markup:
    """Return the small trend of the totals up to the period that is shown."""
    totals = [s.total for s in scored if until and s.period.last <= until.period.last]
    while totals and totals[0] is None:
        totals.pop(0)
    return markup(sparkline(totals, ctx.name(card.title))) if len(totals) > 1 else Markup()


def summary(
    ctx: Context, card: Scorecard, page_path: str, until: ScoredCard | None = None
) -> SummaryView:
    """Return a scorecard for a list, in its newest period or as scored in ``until``."""
    scored = ctx.scores.get(card.id, ())
    current = until or newest(scored)
    levels: dict[Level, int] = {}
    for line in current.lines if current else ():
        found = line_level(line)
        levels[found] = levels.get(found, 0) + 1
    return SummaryView(
        link=Link(ctx.name(card.title), links.url(page_path, links.scorecard(card.id))),
        assessed=ctx.inline(card.assessed),
        cycle=cycle_word(card.cycle, ctx.language),
        scored=card.scored,
        total=total_view(ctx, current) if current else None,
        spark=_spark(ctx, card, scored, current),
        levels=tuple(
            (status_mark(k), status_words(k, ctx.language), levels[k])
            for k in LEVELS
            if k in levels
        ),
    )


def total_view(ctx: Context, card: ScoredCard) -> TotalView:
    """Return the total of a scored period in words."""
    return TotalView(
        period=format_period(card.period, ctx.language),
        total=total_text(ctx, card),
        grade=ctx.inline(card.grade.name) if card.grade else Markup(),
        consequence=ctx.rich(card.grade.consequence) if card.grade else Markup(),
        provisional=card.provisional,
        weight=weight_text(card.weight_counted),
        missing=len(card.missing),
    )


def period_view(ctx: Context, card: ScoredCard, path: str) -> PeriodView:
    """Return the rows of a scored period in the order of the card, groups before lines."""
    rows = tuple(_rows(ctx, card, path))
    return PeriodView(
        rows=rows,
        total=total_view(ctx, card),
        arithmetic=arithmetic(card, total_text(ctx, card)),
        has_thresholds=any(r.thresholds for r in rows),
        has_assessed=any(r.assessed for r in rows),
        marks=marks(ctx, (line.state for line in card.lines)),
        levels=level_marks(ctx, map(line_level, card.lines)),
    )


def _rows(ctx: Context, card: ScoredCard, path: str) -> Iterator[RowView]:
    shown: tuple[Group, ...] = ()
    for line in card.lines:
        for depth, group in enumerate(line.groups):
            if shown[: depth + 1] != line.groups[: depth + 1]:
                yield _group(ctx, card, group, depth)
        shown = line.groups
        yield _line(ctx, card, line, path)


def _group(ctx: Context, card: ScoredCard, group: Group, depth: int) -> RowView:
    """Return a group's row with the sum of its weights."""
    weights = [scored.line.weight or Decimal(0) for scored in card.lines if group in scored.groups]
    return RowView(
        depth=depth,
        no=group.no or "",
        title=ctx.inline(group.title),
        weight=weight_text(sum(weights, Decimal(0))) if card.scorecard.scored else "",
        notes=ctx.rich(group.notes),
    )


def _line(ctx: Context, card: ScoredCard, scored: ScoredLine, path: str) -> RowView:
    line = scored.line
    found = line_level(scored)
    return RowView(
        depth=len(scored.groups),
        no=line.no or "",
        title=_title(ctx, line),
        weight=weight_text(line.weight),
        notes=ctx.rich(line.notes),
        link=indicator_link(ctx, path, line.indicator, part_text(ctx.catalog, line)),
        assessed=ctx.inline(line.assessed),
        period=_own_period(ctx, card, scored.period),
        reading=_reading(ctx, scored),
        level=found,
        level_mark=status_mark(found),
        level_words=status_words(found, ctx.language),
        thresholds=_thresholds(ctx, scored),
        points=points_text(scored.points, points_bounds(ctx.catalog.site.scoring)),
        contribution=format_points(contribution(card, scored)),
        counted=scored.counted,
        retired=scored.indicator.retired,
    )


def _title(ctx: Context, line: Line) -> Markup:
    """Return the line's own title, where it is not simply the card's name."""
    return ctx.inline(line.title)


def _own_period(ctx: Context, card: ScoredCard, period: Period) -> str:
    """Return the line's period, where it is not the scorecard's."""
    return "" if period == card.period else format_period(period, ctx.language)


def _reading(ctx: Context, scored: ScoredLine) -> Reading:
    result = scored.result
    if result is None or not scored.state.has_value:
        return missing(ctx, scored.indicator, scored.period, scored.state)
    series = line_series(ctx.results, scored.line, scored.period.grain)
    judged = replace(result, threshold=scored.threshold, unjudged=scored.unjudged)
    return read(ctx, scored.indicator, judged, series)


def _thresholds(ctx: Context, scored: ScoredLine) -> str:
    """Return baseline, target and challenge as far as they are given: ``90% / 95% / 98%``."""
    if scored.threshold is None:
        return ""
    texts = [t for t in threshold_texts(ctx, scored.indicator, scored.threshold) if t]
    return centre_text(ctx, scored.indicator) + " / ".join(texts) if texts else ""
