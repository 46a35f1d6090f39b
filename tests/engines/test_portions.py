"""Spans taken in turn, as for very many rows, give what all at once give."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kpi_site.engine import distinct_sql, quantile_sql, rows
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.rows import Reach, portions
from tests.engines.drawn import CYCLES, ROWS, write_drawn
from tests.engines.figures import SITES, read_site
from tests.engines.kinds import by_every_kind

DAY = date(2026, 1, 1)


@settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(drawn=ROWS, cycle=CYCLES)
def test_drawn_facts(drawn: list[tuple[str, ...]], cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        site = read_site(write_drawn(Path(name), drawn, cycle), Path(name) / "build")
        expected = site.figures(PolarsEngine())
        patch.setattr(rows, "MOST_AT_ONCE", 2)
        patch.setattr(distinct_sql, "MOST_SEGMENTS", 3)
        patch.setattr(quantile_sql, "MOST", 2)
        assert site.differences(PolarsEngine(), expected) == []
        assert site.differences(DuckDBEngine(), expected) == []


@pytest.mark.parametrize("name", ["running", "averages"])
def test_small_site(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = read_site(SITES / name, tmp_path)
    expected = site.figures(PolarsEngine())
    monkeypatch.setattr(rows, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(distinct_sql, "MOST_SEGMENTS", 3)
    monkeypatch.setattr(quantile_sql, "MOST", 2)
    assert site.differences(PolarsEngine(), expected) == []
    assert site.differences(DuckDBEngine(), expected) == []


@pytest.mark.usefixtures("narrow")
def test_dimensions_of_every_kind(tmp_path: Path) -> None:
    assert by_every_kind(tmp_path).differences(DuckDBEngine()) == []


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=8)


@given(SPANS, st.dictionaries(st.integers(0, 50), st.integers(1, 5)), st.integers(1, 12))
def test_each_portion_has_few_enough_rows_or_is_one_span(
    spans: list[tuple[int, int]], counts: dict[int, int], most: int
) -> None:
    reaches = [
        Reach(DAY + timedelta(days=first), DAY + timedelta(days=first + more))
        for first, more in sorted(spans)
    ]
    days = {DAY + timedelta(days=day): count for day, count in counts.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "MOST_AT_ONCE", most)
        found = portions(reaches, days)
    assert [i for portion in found for i in portion] == [*range(len(reaches))]
    for portion in found:
        held = sum(
            sum(n for day, n in days.items() if reaches[i].first <= day <= reaches[i].last)
            for i in portion
        )
        assert held <= most or len(portion) == 1
