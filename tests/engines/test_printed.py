"""Expressions printed as SQL mean in every engine what they mean in Polars, to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kpi_site.engine.clickhouse_engine import ClickHouseEngine
from kpi_site.engine.cube_sql import whole
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from kpi_site.engine.spark_engine import SparkEngine
from kpi_site.engine.sql_engine import SqlEngine
from kpi_site.sql.functions import FUNCTIONS
from kpi_site.sql.kinds import SqlType, polars_type
from kpi_site.sql.parse import parse_row
from kpi_site.sql.printing.calls import CALLS
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.printing.printed import print_row
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.too_wide import TooWide
from kpi_site.sql.types import infer
from tests.servers import Server
from tests.sql.facts import FRAME, SCHEMA, code
from tests.sql.test_random import conditions, days, numbers, texts
from tests.sql.test_rows import EXPRESSIONS

# Beside what is true of the years around: long ago, far ahead, and halves of doubles.
MORE = [
    *(
        form.format(day=day)
        for day in ("(d - 730000)", "(e - 46000)", "(d + 2900000)", "(t::DATE + 100000)")
        for form in (
            "DATE_PART('year', {day})",
            "DATE_PART('week', {day})",
            "DATE_PART('dow', {day})",
            "DATE_PART('isodow', {day})",
            "DATE_PART('doy', {day})",
            "DATE_TRUNC('week', {day})",
            "DATE_TRUNC('quarter', {day})",
            "{day} + INTERVAL 7 MONTHS",
            "{day} - INTERVAL 1 YEAR",
            "LAST_DAY({day})",
            "CAST({day} AS VARCHAR)",
            "MAKE_DATE(YEAR({day}), 2, 29)",
            "STRFTIME({day}, '%y %j')",
            "DATE_DIFF('month', {day}, d)",
            "DATE_DIFF('hour', {day}, t)",
        )
    ),
    "HOUR(t - INTERVAL 600000 DAYS)",
    "MINUTE(t - INTERVAL 37 YEARS)",
    "DATE_TRUNC('second', t - INTERVAL 700000 DAYS)",
    "CAST(x AS DECIMAL(18,2))",
    "CAST(a / 8 AS DECIMAL(18,3))",
    "CAST(a / 3 AS DECIMAL(18,12))",
    "ROUND(a / 8, 3)",
    "ROUND(i / 2)",
    "ROUND(x, -1)",
    "CAST(i / 2 AS INTEGER)",
    "(u - t) * 0.37",
    "i * 999999999999999999 * 1000 // 7",
    "ABS(i * 999999999999999999 * 9) % 10",
    "-(i * 999999999999999999 * 9)",
    "i * 999999999999999999 * 1000 / 7",
    "i * 999999999999999999 * 1000 + 0.5",
    "s LIKE '%\\%'",
    "REPLACE(s, '\\', '''')",
    "'\\' || s",
    "i IN (j, NULL, 2)",
    "i NOT IN (j, 2)",
    "CONCAT(NULL, NULL)",
]  # fmt: skip
NAMES = {name: f"c{i}" for i, name in enumerate(SCHEMA)}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that holds the rows of ``FRAME``, and answers columns r0, r1, … in their order."""

    engine: SqlEngine
    ask: Callable[[Sequence[str]], pl.DataFrame]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("facts") / "facts.parquet"
    FRAME.write_parquet(found)
    return found


def opened(engine: SqlEngine, file: Path) -> Iterator[Engine]:
    with engine.open({}) as session:
        rows, names = session.file(file, SCHEMA)
        assert names == NAMES

        def ask(texts: Sequence[str]) -> pl.DataFrame:
            items = ", ".join(f"{text} AS r{i}" for i, text in enumerate(texts))
            return session.query(f"SELECT {items} FROM {rows} AS t ORDER BY c0")

        yield Engine(engine, ask)


@pytest.fixture(scope="module")
def duckdb(file: Path) -> Iterator[Engine]:
    yield from opened(DuckDBEngine(), file)


@pytest.fixture(scope="module")
def clickhouse(file: Path) -> Iterator[Engine]:
    yield from opened(ClickHouseEngine(), file)


@pytest.fixture(scope="module")
def server(file: Path, postgresql: Server) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_SITE_ENGINE_URL", postgresql.database("printed"))
        yield from opened(PostgreSQLEngine(), file)


@pytest.fixture(scope="module")
def cluster(file: Path, spark: SparkEngine) -> Iterator[Engine]:
    yield from opened(spark, file)


@dataclass(frozen=True, slots=True)
class Read:
    """An expression with its type, as Polars computes it and as the engine writes it."""

    text: str
    type: SqlType
    ours: pl.Series
    printed: str


def read(engine: Engine, text: str) -> Read | None:
    """Read ``text``; None if the types or the engine refuse it."""
    expression, problems = parse_row(code(text))
    assert expression is not None, (text, problems)
    found, _ = infer(expression, SCHEMA)
    if found is None or found.kind == "null":
        return None
    try:
        value = row_expr(expression.node, SCHEMA)
        printed = print_row(expression.node, SCHEMA, NAMES, engine.engine.dialect)
    except (TooWide, Refused):
        return None
    ours = FRAME.lazy().select("n", value.alias("r")).sort("n").collect()["r"]
    exact = found.kind in {"integer", "number"}
    asked = engine.engine.dialect.exact(printed.text, found) if exact else printed.text
    return Read(text, found, ours, asked)


def compare(engine: Engine, expressions: Sequence[Read]) -> list[object]:
    """Return what differs."""
    answers = engine.ask([one.printed for one in expressions])
    different: list[object] = []
    for one, answer in zip(expressions, answers.iter_columns(), strict=True):
        ours, theirs = one.ours, answer
        if one.type.kind == "duration":
            ours = ours.to_physical()
        elif one.type.kind in {"integer", "number"}:
            ours, theirs = (
                pl.select(whole(pl.lit(found), found.dtype)).to_series() for found in (ours, theirs)
            )
        elif isinstance(engine.engine, DuckDBEngine):
            assert theirs.dtype == polars_type(one.type), one
        pair = [*map(_exact, ours)], [*map(_exact, theirs.cast(ours.dtype))]
        if pair[0] != pair[1]:
            different.append((one.text, *pair, one.printed))
    return different


def _exact(value: object) -> str:
    """Return all digits; which of two equal zeros LEAST takes is nobody's promise."""
    return repr(0.0 if value == 0.0 and isinstance(value, float) else value)


def test_every_function_can_be_printed() -> None:
    assert set(CALLS) - {"date_add"} == set(FUNCTIONS) - {"date_add"}


HEAVY = [pytest.param(name, marks=pytest.mark.engines) for name in ("clickhouse", "cluster")]


@pytest.mark.parametrize("name", ["duckdb", "server", *HEAVY])
def test_every_function(name: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(name)
    found = [one for text in [*EXPRESSIONS, *MORE] if (one := read(engine, text)) is not None]
    assert len(found) > 380
    different = [one for part in batched(found, 40) for one in compare(engine, part)]
    assert different == []


def batched(found: Sequence[Read], size: int) -> Iterator[Sequence[Read]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def same(engine: Engine, text: str) -> None:
    found = read(engine, text.replace("(' ", "('").replace("' ", "'").replace(" ',", "',"))
    assume(found is not None)
    assert found is not None
    assert compare(engine, [found]) == []


TEXTS = st.one_of(numbers(3), conditions(3), texts(2), days(2))
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=400, deadline=None, suppress_health_check=CHECKS)
@given(TEXTS)
def test_duckdb(duckdb: Engine, text: str) -> None:
    same(duckdb, text)


@pytest.mark.engines
@settings(max_examples=100, deadline=None, suppress_health_check=CHECKS)
@given(TEXTS)
def test_clickhouse(clickhouse: Engine, text: str) -> None:
    same(clickhouse, text)
