"""Periods and calendars: a calendar gives the spans of days that a company counts by."""

from __future__ import annotations

from kpi_site.periods.calendar import Calendar
from kpi_site.periods.listed import THIRTEENTH, ListedCalendar, ListedPeriod
from kpi_site.periods.model import Grain, Period, Span, add_months, back, weeks_of
from kpi_site.periods.months import LAST_DAY, MonthCalendar

__all__ = [
    "LAST_DAY",
    "THIRTEENTH",
    "Calendar",
    "Grain",
    "ListedCalendar",
    "ListedPeriod",
    "MonthCalendar",
    "Period",
    "Span",
    "add_months",
    "back",
    "weeks_of",
]
