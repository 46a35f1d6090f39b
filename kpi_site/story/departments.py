"""What is told of each department in a report: how its indicators stand, the charts that matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kpi_site.results import Series
from kpi_site.scoring import Level, shortfall
from kpi_site.signals import Rule
from kpi_site.story.reading import Now
from kpi_site.story.report_scope import Scope
from kpi_site.story.signals import MoveStory
from kpi_site.story.standing import level_counts
from kpi_site.story.teller import Ref, Said

_LEAST: Final = 2  # charts of a department that has so many indicators
_MOST: Final = 4
_ALL: Final = 20  # charts of a report: its page stays under 80 kB
_LINES: Final = 14  # lines of scorecards with a total; each two more cost a chart


@dataclass(frozen=True, slots=True)
class DepartmentStory:
    """A department in a report: its figures of the period, and which are drawn.

    ``levels`` are how many of ``figures`` stand where, the best first; a department whose
    indicators all have a longer cycle has none. ``charts`` are with their series.
    """

    ref: Ref
    name: Said | None
    figures: tuple[Now, ...]
    levels: tuple[tuple[Level, int], ...]
    charts: tuple[tuple[Now, Series | None], ...]


_CHANGED: Final[dict[Rule, float]] = {
    "point": 2.0, "two_of_three": 1.6, "shift": 1.3, "trend": 1.0,
}  # fmt: skip


def tell_departments(scope: Scope, moved: Iterable[MoveStory]) -> tuple[DepartmentStory, ...]:
    """Return the departments that have an indicator, in the site's order."""
    chosen = _chosen(scope, {str(m.now.indicator.id): m for m in moved})
    units = scope.teller.catalog.site.departments
    held = {n.indicator.department for n in scope.stands.values()}
    return tuple(
        DepartmentStory(
            ref=Ref("department", str(unit.id), scope.teller.name(unit.name)),
            name=scope.teller.said(unit.name),
            figures=tuple(own),
            levels=level_counts(own),
            charts=tuple((n, scope.trend(n)) for n in chosen.get(str(unit.id), ())),
        )
        for unit in units
        if unit.id in held
        for own in [[n for n in scope.own if n.indicator.department == unit.id]]
    )


def _chosen(scope: Scope, moved: Mapping[str, MoveStory]) -> dict[str, list[Now]]:
    """Return the indicators to be drawn by department, the most important first.

    Every department gets its first two before any gets more.
    """
    ranked: dict[str, list[tuple[float, Now]]] = {}
    for rank, n in sorted(_ranked(scope, moved), key=lambda pair: -pair[0]):
        ranked.setdefault(str(n.indicator.department), []).append((rank, n))
    first = [pair for found in ranked.values() for pair in found[:_LEAST]]
    more = [pair for found in ranked.values() for pair in found[_LEAST:_MOST] if pair[0] > 0]
    room = _room(scope)
    taken = sorted(first, key=lambda pair: -pair[0])[:room]
    taken += sorted(more, key=lambda pair: -pair[0])[: room - len(taken)]
    kept = {str(n.indicator.id) for _, n in taken}
    return {
        unit: [n for _, n in found if str(n.indicator.id) in kept] for unit, found in ranked.items()
    }


def _room(scope: Scope) -> int:
    """Return how many charts fit beside the report's scorecards."""
    lines = sum(len(card.lines) for card in scope.cards if card.scorecard.scored)
    return max(_LEAST, _ALL - max(0, lines - _LINES) // 2)


def _ranked(scope: Scope, moved: Mapping[str, MoveStory]) -> Iterator[tuple[float, Now]]:
    """Yield how much each indicator matters: off target, a signal, weight, highlighted."""
    weights = _weights(scope)
    highlights = {str(name) for name in scope.report.highlights}
    for n in scope.own:
        name = str(n.indicator.id)
        if n.result.value is None:
            continue
        gap = shortfall(n.indicator, n.result)
        missed = 0.0 if gap is None else min(float(gap), 2.0)
        below = 4.0 if n.reading.level == "below" else 2.0 if gap is not None else 0.0
        signal = moved[name].signal.observed.signal if name in moved else None
        changed = _CHANGED[signal.rule] if signal else 0.0
        yield below + missed + changed + weights.get(name, 0.0) + (name in highlights), n


def _weights(scope: Scope) -> dict[str, float]:
    """Return what standing in the report's scorecards adds: a twentieth of the weight."""
    found: dict[str, float] = {}
    for card in scope.cards:
        for line in card.lines:
            worth = float(line.line.weight or 0) / 20 if card.scorecard.scored else 0.5
            name = str(line.indicator.id)
            found[name] = found.get(name, 0.0) + worth
    return found
