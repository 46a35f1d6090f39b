"""Whether a database was asked all that the cards want of it (specification.md#push)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kpi_site.catalog import Catalog
from kpi_site.compute.run import questions
from kpi_site.compute.through import settle_through
from kpi_site.engine.kept_engine import no_answer, unanswered
from kpi_site.problems import Problem
from kpi_site.tables.model import Table


def check_answers(
    catalog: Catalog, tables: Mapping[str, Table], today: date
) -> tuple[Problem, ...]:
    """Return a problem for each dataset whose database was not asked all of it."""
    if not any(table.pushed for table in tables.values()):
        return ()
    settled = settle_through(catalog, tables, today)
    through = settled.site.data_through
    assert through is not None
    requests, _ = questions(settled, tables)
    missing = unanswered(tables, requests, through)
    return tuple(no_answer(tables[name], count, through) for name, count in missing.items())
