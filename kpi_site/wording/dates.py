"""Periods and days in the reader's language: 2026年10月 / Oct 2026 (fiscal years included)."""

from __future__ import annotations

from datetime import date, timedelta

from kpi_site.periods import Grain, Period

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_date(day: date, language: str) -> str:
    """Return ``2026年10月31日`` or ``31 Oct 2026``."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_month(month: Period, language: str) -> str:
    """Return ``2026年10月`` or ``Oct 2026``; of a numbered one ``2026年第13期``."""
    year, number = month.year, month.month
    if is_numbered(month):
        return f"{year}年第{number}期" if language == "zh" else f"period {number} of {year}"
    return f"{year}年{number}月" if language == "zh" else f"{_MONTHS[number - 1]} {year}"


def short_month(month: int, language: str) -> str:
    """Return ``10月`` or ``Oct``."""
    return f"{month}月" if language == "zh" else _MONTHS[month - 1]


def month_tick(month: Period, language: str) -> str:
    """Return ``10月`` or ``Oct``, of a numbered one ``P13``, for the ticks of an axis."""
    return f"P{month.month}" if is_numbered(month) else short_month(month.month, language)


def is_numbered(month: Period) -> bool:
    """Tell whether a company's own period goes by its number and not by a month's name."""
    return month.called == "number" or month.month > len(_MONTHS)


def format_period(period: Period, language: str) -> str:
    """Return a period's name: ``2026年第3季度`` / ``Q3 2026``.

    Where the fiscal year is not the calendar year, quarters, half years and years say so:
    ``2026财年第3季度`` / ``Q3 FY2026``.
    """
    if period.grain is Grain.DAY:
        return format_date(period.first, language)
    if period.grain is Grain.MONTH:
        return format_month(period, language)
    if period.grain is Grain.WEEK:
        year, week = int(period.label[:4]), int(period.label[6:])
        return f"{year}年第{week}周" if language == "zh" else f"week {week} of {year}"
    if period.grain is Grain.TEN_DAYS:
        return _third(period, language)
    year, number = fiscal_year(period), part_of_year(period)
    part = _part(period.grain, number, language)
    if language == "zh":
        return f"{year}{'财年' if is_fiscal(period) else '年'}{part}"
    return f"{part} {'FY' if is_fiscal(period) else ''}{year}".strip()


def _third(period: Period, language: str) -> str:
    """Return ``2026年10月上旬`` / ``early Oct 2026``."""
    month, number = format_month(period, language), int(period.label[-1]) - 1
    if language == "zh":
        return f"{month}{'上中下'[number]}旬"
    return f"{('early', 'mid', 'late')[number]} {month}"


def _part(grain: Grain, number: int, language: str) -> str:
    if grain is Grain.QUARTER:
        return f"第{number}季度" if language == "zh" else f"Q{number}"
    if grain is Grain.HALF_YEAR:
        return "上下"[number - 1] + "半年" if language == "zh" else f"H{number}"
    return ""


def fiscal_year(period: Period) -> int:
    """Return the year under which a quarter, half year or year is counted (from its label)."""
    return int(period.label[:4])


def part_of_year(period: Period) -> int:
    """Return the number of a quarter or half year within its year; 1 for a year."""
    return 1 if period.grain is Grain.YEAR else int(period.label[-1])


def is_fiscal(period: Period) -> bool:
    """Tell whether a quarter, half year or year lies in another year than the calendar's."""
    if period.grain.months <= 1 or period.called:
        return period.called == "fiscal"
    expected = part_of_year(period) * period.grain.months
    return (period.last.year, period.last.month) != (fiscal_year(period), expected)


def format_days(period: Period, language: str) -> str:
    """Return ``2026年9月26日至10月25日`` / ``26 Sep to 25 Oct 2026`` where a name tells no days.

    So of weeks, of months that close before the calendar's, and of a company's own periods.
    """
    if _tells_its_days(period):
        return ""
    first, last = period.first, period.last
    same = first.year == last.year
    if language == "zh":
        end = f"{last.month}月{last.day}日" if same else format_date(last, language)
        return f"{format_date(first, language)}至{end}"
    start = f"{first.day} {_MONTHS[first.month - 1]}" if same else format_date(first, language)
    return f"{start} to {format_date(last, language)}"


def _tells_its_days(period: Period) -> bool:
    """Tell whether a period is the days, thirds of months or months that its name says."""
    if period.grain in {Grain.DAY, Grain.WEEK}:
        return period.grain is Grain.DAY
    first, after = period.first, period.last + timedelta(days=1)
    if period.grain is Grain.TEN_DAYS:
        own = first.day in {1, 11, 21} and after.day in {1, 11, 21}
    else:
        own = first.day == after.day == 1
    short = period.grain.months <= 1  # a month, or a third of one
    return own and period.called != "number" and (not short or period.month == first.month)


def format_range(first: Period, last: Period, language: str) -> str:
    """Return ``2026年1月至2026年10月`` / ``Jan 2026 to Oct 2026``; one name for one."""
    names = [format_period(p, language) for p in (first, last)]
    if names[0] == names[1]:
        return names[0]
    return ("至" if language == "zh" else " to ").join(names)
