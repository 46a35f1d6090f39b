"""Where ``site.yml`` names no last day, the facts do: the last month that is over.

Rules: specification.md#data-through.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi_site.compute import settle_through
from kpi_site.content import read_catalog
from kpi_site.tables.read import read_tables

TODAY = date(2026, 11, 10)
DATASET = """\
id: {name}
path: data/{name}.csv
time: day
schema:
  fields: [{{name: day, type: {type}}}]
"""


@pytest.mark.parametrize(
    ("facts", "plans", "through"),
    [
        (["2026-08-20"], [], date(2026, 7, 31)),
        (["2026-08-31"], [], date(2026, 8, 31)),  # the month is over with that day
        (["2026-08-31T23:59"], [], date(2026, 8, 31)),
        (["2026-08-31"], ["2027-01-01", "2027-02-01"], date(2026, 8, 31)),  # plans lie ahead
        (["2026-08-31"], ["2026-10-01", "2027-02-01"], date(2026, 9, 30)),
        (["2026-11-10"], ["2026-12-31"], date(2026, 10, 31)),
        ([], ["2027-01-01"], date(2026, 10, 31)),  # without facts, as of today
        ([], [], date(2026, 10, 31)),
        (["2024-01-01", "2025-01-01"], [], date(2025, 12, 31)),  # one date a year
        (["2024-12-31", "2025-12-31"], [], date(2025, 12, 31)),
        (["2025-01-01", "2026-01-01"], [], date(2025, 12, 31)),  # a year that is not over
        (["2025-01-01"], [], date(2024, 12, 31)),  # one date makes no rhythm
        (["2023-01-01", "2025-01-01"], [], date(2024, 12, 31)),  # nor do dates with gaps
        (["2024-01-01", "2025-01-01", "2025-01-02"], [], date(2024, 12, 31)),
        (["2026-01-01", "2026-04-01", "2026-07-01"], [], date(2026, 9, 30)),  # a quarter
        (["2026-08-01", "2026-09-01", "2026-10-01"], [], date(2026, 10, 31)),  # a month
        (["2026-08-01", "2026-09-01", "2026-10-01"], ["2026-10-01"], date(2026, 9, 30)),
        (["2026-10-12", "2026-10-19", "2026-10-26"], [], date(2026, 10, 31)),  # Mondays
        (["2026-10-11", "2026-10-18", "2026-10-25"], [], date(2026, 9, 30)),  # Sundays
        (["2026-10-13", "2026-10-20", "2026-10-27"], [], date(2026, 9, 30)),  # of no whole week
        (["2026-10-05", "2026-10-19", "2026-10-26"], [], date(2026, 9, 30)),  # one is missing
        (["2026-10-20"], ["2025-01-01", "2026-01-01"], date(2026, 9, 30)),
    ],
)
def test_last_day(tmp_path: Path, facts: list[str], plans: list[str], through: date) -> None:
    kind = "datetime" if any("T" in day for day in facts) else "date"
    for folder in ("content/datasets", "data"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "content/site.yml").write_text("organisation: x\n")
    for name, days, type_ in (("facts", facts, kind), ("plans", plans, "date")):
        (tmp_path / f"data/{name}.csv").write_text("\n".join(["day", *days, ""]))
        dataset = DATASET.format(name=name, type=type_)
        (tmp_path / f"content/datasets/{name}.yml").write_text(dataset)
    catalog, problems = read_catalog(tmp_path, today=TODAY)
    assert catalog is not None, problems
    tables, _ = read_tables(catalog, tmp_path / "cache")
    assert settle_through(catalog, tables, TODAY).site.data_through == through
