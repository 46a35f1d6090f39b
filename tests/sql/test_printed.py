"""Expressions printed as SQL mean in DuckDB what they mean in Polars, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kpi_site.engine.duckdb_engine import frame_of
from kpi_site.sql.functions import FUNCTIONS
from kpi_site.sql.kinds import polars_type
from kpi_site.sql.parse import parse_row
from kpi_site.sql.printing.calls import CALLS
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.printed import print_row
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.too_wide import TooWide
from kpi_site.sql.types import infer
from tests.sql.facts import FRAME, SCHEMA, code
from tests.sql.test_random import conditions, days, numbers, texts

NAMES = {name: f"c{i}" for i, name in enumerate(SCHEMA)}


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    file = tmp_path_factory.mktemp("facts") / "facts.parquet"
    FRAME.write_parquet(file)
    connection = duckdb.connect(config={"threads": 1})
    rows = f"read_parquet('{file}') AS t({', '.join(NAMES.values())})"
    connection.execute(f"CREATE TABLE facts AS SELECT * FROM {rows}")
    yield connection
    connection.close()


def both(duck: duckdb.DuckDBPyConnection, text: str) -> tuple[list[object], list[object]] | None:
    """Return the values of ``text`` in Polars and in DuckDB; None if it is refused."""
    expression, problems = parse_row(code(text))
    assert expression is not None, (text, problems)
    found, _ = infer(expression, SCHEMA)
    if found is None or found.kind == "null":
        return None
    try:
        value = row_expr(expression.node, SCHEMA)
    except TooWide:
        return None
    printed = print_row(expression.node, SCHEMA, NAMES, Dialect())
    answer = duck.sql(f"SELECT {printed.text} AS r FROM facts ORDER BY c0")
    theirs = frame_of(answer)["r"]
    ours = FRAME.lazy().select("n", value.alias("r")).sort("n").collect()["r"]
    if found.kind == "duration":
        ours = ours.to_physical()
    elif found.kind != "integer":
        assert theirs.dtype == polars_type(found), (text, printed.text)
    return [*map(_exact, ours)], [*map(_exact, theirs.cast(ours.dtype))]


def _exact(value: object) -> str:
    """Return all digits; which of two equal zeros LEAST takes is nobody's promise."""
    return repr(0.0 if value == 0.0 and isinstance(value, float) else value)


def test_every_function_can_be_printed() -> None:
    assert set(CALLS) - {"date_add"} == set(FUNCTIONS) - {"date_add"}


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.one_of(numbers(3), conditions(3), texts(2), days(2)))
def test_same_as_polars(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("(' ", "('").replace("' ", "'").replace(" ',", "',")
    found = both(duck, text)
    assume(found is not None)
    assert found is not None
    assert found[0] == found[1], text
