"""What the product makes of a site: the very files that it publishes below ``data/``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi_site import downloads
from kpi_site.compute import compute
from kpi_site.computed import Computed
from kpi_site.content import read_catalog
from kpi_site.problems import has_errors
from kpi_site.scoring import score
from kpi_site.tables.read import read_tables

TODAY = date(2026, 11, 10)


def built(root: Path, cache: Path, today: date = TODAY) -> dict[str, bytes]:
    """Return the files below ``data/`` by their path; problems of the site fail."""
    catalog, problems = read_catalog(root, today=today)
    assert catalog is not None, [p.text() for p in problems]
    assert not has_errors(problems), [p.text() for p in problems]
    tables, found = read_tables(catalog, cache)
    assert not has_errors(found), [p.text() for p in found]
    results = compute(catalog, tables, cache=None)
    computed = Computed(catalog, tables, results, score(catalog, results))
    return {file.path: file.data for file in downloads.files(computed)}
