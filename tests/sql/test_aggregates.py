"""Single aggregates give the same as DuckDB, for the whole, by group, and of no row."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from kpi_site.sql.kinds import polars_type
from kpi_site.sql.nodes import Aggregate
from kpi_site.sql.parse import parse_aggregate
from kpi_site.sql.to_polars import aggregate_expr
from kpi_site.sql.types import infer
from tests.sql.facts import FRAME, SCHEMA, code, connect, same

AGGREGATES = """
COUNT(*)
COUNT()
COUNT(i)
COUNT(s)
COUNT(DISTINCT i)
COUNT(DISTINCT s)
COUNT(DISTINCT d)
COUNT(DISTINCT a)
COUNT(DISTINCT CASE WHEN f THEN g END)
COUNT(*) FILTER (WHERE f)
COUNT(*) FILTER (WHERE NOT f)
COUNT(i) FILTER (WHERE h)
COUNT(DISTINCT g) FILTER (WHERE i > 0)
COUNT_IF(i > 0)
COUNT_IF(NULL)
COUNT_IF(i > 0) FILTER (WHERE f)
SUM(i)
SUM(a)
SUM(b)
SUM(x)
SUM(f)
SUM(a * b)
SUM(i * 1.5)
SUM(a) FILTER (WHERE g = 'p')
SUM(a) FILTER (WHERE f AND h)
SUM(i) FILTER (WHERE FALSE)
SUM(CASE WHEN f THEN a ELSE 0 END)
SUM(CASE WHEN f THEN a END)
SUM(DATE_DIFF('day', d, e))
SUM(d - e)
SUM(NULL)
AVG(i)
MEAN(i)
AVG(a)
AVG(x)
AVG(a) FILTER (WHERE f)
MIN(i)
MAX(i)
MIN(a)
MAX(a)
MIN(x)
MAX(d)
MIN(t)
MAX(s)
MAX(a) FILTER (WHERE h)
MEDIAN(i)
MEDIAN(a::DOUBLE)
MEDIAN(x)
MEDIAN(b::DOUBLE) FILTER (WHERE f)
QUANTILE_CONT(i, 0.25)
QUANTILE_CONT(a::DOUBLE, 0.9)
QUANTILE_CONT(x, 0)
QUANTILE_CONT(x, 1)
PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY a::DOUBLE)
PERCENTILE_CONT(0.1) WITHIN GROUP (ORDER BY x DESC)
PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY i) FILTER (WHERE f)
MEDIAN(EPOCH(u - t))
""".strip().splitlines()


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    yield connection
    connection.close()


@pytest.mark.parametrize("text", AGGREGATES)
def test_same_as_duckdb(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    expression, problems = parse_aggregate(code(text))
    assert expression is not None, problems
    assert isinstance(expression.node, Aggregate)
    found, problems = infer(expression, SCHEMA)
    assert found is not None, problems
    expr = aggregate_expr(expression.node, SCHEMA).alias("r")

    if text.startswith("COUNT_IF"):  # DuckDB has NULL for none; specification.md#aggregates
        text = f"COALESCE({text}, 0)"
    grouped = FRAME.lazy().group_by("g").agg(expr).collect()
    ours = dict(zip(grouped["g"], grouped["r"], strict=True))
    theirs = dict(duck.execute(f"SELECT g, {text} FROM facts GROUP BY g").fetchall())
    assert grouped.schema["r"] == polars_type(found)
    bad = {g: (ours[g], theirs[g]) for g in theirs if not same(ours[g], theirs[g])}
    assert not bad

    for rows, condition in ((FRAME, "TRUE"), (FRAME.clear(), "FALSE")):
        one = rows.lazy().select(expr).collect().item()
        (two,) = duck.execute(f"SELECT {text} FROM facts WHERE {condition}").fetchall()[0]
        assert same(one, two), (condition, one, two)


@pytest.mark.parametrize(
    "text", ["SUM(u - t)", "AVG(u - t)", "MEDIAN(u - t)", "MAX(u - t)", "QUANTILE_CONT(u - t, 0.9)"]
)
def test_durations_are_the_same_as_their_seconds(
    duck: duckdb.DuckDBPyConnection, text: str
) -> None:
    expression, _ = parse_aggregate(code(text))
    assert expression is not None
    assert isinstance(expression.node, Aggregate)
    ours = FRAME.select(aggregate_expr(expression.node, SCHEMA)).item()
    seconds = text.replace("u - t", "EPOCH(u - t)")
    (theirs,) = duck.execute(f"SELECT {seconds} FROM facts").fetchall()[0]
    assert abs(ours.total_seconds() - theirs) < 1e-5
