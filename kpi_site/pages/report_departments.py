"""A report's section on each department: the two to four charts that matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.charts.mini import mini_trend
from kpi_site.pages.overview import level_counts
from kpi_site.pages.parts import Link
from kpi_site.pages.pictures import markup
from kpi_site.pages.report_scope import Scope
from kpi_site.scoring import shortfall
from kpi_site.story.reading import Now, Reading
from kpi_site.story.standing import Move

_LEAST: Final = 2  # charts of a department that has so many indicators
_MOST: Final = 4
_ALL: Final = 20  # charts of a report: its page stays under 80 kB
_LINES: Final = 14  # lines of scorecards with a total; each two more cost a chart


@dataclass(frozen=True, slots=True)
class MiniChart:
    """A small chart with what its caption says."""

    link: Link
    reading: Reading
    picture: Markup


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """A department in a report; ``figures`` leads to all of its figures in the annex."""

    anchor: Markup
    name: Markup
    link: Markup
    figures: Markup
    levels: tuple[tuple[str, str, int], ...]
    charts: tuple[MiniChart, ...]


def department_parts(scope: Scope, moved: Iterable[Move], annex: str) -> tuple[DepartmentPart, ...]:
    """Return the departments that have an indicator, in the site's order.

    ``annex`` is the path of the page with all figures.
    """
    ctx = scope.ctx
    chosen = chosen_charts(scope, {str(m.now.indicator.id): m for m in moved})
    parts = []
    for unit in ctx.catalog.site.departments:
        if any(n.indicator.department == unit.id for n in scope.stands.values()):
            anchor = links.anchor(unit.id)
            own = [n for n in scope.own if n.indicator.department == unit.id]
            parts.append(
                DepartmentPart(
                    anchor=anchor,
                    name=ctx.inline(unit.name),
                    link=links.url(scope.path, links.department(unit.id)),
                    figures=links.url(scope.path, f"{annex}#department-{anchor}"),
                    levels=level_counts(ctx, own),
                    charts=tuple(_chart(scope, n) for n in chosen.get(str(unit.id), ())),
                )
            )
    return tuple(parts)


def chosen_charts(scope: Scope, moved: Mapping[str, Move]) -> dict[str, list[Now]]:
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


def _ranked(scope: Scope, moved: Mapping[str, Move]) -> Iterator[tuple[float, Now]]:
    """Yield how much each indicator matters: off target, moved, weight, highlighted."""
    weights = _weights(scope)
    highlights = {str(name) for name in scope.report.highlights}
    for n in scope.own:
        name = str(n.indicator.id)
        if n.result.value is None:
            continue
        gap = shortfall(n.indicator, n.result)
        missed = 0.0 if gap is None else min(float(gap), 2.0)
        below = 4.0 if n.reading.level == "below" else 2.0 if gap is not None else 0.0
        times = min(float(moved[name].times), 6.0) / 3 if name in moved else 0.0
        yield below + missed + times + weights.get(name, 0.0) + (name in highlights), n


def _weights(scope: Scope) -> dict[str, float]:
    """Return what standing in the report's scorecards adds: a twentieth of the weight."""
    found: dict[str, float] = {}
    for card in scope.cards:
        for line in card.lines:
            worth = float(line.line.weight or 0) / 20 if card.scorecard.scored else 0.5
            name = str(line.indicator.id)
            found[name] = found.get(name, 0.0) + worth
    return found


def _chart(scope: Scope, n: Now) -> MiniChart:
    series = scope.trend(n)
    picture = mini_trend(n.indicator, series, scope.ctx.language) if series else ""
    return MiniChart(scope.link(n.indicator), n.reading, markup(picture))
