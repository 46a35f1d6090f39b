"""Every recipe of the cookbook gives the result that its page works out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.results import SeriesKey, State
from kpi_site.stages import figures
from kpi_site.wording.numbers import format_value
from kpi_site.wording.words import state_mark
from tests.docs.fenced import page
from tests.docs.recipes import NAME, Line, Recipe, recipes, worked, write_site

ZH, EN = recipes("zh"), recipes("en")


def test_there_are_enough_and_both_pages_carry_the_same() -> None:
    assert len(EN) >= 25
    assert list(ZH) == list(EN)
    for anchor, recipe in EN.items():
        other = ZH[anchor]
        assert other.yaml == recipe.yaml
        assert other.facts == recipe.facts
        bare = [replace(line, shown="") for line in recipe.lines]
        assert [replace(line, shown="") for line in other.lines] == bare
    for language in ("zh", "en"):
        text = page(language, NAME)
        assert f"{len(EN)} " in text  # the number of recipes that the page names
        assert all(f"](#{anchor})" in text for anchor in EN)


def test_arithmetic_is_worked_in_fractions() -> None:
    assert worked("2 / ((4 + 3) / 2)") == Fraction(4, 7)
    assert worked("60 + 40 * (0.10 - 0.08) / (0.10 - 0.05)") == 76
    assert worked("LEAST(150 / 100, 1.2)") == Fraction(6, 5)


WARNED = {"missing-is-not-zero": ["facts-missing"]}
"""What is said of a recipe whose facts have a hole on purpose."""


@pytest.mark.parametrize("anchor", EN)
def test_recipe(anchor: str, tmp_path: Path) -> None:
    recipe = EN[anchor]
    write_site(recipe, tmp_path)
    found, problems = figures(Options(tmp_path, date(2026, 12, 1)))
    assert [p.code for p in problems] == WARNED.get(anchor, [])
    assert found is not None
    assert recipe.lines
    for position, line in enumerate(recipe.lines):
        if line.points:
            compare_points(line, found, recipe)
        elif line.total:
            for language, printed in (("en", line), ("zh", ZH[anchor].lines[position])):
                compare_total(printed, found, language)
        else:
            for language, printed in (("en", line), ("zh", ZH[anchor].lines[position])):
                compare(printed, found, recipe, language)


def compare(line: Line, found: Figures, recipe: Recipe, language: str) -> None:
    """Compare a line's arithmetic and what it shows with the computed result."""
    card = found.catalog.indicators[recipe.card]
    period = found.catalog.site.calendar.parse(line.period)
    assert period is not None
    series = found.results[recipe.card].series[SeriesKey(period.grain, *(line.member or ()))]
    result = series.at(period)
    assert result is not None, line
    by_hand = line.by_hand
    if by_hand is None:
        assert (result.value, state_mark(result.state)) == (None, line.shown)
        return
    assert result.value is not None, line
    assert abs(Fraction(result.value) - by_hand) <= abs(by_hand) * Fraction(1, 10**15), line
    rounded = Decimal(by_hand.numerator) / Decimal(by_hand.denominator)
    shown = format_value(rounded, card.unit, card.decimals, language)
    mark = "" if result.state is State.OK else f" {state_mark(result.state)}"
    assert (shown + mark).replace("\xa0", " ") == line.shown


def compare_points(line: Line, found: Figures, recipe: Recipe) -> None:
    period = found.catalog.site.calendar.parse(line.period)
    assert period is not None
    series = found.results[recipe.card].series[SeriesKey(period.grain, *(line.member or ()))]
    result = series.at(period)
    assert result is not None
    if line.by_hand is None:
        assert (result.points, line.shown) == (None, "—")
        return
    assert result.points is not None
    assert abs(Fraction(result.points) - line.by_hand) < Fraction(1, 10**12)
    assert f"{float(line.by_hand):.1f}" == line.shown


def compare_total(line: Line, found: Figures, language: str) -> None:
    """Compare the total of the recipe's one scorecard, and its grade where one is shown."""
    ((name, periods),) = found.scores.items()
    assert found.catalog.scorecards[name].scored
    member = line.member[1] if line.member else None
    (own,) = [
        each
        for card in periods
        for each in card.each
        if card.period.label == line.period
        and (each.member.member if each.member else None) == member
    ]
    assert own.total is not None
    assert line.by_hand is not None
    assert abs(Fraction(own.total) - line.by_hand) < Fraction(1, 10**12)
    number, _, grade = line.shown.partition(" ")
    assert number == f"{float(line.by_hand):.1f}"
    assert grade == (own.grade.name.get(language) if own.grade else "")
