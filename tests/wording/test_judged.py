"""A shown number is on the same side of what judges it as the number itself."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpi_site.catalog import Direction, Grade, Indicator, Measure, Scale, Scoring, Text, Threshold
from kpi_site.diff.numbers import points_apart
from kpi_site.exports.sheets import _telling
from kpi_site.periods import Grain
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Code, Column, Expression
from kpi_site.wording.judged import (
    Bounds,
    figure_text,
    grade_bounds,
    points_bounds,
    points_text,
    threshold_text,
)

D = Decimal
WHERE = Location("x.yml")
PERCENT = Measure("percent", "percent")
YUAN = Measure("currency", "CNY", scale={"zh": Scale("万元", D(10000)), "en": Scale("k", D(1000))})


def card(
    direction: Direction, unit: Measure = PERCENT, decimals: int = 1, centre: str = "0"
) -> Indicator:
    return Indicator(
        id=Name("x", WHERE),
        where=WHERE,
        department=Name("d", WHERE),
        name=Text(plain="x"),
        formula=Expression(Code("a", "x.yml", ()), Column("a")),
        terms=(),
        unit=unit,
        decimals=decimals,
        cycle=Grain.MONTH,
        direction=direction,
        centre=D(centre),
    )


def limits(*numbers: str | None) -> Threshold:
    return Threshold(*(None if n is None else D(n) for n in numbers))


@pytest.mark.parametrize(
    ("value", "threshold", "of", "text"),
    [
        ("0.9496", limits("0.9", "0.95", None), card("higher"), "94.96%"),  # misses 95.0 %
        ("0.9504", limits("0.9", "0.95", None), card("higher"), "95.0%"),  # meets it: no more
        ("0.9444", limits("0.9", "0.95", None), card("higher"), "94.4%"),  # far from any
        ("0.95", limits("0.9", "0.95", None), card("higher"), "95.0%"),
        ("0.0504", limits(None, "0.05", None), card("lower"), "5.04%"),
        ("0.0496", limits(None, "0.05", None), card("lower"), "5.0%"),
        ("0.94999", limits(None, "0.95", None), card("higher"), "94.999%"),
        # nearer than two more places tell: rounded to the side on which it lies
        ("0.9499999", limits(None, "0.95", None), card("higher"), "94.999%"),
        ("0.0500001", limits(None, "0.05", None), card("lower"), "5.001%"),
        # 88 % and at most 2 points from it: 90.04 % misses
        ("0.9004", limits(None, "0.02", None), card("within", centre="0.88"), "90.04%"),
        ("0.8596", limits(None, "0.02", None), card("within", centre="0.88"), "85.96%"),
        ("0.9496", limits(None, "0.95", None), card("none"), "95.0%"),  # nothing judges it
    ],
)
def test_as_many_decimals_as_tell_the_truth(
    value: str, threshold: Threshold, of: Indicator, text: str
) -> None:
    assert figure_text(D(value), of, threshold, "en") == text


def test_without_thresholds_nothing_changes() -> None:
    assert figure_text(D("0.9496"), card("higher"), None, "en") == "95.0%"
    assert figure_text(None, card("higher"), None, "en") == ""


def test_scaled_amounts() -> None:
    of = card("higher", YUAN)
    threshold = limits(None, "1234567", None)
    # 123.4560 万 against 123.4567 万: one decimal would show 123.5 for both
    assert figure_text(D("1234560"), of, threshold, "zh") == "123.456万元"
    assert threshold_text(D("1234567"), YUAN, 1, "zh") == "123.457万元"
    assert threshold_text(D("1234567"), YUAN, 1, "en") == "1,234.567\u00a0k"
    assert threshold_text(D("0.9505"), PERCENT, 1, "en") == "95.05%"


SCORING = Scoring(
    grades=(
        Grade(D(110), Text(plain="Outstanding")),
        Grade(D(80), Text(plain="Good")),
    )
)


def test_a_total_does_not_read_as_the_next_grade() -> None:
    assert points_text(D("109.951"), grade_bounds(SCORING.grades)) == "109.95"
    assert points_text(D("110"), grade_bounds(SCORING.grades)) == "110.0"
    assert points_text(D("99.951"), grade_bounds(SCORING.grades)) == "100.0"
    assert points_text(D("99.96"), points_bounds(Scoring())) == "99.96"  # below target
    assert points_text(None, grade_bounds(SCORING.grades)) == ""
    both = grade_bounds(SCORING.grades), grade_bounds(SCORING.grades)
    assert points_apart(D("105"), D("109.951"), "", both) == ("105.0", "109.95")
    assert points_apart(D("109.951"), None, "-", both) == ("109.95", "-")


def test_a_sheet_shows_no_value_as_its_threshold() -> None:
    assert _telling("0.0%", "0.9496", ["0.9", "0.95"]) == "0.00%"
    assert _telling("0.0%", "0.95", ["0.9", "0.95"]) == "0.0%"
    assert _telling("#,##0", "99.7", ["100"]) == "#,##0.0"
    assert _telling("General", "99.7", ["100"]) == "General"


numbers = st.decimals("-20", "20", places=7, allow_nan=False)
directions: st.SearchStrategy[Direction] = st.sampled_from(["higher", "lower", "within"])


@given(
    st.lists(st.decimals("0", "10", places=4), min_size=1, max_size=3, unique=True),
    st.integers(-9, 9),
    st.integers(1, 7),
    directions,
    st.integers(0, 2),
    st.sampled_from([PERCENT, YUAN, Measure("score", "score")]),
    st.sampled_from(["zh", "en"]),
)
@example([D("0.95")], -1, 7, "higher", 1, PERCENT, "zh")
def test_what_is_shown_earns_what_the_value_earns(
    steps: list[Decimal],
    offset: int,
    places: int,
    direction: Direction,
    decimals: int,
    unit: Measure,
    language: str,
) -> None:
    ordered = sorted(steps, reverse=direction != "higher")
    given_ = [*ordered, None, None, None][:3]
    centre = D(3)
    near = ordered[-1] + (centre if direction == "within" else 0)
    value = near + offset * D(1).scaleb(-places)  # a hair beside a threshold
    of = replace(card(direction, unit, decimals), centre=centre)
    threshold = Threshold(*given_)
    text = figure_text(value, of, threshold, language, with_unit=False)
    read = D(re.sub(r"[,%]", "", text).replace("−", "-"))
    scale = D(100) if unit.kind == "percent" else D(1)
    if unit is YUAN:
        scale = 1 / unit.scale[language].divide
    for step in steps:
        assert _meets(read / scale, step, direction, centre) == _meets(
            value, step, direction, centre
        )


def _meets(value: Decimal, step: Decimal, direction: Direction, centre: Decimal) -> bool:
    if direction == "within":
        return abs(value - centre) <= step
    return value >= step if direction == "higher" else value <= step


@given(st.decimals("0", "130", places=6), st.lists(st.integers(0, 120), max_size=4))
def test_totals_and_grades(total: Decimal, starts: list[int]) -> None:
    bounds = Bounds(floors=tuple(map(D, starts)))
    read = D(points_text(total, bounds))
    assert [read >= s for s in starts] == [total >= s for s in starts]
    assert abs(read - total) < D("0.06")


def test_a_computed_threshold_is_not_shown_with_all_of_its_digits() -> None:
    count = Measure("count", "count")
    assert threshold_text(D("53.391304347826087"), count, 0, "en") == "53.39"
    assert threshold_text(D("0.0625"), count, 0, "en") == "0.0625"  # as somebody wrote it
