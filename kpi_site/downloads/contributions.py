"""``data/contributions.csv``: what terms and members add to each change of a card.

Rules: specification.md#contributions-csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_site.catalog import Indicator
from kpi_site.contributions import Explained, make_panel
from kpi_site.periods import Calendar
from kpi_site.results import IndicatorResults
from kpi_site.tidy import CONTRIBUTIONS, plain, rows_csv


def contributions_csv(calendar: Calendar, card: Indicator, found: IndicatorResults) -> bytes:
    """Return the contributions to every change of ``card`` at its cycle, oldest period first."""
    panel = make_panel(calendar, card, found, card.cycle)
    return rows_csv((CONTRIBUTIONS, *contribution_rows(panel.every() if panel else ())))


def contribution_rows(changes: Iterable[Explained]) -> Iterator[Sequence[object]]:
    """Yield the rows of ``changes``: the terms' first, in each group the largest first."""
    for found in changes:
        for group in found.groups:
            for part in group.parts:
                yield (
                    found.indicator, found.new.period.label, found.against, part.kind,
                    group.dimension, part.name, plain(part.value),
                )  # fmt: skip
