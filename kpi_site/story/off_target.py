"""What is told of everything off target: the figure, the comment, the actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Line, Scorecard, Text
from kpi_site.members import part_text, with_part
from kpi_site.reporting import lines_below_baseline, owed_comments
from kpi_site.results import Result
from kpi_site.scoring import judged_result, level_of, line_series, shortfall
from kpi_site.story.actions import ActionStory, tell_actions
from kpi_site.story.reading import Reading, read, recent
from kpi_site.story.report_scope import Scope
from kpi_site.story.standards import target_text
from kpi_site.story.teller import Ref, Said
from kpi_site.story.why import tell_reason

_SENTENCE: Final = re.compile(r".+?(?:[。！？]|[.!?](?=\s))", re.DOTALL)
_SHORT: Final = 12  # above baseline, below target: shown without comment or action
_FEW: Final = 8  # below baseline; with more of them, fewer of the others are shown


@dataclass(frozen=True, slots=True)
class OffTarget:
    """An indicator off its target. ``owed`` tells that it lacks a comment that it must have.

    ``standard_of`` is the scorecard by whose own thresholds it is judged, if not the card's.
    The ``comment`` stands with the first of an indicator's misses; ``remark`` is its first
    sentence, with each of them. ``recent`` are the values of the last periods, ``why`` says what
    moved it from the period before ("" where that cannot be told, or of one member).
    """

    ref: Ref
    name: Said | None
    reading: Reading
    wanted: str
    standard_of: Ref | None
    comment: Said | None
    remark: Said | None
    owed: bool
    actions: tuple[ActionStory, ...]
    recent: tuple[Decimal | None, ...]
    why: str

    @property
    def below(self) -> bool:
        """Tell whether it misses its baseline too."""
        return self.reading.level == "below"

    @property
    def told(self) -> bool:
        """Tell whether the report says anything of it but its figure."""
        return self.comment is not None or bool(self.actions)


@dataclass(frozen=True, slots=True)
class OffTargets:
    """Everything off target, the farthest first: below baseline, then those above it.

    ``more`` are those above their baseline that the annex alone lists; ``names`` all
    indicators that are off target.
    """

    below: tuple[OffTarget, ...]
    short: tuple[OffTarget, ...]
    more: int
    names: frozenset[str]

    @property
    def shown(self) -> tuple[OffTarget, ...]:
        """All that are told of one by one, in order."""
        return (*self.below, *self.short)

    @property
    def foremost(self) -> tuple[OffTarget, ...]:
        """What must be seen first: what is commented, then what is below its baseline.

        Where that is nothing, all that is told of.
        """
        found = [m for m in self.shown if m.below or m.remark] or list(self.shown)
        return tuple(sorted(found, key=lambda m: m.remark is None))

    @property
    def count(self) -> int:
        """How many are off target."""
        return len(self.shown) + self.more


@dataclass(frozen=True, slots=True)
class _Miss:
    """A result judged by ``result.threshold``, and how far it is from its target."""

    indicator: Indicator
    result: Result
    gap: Decimal
    line: Line | None = None
    standard_of: Scorecard | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The indicator, and the member that it is about ("" for the whole)."""
        part = self.line.of if self.line else None
        return str(self.indicator.id), str(part.member) if part else ""

    @property
    def below(self) -> bool:
        """Tell whether it misses its baseline too."""
        return level_of(self.result, self.indicator) == "below"


def tell_off_targets(scope: Scope) -> OffTargets:
    """Return what misses its card's target, or that of a scored line of the report."""
    ordered = _misses(scope)
    first = {str(m.indicator.id): m.key for m in reversed(ordered)}
    owed = frozenset(owed_comments(scope.teller.catalog, scope.cards, scope.report))
    items = [_item(scope, m, owed, told=first[str(m.indicator.id)] == m.key) for m in ordered]
    below = tuple(m for m in items if m.below)
    short = [m for m in items if not m.below]
    room = _SHORT - max(0, len(below) - _FEW)
    kept = tuple(m for at, m in enumerate(short) if at < room or m.told)
    return OffTargets(below, kept, len(short) - len(kept), frozenset(first))


def _misses(scope: Scope) -> tuple[_Miss, ...]:
    """Return the misses: those below their baseline first, the farthest from target at the head."""
    found = {miss.key: miss for miss in _by_card(scope)}
    for miss in _by_line(scope):
        known = found.get(miss.key)
        if known is None or (miss.below and not known.below):
            found[miss.key] = miss
    return tuple(sorted(found.values(), key=lambda m: (not m.below, -m.gap, m.key)))


def _by_card(scope: Scope) -> Iterator[_Miss]:
    for n in scope.own:
        gap = shortfall(n.indicator, n.result)
        if gap is not None:
            yield _Miss(n.indicator, n.result, gap)


def _by_line(scope: Scope) -> Iterator[_Miss]:
    """Yield what misses the target of a line with thresholds of its own, or its baseline."""
    for card in scope.cards:
        below = {id(line) for line in lines_below_baseline(card, scope.report.period)}
        for line in card.lines if card.scorecard.scored else ():
            judged = judged_result(line)
            if judged is None or not line.indicator.in_use:
                continue
            if not scope.report.period.holds(line.period.last):
                continue
            gap = shortfall(line.indicator, judged)
            if gap is None and id(line) in below:  # a baseline without a target
                gap = Decimal(1)
            if gap is not None:
                standard = card.scorecard if line.line.judges else None
                yield _Miss(line.indicator, judged, gap, line.line, standard)


def _first_sentence(text: str) -> str:
    first = text.strip().split("\n\n")[0]
    match = _SENTENCE.match(first)
    return match[0] if match else first


def _item(scope: Scope, miss: _Miss, owed: Iterable[str], *, told: bool) -> OffTarget:
    """Return a miss in words, with the comment on its indicator if it is ``told`` here."""
    teller, indicator, line = scope.teller, miss.indicator, miss.line
    comments: Mapping[str, Text] = {str(k): v for k, v in scope.report.comments.items()}
    name, grain = str(indicator.id), miss.result.period.grain
    results = teller.results_of(indicator)
    whole = results.whole(grain) if results else None
    series = line_series(teller.results, line, grain) if line else whole
    part = part_text(teller.catalog, line) if line else None
    of, said = miss.standard_of, teller.said(comments.get(name))
    own = (a for a in scope.actions if name in a.indicators)
    return OffTarget(
        ref=teller.card_ref(name, part),
        name=teller.said(with_part(indicator.name, part)),
        reading=read(teller, indicator, miss.result, series),
        wanted=target_text(teller, indicator, miss.result.threshold),
        standard_of=Ref("scorecard", str(of.id), teller.name(of.title)) if of else None,
        comment=said if told else None,
        remark=said and replace(said, text=_first_sentence(said.text)),
        owed=told and name in owed,
        actions=tell_actions(teller, own, scope.day),
        recent=recent(series, miss.result) if series else (),
        why="" if part else tell_reason(teller, indicator, miss.result.period),
    )
