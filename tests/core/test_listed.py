"""A calendar that is listed: 4-4-5 weeks, thirteen periods, and how its periods are called."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.charts.axis import time_axis
from kpi_site.periods import Grain, ListedCalendar, ListedPeriod, Period, Span
from kpi_site.search.names import report_names
from kpi_site.wording.dates import format_days, format_period

DAY = timedelta(days=1)


def listed(start: date, *years: tuple[int, tuple[int, ...]]) -> ListedCalendar:
    """List years of so many weeks each; a thirteenth belongs to its year alone."""
    lines, day = [], start
    for year, weeks in years:
        for number, count in enumerate(weeks, start=1):
            last, whole = day + timedelta(weeks=count) - DAY, number <= 12
            quarter = f"{year}-Q{(number + 2) // 3}" if whole else None
            label = f"{year}-{number:02}" if whole else f"{year}-P13"
            lines.append(ListedPeriod(label, day, last, quarter, None, str(year)))
            day = last + DAY
    return ListedCalendar(tuple(lines))


WEEKS = (4, 4, 5) * 4
# 2023 and 2025 have 52 weeks, 2024 has a 53rd, as a period of its own.
RETAIL = listed(date(2022, 12, 25), (2023, WEEKS), (2024, (*WEEKS, 1)), (2025, WEEKS))
FOURS = listed(date(2023, 1, 2), (2023, (4,) * 13), (2024, (4,) * 13))
CALENDARS = st.sampled_from([RETAIL, FOURS])
GRAINS = st.sampled_from([g for g in Grain if g is not Grain.HALF_YEAR])


def called(calendar: ListedCalendar, label: str) -> Period:
    found = calendar.parse(label)
    assert found is not None, label
    return found


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2023-01", "2022-12-25", "2023-01-21"),
        ("2023-12", "2023-11-19", "2023-12-23"),
        ("2024-P13", "2024-12-22", "2024-12-28"),
        ("2024-Q4", "2024-09-22", "2024-12-21"),
        ("2024", "2023-12-24", "2024-12-28"),
        ("2024-P13-T1", "2024-12-22", "2024-12-28"),
        ("2025-01-T3", "2025-01-18", "2025-01-25"),
        ("2024-W52", "2024-12-23", "2024-12-29"),
    ],
)
def test_labels(label: str, first: str, last: str) -> None:
    period = called(RETAIL, label)
    assert (str(period.first), str(period.last)) == (first, last)


@pytest.mark.parametrize("label", ["2022-12", "2025-P13", "2024-H1", "2024-P13-T2", "2026", "x"])
def test_what_is_not_listed_is_no_period(label: str) -> None:
    assert RETAIL.parse(label) is None


@pytest.mark.parametrize(
    ("label", "lag", "earlier"),
    [
        ("2025-01", "1mo", "2024-P13"),
        ("2025-01", "2mo", "2024-12"),
        ("2025-01", "1y", "2024-01"),
        ("2025-02", "13mo", "2024-01"),
        ("2024-P13", "1y", None),
        ("2023-01", "1mo", None),
        ("2025-Q1", "1q", "2024-Q4"),
        ("2025-Q1", "1mo", "2024-Q4"),
        ("2025-Q1", "1y", "2024-Q1"),
        ("2025", "1y", "2024"),
        ("2025", "3mo", "2024"),
        ("2025-01", "30d", "2024-12"),
        ("2025-01-T2", "1y", "2024-01-T2"),
        ("2025-01-T1", "1mo", "2024-P13-T1"),
        ("2025-01-T2", "1mo", None),
    ],
)
def test_lags(label: str, lag: str, earlier: str | None) -> None:
    span = Span.parse(lag)
    assert span is not None
    found = RETAIL.before(called(RETAIL, label), span)
    assert (found and found.label) == earlier


def test_a_window_of_a_year_is_the_year_whatever_its_periods() -> None:
    year = Span(months=12)
    for calendar, label in ((RETAIL, "2023"), (RETAIL, "2024"), (FOURS, "2023"), (FOURS, "2024")):
        whole = called(calendar, label)
        assert calendar.back(whole.last + DAY, year) == whole.first
    # On another day the calendar's months count, and before the list there is nothing.
    assert RETAIL.back(date(2024, 3, 15), year) == date(2023, 3, 15)
    assert RETAIL.back(date(2023, 2, 19), year) < RETAIL.first


def test_more_lines_move_no_window() -> None:
    shorter = ListedCalendar(FOURS.listed[:-2])  # it ends with 2024-11
    for span in (Span(months=12), Span(months=3)):
        assert shorter.back(shorter.last + DAY, span) == FOURS.back(shorter.last + DAY, span)


@given(CALENDARS, GRAINS, st.integers(0, 700))
def test_periods_tell_their_days(calendar: ListedCalendar, grain: Grain, offset: int) -> None:
    day = calendar.first + timedelta(days=offset)
    period = calendar.containing(day, grain)
    if period is None:
        assert grain is Grain.QUARTER  # the thirteenth is in none
        assert calendar.containing(day, Grain.MONTH) in calendar.range(day, day, Grain.MONTH)
        return
    assert period.holds(day)
    assert calendar.parse(period.label) == period
    following = calendar.following(period)
    if following is not None:
        assert following.first > period.last
        assert calendar.previous(following) == period
    assert calendar.range(period.first, period.last, grain) == (period,)


@pytest.mark.parametrize(
    ("calendar", "label", "zh", "en"),
    [
        (RETAIL, "2024-10", "2024年10月", "Oct 2024"),
        (RETAIL, "2024-P13", "2024年第13期", "period 13 of 2024"),
        (RETAIL, "2024-P13-T1", "2024年第13期上旬", "early period 13 of 2024"),
        (RETAIL, "2024-Q4", "2024财年第4季度", "Q4 FY2024"),
        (RETAIL, "2024", "2024财年", "FY2024"),
        (FOURS, "2024-10", "2024年第10期", "period 10 of 2024"),
    ],
)
def test_names(calendar: ListedCalendar, label: str, zh: str, en: str) -> None:
    period = called(calendar, label)
    assert (format_period(period, "zh"), format_period(period, "en")) == (zh, en)


def test_names_say_their_days() -> None:
    january = called(RETAIL, "2024-01")
    assert format_days(january, "zh") == "2023年12月24日至2024年1月20日"
    assert format_days(january, "en") == "24 Dec 2023 to 20 Jan 2024"


def test_ticks_and_other_names() -> None:
    periods = RETAIL.range(date(2024, 11, 17), date(2025, 2, 1), Grain.MONTH)
    assert time_axis(periods, "zh")[1] == (["12月", "2024"], "P13", ["1月", "2025"], "2月")
    numbered = FOURS.range(date(2023, 12, 1), date(2024, 1, 5), Grain.MONTH)
    assert time_axis(numbered, "en")[1] == (["P12", "2023"], "P13", ["P1", "2024"])
    assert {"2024-P13", "第13期报告", "period 13 report"} <= {
        *report_names(called(RETAIL, "2024-P13"))
    }
