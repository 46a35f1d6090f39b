"""Which indicators miss their targets, by how far, and which moved most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from kpi_site.exact import EXACT
from kpi_site.results import Series, State
from kpi_site.scoring import LEVELS, Level, distance, gain, shortfall, span, target_of
from kpi_site.story.reading import Now
from kpi_site.story.teller import Teller

_HISTORY: Final = 24  # changes that make up what is usual
_LEAST: Final = 6  # with fewer of them nothing is called unusual


@dataclass(frozen=True, slots=True)
class Move:
    """A change from the period before, as a multiple of the indicator's usual change."""

    now: Now
    times: Decimal
    better: bool


def level_counts(stands: Iterable[Now]) -> tuple[tuple[Level, int], ...]:
    """Return (level, number) of each level that occurs among cards in use, the best first."""
    found = [n.reading.level for n in stands if n.indicator.in_use]
    return tuple((level, found.count(level)) for level in LEVELS if level in found)


def off_target(stands: Iterable[Now]) -> tuple[Now, ...]:
    """Return those that miss their target, the farthest first."""
    found = [(gap, n) for n in stands if (gap := shortfall(n.indicator, n.result)) is not None]
    return tuple(n for _, n in sorted(found, key=lambda pair: (-pair[0], pair[1].indicator.id)))


def none_off(stands: Iterable[Now]) -> tuple[str, int]:
    """Return the word, with a number for it, that is true where nothing misses its target.

    ``no_targets`` where there are none to miss; else the number of cards with a target that
    have no figure, which neither meet it nor miss it.
    """
    aimed = [n for n in stands if target_of(n.indicator, n.result.threshold) is not None]
    without = sum(n.result.value is None for n in aimed)
    if not aimed:
        return "no_targets", 0
    if without == len(aimed):
        return "no_figures_for_targets", without
    return ("off_target_none_of", without) if without else ("off_target_none", 0)


def moves(ctx: Teller, stands: Iterable[Now]) -> tuple[Move, ...]:
    """Return the changes that are larger than usual, the most unusual first.

    The usual change is the median of the last two years' absolute changes. Cards without a
    direction are left out: nothing says whether their change is good.
    """
    found = (move(ctx, n) for n in stands if n.indicator.direction != "none")
    kept = [m for m in found if m is not None and m.times > 1]
    return tuple(sorted(kept, key=lambda m: (-m.times, m.now.indicator.id)))


def moves_by_standard(ctx: Teller, stands: Iterable[Now]) -> tuple[Move, ...]:
    """Return the changes as multiples of the distance from baseline to target, the largest first.

    For grains with too short a history to tell what is usual.
    """
    found = (move(ctx, n, by_standard=True) for n in stands if n.indicator.direction != "none")
    return tuple(sorted(filter(None, found), key=lambda m: (-m.times, m.now.indicator.id)))


def move(ctx: Teller, now: Now, *, by_standard: bool = False) -> Move | None:
    """Return how ``now`` moved from the period before, if that can be told."""
    results = ctx.results_of(now.indicator)
    series = results.whole(now.result.period.grain) if results else None
    index = series.index(now.result.period) if series else None
    if series is None or not index or now.result.value is None:
        return None
    earlier = series.compared(now.result.period, series.results[index - 1].period)
    before = earlier.value if earlier else None
    scale = span(now.result.threshold) if by_standard else _usual(series, index)
    if before is None or not scale:
        return None
    gained = gain(now.indicator, now.result.value, before)
    times = EXACT.divide(distance(now.result.value, before), scale)
    return Move(now, times, gained > 0) if gained else None


def _usual(series: Series, index: int) -> Decimal | None:
    closed = [
        r.value if r.state is State.OK else None
        for r in series.results[max(0, index - _HISTORY - 1) : index]
    ]
    changes = [
        distance(new, old) for old, new in pairwise(closed) if old is not None and new is not None
    ]
    return median(changes) if len(changes) >= _LEAST else None
