"""What is told of the totals of a scorecard's members together, and over time.

Rules: specification.md#member-totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.members import member_of
from kpi_site.periods import Period
from kpi_site.results import State
from kpi_site.scoring import ScoredCard, grades_of
from kpi_site.story.breakdown import dimension_title
from kpi_site.story.member_order import MOST_MEMBERS
from kpi_site.story.standards import total_text
from kpi_site.story.teller import Teller
from kpi_site.words import counted

_MOST_PERIODS: Final = 13  # a year of months, and the same month of the year before


@dataclass(frozen=True, slots=True)
class SpreadStory:
    """How the totals of the members lie.

    ``range`` is the lowest and the highest, "" without any; ``grades`` says how many have which,
    the best first; ``words`` is a sentence with the names of the first and the last.
    """

    range: str
    grades: str
    words: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class TotalCell:
    """A member's total in one period; without one ``total`` is None."""

    total: Decimal | None
    text: str
    state: State


@dataclass(frozen=True, slots=True)
class TotalsStory:
    """Members by totals: in the order of the newest ranking, the oldest period first.

    ``more`` members are in the ranking alone.
    """

    periods: tuple[Period, ...]
    rows: tuple[tuple[str, tuple[TotalCell, ...]], ...]
    more: int


def members_head(teller: Teller, card: ScoredCard) -> str:
    """Return what the members of a scorecard are: the title of its dimension."""
    dimension = card.scorecard.for_each
    if dimension is None:
        return ""
    lines = (line.indicator for line in card.scorecard.all_lines() if not line.shared)
    known = (teller.catalog.indicators.get(name) for name in lines)
    first = next((indicator for indicator in known if indicator), None)
    title = dimension_title(teller, first, dimension) if first else str(dimension)
    return title[:1].upper() + title[1:]


def tell_spread(teller: Teller, card: ScoredCard) -> SpreadStory | None:
    """Return how the members' totals lie; None of a scorecard that has no members or no totals."""
    if card.scorecard.for_each is None or card.member is not None or not card.scorecard.scored:
        return None
    found = [member for member in card.members if member.total is not None]
    return SpreadStory(
        range=_range(teller, found),
        grades=" · ".join(_grades(teller, card, found)),
        words=" ".join(_sentences(teller, card, found)),
        provisional=any(member.provisional for member in found),
    )


def _range(teller: Teller, found: Sequence[ScoredCard]) -> str:
    if not found:
        return ""
    high, low = total_text(teller, found[0]), total_text(teller, found[-1])
    return high if found[0].total == found[-1].total else f"{low}–{high}"


def _grades(teller: Teller, card: ScoredCard, found: Sequence[ScoredCard]) -> Iterator[str]:
    given = [member.grade for member in found]
    for grade in grades_of(teller.catalog, card.scorecard):
        if grade in given:
            yield f"{teller.name(grade.name)} {given.count(grade)}"


def _sentences(teller: Teller, card: ScoredCard, found: Sequence[ScoredCard]) -> Iterator[str]:
    language, without = teller.language, len(card.members) - len(found)
    if found:
        first, last = found[0], found[-1]
        high, low = total_text(teller, first), total_text(teller, last)
        if first.total == last.total:
            yield counted("spread_same", len(found), language, high, _names(teller, found, first))
        else:
            names = _names(teller, found, first), _names(teller, found, last)
            yield teller.word("spread", len(found), names[0], high, names[1], low)
    if without:
        yield counted("spread_without", without, language)


def _names(teller: Teller, found: Sequence[ScoredCard], like: ScoredCard) -> str:
    """Return the member with the total of ``like``, and how many others have the same."""
    alike = [member for member in found if member.total == like.total]
    name = _name(teller, alike[0])
    return teller.word("name_and_more", name, len(alike) - 1) if alike[1:] else name


def _name(teller: Teller, card: ScoredCard) -> str:
    named = member_of(teller.catalog, card.scorecard, card.member) if card.member else None
    return teller.name(named or card.scorecard.title)


def tell_member_totals(
    teller: Teller, scored: Sequence[ScoredCard], current: ScoredCard
) -> TotalsStory | None:
    """Return the totals of the first members of ``current`` up to its period; None of one period.

    A member that is new has no total in the periods before.
    """
    until = [card for card in scored if card.period.last <= current.period.last]
    until = [card for card in until if card.members][-_MOST_PERIODS:]
    shown = [m for m in current.members if m.total is not None or _has_any(m, until)]
    shown = shown[:MOST_MEMBERS]
    if len(until) < 2 or not shown:
        return None
    by_key = [{m.key: m for m in card.members} for card in until]
    return TotalsStory(
        periods=tuple(card.period for card in until),
        rows=tuple(
            (_name(teller, member), tuple(_cell(teller, at.get(member.key)) for at in by_key))
            for member in shown
        ),
        more=len(current.members) - len(shown),
    )


def _has_any(member: ScoredCard, cards: Sequence[ScoredCard]) -> bool:
    found = (m for card in cards for m in card.members if m.key == member.key)
    return any(m.total is not None for m in found)


def _cell(teller: Teller, card: ScoredCard | None) -> TotalCell:
    if card is None or card.total is None:
        return TotalCell(None, "", State.NO_DATA)
    return TotalCell(card.total, total_text(teller, card), card.state)
