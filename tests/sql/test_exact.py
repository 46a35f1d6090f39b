"""Decimals stay exact; what has no room is missing, never wrong. Values worked by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.catalog import Field
from kpi_site.problems import Location, Name
from kpi_site.sql.kinds import SqlType, field_type, number, polars_type
from kpi_site.sql.measured import measured, ranges_of
from kpi_site.sql.nodes import Aggregate, Literal_
from kpi_site.sql.parse import parse_aggregate, parse_row
from kpi_site.sql.to_polars import aggregate_expr, row_expr
from kpi_site.sql.too_wide import TooWide
from kpi_site.sql.types import Schema, infer, infer_node
from tests.sql.facts import SCHEMA, code


def compute(text: str, row: dict[str, object], schema: Schema) -> object:
    expression, problems = parse_row(code(text))
    assert expression is not None, problems
    types = {name: polars_type(found) for name, found in schema.items()}
    frame = pl.DataFrame({name: [value] for name, value in row.items()}, schema=types)
    return frame.select(row_expr(expression.node, measured(schema, ranges_of(frame)))).item()


def test_products_keep_all_places() -> None:
    schema = {"a": number(2), "b": number(4), "c": number(4)}
    row: dict[str, object] = {
        "a": Decimal("12345678.91"),
        "b": Decimal("0.0001"),
        "c": Decimal("99.9999"),
    }
    assert compute("a * b", row, schema) == Decimal("1234.567891")
    assert compute("a * b * c", row, schema) == Decimal("123456.6656432109")
    assert compute("a * c - a", row, schema) == Decimal("1222220977.522109")


FIVE = 5 * 10**18
TINY = Decimal("0.123456789012345678")
WIDE_SCHEMA = {
    "i": SqlType("integer"), "low": SqlType("integer"), "a": number(6), "v": number(18),
    "big": number(18), "f": SqlType("boolean"), "d": SqlType("date"),
}  # fmt: skip
WIDE_ROW: dict[str, object] = {
    "i": FIVE, "low": -(2**63), "a": Decimal("123456789012345.123456"), "v": TINY,
    "big": Decimal("9" * 19 + "." + "9" * 18), "f": True, "d": date(2026, 1, 31),
}  # fmt: skip
# Python's whole numbers have no end: TINY squared is its 18 digits squared, with 36 places.
SQUARE = Decimal(123456789012345678**2).scaleb(-36, Context(prec=99))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("i + i", 10**19),
        ("i + i - i", FIVE),
        ("(i + i) * 3", 3 * 10**19),
        ("i * i", 25 * 10**36),
        ("-(-i - i)", 10**19),
        ("-low", 2**63),
        ("ABS(low)", 2**63),
        ("low // -1", 2**63),
        ("low % 10", -8),
        ("(i + i) // 3", 10**19 // 3),
        ("(i + i) % 7", 10**19 % 7),
        ("CASE WHEN f THEN i + i ELSE 0 END", 10**19),
        ("GREATEST(i, i + i)", 10**19),
        ("LEAST(i + i, i + i + 1)", 10**19),
        ("COALESCE(NULLIF(i + i, 5), 1)", 10**19),
        ("i + i + 999999999999999999", 10**19 + 999999999999999999),
        ("i + i > i", True),
        ("i + i BETWEEN 9 AND 10 * (i - 1)", True),
        ("i + i IN (1, 2)", False),
        ("i + i IN (1, i * 2)", True),
        ("ROUND(i + i, -18)", 10**19),
        ("ROUND(low, -18)", -9 * 10**18),
        ("CAST(i + i AS DECIMAL(38, 2)) / 2", 5e18),
        ("(i + i) / 4", 2.5e18),
        ("v * v", SQUARE),
        ("v * v - v * v", 0),
        ("ROUND(v * v, 10) * i", Decimal(152415788 * 5 * 10**8)),
        ("i * v", Decimal(123456789012345678 * 5)),
        ("v * 100", Decimal("12.3456789012345678")),
        ("big + big", Decimal("19999999999999999999.999999999999999998")),
        ("v * v < v", True),
        ("FLOOR(i + i)", 10**19),
    ],
)
def test_what_is_large_is_exact(text: str, wanted: object) -> None:
    found = compute(text, WIDE_ROW, WIDE_SCHEMA)
    assert found == wanted
    assert isinstance(found, bool) is isinstance(wanted, bool)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a * a", 2),  # 29 digits before the point, 12 after
        ("1 + i * i * i", 10),
        ("i * i * 10", 6),
        ("v * v * i", 6),
        ("big * big", 4),
        ("big + v * v", 4),  # 19 digits before the point, 36 after
        ("v * v > big", 6),
        ("CASE WHEN f THEN big ELSE v * v END", 0),
        ("COALESCE(v * v, big)", 0),
        ("d + 4000000", 2),
        ("d + i", 2),
    ],
)
def test_what_has_no_room_is_refused(text: str, at: int) -> None:
    with pytest.raises(TooWide) as refused:
        compute(text, WIDE_ROW, WIDE_SCHEMA)
    assert refused.value.at == at


def test_more_places_than_there_are_digits() -> None:
    expression, _ = parse_row(code("1 + v * v * v"))
    assert expression is not None
    found, problems = infer(expression, WIDE_SCHEMA)
    assert found is None
    assert [(p.code, p.where.column) for p in problems] == [("sql-type", 11)]


def test_division_never_makes_infinity() -> None:
    schema = {"a": number(2), "i": SqlType("integer"), "x": SqlType("double")}
    row: dict[str, object] = {"a": Decimal("1.00"), "i": 0, "x": 0.0}
    for text in ("a / i", "a / x", "i / i", "a / 0", "x / x", "i // i", "i % i", "a % 0"):
        assert compute(text, row, schema) is None


def test_numbers_in_the_text_are_exact() -> None:
    schema = {"i": SqlType("integer")}
    assert compute("i + 0.1 + 0.2", {"i": 0}, schema) == Decimal("0.3")
    expression, _ = parse_row(code("1.50"))
    assert expression is not None
    assert expression.node == Literal_(Decimal("1.50"))


_money = st.decimals(-(10**12), 10**12, places=2)
_rate = st.decimals(-(10**6), 10**6, places=4)


@given(_money, _rate, st.sampled_from(["a + b", "a - b", "a * b", "a * b + a", "a - b * b"]))
def test_arithmetic_is_that_of_fractions(a: Decimal, b: Decimal, text: str) -> None:
    schema = {"a": number(2), "b": number(4)}
    found = compute(text, {"a": a, "b": b}, schema)
    assert isinstance(found, Decimal)
    one, other = Fraction(a), Fraction(b)
    wanted = {
        "a + b": one + other,
        "a - b": one - other,
        "a * b": one * other,
        "a * b + a": one * other + one,
        "a - b * b": one - other * other,
    }
    assert Fraction(found) == wanted[text]


@given(st.lists(st.integers(-(2**40), 2**40), min_size=2), st.integers(1, 10_000))
def test_a_quotient_is_the_nearest_double(tops: list[int], bottom: int) -> None:
    """Python divides whole numbers to the nearest double; so must all rows at once."""
    expression, _ = parse_row(code(f"i / {bottom}"))
    assert expression is not None
    frame = pl.DataFrame({"i": [*tops, None]}, schema={"i": pl.Int64})
    schema = measured({"i": SqlType("integer")}, ranges_of(frame))
    wanted = [*(top / bottom for top in tops), None]
    found = frame.lazy().select(row_expr(expression.node, schema).alias("r"))
    assert found.collect()["r"].to_list() == wanted
    assert found.collect(engine="streaming")["r"].to_list() == wanted


@given(_money, st.integers(-3, 3))
def test_rounding_goes_half_away_from_zero(a: Decimal, places: int) -> None:
    found = compute(f"ROUND(a, {places})", {"a": a}, {"a": number(2)})
    step = Fraction(10) ** -places
    whole = (abs(Fraction(a)) / step + Fraction(1, 2)).__floor__()
    wanted = whole * step if places < 2 else abs(Fraction(a))
    assert isinstance(found, Decimal)
    assert Fraction(found) == (wanted if a >= 0 else -wanted)


def test_sums_do_not_go_round() -> None:
    frame = pl.DataFrame({"i": [2**62, 2**62, 2**62]})
    expression, _ = parse_aggregate(code("SUM(i)"))
    assert expression is not None
    assert isinstance(expression.node, Aggregate)
    schema = {"i": SqlType("integer")}
    assert frame.select(aggregate_expr(expression.node, schema)).item() is None
    assert frame.head(1).select(aggregate_expr(expression.node, schema)).item() == 2**62


TYPES = [
    ("i", "integer"), ("a", "number(2)"), ("i + a", "number(2)"), ("a * b", "number(6)"),
    ("a * b * b * b * b", "number(18)"), ("a / 2", "double"), ("i / j", "double"),
    ("i // j", "integer"), ("a + x", "double"), ("d - e", "integer"), ("t - u", "duration"),
    ("t - d", "duration"), ("d + 1", "date"), ("d + INTERVAL 1 DAY", "datetime"),
    ("d + INTERVAL 1 MONTH", "datetime"), ("(t - u) / 2", "duration"),
    ("(t - u) / (u - t)", "double"), ("ROUND(b, 2)", "number(2)"), ("FLOOR(a)", "number(0)"),
    ("d >= '2026-01-01'", "boolean"), ("NULL", "null"), ("COALESCE(NULL, i, 0.5)", "number(1)"),
    ("CASE WHEN f THEN d ELSE t END", "datetime"), ("渠道 || s", "string"),
    ("EPOCH(t - u)", "double"), ("YEAR(d)", "integer"), ("LAST_DAY(t)", "date"),
]  # fmt: skip

AGGREGATE_TYPES = [
    ("COUNT(*)", "integer"), ("COUNT(DISTINCT s)", "integer"), ("SUM(i)", "integer"),
    ("SUM(a)", "number(2)"), ("SUM(f)", "integer"), ("SUM(t - u)", "duration"),
    ("AVG(i)", "double"), ("AVG(t - u)", "duration"), ("MEDIAN(a)", "double"),
    ("MIN(a)", "number(2)"), ("MAX(t) - MIN(t)", "duration"), ("SUM(a) / COUNT(*)", "double"),
    ("QUANTILE_CONT(b, 0.9)", "double"), ("COALESCE(SUM(a), 0)", "number(2)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), TYPES)
def test_types(text: str, wanted: str) -> None:
    expression, problems = parse_row(code(text))
    assert expression is not None, problems
    assert tuple(map(str, infer(expression, SCHEMA))) == (wanted, "()")
    assert infer_node(expression.node, SCHEMA) == infer(expression, SCHEMA)


@pytest.mark.parametrize(("text", "wanted"), AGGREGATE_TYPES)
def test_types_of_aggregates(text: str, wanted: str) -> None:
    expression, problems = parse_aggregate(code(text))
    assert expression is not None, problems
    assert tuple(map(str, infer(expression, SCHEMA))) == (wanted, "()")


def test_declared_columns_have_types() -> None:
    amount = Field(Name("amount", Location("x.yml")), "number", decimals=2)
    assert field_type(amount) == number(2)
    assert polars_type(field_type(amount)) == pl.Decimal(38, 2)
    day = Field(Name("day", Location("x.yml")), "date", decimals=2)
    assert field_type(day) == SqlType("date")


def test_months_keep_to_the_calendar() -> None:
    schema = {"d": SqlType("date"), "t": SqlType("datetime")}
    row: dict[str, object] = {"d": date(2026, 3, 31), "t": datetime(2024, 2, 29, 8)}  # noqa: DTZ001
    assert compute("(d - INTERVAL 1 MONTH)::DATE", row, schema) == date(2026, 2, 28)
    assert compute("t + INTERVAL 1 YEAR", row, schema) == datetime(2025, 2, 28, 8)  # noqa: DTZ001
    assert compute("d - t", row, schema) == timedelta(days=760, hours=16)
