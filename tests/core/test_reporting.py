"""Comments that a report owes: a scored line below its baseline needs one.

Rules: specification.md#comments-owed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.catalog import (
    Catalog,
    Indicator,
    Line,
    Measure,
    Report,
    Scorecard,
    Site,
    Standard,
    Text,
)
from kpi_site.computed import Computed
from kpi_site.periods import Grain, MonthCalendar
from kpi_site.problems import Location, Name, Problem
from kpi_site.reporting import missing_comments
from kpi_site.results import IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.scoring import score
from kpi_site.sql.nodes import Code, Column, Expression

CALENDAR = MonthCalendar()
WHERE = Location("content/x.yml", 1, 1)
NAMED = Location("content/reports/2026-09/report.yml", 2, 14)
LIMITS = (Standard(WHERE, None, Decimal("0.9"), Decimal("0.95"), Decimal("0.98")),)
FORMULA = Expression(Code("a", "x.yml", ((1, 1), (1, 2))), Column("a"))


def card(key: str, cycle: Grain) -> Indicator:
    return Indicator(
        id=Name(key, WHERE), where=WHERE, department=Name("sales", WHERE), name=Text(key),
        formula=FORMULA, terms=(), unit=Measure("percent", "percent"),
        decimals=1, cycle=cycle, direction="higher", thresholds=LIMITS,
    )  # fmt: skip


def results(key: str, values: dict[str, str]) -> IndicatorResults:
    """Return results by the period's label; ``~`` marks a provisional one."""
    series: dict[SeriesKey, list[Result]] = {}
    for label, value in values.items():
        period = CALENDAR.parse(label)
        assert period is not None
        state = State.PROVISIONAL if value.startswith("~") else State.OK
        found = Result(period, Decimal(value.strip("~")), state, 9, None, LIMITS[0].fixed)
        series.setdefault(SeriesKey(period.grain), []).append(found)
    return IndicatorResults(key, {k: Series(k, tuple(v), {}) for k, v in series.items()})


def asked(
    *, label: str = "2026-09", scored: bool = True, through: date = date(2026, 9, 30),
    comments: tuple[str, ...] = (), own: Standard | None = None, cycle: Grain = Grain.MONTH,
) -> tuple[Problem, ...]:  # fmt: skip
    """Return what a report over one scorecard of two lines is asked for."""
    cards = {"calls": card("calls", Grain.MONTH), "training": card("training", Grain.QUARTER)}
    line = Line(WHERE, Name("calls", WHERE), "1", weight=Decimal(60))
    lines = (
        replace(line, thresholds=(own,) if own else ()),
        replace(line, no="2", weight=Decimal(40), indicator=Name("training", WHERE)),
    )
    service = Scorecard(Name("service", WHERE), WHERE, Text("Service"), cycle, lines, scored=scored)
    period = CALENDAR.parse(label)
    assert period is not None
    report = Report(
        Location(NAMED.file, 1, 1), period, (Name("service", NAMED),),
        comments={Name(c, WHERE): Text("why") for c in comments},
    )  # fmt: skip
    site = Site(Path("/nowhere"), WHERE, Text("x"))
    catalog = Catalog(replace(site, data_through=through), {}, cards, {"service": service})
    found = {
        "calls": results("calls", {"2026-08": "0.88", "2026-09": "0.89", "2026-Q3": "0.885"}),
        "training": results("training", {"2026-Q2": "0.97", "2026-Q3": "0.80"}),
    }
    return missing_comments(Computed(catalog, {}, found, score(catalog, found)), report)


def names(problems: tuple[Problem, ...]) -> list[str]:
    return [p.message.en.split()[0] for p in problems]


def test_each_line_below_its_baseline_is_asked_for() -> None:
    found = asked()
    assert names(found) == ["calls", "training"]  # the quarter ends with September
    first = found[0]
    assert (first.code, first.severity, first.where) == ("comment-missing", "warning", NAMED)
    assert "line 1" in first.message.en
    assert "'Service'" in first.message.en
    assert "第 1 行" in first.message.zh


def test_a_comment_is_enough() -> None:
    assert names(asked(comments=("calls",))) == ["training"]
    assert asked(comments=("calls", "training")) == ()


def test_a_line_that_is_not_due_is_not_asked_for() -> None:
    assert names(asked(label="2026-08")) == ["calls"]


def test_a_scorecard_of_a_longer_period_asks_when_that_ends() -> None:
    assert asked(label="2026-08", cycle=Grain.QUARTER) == ()
    assert names(asked(label="2026-09", cycle=Grain.QUARTER)) == ["calls", "training"]


@pytest.mark.parametrize(
    ("baseline", "expected"), [("0.89", ["training"]), ("0.8901", ["calls", "training"])]
)
def test_the_line_s_own_baseline_decides(baseline: str, expected: list[str]) -> None:
    own = Standard(WHERE, None, Decimal(baseline), Decimal("0.95"), Decimal("0.98"))
    assert names(asked(own=own)) == expected


def test_without_a_total_nothing_is_asked() -> None:
    assert asked(scored=False) == ()


def test_nothing_is_asked_before_the_period_is_over() -> None:
    assert asked(through=date(2026, 9, 29)) == ()


def test_quarters_are_asked_about_their_own_figures() -> None:
    assert names(asked(label="2026-Q3")) == ["calls", "training"]
    assert asked(label="2026-Q2") == ()  # calls has no figure then, training met its challenge
