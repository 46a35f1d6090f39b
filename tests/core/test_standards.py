"""What judges a figure, on numbers worked out by hand; the site of tests/sites/judging."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.periods import Grain
from kpi_site.results import Result, SeriesKey, Unjudged
from kpi_site.stages import figures

SITE = Path(__file__).parents[1] / "sites" / "judging"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    kept = tmp_path_factory.mktemp("judging")
    found, problems = figures(Options(SITE, date(2026, 11, 24), kept=kept))
    assert found is not None, [p.text() for p in problems]
    return found


def result(site: Figures, card: str, label: str, *part: str) -> Result:
    period = site.catalog.site.calendar.parse(label)
    assert period is not None
    found = site.results[card].series[SeriesKey(period.grain, *part)].at(period)
    assert found is not None
    return found


def limits(found: Result) -> tuple[Fraction | None, ...]:
    own = found.threshold
    numbers = (own.baseline, own.target, own.challenge) if own else ()
    return tuple(None if n is None else Fraction(n).limit_denominator(10**6) for n in numbers)


F = Fraction
NORTH, SOUTH = ("region", "north"), ("region", "south")


@pytest.mark.parametrize(
    ("card", "label", "part", "wanted", "points"),
    [
        # nine contracts a month: halfway from 8 to 10 is 80 points; 27 a quarter are not 120
        ("own_cycle", "2026-01", (), (8, 10, 12), 80),
        ("own_cycle", "2026-03", (), (8, 10, 12), 80),
        ("own_cycle", "2026-Q1", (), (), None),
        ("own_cycle", "2026", (), (), None),
        ("own_cycle", "2026-01", NORTH, (), None),
        # 27 against 3 x 8, 3 x 10, 3 x 12: 60 + 40 x 3/6
        ("per_cycle", "2026-Q1", (), (24, 30, 36), 80),
        # April's 14 and 5 in the 10 of 31 days of May: 19 against 8 + 8 x 10/31 = 328/31 …
        ("per_cycle", "2026-Q2", (), (F(328, 31), F(410, 31), F(492, 31)), 120),
        # a running cycle is judged by its own threshold
        ("per_cycle", "2026-05", (), (8, 10, 12), 0),
        ("per_cycle", "2026-Q1", NORTH, (), None),
        # revised in November and again in March: 2 x 6 + 9 and 2 x 9 + 11; 27 is under 29
        ("revised", "2026-Q1", (), (21, 29, None), 90),
        ("revised", "2025-Q4", (), (20, 28, None), 60),  # October's set is the first one's
        ("by_grain", "2026-Q1", (), (22, 32, None), 80),
        ("by_grain", "2025-Q4", (), (20, 30, None), 60),
        ("by_grain", "2026", (), (None, 110, None), 0),
        ("by_grain", "2026-H1", (), (), None),
        ("by_grain", "2026-01", NORTH, (5, 6, None), 60),  # N N S N N S N '' N: five of nine
        ("by_grain", "2026-Q1", NORTH, (None, 18, None), 0),
        ("by_grain", "2026-03", SOUTH, (2, 3, None), 100),
        ("by_grain", "2026-Q1", SOUTH, (), None),  # its set began within the quarter
        # a level: the same thresholds for quarter and member, but for those declared
        ("level", "2026-H1", (), (80, 100, 120), None),
        ("level", "2026-03", SOUTH, (70, 90, None), None),
        ("level", "2026-03", NORTH, (90, 110, 130), None),
        ("level", "2026-Q1", (), (85, 105, None), None),
        ("level", "2026-Q1", SOUTH, (70, 90, None), None),  # a member before a grain
        # arithmetic is computed for each grain and member; January's plan was 600 + 350
        ("against_plan", "2026-01", (), (855, 950, 1045), None),
        ("against_plan", "2026-01", SOUTH, (315, 350, 385), None),
        ("against_plan", "2026-Q1", NORTH, (1755, 1950, 2145), None),
        ("against_plan", "2025-12", (), (), None),  # no plan: 0, 0, 0 are in no order
        # a number stands beside: it is the month's and the whole's alone
        ("mixed", "2026-01", (), (300, 950, None), None),
        ("mixed", "2026-Q1", (), (), None),
        ("mixed", "2026-01", NORTH, (), None),
        ("mixed_cycles", "2026-Q1", (), (900, 2700, None), None),
        # contracts to date are amounts, those of a window are not, but of a member they are
        ("to_date", "2026-Q1", (), (), None),
        ("windowed", "2026-Q1", (), (20, 25, 30), 108),
        ("windowed", "2026-03", NORTH, (), None),
    ],
)  # fmt: skip
def test_by_hand(
    site: Figures, card: str, label: str, part: tuple[str, ...],
    wanted: tuple[Fraction | int | None, ...], points: int | None,
) -> None:  # fmt: skip
    found = result(site, card, label, *part)
    assert limits(found) == wanted
    if not wanted:
        assert found.points is None
        assert found.unjudged is not None
    elif points is not None:
        assert found.points == points


def test_why_it_is_not_judged(site: Figures) -> None:
    assert result(site, "own_cycle", "2026-Q1").unjudged is Unjudged.NOT_HERE
    assert result(site, "against_plan", "2025-12").unjudged is Unjudged.DISORDER
    assert result(site, "against_plan", "2026-01", "region", "").unjudged is Unjudged.DISORDER
    assert result(site, "own_cycle", "2026-01").unjudged is None


def test_points_by_arithmetic_and_steps(site: Figures) -> None:
    # March: 9 contracts of 200, 150.50, 80.25, none, 100, 150.50, 80.25, none, 100
    sales = Decimal("861.50")
    assert result(site, "rule", "2026-03").value == sales
    earned = result(site, "rule", "2026-03").points
    assert earned is not None
    assert abs(earned - sales / 11) < Decimal("1e-9")  # 100 x 861.5 / 1100
    assert result(site, "rule", "2025-10").points == 120  # 1,292 of 800, capped
    assert result(site, "rule_of_value", "2026-03").points == 95
    assert result(site, "rule_of_value", "2026-Q1").points is None
    assert result(site, "rule_numbers", "2026-Q1").points is None  # not 0: it has no target
    assert result(site, "stepped", "2026-03").points == 60  # 78 %
    assert result(site, "stepped_amount", "2026-01").points == 80
    assert result(site, "stepped_amount", "2026-05").points == 0  # no step fits
    assert result(site, "stepped_amount", "2026-Q1").points is None
    # days 3 5 8 - 12 3 5 8 -: their median 5 lies at the centre, their mean is 44/7 = 6.29
    assert result(site, "stepped_within", "2026-03").points == 100
    assert result(site, "stepped_days", "2026-03").points == 80


def test_a_scorecard_judges_by_what_its_lines_declare(site: Figures) -> None:
    (quarter,) = [c for c in site.scores["team"] if c.period.label == "2026-Q1"]
    own, cycles, of_card, plan, north, steps, *_ = quarter.lines
    assert {own.points, cycles.points, of_card.points} == {Decimal(80)}
    assert plan.threshold is not None
    assert plan.threshold.target == 2700  # of three months
    assert north.points == 80  # 15 of 27 lie in the north: halfway from 12 to 18
    assert steps.points in {10, 90}


def test_the_days_of_the_calendar(site: Figures) -> None:
    """May 2026 begins on a Friday; the facts reach to Sunday the 10th, day 130 of 365."""
    series = site.results["per_working_day"].whole(Grain.MONTH)
    pace = site.results["pace"].whole(Grain.MONTH)
    assert series is not None
    assert pace is not None
    last = {name: cells[-1].value for name, cells in series.terms.items()}
    assert [last[name] for name in ("worked", "all_days", "month_days")] == [6, 21, 31]
    assert last["before"] == 8  # of April's first ten days two are a weekend
    april = {name: cells[-2].value for name, cells in series.terms.items()}
    assert [april[name] for name in ("worked", "all_days", "before")] == [22, 22, 22]
    year = {name: cells[-1].value for name, cells in pace.terms.items()}
    assert [year[name] for name in ("elapsed", "days")] == [130, 365]
