"""Distinct counts of many spans in one pass, beside sets of Python; what memory does not hold."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.engine import distinct_sql, duckdb_engine
from kpi_site.engine.atoms import Atom
from kpi_site.engine.cube import RowSource
from kpi_site.engine.distinct_sql import count_distinct, segment_bits
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.rows import Found, Reach, RowsRequest, fused, parted
from kpi_site.sql.nodes import Aggregate

START = date(2026, 1, 1)
SOURCE = RowSource("facts", "day", "day")
ATOM = Atom(Aggregate("count", None, distinct=True), 0, nullable=False)


def reach(first: int, length: int) -> Reach:
    return Reach(START + timedelta(days=first), START + timedelta(days=first + length))


REACHES = st.lists(st.builds(reach, st.integers(0, 40), st.integers(0, 30)), max_size=12)
FACTS = st.lists(
    st.tuples(st.integers(0, 70), st.sampled_from(["", "a", "b"]), st.integers(0, 5)), max_size=40
)


@settings(deadline=None)
@given(facts=FACTS, reaches=REACHES, bits=st.integers(1, 62), most=st.integers(2, 30))
def test_every_span_as_sets_tell_it(
    facts: list[tuple[int, str, int]], reaches: list[Reach], bits: int, most: int
) -> None:
    ((request, _),) = fused([RowsRequest(SOURCE, ATOM, tuple(reaches), ("place",))])
    days = [START + timedelta(days=day) for day, _, _ in facts]
    frame = pl.DataFrame(
        {"day": days, "d0": [m for _, m, _ in facts], "v": [v for _, _, v in facts]},
        schema={"day": pl.Date, "d0": pl.String, "v": pl.Int64},
    )
    expected: dict[tuple[str, str, int], int] = {}
    for index, span in enumerate(request.reaches):
        held = [(m, v) for (_, m, v), day in zip(facts, days, strict=True)
                if span.first <= day <= span.last]  # fmt: skip
        if held:
            expected["", "", index] = len({v for _, v in held})
        for member in {m for m, _ in held}:
            expected["place", member, index] = len({v for m, v in held if m == member})
    engine = DuckDBEngine()
    with pytest.MonkeyPatch.context() as patch, engine.open({}) as session:
        patch.setattr(distinct_sql, "BITS", bits)
        patch.setattr(distinct_sql, "MOST_SEGMENTS", most)
        rows = session.load(frame)
        found = count_distinct(
            session,
            engine.dialect,
            request,
            lambda _: f"SELECT * FROM {rows} AS t",
            lambda parts: session.load(segment_bits(parts)),
            [pl.String()],
        )
    assert found == expected


def test_requests_that_share_reaches_get_their_own_again() -> None:
    month, quarter, year = reach(31, 27), reach(0, 89), reach(0, 364)
    one = RowsRequest(SOURCE, ATOM, (quarter, month), ())
    other = RowsRequest(SOURCE, ATOM, (year, month, quarter), ())
    apart = RowsRequest(SOURCE, ATOM, (year,), ("place",))
    (both, requests), (alone, rest) = fused([one, apart, other])
    assert both.reaches == (quarter, year, month)
    assert (requests, alone, rest) == ((one, other), apart, (apart,))
    found: Found = {("", "", 0): 3, ("", "", 1): 12}  # no rows in the month
    assert list(parted(found, both, requests)) == [
        {("", "", 0): 3},
        {("", "", 0): 12, ("", "", 2): 3},
    ]


def test_values_beyond_the_memory_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "MEMORY", "20MB")
    with DuckDBEngine().open({}) as session:
        many = "SELECT RANGE * 7919 % 4000037 AS v FROM RANGE(4000037)"  # every number once
        groups = session.query(f"SELECT COUNT(*) AS n FROM (SELECT v FROM ({many}) GROUP BY v)")
        assert groups.item() == 4_000_037
        middle = session.query(f"SELECT QUANTILE_DISC(v, [0.5])[1] FROM ({many})")
        assert middle.item() == 2_000_018
