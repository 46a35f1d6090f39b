"""What the page of a department or perspective tells beside its table.

Rules: specification.md#unit-pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Report
from kpi_site.scoring import Level, ScoredCard, contribution, weight_shown
from kpi_site.story.actions import ActionStory, tell_actions
from kpi_site.story.reading import Now
from kpi_site.story.scorecard import line_counts, ref_of
from kpi_site.story.standards import total_text, weight_text
from kpi_site.story.standing import off_target, tell_run
from kpi_site.story.teller import Ref, Said, Teller, newest
from kpi_site.story.why import tell_reason
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_points

MOST_MISSES: Final = 20
MOST_REPORTS: Final = 6


@dataclass(frozen=True, slots=True)
class UnitScorecard:
    """A scorecard that indicators of the unit stand on, or that appraises the unit itself.

    Of the first ``lines`` are how many are the unit's, with their ``weight`` together and what
    they ``add`` to the total; of the second ``rank`` and ``total`` are the unit's own.
    """

    ref: Ref
    period: str
    total: str
    lines: int
    weight: str
    adds: str
    rank: str
    levels: tuple[tuple[Level, int], ...]


@dataclass(frozen=True, slots=True)
class UnitMiss:
    """An indicator off its target: how long, why it moved, and what is said and done about it.

    ``comment`` is that of the newest report with one on the same time, ``report``.
    """

    now: Now
    runs: tuple[str, ...]
    why: str
    comment: Said | None
    report: Ref | None
    actions: tuple[ActionStory, ...]


@dataclass(frozen=True, slots=True)
class UnitPage:
    """What stands on a unit's page above its table; ``more`` are off target and not told of."""

    scorecards: tuple[UnitScorecard, ...]
    misses: tuple[UnitMiss, ...]
    more: int
    reports: tuple[Ref, ...]


def tell_unit_page(teller: Teller, unit: str, stands: Iterable[Now]) -> UnitPage:
    """Return what is told of the unit with that id, whose cards in use stand as in ``stands``."""
    own = {str(n.indicator.id): n for n in stands}
    missed = off_target(own.values())
    comments = _comments(teller)
    return UnitPage(
        scorecards=tuple(_scorecards(teller, unit, own)),
        misses=tuple(_miss(teller, n, comments) for n in missed[:MOST_MISSES]),
        more=len(missed[MOST_MISSES:]),
        reports=tuple(_report_ref(teller, label) for label in _reports(teller)[:MOST_REPORTS]),
    )


def _scorecards(teller: Teller, unit: str, own: Mapping[str, Now]) -> Iterator[UnitScorecard]:
    for name, scorecard in teller.catalog.scorecards.items():
        listed = {str(line.indicator) for line in scorecard.all_lines()}
        if scorecard.for_each is None and listed.isdisjoint(own):
            continue
        card = newest(teller.scores.get(name, ()))
        if card is None or not card.scorecard.scored:
            continue
        for member in card.members:
            if member.member is not None and member.member.member == unit:
                yield _appraised(teller, member)
        lines = tuple(line for line in card.lines if str(line.indicator.id) in own)
        if lines:
            added = [n for line in lines if (n := contribution(card, line)) is not None]
            yield UnitScorecard(
                ref=ref_of(teller, card),
                period=format_period(card.period, teller.language),
                total=total_text(teller, card),
                lines=len(lines),
                weight=weight_text(weight_shown(lines)),
                adds=format_points(sum(added, Decimal(0))) if added else "",
                rank="",
                levels=(),
            )


def _appraised(teller: Teller, member: ScoredCard) -> UnitScorecard:
    return UnitScorecard(
        ref=ref_of(teller, member),
        period=format_period(member.period, teller.language),
        total=total_text(teller, member),
        lines=0,
        weight="",
        adds="",
        rank="" if member.rank is None else str(member.rank),
        levels=line_counts(member),
    )


def _reports(teller: Teller) -> list[str]:
    """Return the labels of the reports, the newest period first."""
    periods = {r.period for r in teller.catalog.reports.values()}
    periods |= {editions[-1].period for editions in teller.told.editions.values()}
    return [p.label for p in sorted(periods, key=lambda p: (p.last, p.first), reverse=True)]


def _report_ref(teller: Teller, label: str) -> Ref:
    period = teller.catalog.site.calendar.parse(label)
    shown = label if period is None else format_period(period, teller.language)
    return Ref("report", label, teller.word("report_of", shown))


Comments = Mapping[str, tuple[Report, Said]]


def _comments(teller: Teller) -> Comments:
    """Return the newest comment on each indicator, and the report that has it."""
    found: dict[str, tuple[Report, Said]] = {}
    for report in sorted(
        teller.catalog.reports.values(), key=lambda r: (r.period.last, r.period.first)
    ):
        for name, text in report.comments.items():
            said = teller.said(text)
            if said is not None:
                found[str(name)] = (report, said)
    return found


def _miss(teller: Teller, now: Now, comments: Comments) -> UnitMiss:
    name = str(now.indicator.id)
    report, comment = comments.get(name, (None, None))
    if report is not None and not report.period.holds(now.result.period.last):
        report, comment = None, None  # of another time
    return UnitMiss(
        now=now,
        runs=tell_run(teller, now),
        why=tell_reason(teller, now.indicator, now.result.period),
        comment=comment,
        report=_report_ref(teller, report.period.label) if report else None,
        actions=tell_actions(teller, teller.actions_of.get(name, ())),
    )
