"""The figures of a site: what was computed, what was published, and the drafts between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kpi_site.audience import narrowed
from kpi_site.computed import Computed
from kpi_site.editions.ledger import LedgerLine
from kpi_site.editions.publications import NOTHING_PUBLISHED, Publications
from kpi_site.editions.publications import seen_by as told_to
from kpi_site.scoring import score


@dataclass(frozen=True, slots=True)
class Figures(Computed):
    """What was computed, beside what it was computed from, and what was published.

    ``entries`` are the lines of the ledger. ``drafts`` are the reports that are not published,
    each with the figures as they were at the end of its period: a report of October knows
    nothing of November.
    """

    told: Publications = NOTHING_PUBLISHED
    entries: tuple[LedgerLine, ...] = ()
    drafts: Mapping[str, Figures] = field(default_factory=dict)


def seen_by(figures: Figures, audience: str | None) -> Figures:
    """Return what ``audience`` may see of ``figures``; None is the widest."""
    catalog = narrowed(figures.catalog, audience)
    if catalog is figures.catalog:
        return figures
    seen = {key: found for key, found in figures.results.items() if key in catalog.indicators}
    return replace(
        figures,
        catalog=catalog,
        tables={
            name: table
            for name, table in figures.tables.items()
            if name in catalog.datasets and catalog.datasets[name].listed
        },
        results=seen,
        scores=score(catalog, seen),
        told=told_to(figures.told, audience),
        drafts={label: seen_by(own, audience) for label, own in figures.drafts.items()},
    )
