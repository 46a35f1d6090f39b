"""A card ready to be computed, and what all cards share while they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kpi_site.catalog import Catalog, Indicator
from kpi_site.compute.compared import Compared
from kpi_site.compute.plan import TermPlan
from kpi_site.compute.spans import Stretch, Timeline
from kpi_site.compute.working_days import WorkingDays
from kpi_site.engine.cube import Schema
from kpi_site.engine.seam import Engine
from kpi_site.periods import Grain, Period
from kpi_site.tables.model import Table


@dataclass(frozen=True, slots=True)
class CardPlan:
    """A card, its planned terms, and its periods at each grain (none without facts).

    ``parts`` are the earlier periods that a running one is compared with, up to its day;
    ``bases`` the sums by which a mean comes apart by members.
    """

    card: Indicator
    terms: Mapping[str, TermPlan]
    firsts: Mapping[str, date | None]
    periods: Mapping[Grain, tuple[Period, ...]]
    parts: Mapping[Grain, tuple[Stretch, ...]]
    bases: Mapping[str, TermPlan]

    @property
    def asked(self) -> Mapping[str, TermPlan]:
        """Everything that is asked of the engine."""
        return {**self.terms, **self.bases}

    def cut(self, days: tuple[date, ...]) -> CardPlan:
        """Return the plan with buckets of months cut at ``days``."""
        terms, bases = (
            {name: term.cut(days) for name, term in own.items()} for own in (self.terms, self.bases)
        )
        return replace(self, terms=terms, bases=bases)

    @property
    def cuts(self) -> tuple[date, ...]:
        """The days at which the buckets of its terms are cut (`TermPlan.cut`)."""
        return next((s.cuts for t in self.terms.values() for s in t.sources if s.cuts), ())


@dataclass(frozen=True, slots=True)
class Setting:
    """What all cards share."""

    catalog: Catalog
    tables: Mapping[str, Table]
    timeline: Timeline
    schemas: Mapping[str, Schema]
    comparisons: Mapping[str, Mapping[Grain, Compared]]
    working: WorkingDays
    engine: Engine

    def so_far(self, periods: Iterable[Period]) -> tuple[Stretch, ...]:
        """Return ``periods`` as far as facts count."""
        return tuple(self.timeline.so_far(period) for period in periods)
