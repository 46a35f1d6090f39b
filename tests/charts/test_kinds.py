"""Charts that fit the card: which ones it has, and what each of them draws."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kpi_site.catalog import ChartWish, Indicator, Measure, OtherTerm, RowTerm, Text
from kpi_site.charts.choice import main_charts, member_charts
from kpi_site.charts.distribution import Shares, distribution_spec, distribution_svg, shares
from kpi_site.charts.multiples import member_trends_spec, panels
from kpi_site.charts.running import running_spec
from kpi_site.charts.targets import pairs, targets_spec, targets_svg
from kpi_site.nature import actual_and_target, is_share, stacks
from kpi_site.periods import Grain
from kpi_site.results import Series, SeriesKey, State
from kpi_site.sql.nodes import Aggregate, AggregateKind, Call, Column, Literal_, Node
from tests.charts.samples import (
    AMOUNT,
    COUNT,
    MONEY,
    PERCENT,
    RATE,
    WITHIN,
    expression,
    name,
    pair_series,
    running_series,
    series,
)


def term(of: str, kind: AggregateKind = "sum") -> RowTerm:
    """A term that sums, or averages, the column x."""
    value = expression(Aggregate(kind, Column("x")), kind)
    return RowTerm(name(of), Text(of), name("facts"), value)


def formula(node: Node, *names: str) -> Indicator:
    """The rate's card with another formula over the terms ``names``."""
    terms = tuple(term(n) for n in names)
    return replace(RATE, formula=expression(node, "…"), terms=terms)


SHARE = replace(
    RATE,
    direction="none",
    thresholds=(),
    terms=(
        term("a"),
        OtherTerm(name("b"), Text("all"), name("a"), overall=True),
    ),
)
QUOTIENT = Call("/", (Column("actual"), Column("target")))


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (QUOTIENT, True),
        (Call("-", (QUOTIENT, Literal_(1))), True),
        (
            Call("/", (Call("-", (Column("actual"), Column("target"))), Column("target"))),
            True,
        ),
        (Call("/", (Call("-", (Column("actual"), Column("target"))), Column("actual"))), False),
        (Call("/", (Call("-", (Column("actual"), Column("before"))), Column("target"))), False),
        (Call("*", (QUOTIENT, Literal_(100))), False),
        (Column("actual"), False),
    ],
)
def test_two_terms_that_are_set_against_each_other(node: Node, found: bool) -> None:
    pair = actual_and_target(formula(node, "actual", "target", "before"))
    assert (pair is not None) == found
    if pair:
        assert [str(t.name) for t in pair] == ["actual", "target"]


def test_shares_are_told_from_other_quotients() -> None:
    assert is_share(SHARE)
    assert stacks(SHARE)
    assert not is_share(RATE)
    assert not stacks(RATE)
    same = OtherTerm(name("b"), Text("again"), name("a"))
    assert not is_share(replace(SHARE, terms=(SHARE.terms[0], same)))
    assert not is_share(replace(SHARE, unit=Measure("score", "score")))
    assert not is_share(replace(SHARE, terms=(term("a", "avg"), SHARE.terms[1])))
    assert stacks(replace(AMOUNT, terms=(term("a"),)))


def test_the_kind_of_card_decides() -> None:
    assert main_charts(RATE) == ("trend",)
    assert main_charts(SHARE) == ()
    assert main_charts(replace(AMOUNT, cycle=Grain.DAY)) == ("trend", "running")
    assert main_charts(formula(QUOTIENT, "actual", "target")) == ("trend", "target_bars")
    assert member_charts(SHARE, "d", 5, 40) == ("distribution",)
    assert member_charts(AMOUNT, "d", 5, 40) == ("bars",)
    assert member_charts(RATE, "d", 5, 40) == ("small_multiples",)
    assert member_charts(RATE, "d", 13, 40) == ("heat_map",)
    assert member_charts(RATE, "d", 5, 5) == ("bars",)
    assert member_charts(RATE, "d", 1, 40) == ("bars",)


def test_what_the_card_names_comes_first() -> None:
    wish = ChartWish(("target_bars",), ("heat_map",), {name("d"): ("bars", "heat_map")})
    card = replace(RATE, chart=wish)
    assert main_charts(card) == ("target_bars",)
    assert member_charts(card, "d", 5, 40) == ("bars", "heat_map")
    assert member_charts(card, "e", 5, 40) == ("heat_map",)
    nothing = replace(RATE, chart=ChartWish((), ()))
    assert main_charts(nothing) == ()
    assert member_charts(nothing, "d", 5, 40) == ()


def parts(*rows: tuple[str, list[str | float | State | None]]) -> list[Series]:
    return [series(SHARE, values, "2026-08", SeriesKey(Grain.MONTH, "d", m)) for m, values in rows]


def who(row: dict[str, Any]) -> str:
    """Return the member that the tip of a row names first."""
    return str(row["tip"]["title"].split(" · ")[0])


def stacked(members: list[Series], **more: list[str | float | State | None]) -> Shares:
    whole = series(SHARE, more.get("whole", [1, 1, 1]), "2026-08")
    return shares(SHARE, members, whole, "en", {"x": "North"}, dimension_title="area")


def test_shares_stand_as_published_and_the_first_at_the_bottom() -> None:
    found = stacked(parts(("x", [0.75, 0.5, 0.6]), ("y", [0.25, 0.5, 0.4])))
    rows = distribution_spec(SHARE, found, "en")["datasets"]["rows"]
    assert [(r["i"], who(r), r["share"]) for r in rows] == [
        (0, "North", 0.75), (0, "y", 0.25),
        (1, "North", 0.5), (1, "y", 0.5),
        (2, "North", 0.6), (2, "y", 0.4),
    ]  # fmt: skip
    labels = distribution_spec(SHARE, found, "en")["datasets"]["labels"]
    assert [label["text"] for label in labels] == ["y 40%", "North 60%"]
    assert "by area" in found.title


def test_what_is_hidden_leaves_its_room_and_is_not_shared_out() -> None:
    hidden = parts(("x", [0.5, 0.5, 0.5]), ("y", [0.3, 0.3, State.SUPPRESSED]),
                   ("z", [0.2, 0.2, State.SUPPRESSED]))  # fmt: skip
    rows = distribution_spec(SHARE, stacked(hidden), "en")["datasets"]["rows"]
    assert [(who(r), r["share"]) for r in rows if r["i"] == 2] == [("North", 0.5)]


def test_amounts_are_parts_of_the_published_whole() -> None:
    members = [
        series(AMOUNT, [30, 60], "2026-09", SeriesKey(Grain.MONTH, "d", "x")),
        series(AMOUNT, [10, None], "2026-09", SeriesKey(Grain.MONTH, "d", "y")),
    ]
    whole = series(AMOUNT, [40, 80], "2026-09")
    found = shares(AMOUNT, members, whole, "en", {})
    assert [[p.share for p in c.parts] for c in found.columns] == [
        [Decimal("0.75"), Decimal("0.25")],
        [Decimal("0.75")],
    ]


def test_a_negative_part_does_not_stack() -> None:
    found = stacked(parts(("x", [1.1, 0.5, 0.6]), ("y", [-0.1, 0.5, 0.4])))
    assert [len(c.parts) for c in found.columns] == [0, 2, 2]
    assert [p.label for p in found.negative] == ["2026-08"]
    svg = ET.fromstring(distribution_svg(found, "en"))
    boxes = {p.get("class"): p.get("d", "").count("M") for p in svg.iter("path")}
    assert (boxes["part-1"], boxes["part-2"]) == (2, 2)


def test_actual_is_solid_and_the_target_outlined() -> None:
    found = pairs(RATE, pair_series(), ("a", "b"), MONEY, "en")
    spec = targets_spec(RATE, found, "en")
    rows = spec["datasets"]["rows"]
    assert len(rows) == 13  # a year and the same month of the year before
    assert (rows[0]["value"], rows[0]["target"], rows[0]["text"]) == (92.0, 100.0, "92.0%")
    gap = rows[9]
    assert gap["text"] == "÷0"
    assert "target" not in gap
    assert gap["top"] == 101.0
    assert rows[12]["provisional"]
    assert rows[12]["newest"]
    assert "a (solid) and b (outlined)" in spec["title"]
    svg = ET.fromstring(targets_svg(RATE, found, "en"))
    drawn = {p.get("class"): p.get("d", "").count("M") for p in svg.iter("path")}
    assert (drawn["bar"], drawn["hollow dashed"], drawn["outline"]) == (12, 1, 12)


def test_panels_share_one_scale_and_draw_the_thresholds() -> None:
    members = [
        series(RATE, [0.9] * 8, "2026-03", SeriesKey(Grain.MONTH, "d", "x")),
        series(RATE, [0.4, 0.5, None, 0.7], "2026-07", SeriesKey(Grain.MONTH, "d", "y")),
    ]
    found = panels(RATE, members, "en", {"x": "North"})
    assert [(p.name, p.newest) for p in found.shown] == [("North", "90.0%"), ("y", "70.0%")]
    assert [p.i for p in found.shown[1].points] == [4, 5, 6, 7]
    rows = member_trends_spec(RATE, found, "en")["datasets"]["rows"]
    assert {(r["baseline"], r["target"], r["challenge"]) for r in rows} == {(0.92, 0.96, 0.99)}
    assert "value" not in rows[10]


def test_panels_of_a_distance_have_both_sides_and_amounts_no_shared_standard() -> None:
    near = [series(WITHIN, [0.01] * 3, "2026-08", SeriesKey(Grain.MONTH, "d", "x"))]
    row = member_trends_spec(WITHIN, panels(WITHIN, near, "en", {}), "en")["datasets"]["rows"][0]
    assert (row["target"], row["targetBelow"]) == (0.04, -0.04)
    much = [series(AMOUNT, [5e6] * 3, "2026-08", SeriesKey(Grain.MONTH, "d", "x"))]
    found = panels(AMOUNT, much, "en", {})
    assert "target" not in member_trends_spec(AMOUNT, found, "en")["datasets"]["rows"][0]
    assert found.axis.high < 50_000_000  # the whole's target of 80 million is not theirs


def test_the_running_total_follows_a_target_that_is_counted_by_day() -> None:
    running = running_series()
    days = [r.period.first for r in running.results if r.period.first.month == 10]
    plan = {day: Decimal(3_000_000 * n) for n, day in enumerate(days, 1)}
    card = replace(AMOUNT, unit=COUNT)
    data = running_spec(card, running, "en", plan=plan, reached="97.0%")["datasets"]
    assert [r.get("pace") for r in data["rows"]][:2] == [3e6, 6e6]
    assert sum("pace" in r for r in data["rows"]) == 20  # no further than the facts
    assert data["targets"] == []
    assert {label["text"] for label in data["labels"]} == {
        "59.4m · 97.0%", "target 60.0m", "previous month",
    }  # fmt: skip
    assert PERCENT.kind == "percent"
