"""Why the total of a scorecard changed: what each of its lines added, now and before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Final, Literal

from kpi_site.exact import EXACT
from kpi_site.scoring import ScoredCard, ScoredLine, contribution

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class LinePart:
    """What a line adds to the change of a total, by its points or (``veto``) by its veto.

    ``floor`` is what keeping the total at 0 adds; it belongs to no line.
    """

    kind: Literal["line", "veto", "floor"]
    line: ScoredLine | None
    value: Decimal


def explain_total(old: ScoredCard, new: ScoredCard) -> tuple[LinePart, ...]:
    """Return what the change of a total comes apart into, the largest first.

    ``old`` and ``new`` are two periods of one scorecard, or of one member of it. They add up to
    the change exactly: what the rounding of totals leaves goes to the largest. Nothing without
    two totals, or where a veto alone made one of them.
    """
    if old.total is None or new.total is None:
        return ()
    floors = [_floor(card) for card in (old, new)]
    if floors[0] is None or floors[1] is None:
        return ()
    with localcontext(EXACT):
        found = [*_parts(old, new), LinePart("floor", None, floors[1] - floors[0])]
        rest = new.total - old.total - sum(part.value for part in found)
        found.sort(key=lambda part: -abs(part.value))
        found[0] = replace(found[0], value=found[0].value + rest)
    return tuple(part for part in found if part.value)


def _parts(old: ScoredCard, new: ScoredCard) -> Iterator[LinePart]:
    before, after = ({one.key: one for one in card.lines} for card in (old, new))
    for key in dict.fromkeys((*after, *before)):
        was, line = before.get(key), after.get(key)
        shown = line or was  # a line may stand on the scorecard in one of the periods alone
        pairs = ((new, line), (old, was))
        added = ((own and contribution(card, own)) or _NOTHING for card, own in pairs)
        yield LinePart("line", shown, EXACT.subtract(*added))
        settled = ((own and own.settled) or _NOTHING for _, own in pairs)
        yield LinePart("veto", shown, EXACT.subtract(*settled))


def _floor(card: ScoredCard) -> Decimal | None:
    """Return what keeping the total at 0 adds before any veto; None where nothing counts."""
    if (card.unvetoed if card.struck else card.total) is None:
        return None
    with localcontext(EXACT):
        parts = (contribution(card, line) or _NOTHING for line in card.lines)
        return max(_NOTHING, -((card.start or _NOTHING) + sum(parts)))
