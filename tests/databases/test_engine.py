"""A connection may say what counts the rows of its datasets."""

from __future__ import annotations

import pytest

from kpi_site.checking import check
from kpi_site.engine.choose import choose_engine
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.stages import read, widest
from tests.databases.company import SITE, Company
from tests.databases.conftest import Begin

CARD = """\
id: {name}
name: {{zh: 数, en: Number}}
definition: {{zh: 行数, en: Rows}}
formula: n
terms: {{n: {{from: {dataset}, value: "{value}"{more}}}}}
unit: count
cycle: month
direction: higher
department: sales
"""
DUCK = SITE.replace("max_age: 7d", "engine: duckdb")


def begun(begin: Begin) -> Company:
    company = begin()
    company.write("site.yml", DUCK)
    text = CARD.format(name="amount", dataset="shipments", value="SUM(amount)", more="")
    company.write("indicators/sales/amount.yml", text.replace("department: sales\n", ""))
    company.fetched()
    return company


def test_its_datasets_are_counted_by_it(over_sqlite: Begin) -> None:
    company = begun(over_sqlite)
    facts, problems = read(company.options)
    assert facts is not None, [p.text() for p in problems]
    engine = choose_engine(facts.catalog, None)
    assert isinstance(engine.of("shipments"), DuckDBEngine)
    assert engine.of("others").name == "polars"
    assert choose_engine(facts.catalog, "polars").of("shipments").name == "polars"
    figures, _ = widest(company.options)
    assert figures is not None
    (whole, *_) = figures.results["amount"].wholes()
    found = {str(result.period): str(result.value) for result in whole.results}
    assert found == {"2026-08": "10.10", "2026-09": "20.20", "2026-10": "1030.29"}  # by hand
    kept = company.options.cache / "results"
    assert [p.name for p in kept.iterdir() if p.is_dir()] == [
        "polars.customers-duckdb.shipments-duckdb"
    ]


def test_one_that_is_not_known_or_not_there(
    over_sqlite: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = begun(over_sqlite)
    monkeypatch.setattr("kpi_site.engine.choose.find_spec", lambda _: None)
    (problem,) = check(company.options)
    assert (problem.code, problem.where.line) == ("engine-missing", 3)
    company.write("site.yml", DUCK.replace("duckdb", "duckbd"))
    (problem,) = check(company.options)
    assert "unknown engine 'duckbd'" in problem.text()
