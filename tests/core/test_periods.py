"""Periods, labels, lags and fiscal years."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.periods import Grain, MonthCalendar, Period, Span, add_months

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
CALENDARS = st.builds(MonthCalendar, st.integers(1, 12), st.just(31) | st.integers(1, 31))
GRAINS = st.sampled_from(list(Grain))


def parsed(calendar: MonthCalendar, label: str) -> Period:
    period = calendar.parse(label)
    assert period is not None, label
    return period


def before(calendar: MonthCalendar, period: Period, lag: Span) -> Period:
    found = calendar.before(period, lag)
    assert found is not None
    return found


def span(text: str) -> Span:
    found = Span.parse(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("start", "day", "grain", "label", "first", "last"),
    [
        (1, "2026-10-31", Grain.MONTH, "2026-10", "2026-10-01", "2026-10-31"),
        (1, "2026-10-31", Grain.QUARTER, "2026-Q4", "2026-10-01", "2026-12-31"),
        (1, "2026-06-30", Grain.HALF_YEAR, "2026-H1", "2026-01-01", "2026-06-30"),
        (4, "2027-01-15", Grain.QUARTER, "2026-Q4", "2027-01-01", "2027-03-31"),
        (4, "2027-03-31", Grain.YEAR, "2026", "2026-04-01", "2027-03-31"),
        (7, "2026-12-31", Grain.HALF_YEAR, "2026-H1", "2026-07-01", "2026-12-31"),
        (7, "2026-02-28", Grain.QUARTER, "2025-Q3", "2026-01-01", "2026-03-31"),
        (4, "2027-01-15", Grain.MONTH, "2027-01", "2027-01-01", "2027-01-31"),
    ],
)
def test_a_day_lies_in_its_period(
    start: int, day: str, grain: Grain, label: str, first: str, last: str
) -> None:
    period = MonthCalendar(start).containing(date.fromisoformat(day), grain)
    assert (period.label, str(period.first), str(period.last)) == (label, first, last)


@pytest.mark.parametrize(
    ("label", "lag", "earlier"),
    [
        ("2026-03", "1mo", "2026-02"),
        ("2026-03-31", "1mo", "2026-02-28"),
        ("2024-02-29", "1y", "2023-02-28"),
        ("2026-01", "1y", "2025-01"),
        ("2026-Q1", "1mo", "2025-Q4"),
        ("2026-Q1", "1y", "2025-Q1"),
        ("2026-Q1", "3mo", "2025-Q4"),
        ("2026-H2", "1q", "2026-H1"),
        ("2026", "1q", "2025"),
        ("2026", "1y", "2025"),
    ],
)
def test_lags_follow_the_calendar(label: str, lag: str, earlier: str) -> None:
    calendar = MonthCalendar()
    assert before(calendar, parsed(calendar, label), span(lag)).label == earlier


@pytest.mark.parametrize("text", ["", "0mo", "1m", "mo", "-1y", "1.5y", "12 mo", "1Y"])
def test_other_words_are_no_span(text: str) -> None:
    assert Span.parse(text) is None


@pytest.mark.parametrize(
    "label", ["", "26", "2026-13", "2026-Q5", "2026-H3", "2026-02-30", "2026-1", "9999", "0001"]
)
def test_other_words_are_no_period(label: str) -> None:
    assert MonthCalendar().parse(label) is None


@given(CALENDARS, DAYS, GRAINS)
def test_a_label_reads_as_its_own_period(calendar: MonthCalendar, day: date, grain: Grain) -> None:
    period = calendar.containing(day, grain)
    assert period.holds(day)
    assert calendar.parse(period.label) == period


@given(CALENDARS, DAYS, GRAINS)
def test_periods_follow_each_other_without_gap(
    calendar: MonthCalendar, day: date, grain: Grain
) -> None:
    period = calendar.containing(day, grain)
    following = calendar.following(period)
    assert following.first == period.last + timedelta(days=1)
    assert calendar.previous(following) == period


@given(CALENDARS, DAYS, st.sampled_from(["1mo", "5mo", "1q", "1y", "30d"]), GRAINS)
def test_a_lag_leads_to_an_earlier_period(
    calendar: MonthCalendar, day: date, lag: str, grain: Grain
) -> None:
    period = calendar.containing(day, grain)
    assert before(calendar, period, span(lag)) < period


@given(DAYS, st.integers(-60, 60))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


def test_a_range_holds_both_ends() -> None:
    found = MonthCalendar(4).range(date(2026, 3, 31), date(2026, 7, 1), Grain.QUARTER)
    assert [p.label for p in found] == ["2025-Q4", "2026-Q1", "2026-Q2"]


@pytest.mark.parametrize(
    ("day", "closing", "grain", "label", "first", "last"),
    [
        ("2026-09-25", 25, "month", "2026-09", "2026-08-26", "2026-09-25"),
        ("2026-09-26", 25, "month", "2026-10", "2026-09-26", "2026-10-25"),
        ("2025-12-26", 25, "month", "2026-01", "2025-12-26", "2026-01-25"),
        ("2025-12-26", 25, "quarter", "2026-Q1", "2025-12-26", "2026-03-25"),
        ("2025-12-26", 25, "year", "2026", "2025-12-26", "2026-12-25"),
        ("2024-02-29", 28, "month", "2024-03", "2024-02-29", "2024-03-28"),
        ("2023-03-01", 28, "month", "2023-03", "2023-03-01", "2023-03-28"),
        ("2024-02-29", 30, "month", "2024-02", "2024-01-31", "2024-02-29"),
        ("2026-03-31", 30, "month", "2026-04", "2026-03-31", "2026-04-30"),
        ("2026-10-02", 1, "month", "2026-11", "2026-10-02", "2026-11-01"),
    ],
)
def test_months_that_close_before_the_calendars(
    day: str, closing: int, grain: str, label: str, first: str, last: str
) -> None:
    calendar = MonthCalendar(closing_day=closing)
    found = calendar.containing(date.fromisoformat(day), Grain(grain))
    assert (found.label, str(found.first), str(found.last)) == (label, first, last)
    assert calendar.parse(label) == found
    assert calendar.following(calendar.previous(found)) == found


def test_lags_go_by_the_months_of_the_company() -> None:
    calendar = MonthCalendar(closing_day=28)
    march = parsed(calendar, "2024-03")  # begins on the leap day
    assert before(calendar, march, span("12mo")).label == "2023-03"
    assert before(calendar, march, span("1mo")).label == "2024-02"
    late = MonthCalendar(closing_day=30)
    assert late.back(date(2026, 3, 31), span("1mo")) == date(2026, 3, 1)
    assert late.back(date(2026, 4, 15), span("1mo")) == date(2026, 3, 15)


@pytest.mark.parametrize("closing", [1, 15, 25, 28, 29, 30, 31])
@pytest.mark.parametrize("fiscal", [1, 4, 12])
def test_every_day_lies_in_one_month_and_one_quarter(closing: int, fiscal: int) -> None:
    calendar = MonthCalendar(fiscal, closing)
    months = calendar.range(date(2023, 1, 1), date(2025, 12, 31), Grain.MONTH)
    assert len({month.label for month in months}) == len(months)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(months))
    for month in months:
        quarter = calendar.containing(month.first, Grain.QUARTER)
        assert quarter == calendar.containing(month.last, Grain.QUARTER)
        assert quarter.first <= month.first <= month.last <= quarter.last


@pytest.mark.parametrize(
    ("day", "grain", "label", "first", "last"),
    [
        ("2025-12-28", "week", "2025-W52", "2025-12-22", "2025-12-28"),
        ("2025-12-29", "week", "2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-01-04", "week", "2026-W01", "2025-12-29", "2026-01-04"),
        ("2021-01-03", "week", "2020-W53", "2020-12-28", "2021-01-03"),
        ("2024-12-30", "week", "2025-W01", "2024-12-30", "2025-01-05"),
        ("2026-10-10", "ten_days", "2026-10-T1", "2026-10-01", "2026-10-10"),
        ("2026-10-11", "ten_days", "2026-10-T2", "2026-10-11", "2026-10-20"),
        ("2026-10-31", "ten_days", "2026-10-T3", "2026-10-21", "2026-10-31"),
        ("2024-02-29", "ten_days", "2024-02-T3", "2024-02-21", "2024-02-29"),
    ],
)
def test_weeks_and_thirds_of_months(
    day: str, grain: str, label: str, first: str, last: str
) -> None:
    found = MonthCalendar(4).containing(date.fromisoformat(day), Grain(grain))
    assert (found.label, str(found.first), str(found.last)) == (label, first, last)
    assert parsed(MonthCalendar(4), label) == found


@pytest.mark.parametrize(
    ("label", "lag", "earlier"),
    [
        ("2026-W01", "1y", "2025-W01"),
        ("2020-W53", "1y", "2019-W52"),
        ("2026-W53", "12mo", "2025-W52"),
        ("2026-W01", "1w", "2025-W52"),
        ("2021-W01", "1d", "2020-W53"),
        ("2026-W05", "1mo", "2025-W52"),
        ("2026-03-T3", "1mo", "2026-02-T3"),
        ("2026-01-T2", "1y", "2025-01-T2"),
        ("2026-01-T1", "1d", "2025-12-T3"),
    ],
)
def test_lags_of_weeks_and_thirds(label: str, lag: str, earlier: str) -> None:
    assert before(MonthCalendar(), parsed(MonthCalendar(), label), span(lag)).label == earlier


def test_a_year_before_by_label() -> None:
    for label, before in (("2020-W53", "2019-W52"), ("2026-10-T3", "2025-10-T3")):
        assert parsed(MonthCalendar(), label).year_before == before


@pytest.mark.parametrize("label", ["2026-W00", "2025-W53", "2026-13-T1", "2026-10-T4", "2026-W1"])
def test_no_such_week(label: str) -> None:
    assert MonthCalendar().parse(label) is None


def test_thirds_count_from_the_first_day_of_the_companys_month() -> None:
    calendar = MonthCalendar(closing_day=25)
    third = calendar.containing(date(2026, 10, 25), Grain.TEN_DAYS)
    assert (third.label, str(third.first)) == ("2026-10-T3", "2026-10-16")
    assert calendar.following(third).label == "2026-11-T1"


def test_weeks_are_nobodys_longer_grain() -> None:
    assert Grain.DAY.and_longer() == (Grain.DAY, *Grain.MONTH.and_longer())
    assert Grain.WEEK.and_longer() == (Grain.WEEK, *Grain.MONTH.and_longer())
    assert Grain.TEN_DAYS.and_longer() == (Grain.TEN_DAYS, *Grain.MONTH.and_longer())
