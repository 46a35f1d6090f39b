"""What editions have told of cells with few persons, and what was hidden in them.

A figure that was published stays known, and one that was hidden stays hidden
(specification.md#small-cells).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache

from kpi_site.catalog import Catalog
from kpi_site.disclosure import Before, CellKey
from kpi_site.editions.figures import figures
from kpi_site.editions.model import Edition, Figure
from kpi_site.periods import Period
from kpi_site.results import Results, SeriesKey, State


def told_before(
    editions: Iterable[Edition], catalog: Catalog, results: Results, cards: Collection[str]
) -> Before:
    """Return the cells of ``cards`` whose figures in ``editions`` are today's, or were hidden.

    ``results`` are today's, nothing hidden. A figure that has changed since tells of it no more
    than that it was another one.
    """
    now = {
        str(once): str(card.id) for card in catalog.indicators.values() for once in card.formerly
    }
    told: set[CellKey] = set()
    hidden: set[CellKey] = set()
    for edition in editions:
        for figure, key, period in _cells(edition, catalog, now, cards):
            if figure.state is State.SUPPRESSED:
                hidden.add(key)
            elif _is_todays(figure, key, period, results):
                told.add(key)
    return Before(frozenset(told - hidden), frozenset(hidden))


def _cells(
    edition: Edition, catalog: Catalog, now: dict[str, str], cards: Collection[str]
) -> Iterator[tuple[Figure, CellKey, Period]]:
    parse = cache(catalog.site.calendar.parse)
    for figure in figures(edition):
        name = now.get(figure.indicator, figure.indicator)
        period = parse(figure.period) if name in cards else None
        if period is not None:
            series = SeriesKey(period.grain, figure.dimension, figure.member)
            yield figure, CellKey(name, series, period.first), period


def _is_todays(figure: Figure, key: CellKey, period: Period, results: Results) -> bool:
    found = results.get(key.card)
    series = found.series.get(key.series) if found is not None else None
    result = series.at(period) if series is not None else None
    return result is not None and (result.value, result.n) == (figure.value, figure.n)
