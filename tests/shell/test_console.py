"""What people are told at a terminal, and the card as plain text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.audience import narrowed
from kpi_site.catalog import Catalog
from kpi_site.console import message_language, problem_lines
from kpi_site.content import read_catalog
from kpi_site.figures import Figures
from kpi_site.periods import Grain, MonthCalendar
from kpi_site.problems import Location, problem
from kpi_site.results import Cell, IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.story.card import tell_card
from kpi_site.story.teller import make_teller
from kpi_site.terminal import card_lines, filled, width

MINI = Path(__file__).parents[1] / "sites" / "mini"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    catalog, problems = read_catalog(MINI, today=date(2026, 11, 24))
    assert catalog is not None, problems
    return catalog


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "KPI_SITE_LANG": "zh"}, "zh"),
        (None, {"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_of_messages(
    asked: str | None, environment: dict[str, str], language: str
) -> None:
    assert message_language(asked, environment) == language


def test_problems_end_with_their_count() -> None:
    one = problem(Location("a.yml", 2, 3), "x", zh="坏了", en="broken")
    two = problem(Location("b.csv", 7), "y", zh="小心", en="careful", severity="warning")
    assert list(problem_lines([one, two], "en")) == [
        "a.yml:2:3: broken. [x]",
        "b.csv:7: warning: careful. [y]",
        "Each code in brackets is explained: kpi-site check --explain CODE",
        "1 error, 1 warning",
    ]
    assert list(problem_lines([one, two, one], "zh"))[1:] == [
        "b.csv:7: 警告：小心。 [y]",
        "a.yml:2:3: 坏了。 [x]",
        "方括号中的代码逐条有说明：kpi-site check --explain 代码",
        "2 个错误，1 个警告",
    ]
    assert list(problem_lines([], "en")) == ["0 errors, 0 warnings"]


def test_a_formula_is_filled_in_by_place_not_by_search(catalog: Catalog) -> None:
    formula = catalog.indicators["nps"].formula
    words = {"promoters": "answers", "detractors": "B", "answers": "promoters"}
    assert filled(formula, words) == "(answers - B) / promoters * 100"


def test_chinese_characters_are_two_columns_wide() -> None:
    assert width("NPS 满意度") == 10
    assert width("−1.5%") == 5


def test_missing_numbers_are_told_in_words_and_never_as_zero(catalog: Catalog) -> None:
    calendar = MonthCalendar()
    months = calendar.range(date(2026, 9, 1), date(2026, 10, 31), Grain.MONTH)
    results = (
        Result(months[0], None, State.ZERO_DENOMINATOR),
        Result(months[1], Decimal("0.5"), State.PROVISIONAL, n=3),
    )
    terms = {
        "actual": (Cell(Decimal(5), State.OK, 2), Cell(Decimal("1.50"), State.OK, 3)),
        "planned": (Cell(None, State.NO_DATA), Cell(Decimal(3), State.OK, 3)),
    }
    key = SeriesKey(Grain.MONTH)
    found = IndicatorResults("sales_attainment", {key: Series(key, results, terms)})
    card = catalog.indicators["sales_attainment"]
    teller = make_teller(Figures(catalog, {}, {card.id: found}, {}), "en")
    old = list(card_lines(teller, tell_card(teller, card, months[0])))
    assert "Sep 2026:  cannot be computed: the divisor is zero" in old
    assert "  = 5 / no data" in old
    new = list(card_lines(teller, tell_card(teller, card, months[1])))
    assert any(line.startswith("Oct 2026:  50.0%  (provisional") for line in new)
    assert "  = 1.5 / 3" in new
    assert any("2026-09" in line and "÷0" in line for line in new)
    without = make_teller(Figures(catalog, {}, {}, {}), "en")
    assert list(card_lines(without, tell_card(without, card)))[-1] == "No values yet."


def test_an_audience_sees_its_own_cards_and_nothing_made_of_others(catalog: Catalog) -> None:
    assert narrowed(catalog, None) is catalog
    assert narrowed(catalog, "leadership") is catalog
    assert set(narrowed(catalog, "staff").indicators) == set(catalog.indicators)
