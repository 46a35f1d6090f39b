from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.charts.axis import time_axis, value_axis
from kpi_site.periods import Grain, MonthCalendar
from tests.charts.samples import CALENDAR, COUNT, HOURS, MONEY, PERCENT


def labels(values: list[str], measure: object, language: str, *, zero: bool = False) -> list[str]:
    axis = value_axis([Decimal(v) for v in values], measure, language, zero=zero)  # type: ignore[arg-type]
    return list(axis.labels)


def test_labels_are_round_in_the_reader_s_unit() -> None:
    assert labels(["0.92", "0.98"], PERCENT, "zh") == ["90%", "92%", "94%", "96%", "98%", "100%"]
    assert labels(["62345678", "93000000"], MONEY, "zh", zero=True) == [
        "0", "2,000", "4,000", "6,000", "8,000", "10,000"
    ]  # fmt: skip
    assert labels(["62345678", "93000000"], MONEY, "en", zero=True)[-1] == "100"
    assert labels(["2500000"], COUNT, "zh", zero=True)[-1] == "300万"
    assert labels(["2500000"], COUNT, "en", zero=True)[-1] == "3m"
    assert labels(["-0.02", "0.03"], PERCENT, "en")[0] == "−4%"


def test_a_rate_under_100_percent_has_no_axis_beyond_it() -> None:
    axis = value_axis([Decimal("0.9"), Decimal("0.999")], PERCENT, "en")
    assert axis.high == 1
    assert value_axis([Decimal("0.9"), Decimal("1.02")], PERCENT, "en").high > 1


def test_without_values_there_is_still_an_axis() -> None:
    axis = value_axis([None], HOURS, "zh")
    assert axis.low < axis.high


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=3), min_size=1, max_size=20),
    st.sampled_from([PERCENT, MONEY, COUNT]),
    st.booleans(),
)
def test_an_axis_holds_its_values_and_few_distinct_labels(
    values: list[Decimal], measure: object, zero: bool
) -> None:
    axis = value_axis(values, measure, "zh", zero=zero)  # type: ignore[arg-type]
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert not zero or axis.low <= 0 <= axis.high
    assert 2 <= len(axis.ticks) <= 9
    assert len(set(axis.labels)) == len(axis.ticks) == len(axis.labels)
    assert axis.low <= axis.ticks[0]
    assert axis.ticks[-1] <= axis.high


def test_months_are_named_at_years_and_half_years() -> None:
    first, last = CALENDAR.parse("2023-07"), CALENDAR.parse("2026-10")
    assert first is not None
    assert last is not None
    periods = CALENDAR.range(first.first, last.last, Grain.MONTH)
    ticks, names = time_axis(periods, "zh")
    assert [periods[i].label for i in ticks] == [
        "2024-01", "2024-07", "2025-01", "2025-07", "2026-01", "2026-07"
    ]  # fmt: skip
    assert names[:2] == (["1月", "2024"], "7月")


def test_few_periods_are_all_named() -> None:
    calendar = MonthCalendar(4)
    periods = [p for n in range(1, 5) if (p := calendar.parse(f"2026-Q{n}"))]
    assert time_axis(periods, "en")[1] == (["Q1", "2026"], "Q2", "Q3", "Q4")


@pytest.mark.parametrize("grain", list(Grain))
def test_any_stretch_of_time_has_a_name(grain: Grain) -> None:
    last = CALENDAR.parse("2026-10-31")
    start = CALENDAR.parse("2024-05-17")
    assert last is not None
    assert start is not None
    for periods in (CALENDAR.range(start.first, last.last, grain), ()):
        ticks, names = time_axis(periods, "en")
        assert len(ticks) == len(names)
        assert bool(ticks) == bool(periods)
