"""A report: what is told, in which order, and how much of a long list. Writers walk it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args

from kpi_site.catalog import Report, Signoff
from kpi_site.editions.signing import Signature, signatures
from kpi_site.results import Series
from kpi_site.scoring import Level
from kpi_site.story.actions import ActionStory, tell_actions
from kpi_site.story.departments import DepartmentStory, tell_departments
from kpi_site.story.off_target import OffTargets, tell_off_targets
from kpi_site.story.quality import QualityStory, tell_quality
from kpi_site.story.reading import Now
from kpi_site.story.report_scope import Scope, last_day, make_scope
from kpi_site.story.scorecard import ScorecardStory, tell_scorecard
from kpi_site.story.signals import MovesStory, MoveStory, signal_moves, tell_moves
from kpi_site.story.standards import target_text
from kpi_site.story.standing import level_counts, none_off
from kpi_site.story.teller import Said, Teller
from kpi_site.story.total_change import Change, tell_change
from kpi_site.wording.dates import format_date, format_days, format_period

Section = Literal[
    "summary",
    "key_figures",
    "off_target",
    "moved",
    "other_comments",
    "scorecards",
    "departments",
    "actions",
    "data_quality",
    "signoffs",
    "annex",
]
SECTIONS: Final[tuple[Section, ...]] = get_args(Section)
"""The sections of a report, in the order in which every writer tells them."""


@dataclass(frozen=True, slots=True)
class TileStory:
    """A headline figure; ``period`` is named where it is not the report's, ``target`` if any.

    ``trend`` is the series that shows how it has gone, up to its period.
    """

    now: Now
    period: str
    target: str
    trend: Series | None


@dataclass(frozen=True, slots=True)
class CommentStory:
    """A comment on an indicator that is not off target; ``now`` is where it stands."""

    name: Said | None
    ref_id: str
    text: Said | None
    now: Now | None


@dataclass(frozen=True, slots=True)
class ReportScorecard:
    """A scorecard of a report, and how its total moved from the period before."""

    story: ScorecardStory
    change: Change | None


@dataclass(frozen=True, slots=True)
class SignoffStory:
    """What a role has said; ``by`` is None, ``on`` and ``how`` are empty while it has not.

    ``how`` tells a signature with a key from a note.
    """

    role: str
    by: Said | None
    on: str
    stale: bool
    how: str


@dataclass(frozen=True, slots=True)
class ReportStory:
    """Everything that is told of a report, section by section.

    ``days`` are those of a period whose name does not tell them, ``through`` is the last day of
    its data, ``day`` the one on which actions are shown as they
    stood. ``levels`` are how many of the ``valued`` figures of the period stand where.
    ``none_off`` says that nothing misses its target, as far as that is true; "" otherwise, and
    where nothing is judged. ``other_cycles`` are figures of longer periods, in the annex.
    """

    title: str
    organisation: str
    period: str
    days: str
    through: str
    day: str
    summary: Said | None
    tiles: tuple[TileStory, ...]
    valued: int
    levels: tuple[tuple[Level, int], ...]
    scorecards: tuple[ReportScorecard, ...]
    off: OffTargets
    none_off: str
    moved: MovesStory
    comments: tuple[CommentStory, ...]
    departments: tuple[DepartmentStory, ...]
    actions: tuple[ActionStory, ...]
    quality: QualityStory
    signoffs: tuple[SignoffStory, ...]
    other_cycles: tuple[Now, ...]


def tell_report(
    teller: Teller, report: Report, *, day: date | None = None, digest: str = ""
) -> ReportStory:
    """Return what is told of ``report`` in the teller's language.

    Actions are shown as they stood on ``day``: the day of publication, or by default the last
    one of the period (or of the data, if the period is not over). Sign-offs under another
    digest of the figures than ``digest`` are stale; without it none is.
    """
    scope = make_scope(teller, report, day)
    period = format_period(report.period, teller.language)
    found = signal_moves(teller, scope.own, within=True)
    off = tell_off_targets(scope)
    valued = [n for n in scope.own if n.result.state.has_value]
    judged = any(n.reading.level != "none" for n in scope.own)
    return ReportStory(
        title=teller.word("report_of", period),
        organisation=teller.organisation,
        period=period,
        days=format_days(report.period, teller.language),
        through=format_date(last_day(teller, report), teller.language),
        day=format_date(scope.day, teller.language),
        summary=teller.said(report.summary),
        tiles=tuple(_tiles(scope)),
        valued=len(valued),
        levels=level_counts(valued),
        scorecards=tuple(
            ReportScorecard(tell_scorecard(teller, card), tell_change(teller, card))
            for card in scope.cards
        ),
        off=off,
        none_off=teller.word(*none_off(scope.own)) if judged and not off.names else "",
        moved=_moves(scope, found),
        comments=tuple(_comments(scope, off.names)),
        departments=tell_departments(scope, found),
        actions=tell_actions(teller, scope.actions, scope.day),
        quality=tell_quality(scope),
        signoffs=tell_signoffs(teller, report, digest),
        other_cycles=tuple(n for n in scope.stands.values() if n.result.period != report.period),
    )


def tell_signoffs(teller: Teller, report: Report, digest: str = "") -> tuple[SignoffStory, ...]:
    """Return what each role has signed; see ``tell_report`` for ``digest``."""
    return tuple(_signoff(teller, s, digest) for s in signatures(report.signoffs, digest))


def _tiles(scope: Scope) -> Iterator[TileStory]:
    for name in scope.report.highlights:
        n = scope.stands.get(name)
        if n is not None:
            yield TileStory(
                now=n,
                period="" if n.result.period == scope.report.period else n.reading.period,
                target=target_text(scope.teller, n.indicator, n.result.threshold),
                trend=scope.trend(n),
            )


def _moves(scope: Scope, found: Iterable[MoveStory]) -> MovesStory:
    drawn = (replace(move, trend=scope.trend(move.now)) for move in found)
    return tell_moves(scope.teller, scope.own, drawn)


def _comments(scope: Scope, off: frozenset[str]) -> Iterator[CommentStory]:
    """Yield the comments on indicators that are not off target."""
    for name, comment in scope.report.comments.items():
        indicator = scope.teller.catalog.indicators.get(name)
        if name not in off and indicator is not None:
            yield CommentStory(
                name=scope.teller.said(indicator.name),
                ref_id=str(name),
                text=scope.teller.said(comment),
                now=scope.stands.get(str(name)),
            )


def _signoff(teller: Teller, signature: Signature, digest: str) -> SignoffStory:
    signed = signature.signoff
    return SignoffStory(
        role=teller.word(f"role.{signature.role}"),
        by=teller.said(signed.by) if signed else None,
        on=format_date(signed.on, teller.language) if signed else "",
        stale=bool(digest) and signature.stale,
        how="" if signed is None else teller.word(_how(signed)),
    )


def _how(signed: Signoff) -> str:
    return "by_note" if signed.signature is None else "by_key"
