"""Which indicators miss their targets, and by how far."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_site.scoring import LEVELS, Level, shortfall, target_of
from kpi_site.story.reading import Now


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
