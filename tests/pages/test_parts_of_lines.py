"""Scorecard lines about one member of a dimension, worked by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kpi_site.catalog import Line, Part, Scorecard, Standard, Text
from kpi_site.downloads.cards import indicators_json
from kpi_site.editions.scores import scorecard_json
from kpi_site.exports.report import report_typ
from kpi_site.members import members_without_rows
from kpi_site.pages import render
from kpi_site.pages.context import make_context
from kpi_site.periods import Grain, MonthCalendar
from kpi_site.problems import Location, Name
from kpi_site.results import State
from kpi_site.scoring import ScoredCard, score

WHERE = Location("content/scorecards/regions.yml", 1, 1)


def line(member: str, weight: int, **more: Any) -> Line:
    part = Part(Name("region", WHERE), Name(member, WHERE))
    return Line(WHERE, Name("attainment", WHERE), weight=Decimal(weight), of=part, **more)


def with_lines(sample: Any, *lines: Line, scored: bool = True) -> tuple[Any, Any]:
    """Return the sample's catalog with one scorecard, and its scores."""
    card = Scorecard(
        Name("regions", WHERE), WHERE, Text("Regions"), Grain.MONTH, lines, scored=scored
    )
    catalog = replace(sample.catalog, scorecards={"regions": card}, reports={}, actions={})
    return catalog, score(catalog, sample.results)


def month(cards: Mapping[str, tuple[ScoredCard, ...]], label: str) -> ScoredCard:
    period = MonthCalendar().parse(label)
    return next(card for card in cards["regions"] if card.period == period)


def test_the_member_is_scored_and_not_the_whole(sample: Any) -> None:
    """In October the whole is 88.75 %, below its baseline; the north has 95 %, the target.

    In September the north has 90 % and the south 70 % (the whole: 96 %).
    """
    _, cards = with_lines(sample, line("north", 30), line("south", 70))
    october, september = month(cards, "2026-10"), month(cards, "2026-09")
    assert [x.points for x in october.lines] == [100, None]
    assert october.lines[1].state is State.ZERO_DENOMINATOR
    assert october.total == 100
    assert october.weight_counted == 30
    assert [x.points for x in september.lines] == [60, 0]
    assert september.total == 18  # (30 x 60 + 70 x 0) / 100


def test_the_lines_own_thresholds_meet_the_members_value(sample: Any) -> None:
    own = Standard(WHERE, None, Decimal("0.60"), Decimal("0.80"), None)
    _, cards = with_lines(sample, line("south", 100, thresholds=(own,)))
    assert month(cards, "2026-09").total == 80  # 70 % is halfway from 60 to 80 %


def test_an_unscored_card_shows_the_newest_period_of_the_member(sample: Any) -> None:
    """The south has no value in October: its line falls back to September."""
    card = replace(line("south", 0, cycle=Grain.MONTH), weight=None)
    catalog, _ = with_lines(sample, card, scored=False)
    yearly = replace(catalog.scorecards["regions"], cycle=Grain.QUARTER)
    catalog = replace(catalog, scorecards={"regions": yearly})
    found = score(catalog, sample.results)["regions"][-1].lines[0]
    assert (found.period.label, found.result and found.result.value) == ("2026-09", Decimal("0.7"))


def test_a_member_without_rows_is_a_warning(sample: Any) -> None:
    catalog, cards = with_lines(sample, line("nroth", 60), line("south", 40))
    (problem,) = members_without_rows(catalog, sample.results)
    assert (problem.code, problem.severity) == ("member-without-rows", "warning")
    assert problem.text("en").endswith(
        "no row of 'attainment' has 'nroth' as its 'region'. Did you mean 'north'?"
    )
    october = month(cards, "2026-10")
    assert [x.state for x in october.lines] == [State.NO_DATA, State.ZERO_DENOMINATOR]
    assert october.total is None


@pytest.mark.parametrize(
    ("language", "name"),
    [("zh", "销售目标达成率 · 北区"), ("en", "Sales target attainment · North")],
)
def test_pages_and_downloads_name_the_member(sample: Any, language: str, name: str) -> None:
    catalog, cards = with_lines(sample, line("north", 100))
    changed = replace(sample, catalog=catalog, scores=cards)
    files = render(changed, language)
    pages = {file.path: file.data.decode() for file in files}
    assert f">{name}</a>" in pages["scorecards/regions.md"]
    member = name.partition(" · ")[2]
    assert f"Regions</a> · {member}" in pages["indicators/attainment.md"]
    cards_as_data = json.loads(indicators_json(changed))["indicators"]
    (used,) = next(x["scorecards"] for x in cards_as_data if x["id"] == "attainment")
    assert (used["of"], used["cycle"], used["points"]) == ({"region": "north"}, "month", 100)
    (only,) = scorecard_json(catalog, month(cards, "2026-10"))["lines"]
    assert only["title"][language] == name
    assert only["of"] == {"region": "north"}


def test_a_printed_report_names_the_member(sample: Any) -> None:
    catalog, cards = with_lines(sample, line("north", 100))
    report = replace(sample.catalog.reports["2026-10"], scorecards=(Name("regions", WHERE),))
    ctx = make_context(replace(sample, catalog=catalog, scores=cards), "en")
    assert "Sales target attainment · North" in report_typ(ctx, report, None)
