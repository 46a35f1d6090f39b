"""A retired card: shown on its scorecards, and neither judged, scored nor owed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

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
from kpi_site.problems import Location, Name
from kpi_site.reporting import lines_below_baseline, unsettled
from kpi_site.results import IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.scoring import ScoredCard, line_level, score, score_period
from kpi_site.sql.nodes import Code, Column, Expression

WHERE = Location("x.yml")
OCTOBER = MonthCalendar().containing(date(2026, 10, 1), Grain.MONTH)
LIMITS = Standard(WHERE, None, Decimal(60), Decimal(80), Decimal(90))


def card(key: str) -> Indicator:
    return Indicator(
        id=Name(key, WHERE),
        where=WHERE,
        department=Name("sales", WHERE),
        name=Text(plain=key),
        formula=Expression(Code("a", "x.yml", ()), Column("a")),
        terms=(),
        unit=Measure("score", "score"),
        decimals=1,
        cycle=Grain.MONTH,
        direction="higher",
        thresholds=(LIMITS,),
    )


def results(value: str | None) -> IndicatorResults:
    number = None if value is None else Decimal(value)
    state = State.NO_DATA if value is None else State.OK
    earned = {"80": Decimal(100), "90": Decimal(120)}.get(value or "")
    only = Result(OCTOBER, number, state, 1, earned, LIMITS.fixed)
    series = Series(SeriesKey(Grain.MONTH), (only,), {})
    return IndicatorResults("x", {series.key: series})


Score = Callable[..., tuple[Catalog, ScoredCard]]


@pytest.fixture
def scored() -> Score:
    def make(
        old: str | None, *, missing: Literal["exclude", "zero"] = "exclude"
    ) -> tuple[Catalog, ScoredCard]:
        names = [Name("kept", WHERE), Name("old", WHERE)]
        scorecard = Scorecard(
            id=Name("year", WHERE),
            where=WHERE,
            title=Text(plain="Year"),
            cycle=Grain.MONTH,
            lines=tuple(Line(WHERE, name, weight=Decimal(50)) for name in names),
            scored=True,
            missing=missing,
        )
        catalog = Catalog(
            site=Site(Path(), WHERE, Text(plain="X")),
            datasets={},
            indicators={"kept": card("kept"), "old": replace(card("old"), status="retired")},
            scorecards={"year": scorecard},
        )
        found = {"kept": results("80"), "old": results(old)}
        return catalog, score_period(catalog, found, scorecard, OCTOBER)

    return make


def test_it_earns_nothing_and_its_weight_does_not_count(scored: Score) -> None:
    _, card = scored("90")  # 120 points, were it in use: (50 x 100 + 50 x 120) / 100 = 110
    assert card.total == 100
    assert card.weight_counted == 50
    kept, old = card.lines
    assert (old.counted, old.points) == (False, None)
    assert old.result is not None
    assert old.result.value == 90  # it is still shown
    assert (line_level(kept), line_level(old)) == ("target", "none")


def test_nothing_is_missing_of_it(scored: Score) -> None:
    catalog, card = scored(None, missing="zero")  # 0 points, were it in use: (5000 + 0) / 100
    assert card.total == 100
    assert card.missing == ()
    report = Report(WHERE, OCTOBER, scorecards=(Name("year", WHERE),))
    found = {"kept": results("80"), "old": results(None)}
    assert unsettled(Computed(catalog, {}, found, score(catalog, found)), report) == ()


def test_no_comment_is_owed_for_it(scored: Score) -> None:
    _, card = scored("10")
    assert list(lines_below_baseline(card, OCTOBER)) == []
