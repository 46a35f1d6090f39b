"""Scorecards: the tree of lines, the total with its arithmetic, the history of totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Scorecard, Text
from kpi_site.charts.small import sparkline
from kpi_site.files import File
from kpi_site.members import scored_title
from kpi_site.pages.context import Context
from kpi_site.pages.heat import HeatMap
from kpi_site.pages.member_totals import totals_map
from kpi_site.pages.parts import Link, link_to
from kpi_site.pages.pictures import markup
from kpi_site.pages.rows import NOTHING
from kpi_site.pages.tables import Counts, Mark, level_marks, linked_levels, marks, nowhere
from kpi_site.pages.template import leaf, page
from kpi_site.pages.why import TotalWhyView, total_why_view
from kpi_site.scoring import (
    Level,
    ScoredCard,
)
from kpi_site.story.line_history import LineCell, LinesStory, tell_lines
from kpi_site.story.member_totals import SpreadStory, tell_member_totals, tell_spread
from kpi_site.story.reading import Reading
from kpi_site.story.scorecard import (
    GroupStory,
    LineStory,
    MemberStory,
    ScorecardStory,
    TotalStory,
    line_counts,
    tell_scorecard,
    tell_total,
)
from kpi_site.story.teller import newest
from kpi_site.story.total_change import tell_total_why
from kpi_site.wording.words import cycle_word, status_mark, status_words

INDEX: Final = "scorecards/index.md"
_MOST_REASONS: Final = 12


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
    role: str = ""
    taken: str = ""
    struck: bool = False
    anchor: Markup = NOTHING  # of the first line at each level: what its count leads to


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a scorecard for each, in its ranking."""

    link: Link
    rank: str
    total: TotalView
    levels: Counts


@dataclass(frozen=True, slots=True)
class TotalView:
    """A scorecard's total in one period; ``vetoes`` say what settled it, in sentences."""

    period: str
    days: str
    total: str
    grade: Markup
    consequence: Markup
    provisional: bool
    weight: str
    missing: int
    vetoes: tuple[str, ...] = ()
    rank: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A scorecard in one period: rows or members, total, and how the total comes about."""

    rows: tuple[RowView, ...]
    members: tuple[MemberView, ...]
    head: str
    spread: SpreadStory | None
    total: TotalView
    formula: str
    arithmetic: str
    has_thresholds: bool
    has_assessed: bool
    marks: tuple[Mark, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A scorecard in a list: its total or those of its members, or how many lines stand where."""

    link: Link
    assessed: Markup
    cycle: str
    scored: bool
    total: TotalView | None
    spread: SpreadStory | None
    spark: Markup
    levels: Counts
    ranking: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class ListView:
    """The list of scorecards, and what its marks say."""

    scorecards: tuple[SummaryView, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class EarlierView:
    """The lines over the last periods: each with its link, and (mark, words, cell) by period."""

    periods: tuple[str, ...]
    rows: tuple[tuple[Link, str, tuple[tuple[str, str, LineCell], ...]], ...]


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
    why: TotalWhyView | None
    earlier: EarlierView | None
    history: tuple[TotalView, ...]
    totals: HeatMap | None
    more: int
    spark: Markup
    card_file: str


def pages(ctx: Context, name: str) -> Iterator[File]:
    """Yield the page of a scorecard, and of one for each member theirs."""
    card = ctx.catalog.scorecards[name]
    scored = ctx.scores.get(name, ())
    yield from _page(ctx, card, links.scorecard(card.id), scored)
    for own in _by_member(scored):
        yield from _page(ctx, card, links.scored(own[-1].key), own)


def _page(ctx: Context, card: Scorecard, path: str, scored: Sequence[ScoredCard]) -> Iterator[File]:
    """Yield the page of a scorecard, or of one member, and the specs of its charts.

    ``scored`` is its every period.
    """
    member = scored[-1].member if scored else None
    title = scored_title(ctx.catalog, card, member)
    front = leaf(ctx.name(title), card.where.file)
    view = _view(ctx, card, path, tuple(scored), title)
    yield page(path, "scorecard.md.j2", ctx.language, view, front)
    if view.why is not None:
        yield view.why.chart.file


def _by_member(scored: Sequence[ScoredCard]) -> Iterator[tuple[ScoredCard, ...]]:
    """Yield each member in every period, the oldest first."""
    found: dict[str, list[ScoredCard]] = {}
    for each in (member for card in scored for member in card.members):
        found.setdefault(each.key, []).append(each)
    yield from map(tuple, found.values())


def _view(
    ctx: Context, card: Scorecard, path: str, scored: tuple[ScoredCard, ...], title: Text
) -> ScorecardView:
    current = newest(scored)
    crumbs = [Link(str(ctx.t("scorecards")), links.url(path, INDEX))]
    if current is not None and current.member is not None:
        crumbs.append(Link(ctx.name(card.title), links.url(path, links.scorecard(card.id))))
    over_time = tell_member_totals(ctx, scored, current) if current else None
    told = tell_scorecard(ctx, current) if current else None
    return ScorecardView(
        title=ctx.inline(title),
        crumbs=tuple(crumbs),
        about=ctx.block(card.about),
        assessed=ctx.inline(card.assessed),
        cycle=cycle_word(card.cycle, ctx.language),
        scored=card.scored,
        missing_zero=card.missing == "zero",
        current=period_view(ctx, told, path) if told else None,
        why=total_why_view(ctx, current.key, ctx.name(title), told.why, path)
        if current and told
        else None,
        earlier=_earlier(ctx, tell_lines(ctx, scored, current), path),
        history=_history(ctx, scored),
        totals=totals_map(ctx, over_time, ctx.name(title)) if over_time else None,
        more=over_time.more if over_time else 0,
        spark=_spark(ctx, card, scored, current),
        card_file=card.where.file,
    )


def _earlier(ctx: Context, told: LinesStory | None, path: str) -> EarlierView | None:
    if told is None:
        return None
    return EarlierView(
        told.periods,
        tuple(
            (
                link_to(path, row.ref),
                row.no,
                tuple(
                    (status_mark(c.level), status_words(c.level, ctx.language), c)
                    for c in row.cells
                ),
            )
            for row in told.rows
        ),
    )


def _history(ctx: Context, scored: Sequence[ScoredCard]) -> tuple[TotalView, ...]:
    """Return the totals, the newest first; of a year's periods with which lines moved them."""
    found: list[TotalView] = []
    for card in reversed([s for s in scored if s.total is not None]):
        why = tell_total_why(ctx, card) if len(found) < _MOST_REASONS else None
        sentence = why.sentence if why else ""
        view = total_view(ctx, tell_total(ctx, card))
        found.append(replace(view, rank=_rank(card), why=sentence))
    return tuple(found)


def _rank(card: ScoredCard) -> str:
    return "" if card.rank is None else str(card.rank)


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
    return SummaryView(
        link=Link(ctx.name(card.title), links.url(page_path, links.scorecard(card.id))),
        assessed=ctx.inline(card.assessed),
        cycle=cycle_word(card.cycle, ctx.language),
        scored=card.scored,
        total=total_view(ctx, tell_total(ctx, current)) if current else None,
        spread=tell_spread(ctx, current) if current else None,
        spark=_spark(ctx, card, scored, current),
        levels=linked_levels(
            ctx, line_counts(current), first_line(page_path, links.scored(current.key))
        )
        if current
        else (),
        ranking=links.url(page_path, f"{links.scorecard(card.id)}#ranking"),
    )


def first_line(page_path: str, path: str) -> Callable[[Level], Markup]:
    """Return where the first line at a level stands on the scorecard's page at ``path``."""
    return lambda level: links.url(page_path, f"{path}#lines-{level}")


def total_view(ctx: Context, told: TotalStory) -> TotalView:
    """Return the total of a scored period as it is shown."""
    return TotalView(
        period=told.period,
        days=told.days,
        total=told.text,
        grade=ctx.inline(told.grade),
        consequence=ctx.rich(told.consequence),
        provisional=told.provisional,
        weight=told.weight,
        missing=told.missing,
        vetoes=told.vetoes,
    )


def period_view(
    ctx: Context, told: ScorecardStory, path: str, anchors: str = "lines", *, living: bool = True
) -> PeriodView:
    """Return a scorecard in a period as it is shown on the page at ``path``.

    ``anchors`` begin those of its lines. What is not ``living`` stays as it is, and its counts
    lead to no page that does not.
    """
    rows = _anchored((_row(ctx, row, path) for row in told.rows), anchors)
    return PeriodView(
        rows=rows,
        members=tuple(_member(ctx, m, path, living=living) for m in told.members),
        head=told.head,
        spread=told.spread,
        total=total_view(ctx, told.total),
        formula=told.formula,
        arithmetic=told.arithmetic,
        has_thresholds=any(r.thresholds for r in rows),
        has_assessed=any(r.assessed for r in rows),
        marks=marks(ctx, told.states),
        levels=level_marks(ctx, (level for level, _ in told.levels)),
    )


def _anchored(rows: Iterable[RowView], anchors: str) -> tuple[RowView, ...]:
    """Give the first line at each level an anchor."""
    found: dict[Level, None] = {}
    shown = []
    for row in rows:
        first = row.reading is not None and row.level not in found
        found.update({row.level: None} if first else {})
        anchor = links.anchor(f"{anchors}-{row.level}") if first else NOTHING
        shown.append(replace(row, anchor=anchor))
    return tuple(shown)


def _member(ctx: Context, told: MemberStory, path: str, *, living: bool) -> MemberView:
    lines = first_line(path, links.scorecard(told.ref.id)) if living else nowhere
    return MemberView(
        link=link_to(path, told.ref),
        rank=told.rank,
        total=total_view(ctx, told.total),
        levels=linked_levels(ctx, told.levels, lines),
    )


def _row(ctx: Context, row: GroupStory | LineStory, path: str) -> RowView:
    title, notes = ctx.inline(row.title), ctx.rich(row.notes)
    if isinstance(row, GroupStory):
        return RowView(row.depth, row.no, title, row.weight, notes)
    return RowView(
        depth=row.depth,
        no=row.no,
        title=title,
        weight=row.weight,
        notes=notes,
        link=link_to(path, row.ref),
        assessed=ctx.inline(row.assessed),
        period=row.period,
        reading=row.reading,
        level=row.level,
        level_mark=status_mark(row.level),
        level_words=status_words(row.level, ctx.language),
        thresholds=row.limits,
        points=row.points,
        contribution=row.contribution,
        counted=row.counted,
        retired=row.retired,
        role=row.role,
        taken=row.taken,
        struck=row.struck,
    )
