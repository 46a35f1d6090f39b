"""Which totals and grades of scorecards differ, and which lines make them differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site.computed import Scores
from kpi_site.periods import Period
from kpi_site.scoring import ScoredCard, ScoredLine


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line whose weight, points, value or state differs; None where it does not stand."""

    old: ScoredLine | None
    new: ScoredLine | None


@dataclass(frozen=True, slots=True)
class TotalChange:
    """A scorecard's period in which the total, the grade or a line differs.

    ``member`` is the one that it is about in a scorecard for each, else "".
    """

    scorecard: str
    period: Period
    old: ScoredCard | None
    new: ScoredCard | None
    lines: tuple[LineChange, ...]
    member: str = ""

    @property
    def total_differs(self) -> bool:
        """Tell whether the total is another number."""
        return _total(self.old) != _total(self.new)

    @property
    def grade_differs(self) -> bool:
        """Tell whether the grade has another name."""
        return _grade(self.old) != _grade(self.new)


def total_changes(
    old: Scores, new: Scores, former: Mapping[str, str], added: Collection[str] = ()
) -> tuple[TotalChange, ...]:
    """Compare the scorecards that both states have, period by period, newest first.

    Those that are ``added`` have all of their periods, with nothing before.
    """
    found = []
    for name, after in new.items():
        if name not in old and name not in added:
            continue
        before, now = _by_place(old.get(name, ())), _by_place(after)
        periods = {place: card.period for place, card in (before | now).items()}
        for place in sorted({**now, **before}, key=lambda at: periods[at], reverse=True):
            change = _change(name, periods[place], before.get(place), now.get(place), former)
            if change is not None:
                found.append(replace(change, member=place[1]))
    return tuple(found)


def _by_place(cards: Iterable[ScoredCard]) -> dict[tuple[str, str], ScoredCard]:
    """Return what has a total by the name of its period and its member."""
    return {
        (each.period.label, str(each.member.member) if each.member else ""): each
        for card in cards
        for each in card.each
    }


def _change(
    name: str,
    period: Period,
    old: ScoredCard | None,
    new: ScoredCard | None,
    former: Mapping[str, str],
) -> TotalChange | None:
    lines = tuple(_lines(old, new, former))
    change = TotalChange(name, period, old, new, lines)
    return change if lines or change.total_differs or change.grade_differs else None


def _lines(
    old: ScoredCard | None, new: ScoredCard | None, former: Mapping[str, str]
) -> Iterator[LineChange]:
    before = dict(_keyed(old, {}))
    after = dict(_keyed(new, former))
    for key in dict.fromkeys((*after, *before)):
        first, second = before.get(key), after.get(key)
        if _said(first) != _said(second):
            yield LineChange(first, second)


def _keyed(
    card: ScoredCard | None, former: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str, int], ScoredLine]]:
    """Yield the lines by indicator, part and how often it stood before."""
    count: dict[tuple[str, str], int] = {}
    for line in card.lines if card else ():
        part = line.line.of
        name = former.get(line.indicator.id, str(line.indicator.id))
        key = name, f"{part.dimension}={part.member}" if part else ""
        count[key] = count.get(key, 0) + 1
        yield (*key, count[key]), line


def _said(line: ScoredLine | None) -> object:
    """Return what a scorecard's page says of a line."""
    if line is None:
        return None
    value = line.value
    limits = line.threshold
    standards = (limits.baseline, limits.target, limits.challenge) if limits else None
    scored = line.points, line.counted, line.effect, line.struck
    return line.line.weight, value, line.state, *scored, line.period.label, standards


def _total(card: ScoredCard | None) -> tuple[Decimal | None, bool]:
    return (card.total, card.provisional) if card else (None, False)


def _grade(card: ScoredCard | None) -> object:
    return card.grade.name if card and card.grade else None
