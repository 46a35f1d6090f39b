from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.catalog import Measure, Scale, Text, UnitKind
from kpi_site.wording.numbers import (
    format_count,
    format_difference,
    format_number,
    format_points,
    format_value,
    round_away,
    unit_label,
)

PERCENT = Measure("percent", "percent")
CNY = Measure("currency", "CNY")
WAN = Measure(
    "currency",
    "CNY",
    scale={"zh": Scale("万元", Decimal(10000)), "en": Scale("CNY million", Decimal(1000000))},
)
KVA = Measure("symbol", "KVA", Text("kVA"))
NBSP = "\u00a0"


def unit(kind: UnitKind) -> Measure:
    return Measure(kind, kind)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.5", 0, "1"),
        ("-0.5", 0, "−1"),
        ("2.5", 0, "3"),  # bankers would say 2
        ("1.005", 2, "1.01"),  # a float would say 1.00
        ("-1.005", 2, "−1.01"),
        ("0.04", 1, "0.0"),
        ("-0.04", 1, "0.0"),  # never minus nothing
        ("999999.95", 1, "1,000,000.0"),
        ("-1234567", 0, "−1,234,567"),
        ("1E+3", 0, "1,000"),
        ("1E-30", 2, "0.00"),
        ("1234567890123456789012345678901.5", 0, "1,234,567,890,123,456,789,012,345,678,902"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_away_from_zero(value: str, decimals: int, expected: str) -> None:
    assert format_number(Decimal(value), decimals) == expected


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20),
    st.integers(0, 6),
)
def test_rounding_is_the_accountants(value: Decimal, decimals: int) -> None:
    scaled = abs(Fraction(value)) * 10**decimals
    expected = int(scaled + Fraction(1, 2))  # of a magnitude, halves go up
    rounded = round_away(value, decimals)
    assert abs(Fraction(rounded)) * 10**decimals == expected
    assert rounded.is_zero() or (rounded < 0) == (value < 0)
    assert not (rounded.is_zero() and rounded.is_signed())


@pytest.mark.parametrize(
    ("value", "measure", "decimals", "zh", "en"),
    [
        ("0.95", PERCENT, 1, "95.0%", "95.0%"),
        ("-0.00251", PERCENT, 2, "−0.25%", "−0.25%"),
        ("1.0005", PERCENT, 1, "100.1%", "100.1%"),
        ("12345678.9", WAN, 1, "1,234.6万元", f"CNY{NBSP}12.3{NBSP}million"),
        ("-1234.5", CNY, 2, "−¥1,234.50", "−¥1,234.50"),
        ("1234.5", Measure("currency", "USD"), 0, "US$1,235", "US$1,235"),
        ("7", Measure("currency", "CHF"), 2, "CHF 7.00", "CHF 7.00"),
        ("8.5", unit("hours"), 1, "8.5小时", f"8.5{NBSP}hours"),
        ("1", unit("hours"), 0, "1小时", f"1{NBSP}hour"),
        ("-1", unit("days"), 0, "−1天", f"−1{NBSP}day"),
        ("0.96", unit("minutes"), 1, "1.0分钟", f"1.0{NBSP}minute"),
        ("1203", unit("people"), 0, "1,203人", f"1,203{NBSP}people"),
        ("1203", unit("count"), 0, "1,203", "1,203"),
        ("31.4", unit("points"), 1, "31.4分", f"31.4{NBSP}points"),
        ("4.625", unit("score"), 2, "4.63分", "4.63"),
        ("50000", KVA, 0, f"50,000{NBSP}kVA", f"50,000{NBSP}kVA"),
    ],
)
def test_values_with_their_units(
    value: str, measure: Measure, decimals: int, zh: str, en: str
) -> None:
    assert format_value(Decimal(value), measure, decimals, "zh") == zh
    assert format_value(Decimal(value), measure, decimals, "en") == en


def test_a_missing_value_is_nothing_and_never_zero() -> None:
    assert format_value(None, PERCENT, 1, "zh") == ""
    assert format_value(None, CNY, 1, "en", signed=True) == ""
    assert format_points(None) == ""
    assert format_difference(None, Decimal(1), CNY, 1, "zh") == ""
    assert format_difference(Decimal(1), None, CNY, 1, "zh") == ""


def test_without_unit_and_with_sign() -> None:
    assert format_value(Decimal("0.95"), PERCENT, 1, "zh", with_unit=False) == "95.0"
    assert format_value(Decimal(25000), WAN, 1, "zh", with_unit=False) == "2.5"
    assert format_value(Decimal(25000), WAN, 1, "zh", signed=True) == "+2.5万元"
    assert format_value(Decimal(-25000), CNY, 0, "en", signed=True) == "−¥25,000"
    assert format_value(Decimal("0.0001"), PERCENT, 1, "en", signed=True) == "±0.0%"


@pytest.mark.parametrize(
    ("new", "old", "measure", "decimals", "zh", "en"),
    [
        ("0.962", "0.95", PERCENT, 1, "+1.2个百分点", f"+1.2{NBSP}pp"),
        ("0.95", "0.962", PERCENT, 1, "−1.2个百分点", f"−1.2{NBSP}pp"),
        ("0.95", "0.95", PERCENT, 1, "±0.0个百分点", f"±0.0{NBSP}pp"),
        (
            "23800000",
            "22600000",
            WAN,
            1,
            "+120.0万元（+5.3%）",
            f"+CNY{NBSP}1.2{NBSP}million (+5.3%)",
        ),
        ("90", "120", unit("count"), 0, "−30（−25.0%）", "−30 (−25.0%)"),
        ("90", "0", unit("count"), 0, "+90", "+90"),  # nothing to be relative to
        ("90", "-30", unit("count"), 0, "+120", "+120"),
        ("8.5", "9", unit("hours"), 1, "−0.5小时", f"−0.5{NBSP}hours"),
        ("61", "58.5", unit("points"), 1, "+2.5分", f"+2.5{NBSP}points"),
    ],
)
def test_differences_are_named_in_their_unit(
    new: str, old: str, measure: Measure, decimals: int, zh: str, en: str
) -> None:
    assert format_difference(Decimal(new), Decimal(old), measure, decimals, "zh") == zh
    assert format_difference(Decimal(new), Decimal(old), measure, decimals, "en") == en


def test_unit_labels() -> None:
    units = [PERCENT, WAN, CNY, KVA, unit("hours"), unit("people"), unit("score"), unit("count")]
    assert [unit_label(u, "zh") for u in units] == [
        "%", "万元", "元", "kVA", "小时", "人", "分", "数量"
    ]  # fmt: skip
    assert [unit_label(u, "en") for u in units] == [
        "%", "CNY million", "CNY", "kVA", "hours", "people", "score", "count"
    ]  # fmt: skip
    assert unit_label(Measure("currency", "CHF"), "zh") == "CHF"


def test_counts_and_points() -> None:
    assert format_count(1234567, "zh") == "1,234,567"
    assert format_points(Decimal("98.45")) == "98.5"
