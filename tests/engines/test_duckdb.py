"""DuckDB counts the same rows: every cell as Polars computes it, to the last digit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from kpi_site.checking import check
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.options import Options
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import ODD, SITES, SMALL, read_site
from tests.figures.small import SITE, card, dataset, write
from tests.oracle.product import TODAY


@pytest.mark.parametrize("name", SMALL)
def test_small_site(name: str, tmp_path: Path) -> None:
    assert read_site(SITES / name, tmp_path / ODD).differences(DuckDBEngine()) == []


@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(rows=ROWS, cycle=CYCLES)
def test_drawn_facts(rows: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read_site(write_drawn(Path(name), rows, cycle), Path(name) / "build")
        assert site.differences(DuckDBEngine()) == []


BY = "dimensions: [department]\n"
POSTINGS = (
    "person,department,since,until\nA,a,2026-01-01,2026-02-15\nB,a,2026-01-01,\nA,b,2026-02-15,\n"
)


@pytest.mark.parametrize("until", [", to: until", ""])
def test_parents_whose_rows_hold_for_a_time(tmp_path: Path, until: str) -> None:
    days = dataset("days", "name: person, type: string", "name: hours, type: integer", more=(
        "  foreignKeys:\n    - fields: [person]\n      reference:\n        resource: postings\n"
        f"        fields: [person]\n        valid: {{from: since{until}}}\n"
    ))  # fmt: skip
    postings = {"content/datasets/postings.yml": (
        "id: postings\npath: data/postings.csv\nschema:\n  fields:\n"
        "    - {name: person, type: string}\n    - {name: department, type: string}\n"
        "    - {name: since, type: date}\n    - {name: until, type: date}\n"
    )}  # fmt: skip
    site = write(tmp_path, {
        **days, **postings,
        **card("hours", "hours: {from: days, value: SUM(hours)}", more=BY),
        "data/postings.csv": POSTINGS,
        "data/days.csv": "day,person,hours\n2026-02-14,A,1\n2026-02-15,A,2\n2026-03-01,B,4\n",
    })  # fmt: skip
    figures = read_site(site, tmp_path / "build")
    assert figures.differences(DuckDBEngine()) == []
    found = figures.figures(DuckDBEngine())
    months = {
        key.split(" ", 2)[2]: cell.split()[0] for key, cell in found.items() if "2026-02" in key
    }
    assert months["department='a' 2026-02"] == "1"  # by hand: A is with a until the 14th
    assert months["department='b' 2026-02"] == "2"


def test_an_engine_is_named_in_the_site_or_asked_for(tmp_path: Path) -> None:
    site = write(tmp_path, {
        **dataset("facts", "name: amount, type: integer"),
        **card("total", "total: {from: facts, value: SUM(amount)}"),
        "data/facts.csv": "day,amount\n2026-03-01,1\n",
    })  # fmt: skip
    assert check(Options(root=site, today=TODAY, engine="duckdb")) == ()
    assert (site / "build/cache/results/duckdb").is_dir()  # it was DuckDB that computed
    assert not [*(site / "build/cache/results").glob("*.json")]
    (site / "content/site.yml").write_text(SITE + "engine: duckbd\n", encoding="utf-8")
    (problem,) = check(Options(root=site, today=TODAY))
    assert problem.text() == (
        "content/site.yml:5:9: unknown engine 'duckbd'. Did you mean 'duckdb'?"
    )


def test_an_engine_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write(tmp_path, {
        "content/site.yml": SITE + "engine: duckdb\n",
        **dataset("facts"), **card("rows", "rows: {from: facts, value: COUNT(*)}"),
        "data/facts.csv": "day\n2026-03-01\n",
    })  # fmt: skip
    monkeypatch.setattr("kpi_site.engine.choose.find_spec", lambda _: None)
    (problem,) = check(Options(root=site, today=TODAY))
    assert (problem.code, str(problem.where)) == ("engine-missing", "content/site.yml:5:9")
    assert check(Options(root=site, today=TODAY, engine="polars")) == ()
