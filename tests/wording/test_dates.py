from __future__ import annotations

from datetime import date

import pytest

from kpi_site.periods import MonthCalendar
from kpi_site.wording.dates import format_date, format_days, format_period, format_range


@pytest.mark.parametrize(
    ("start", "label", "zh", "en"),
    [
        (1, "2026-10", "2026年10月", "Oct 2026"),
        (1, "2026-Q3", "2026年第3季度", "Q3 2026"),
        (1, "2026-H1", "2026年上半年", "H1 2026"),
        (1, "2026-H2", "2026年下半年", "H2 2026"),
        (1, "2026", "2026年", "2026"),
        (1, "2026-10-31", "2026年10月31日", "31 Oct 2026"),
        (1, "2026-W01", "2026年第1周", "week 1 of 2026"),
        (4, "2026-10-T2", "2026年10月中旬", "mid Oct 2026"),
        (4, "2026-10", "2026年10月", "Oct 2026"),
        (4, "2026-Q1", "2026财年第1季度", "Q1 FY2026"),
        (4, "2026-Q4", "2026财年第4季度", "Q4 FY2026"),
        (7, "2026-H2", "2026财年下半年", "H2 FY2026"),
        (2, "2026", "2026财年", "FY2026"),
    ],
)
def test_periods(start: int, label: str, zh: str, en: str) -> None:
    period = MonthCalendar(start).parse(label)
    assert period is not None
    assert format_period(period, "zh") == zh
    assert format_period(period, "en") == en


def test_a_month_is_called_after_the_one_in_which_it_closes() -> None:
    calendar = MonthCalendar(1, 25)
    october, first, year = (calendar.parse(label) for label in ("2026-10", "2026-Q1", "2026"))
    assert october is not None
    assert first is not None
    assert year is not None
    assert str(october.first) == "2026-09-26"
    assert format_period(october, "en") == "Oct 2026"
    assert format_period(first, "zh") == "2026年第1季度"
    assert format_period(year, "en") == "2026"  # it begins in December, and is no fiscal year
    april = MonthCalendar(4, 25).parse("2026-Q4")
    assert april is not None
    assert format_period(april, "en") == "Q4 FY2026"


@pytest.mark.parametrize(
    ("closing", "label", "zh", "en"),
    [
        (31, "2026-10", "", ""),
        (31, "2026-02-T3", "", ""),
        (31, "2026-Q3", "", ""),
        (31, "2026-10-31", "", ""),
        (31, "2026-W40", "2026年9月28日至10月4日", "28 Sep to 4 Oct 2026"),
        (31, "2026-W01", "2025年12月29日至2026年1月4日", "29 Dec 2025 to 4 Jan 2026"),
        (25, "2026-10", "2026年9月26日至10月25日", "26 Sep to 25 Oct 2026"),
        (25, "2026-10-T3", "2026年10月16日至10月25日", "16 Oct to 25 Oct 2026"),
        (25, "2026", "2025年12月26日至2026年12月25日", "26 Dec 2025 to 25 Dec 2026"),
    ],
)
def test_days_are_told_where_the_name_does_not(closing: int, label: str, zh: str, en: str) -> None:
    period = MonthCalendar(closing_day=closing).parse(label)
    assert period is not None
    assert (format_days(period, "zh"), format_days(period, "en")) == (zh, en)


def test_ranges_and_days() -> None:
    first, last = (MonthCalendar().parse(label) for label in ("2026-01", "2026-10"))
    assert first is not None
    assert last is not None
    assert format_range(first, last, "zh") == "2026年1月至2026年10月"
    assert format_range(first, last, "en") == "Jan 2026 to Oct 2026"
    assert format_range(first, first, "en") == "Jan 2026"
    assert format_date(date(2024, 2, 29), "zh") == "2024年2月29日"
