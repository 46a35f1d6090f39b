"""Which indicators miss their targets, and by how far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi_site.catalog import Indicator
from kpi_site.results import Result, State
from kpi_site.scoring import LEVELS, Level, level_of, shortfall, target_of
from kpi_site.story.reading import Now
from kpi_site.story.teller import Teller
from kpi_site.wording.words import in_a_row


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


@dataclass(frozen=True, slots=True)
class Run:
    """How many final periods in a row, the newest last, have missed baseline and target."""

    below: int
    short: int


def run_of(teller: Teller, now: Now) -> Run:
    """Return how long ``now`` has missed its baseline, and its target.

    Each period is judged by what was in force in it. A row ends at a period without a final
    value, or without what would be missed.
    """
    found = teller.results_of(now.indicator)
    series = found.whole(now.result.period.grain) if found else None
    at = series.index(now.result.period) if series else None
    if series is None or at is None:
        return Run(0, 0)
    past = series.results[at::-1]
    return Run(_row(now.indicator, past, below=True), _row(now.indicator, past, below=False))


def _row(indicator: Indicator, past: Sequence[Result], *, below: bool) -> int:
    count = 0
    for result in past:
        missed = level_of(result, indicator) == "below" if below else _is_short(indicator, result)
        if result.state is not State.OK or not missed:
            break
        count += 1
    return count


def _is_short(indicator: Indicator, result: Result) -> bool:
    return shortfall(indicator, result) is not None


def tell_run(teller: Teller, now: Now) -> tuple[str, ...]:
    """Return how long the baseline, and the target before it, have been missed; once is no row."""
    run, language = run_of(teller, now), teller.language
    grain = now.result.period.grain
    told = []
    threshold = now.result.threshold
    has_baseline = threshold is not None and threshold.baseline is not None
    if run.below > 1 and has_baseline:
        told.append(teller.word("run.baseline", in_a_row(grain, str(run.below), language)))
    if run.short > 1 and (run.short > run.below or not told):
        told.append(teller.word("run.target", in_a_row(grain, str(run.short), language)))
    return tuple(told)


def in_card_order(teller: Teller, cards: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Return ``cards`` by department, in the site's order, then by id, numbers as numbers."""
    units = {str(u.id): i for i, u in enumerate(teller.catalog.site.departments)}

    def place(card: Indicator) -> tuple[int, str, list[tuple[int, str]]]:
        unit = str(card.department)
        return units.get(unit, len(units)), unit, natural(str(card.id))

    return tuple(sorted(cards, key=place))


def natural(name: str) -> list[tuple[int, str]]:
    """Return what sorts ``kpi_2`` before ``kpi_10``."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
