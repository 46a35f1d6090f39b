"""The kinds of term that a card's formula joins (specification.md#terms)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kpi_site.catalog.site import Text
from kpi_site.periods import Grain, Period, Span
from kpi_site.problems import Name
from kpi_site.sql.nodes import Expression

CalendarDays = Literal["days", "days_elapsed", "working_days", "working_days_elapsed"]


@dataclass(frozen=True, slots=True)
class RowTerm:
    """An aggregate of the rows of a period, of a trailing window, or since the year's start."""

    name: Name
    label: Text
    dataset: Name
    value: Expression
    where: Expression | None = None
    time: Name | None = None  # None = the dataset's own
    window: Span | None = None
    to_date: Grain | None = None


Day = Literal["start", "end", "average"]
Average = Literal["days", "month_ends"]


@dataclass(frozen=True, slots=True)
class StockTerm:
    """An aggregate of the rows alive on a day: ``since <= day`` and not yet ``until``.

    ``average`` says over which days the mean is taken where ``at`` is ``average``.
    """

    name: Name
    label: Text
    dataset: Name
    value: Expression
    since: Name
    until: Name | None
    at: Day
    where: Expression | None = None
    average: Average = "days"


@dataclass(frozen=True, slots=True)
class BalanceTerm:
    """An aggregate of the rows of the last time on or before a day.

    With ``last_per`` that of each value of a column, an account say. ``average`` as for stocks.
    """

    name: Name
    label: Text
    dataset: Name
    value: Expression
    at: Day
    where: Expression | None = None
    time: Name | None = None
    average: Average = "days"
    last_per: Name | None = None


@dataclass(frozen=True, slots=True)
class OtherTerm:
    """Another term of the same card: earlier (``lag``), in a fixed ``period``, or ``overall``.

    The last is without the breakdown.
    """

    name: Name
    label: Text
    term: Name
    lag: Span | None = None
    overall: bool = False
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class IndicatorTerm:
    """Another card's value or score."""

    name: Name
    label: Text
    indicator: Name
    lag: Span | None = None
    measure: Literal["value", "score"] = "value"


@dataclass(frozen=True, slots=True)
class CalendarTerm:
    """Days of the period, or (``to_date``) of the year, quarter or month that holds its end.

    ``elapsed`` ones go as far as the period has come; working days are those of the site.
    """

    name: Name
    label: Text
    calendar: CalendarDays
    to_date: Grain | None = None


DataTerm = RowTerm | StockTerm | BalanceTerm  # those that read a dataset
Term = DataTerm | OtherTerm | IndicatorTerm | CalendarTerm
