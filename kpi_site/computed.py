"""What was computed, beside what it was computed from: one value for everything above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpi_site.catalog import Catalog
from kpi_site.results import Results
from kpi_site.scoring import ScoredCards
from kpi_site.tables.model import Table

Scores = Mapping[str, ScoredCards]
"""Every scorecard in every period of its cycle, oldest first, by its id."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Content, facts by dataset, results by card, and scores by scorecard."""

    catalog: Catalog
    tables: Mapping[str, Table]
    results: Results
    scores: Scores
