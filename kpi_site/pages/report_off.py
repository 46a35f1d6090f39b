"""What a report says of everything off target: the figure, the comment, the actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Indicator, Line, Text
from kpi_site.members import part_text
from kpi_site.pages.parts import ActionView, Link, action_views, indicator_link
from kpi_site.pages.report_scope import Scope
from kpi_site.reporting import lines_below_baseline, owed_comments
from kpi_site.results import Result
from kpi_site.scoring import judged_result, level_of, line_series, shortfall
from kpi_site.story.reading import Reading, read
from kpi_site.story.standards import target_text

_SHORT: Final = 12  # above baseline, below target: shown without comment or action
_FEW: Final = 8  # below baseline; with more of them, fewer of the others are shown


@dataclass(frozen=True, slots=True)
class OffTarget:
    """An indicator off its target. ``owed`` tells that it lacks a comment that it must have.

    ``standard_of`` is the scorecard by whose own thresholds it is judged, if not the card's.
    """

    link: Link
    reading: Reading
    wanted: str
    standard_of: Link | None
    comment: Markup
    owed: bool
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class OffTargets:
    """Everything off target, the farthest first."""

    below: tuple[OffTarget, ...]
    short: tuple[OffTarget, ...]
    more: int  # of those above their baseline, which the annex alone lists
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Miss:
    """A result judged by ``result.threshold``, and how far it is from its target.

    ``standard_of`` is the scorecard whose own thresholds these are.
    """

    indicator: Indicator
    result: Result
    gap: Decimal
    line: Line | None = None
    standard_of: Link | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The indicator, and the member that it is about ("" for the whole)."""
        part = self.line.of if self.line else None
        return str(self.indicator.id), str(part.member) if part else ""

    @property
    def below(self) -> bool:
        """Tell whether it misses its baseline too."""
        return level_of(self.result, self.indicator) == "below"


def misses(scope: Scope) -> tuple[Miss, ...]:
    """Return what misses its card's target, or that of a scored line of the report.

    Those below their baseline come first, the farthest from target at their head.
    """
    found = {miss.key: miss for miss in _by_card(scope)}
    for miss in _by_line(scope):
        known = found.get(miss.key)
        if known is None or (miss.below and not known.below):
            found[miss.key] = miss
    return tuple(sorted(found.values(), key=lambda m: (not m.below, -m.gap, m.key)))


def commented(found: Iterable[Miss]) -> dict[str, tuple[str, str]]:
    """Return with which of its misses each indicator's comment stands: the first."""
    return {str(m.indicator.id): m.key for m in reversed(tuple(found))}


def off_targets(scope: Scope) -> OffTargets:
    """Return everything off target with what the report says of it."""
    ordered = misses(scope)
    first = commented(ordered)
    owed = frozenset(owed_comments(scope.ctx.catalog, scope.cards, scope.report))
    items = [
        (m.below, _item(scope, m, owed, told=first[str(m.indicator.id)] == m.key)) for m in ordered
    ]
    short = [item for below, item in items if not below]
    below = tuple(item for below, item in items if below)
    room = _SHORT - max(0, len(below) - _FEW)
    told = [item for at, item in enumerate(short) if at < room or item.comment or item.actions]
    return OffTargets(
        below=below,
        short=tuple(told),
        more=len(short) - len(told),
        names=frozenset(first),
    )


def _by_card(scope: Scope) -> Iterator[Miss]:
    for n in scope.own:
        gap = shortfall(n.indicator, n.result)
        if gap is not None:
            yield Miss(n.indicator, n.result, gap)


def _by_line(scope: Scope) -> Iterator[Miss]:
    """Yield what misses the target of a line with thresholds of its own, or its baseline."""
    for card in scope.cards:
        named = Link(
            scope.ctx.name(card.scorecard.title),
            links.url(scope.path, links.scorecard(card.scorecard.id)),
        )
        below = {id(line) for line in lines_below_baseline(card, scope.report.period)}
        for line in card.lines if card.scorecard.scored else ():
            judged = judged_result(line)
            if judged is None or not scope.report.period.holds(line.period.last):
                continue
            gap = shortfall(line.indicator, judged)
            if gap is None and id(line) in below:  # a baseline without a target
                gap = Decimal(1)
            if gap is not None:
                standard = named if line.line.judges else None
                yield Miss(line.indicator, judged, gap, line.line, standard)


def _item(scope: Scope, miss: Miss, owed: frozenset[str], *, told: bool) -> OffTarget:
    """Return a miss in words, with the comment on its indicator if it is ``told`` here."""
    ctx, indicator, line = scope.ctx, miss.indicator, miss.line
    comments: Mapping[str, Text] = {str(k): v for k, v in scope.report.comments.items()}
    name, grain = str(indicator.id), miss.result.period.grain
    results = ctx.results_of(indicator)
    whole = results.whole(grain) if results else None
    series = line_series(ctx.results, line, grain) if line else whole
    part = part_text(ctx.catalog, line) if line else None
    return OffTarget(
        link=indicator_link(ctx, scope.path, name, part),
        reading=read(ctx, indicator, miss.result, series),
        wanted=target_text(ctx, indicator, miss.result.threshold),
        standard_of=miss.standard_of,
        comment=ctx.block(comments.get(name)) if told else Markup(),
        owed=told and name in owed,
        actions=action_views(
            ctx, scope.path, (a for a in scope.actions if name in a.indicators), scope.day
        ),
    )
