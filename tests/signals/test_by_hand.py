"""Limits and rules on figures that were worked out by hand, or published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kpi_site.periods import Grain, ListedCalendar, ListedPeriod, MonthCalendar, Period
from kpi_site.signals import Basis, Limits, measure, signals

D = Decimal


def limits(values: Sequence[Decimal | int | str | None]) -> Limits | None:
    found = measure([None if v is None else D(v) for v in values])
    return found.limits if found else None


def marks(values: Sequence[Decimal | int | str | None]) -> str:
    """Return a letter for each value: P/p point, T/t two of three, S/s shift, R/r trend.

    Capitals are high; ``.`` is noise, and a blank is a gap.
    """
    scale = measure([None if v is None else D(v) for v in values])
    assert scale is not None
    letters = {"point": "p", "two_of_three": "t", "shift": "s", "trend": "r"}
    found = ""
    for value, signal in zip(values, signals(scale), strict=True):
        if signal is None:
            found += " " if value is None else "."
        else:
            letter = letters[signal.rule]
            found += letter.upper() if signal.side == "high" else letter
    return found


def test_a_published_chart() -> None:
    """Montgomery and Runger, Applied Statistics and Probability for Engineers, section 15-4.

    The exercise on twenty measurements of hardness: mean 53.05, mean moving range 56 / 19, and
    limits 45.212 and 60.888 by 3 / 1.128, of which 2.66 is the rounded value; all in control.
    """
    hardness = (51, 52, 54, 55, 55, 51, 52, 50, 51, 56, 51, 57, 58, 50, 53, 52, 54, 50, 56, 53)
    found = limits(hardness)
    assert found is not None
    assert sum(hardness) == 1061
    assert found.mean == D("53.05")
    assert abs(found.upper - D("60.888")) < D("0.003")
    assert abs(found.lower - D("45.212")) < D("0.003")
    assert set(marks(hardness)) == {"."}


def test_limits_worked_out() -> None:
    """Twelve values that go 10, 14, 10 …: every moving range is 4, and 2.66 × 4 is 10.64."""
    assert limits([10, 14] * 6) == Limits(D(12), D("1.36"), D("22.64"))


def test_a_moving_range_out_of_the_ordinary_is_left_out_once() -> None:
    """Of 12 ranges ten are 4, one is 30, one is 34: their mean is 104 / 12, and 3.267 × it 28.3.

    Without the two the mean range is 4; of 24, at most 3.267 × 88 / 12 = 23.96, one would stay.
    """
    values = [10, 14] * 3 + [44] + [10, 14] * 3
    mean = D(6 * 24 + 44) / 13
    found = limits(values)
    assert found is not None
    assert abs(found.upper - (mean + D("10.64"))) < D("1e-14")
    assert marks(values) == "......P......"


def test_a_gap_makes_no_moving_range() -> None:
    """Of 10 | 20 apart nothing is told; without the gap the range of 10 would count."""
    low, high = [10, 12, 10, 12, 10, 12], [20, 22, 20, 22, 20, 22]
    found = limits([*low, None, *high])
    assert found == Limits(D(16), D("10.68"), D("21.32"))
    assert limits([*low, *high]) != found


@pytest.mark.parametrize("values", [[1] * 11, [1, None] * 12, [], [None] * 20])
def test_too_few_values_or_no_neighbours_have_no_limits(values: list[int | None]) -> None:
    assert limits(values) is None


def test_a_value_on_a_limit_is_not_outside() -> None:
    """The mean is 0 and every range 100: 266 lies on the upper limit, 266.01 beyond.

    Moving ranges: nine of 100, and the two to and from the last value before the gap, none.
    """
    swing = [50, -50] * 6
    inside = [*swing, None, 266, None, -266]
    assert limits(inside) == Limits(D(0), D(-266), D(266))
    assert marks(inside) == "............ . ."
    assert marks([*swing, None, "266.01", None, "-266.01"]) == "............ P p"


def test_two_of_three_near_a_limit() -> None:
    """The mean is 0, limits ±266, two thirds of them ±177.33."""
    swing = [50, -50] * 6

    def chart(*high: str | int) -> str:
        """Mark ``high`` after a gap, balanced so that the mean stays 0 and no range is new."""
        apart = [x for v in high for x in (None, -D(v))]
        values = [*swing, None, *high, *apart]
        scale = limits(values)
        assert scale is not None
        assert scale.mean == 0
        return marks(values)[13 : 13 + len(high)]

    assert chart(180, 100, 190) == "T.T"
    assert chart(180, 190, -1) == "..."  # one of the three on the other side
    assert chart(180, 190, 0) == "..."  # on the mean is on no side
    assert chart(180, 100, 100, 190) == "...."  # not within three


def test_two_thirds_are_measured_exactly() -> None:
    """Ranges of 1.5 have limits at ±3.99 and two thirds of them at 2.66, in no number of 2 / 3."""
    swing = [D("0.75"), D("-0.75")] * 6
    balance = [None, D("-2.66"), None, D("-2.66"), None, D("-2.66")]
    values = [*swing, None, D("2.66"), D("2.66"), D("2.66"), *balance]
    found = limits(values)
    assert found is not None
    assert found.mean == 0
    # the two ranges of 0 make the mean range 16.5 / 13: two thirds lie at 2.2508
    assert marks(values)[13:16] == "TTT"


def test_seven_on_one_side_are_a_shift_and_six_are_not() -> None:
    swing = [10, -10] * 4
    assert marks([*swing, *[1] * 6, *[-1] * 6]) == "." * 20
    assert marks([*swing, *[1] * 7, *[-1] * 7]) == "........" + "S" * 7 + "s" * 7


def test_a_value_on_the_mean_breaks_a_shift() -> None:
    swing = [10, -10] * 4
    assert marks([*swing, *[1] * 4, 0, *[1] * 3, *[-1] * 4, 0, *[-1] * 3]) == "." * 24
    assert limits([*swing, *[1] * 4, 0, *[1] * 3, *[-1] * 4, 0, *[-1] * 3]) is not None


def test_a_shift_does_not_cross_a_gap() -> None:
    swing = [10, -10] * 4
    assert marks([*swing, *[1] * 4, None, *[1] * 3, *[-1] * 7]) == (
        "........" + "...." + " " + "..." + "s" * 7
    )


def test_seven_that_rise_are_a_trend_and_equal_neighbours_are_none() -> None:
    """The trend crosses the mean, so that no seven lie on one side of it."""
    swing, calm = [*[30, -30] * 5, None], "." * 10 + " "
    assert marks([*swing, -6, -4, -2, 0, 2, 4, 6]) == calm + "R" * 7
    assert marks([*swing, 6, 4, 2, 0, -2, -4, -6]) == calm + "r" * 7
    assert marks([*swing, -4, -2, -1, 1, 2, 4]) == calm + "." * 6  # six values, five steps
    assert marks([*swing, -6, -4, -2, -2, 2, 4, 6]) == calm + "." * 7
    assert marks([*swing, -6, -4, -2, None, 2, 4, 6]) == calm + "... ..."


def test_where_a_rise_ends_in_a_fall_the_peak_belongs_to_the_rise() -> None:
    swing, balance = [*[30, -30] * 5, None], [None, 30, None, 31]
    values = [*swing, -10, -8, -6, -4, -2, -1, 1, -1, -2, -4, -6, -8, -10, *balance]
    assert marks(values)[11:24] == "RRRRRRR" + "rrrrrr"


def test_the_first_rule_that_holds_is_named() -> None:
    """Seven on one side of which one is outside, and two are near the limit."""
    swing = [50, -50] * 6
    high = [100, 180, 190, 300, 100, 100, 100]
    values = [*swing, None, *high, *(x for v in high for x in (None, -v))]
    found = marks(values)[13:20]
    assert found[3] == "P"
    assert found[1:3] == "TT"
    assert {found[0], *found[4:]} == {"S"}


def thirteen(years: Sequence[int]) -> list[Period]:
    """Return periods of four weeks, of which the year 2024 alone has a thirteenth."""
    day, lines = date(years[0], 1, 1), []
    for year in years:
        labels = [f"{year}-{month:02}" for month in range(1, 13)]
        for label in [*labels, *([f"{year}-P13"] if year == 2024 else [])]:
            lines.append(ListedPeriod(label, day, day + timedelta(days=27), None, None, str(year)))
            day += timedelta(days=28)
    calendar = ListedCalendar(tuple(lines))
    return list(calendar.range(lines[0].first, lines[-1].last, Grain.MONTH))


def test_a_season_of_a_year_leads_to_the_same_month_past_a_thirteenth() -> None:
    """Each month has ten times its number, one more every year; the thirteenth 500."""
    periods = thirteen((2023, 2024, 2025, 2026))
    values = [D(10 * p.month + p.year if p.month < 13 else 500) for p in periods]
    found = Basis(season=12).of(periods, values)
    at = {p.label: i for i, p in enumerate(periods)}
    assert [v for v in found if v is not None] == [D(1)] * 36
    assert found[at["2024-P13"]] is None
    assert all(found[i] is None for i in range(12))
    change = Basis(change=True, season=12).of(periods, values)
    assert change[at["2025-03"]] == 0
    for basis, made in ((Basis(season=12), found), (Basis(change=True, season=12), change)):
        for i, value in enumerate(made):
            beside = basis.compared_with(periods, values, i)
            assert value == (None if beside is None else values[i] - beside)


def test_other_seasons_count_periods() -> None:
    months = MonthCalendar().range(date(2025, 1, 1), date(2026, 6, 1), Grain.MONTH)
    values = [D(n * n) for n in range(len(months))]
    for season in (2, 5, 12):
        expected = [None] * season + [
            D(n * n - (n - season) ** 2) for n in range(season, len(months))
        ]
        assert list(Basis(season=season).of(months, values)) == expected
    weeks = MonthCalendar().range(date(2025, 1, 1), date(2027, 2, 1), Grain.WEEK)
    found = Basis(season=52).of(weeks, [D(n) for n in range(len(weeks))])
    assert set(found[52:]) == {D(52)}
