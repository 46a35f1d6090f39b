"""The sample company over PostgreSQL: every figure that it ever published, the same."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from kpi_site.databases.fetching import Fetching, fetch
from kpi_site.options import Options
from kpi_site.problems import has_errors
from kpi_site.stages import figures
from tests.databases.moving import moved
from tests.servers import Server

ROOT = Path(__file__).parents[2]


def test_every_published_figure_is_the_same(postgresql: Server, tmp_path: Path) -> None:
    """The editions were frozen from files; what differs now would stand in ``pending``.

    The one difference is that of the story: claims of August that came in late.
    """
    day = date(2026, 11, 30)
    site = tmp_path / "site"
    script = moved(ROOT, site, tmp_path / "cache", day)
    url = postgresql.database("company", script)
    options = Options(site, day)
    now = datetime(2026, 11, 30, 8, tzinfo=UTC)
    snapshots, problems = fetch(Fetching(options, (), now, {**os.environ, "KPI_ERP_URL": url}))
    assert not has_errors(problems), [p.text() for p in problems]
    assert len(snapshots) > 40
    assert not list((site / "data").rglob("*.csv"))
    found, problems = figures(options)
    assert found is not None, [p.text() for p in problems]
    pending = {label: changes for label, changes in found.told.pending.items() if changes}
    assert {c.indicator for c in pending.pop("2026-08")} == {"warranty_claim_rate"}
    assert pending == {}
