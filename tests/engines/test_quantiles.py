"""Quantiles by counting: every span and member as sorted lists of Python tell it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpi_site.engine import quantile_sql, rows
from kpi_site.engine.distinct_sql import segments
from kpi_site.engine.duckdb_engine import DuckDBEngine
from kpi_site.engine.facts_sql import Session
from kpi_site.engine.grouped_sql import Grouped
from kpi_site.engine.quantile_sql import quantiles, spans_of
from kpi_site.engine.rows import Reach
from kpi_site.sql.kinds import BOOLEAN, DOUBLE, STRING, SqlType, number
from kpi_site.sql.printing.dialect import Dialect

START = date(2026, 1, 1)
Fact = tuple[int, str, bool | None, int]
HUGE = 10**37


def reach(first: int, length: int) -> Reach:
    return Reach(START + timedelta(days=first), START + timedelta(days=first + length))


REACHES = st.lists(st.builds(reach, st.integers(0, 40), st.integers(0, 30)), min_size=1, max_size=9)
VALUES = st.one_of(
    st.integers(-3, 3),
    st.integers(-1000, 100_000),
    st.sampled_from([0, HUGE, -HUGE, 2**53, 2**53 + 1, 2**53 + 2, HUGE + 1]),
)
FACTS = st.lists(
    st.tuples(
        st.integers(0, 75),
        st.sampled_from(["", "a", "b"]),
        st.sampled_from([None, False, True]),
        VALUES,
    ),
    max_size=40,
)
SHARES = st.sampled_from([0.5, 0.0, 1.0, 0.25, 0.9, 1 / 3])
DIMENSIONS = [STRING, BOOLEAN]
NAMES = {None: "", False: "false", True: "true"}


def by_sorting(values: Sequence[int], share: float) -> float:
    """Return the quantile by its definition, in fractions but for the place."""
    ordered = sorted(values)
    if share == 0.5:
        low, high = statistics.median_low(ordered), statistics.median_high(ordered)
        return float(low) if low == high else 0.5 * (float(high) - float(low)) + float(low)
    at = (len(ordered) - 1) * share
    low = ordered[int(at)]
    high = ordered[min(int(at) + 1, len(ordered) - 1)] if at > int(at) else low
    return float(low) + (at - int(at)) * (float(high) - float(low))


def expected(facts: Sequence[Fact], spans: Sequence[Reach], share: float) -> Iterator[object]:
    for index, span in enumerate(spans):
        held = [f for f in facts if span.first <= START + timedelta(days=f[0]) <= span.last]
        groups: dict[tuple[int | None, str], list[int]] = {}
        for _, place, flag, value in held:
            for key in ((None, ""), (0, place), (1, NAMES[flag])):
                groups.setdefault(key, []).append(value)
        for (position, name), values in groups.items():
            yield index, position, name, by_sorting(values, share)


@settings(max_examples=30, deadline=None)
@given(
    facts=FACTS,
    reaches=REACHES,
    share=SHARES,
    most=st.integers(1, 30),
    few=st.booleans(),
    off=st.sampled_from([0, 2]),
)
@example([(0, "", None, 7), (1, "", None, 1)], [reach(0, 0), reach(0, 1)], 0.5, 1, False, 0)
@example([(0, "a", None, n * n % 17) for n in range(30)], [reach(0, 0)], 0.9, 1, False, 2)
def test_every_span_as_sorting_tells_it(
    facts: list[Fact], reaches: list[Reach], share: float, most: int, few: bool, off: int
) -> None:
    spans = sorted(set(reaches), key=lambda own: (own.first, own.last))
    cut = segments(spans)
    frame = pl.DataFrame(
        {
            "i": [_segment(cut, START + timedelta(days=day)) for day, *_ in facts],
            "d0": [place for _, place, _, _ in facts],
            "d1": [flag for _, _, flag, _ in facts],
            "v": [Decimal(value) for *_, value in facts],
        },
        schema={"i": pl.Int64, "d0": pl.String, "d1": pl.Boolean, "v": pl.Decimal(38, 0)},
    ).drop_nulls("i")
    with pytest.MonkeyPatch.context() as patch, DuckDBEngine().open({}) as session:
        patch.setattr(quantile_sql, "MOST", most)
        patch.setattr(rows, "MOST_AT_ONCE", most)
        held = grouped(session, frame, Rough(off))
        found = list(quantiles(held, share, spans_of(spans, cut), 0 if few else most + 1))
    assert sorted(found, key=repr) == sorted(expected(facts, spans, share), key=repr)


def _segment(cut: Sequence[Reach], day: date) -> int | None:
    return next((i for i, own in enumerate(cut) if own.first <= day <= own.last), None)


@dataclass(frozen=True)
class Rough(Dialect):
    """Its doubles are ``off`` for two thirds of the whole numbers: not in the order of these."""

    off: int

    def cast(self, text: str, kind: SqlType, *, wide: bool = False) -> str:
        plain = super().cast(text, kind, wide=wide)
        return f"({plain} + {self.off} * ({text} % 3))" if kind == DOUBLE else plain


def grouped(session: Session, frame: pl.DataFrame, dialect: Dialect) -> Grouped:
    select = f"SELECT * FROM {session.load(frame)} AS t"
    return Grouped(session, dialect, select, number(0), DIMENSIONS)
