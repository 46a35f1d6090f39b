"""Sites whose rows stay in PostgreSQL: every figure as Polars computes it from files."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kpi_site.compute import settle_through
from kpi_site.content import read_catalog
from kpi_site.databases.fetching import Fetching, fetch
from kpi_site.engine.choose import choose_engine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.options import Options
from kpi_site.problems import has_errors
from kpi_site.pushing.asking import ask
from tests.databases.moving import moved, pushed
from tests.engines.figures import SITES, SMALL, Figures, Site, read_site
from tests.oracle.product import TODAY
from tests.servers import Server

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def stayed(root: Path, folder: Path, server: Server) -> tuple[Site, set[str]]:
    """Move a site into a database, where the rows stay; return it, and the names of those."""
    target = folder / "site"
    url = server.database("pushed", moved(root, target, folder / "cache", TODAY))
    catalog, _ = read_catalog(root, today=TODAY)
    assert catalog is not None
    names = pushed(target, catalog)
    asked = Fetching(Options(target, TODAY), (), NOW, {**os.environ, "KPI_ERP_URL": url})
    _, problems = fetch(asked)
    assert not has_errors(problems), [p.text() for p in problems]
    answered, problems = ask(asked)
    assert not has_errors(problems), [p.text() for p in problems]
    assert {str(one.table.dataset.id) for one in answered} == names
    return read_site(target, folder / "cache"), names


@pytest.mark.parametrize("name", SMALL)
def test_small_site(name: str, tmp_path: Path, postgresql: Server) -> None:
    site, _ = stayed(SITES / name, tmp_path, postgresql)
    expected = read_site(SITES / name, tmp_path / "files").figures(PolarsEngine())
    assert site.differences(choose_engine(site.catalog, None), expected) == []


@pytest.mark.engines
@pytest.mark.xdist_group("engines")
def test_sample_company(tmp_path: Path, postgresql: Server) -> None:
    site, names = stayed(ROOT, tmp_path, postgresql)
    assert len(names) > 25
    expected = read_site(ROOT, tmp_path / "files").figures(PolarsEngine())
    assert len(expected) > 200_000
    engine = choose_engine(site.catalog, None)
    assert site.differences(engine, expected) == []
    # As they were at the end of the oldest report, for which less is asked anew.
    day = min(report.period.last for report in site.catalog.reports.values())
    settled = settle_through(site.catalog, site.tables, TODAY)
    then = Site(settled.through(day), site.tables)
    assert then.differences(engine, then_from_files(day, tmp_path)) == []


def then_from_files(day: date, folder: Path) -> Figures:
    """Compute the sample company from its files, as of ``day``."""
    files = read_site(ROOT, folder / "files")
    settled = settle_through(files.catalog, files.tables, TODAY)
    return Site(settled.through(day), files.tables).figures(PolarsEngine())
