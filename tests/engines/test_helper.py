"""What the default hands to its helper, of very many rows, is what it would find itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from kpi_site.engine import polars_engine
from kpi_site.engine.choose import make_engine
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.seam import Answers, Request, Schemas, Tables
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import read_site
from tests.figures.small import card, dataset, write


class Helper(DuckDBEngine):
    """DuckDB, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        wanted = list(requests)
        self.asked += wanted
        return super().answer(tables, wanted, through, schemas)


@settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(rows=ROWS, cycle=CYCLES)
def test_drawn_facts(rows: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        site = read_site(write_drawn(Path(name), rows, cycle), Path(name) / "build")
        expected = site.figures(PolarsEngine())
        patch.setattr(polars_engine, "MANY", 0)
        assert site.differences(PolarsEngine(Helper()), expected) == []


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("MEDIAN(big)", True),
        ("COUNT(DISTINCT word)", True),
        ("COUNT(DISTINCT UPPER(word))", False),  # ß: they think differently of its other case
        ("MEDIAN(big * big * 2)", False),  # more than 38 digits
        ("SUM(big)", False),
    ],
)
def test_what_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, asked: bool
) -> None:
    root = write(tmp_path, {
        **dataset("facts", "name: word, type: string", "name: big, type: integer"),
        **card("n", f'n: {{from: facts, value: "{value}"}}'),
        "data/facts.csv": "day,word,big\n2026-03-01,Straße,9000000000000000000\n",
    })  # fmt: skip
    site = read_site(root, tmp_path / "build")
    expected = site.figures(PolarsEngine())
    monkeypatch.setattr(polars_engine, "MANY", 1)
    helper = Helper()
    assert site.differences(PolarsEngine(helper), expected) == []
    assert bool(helper.asked) == asked
    helper.asked.clear()
    monkeypatch.setattr(polars_engine, "MANY", 2)
    site.figures(PolarsEngine(helper))
    assert not helper.asked


def test_the_default_has_a_helper_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine("polars")
    assert isinstance(engine, PolarsEngine)
    assert isinstance(engine.helper, DuckDBEngine)
    monkeypatch.setattr("kpi_site.engine.choose.find_spec", lambda _: None)
    assert make_engine("polars") == PolarsEngine()
