"""What is built of sound files: every key arrives in the catalog."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.catalog import (
    BalanceTerm,
    Catalog,
    ChartWish,
    Group,
    IndicatorTerm,
    Line,
    OtherTerm,
    RowTerm,
    Scale,
    StockTerm,
    Suppression,
    Text,
)
from kpi_site.content import find_root
from kpi_site.periods import Grain, MonthCalendar, Span
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Aggregate
from tests.content.company import ATTAINMENT, SHORT, broken, read

CHANNEL = Name("channel", Location(""))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    found = read(tmp_path)
    assert found.seen == []
    assert found.catalog is not None
    return found.catalog


def test_site(catalog: Catalog) -> None:
    site = catalog.site
    assert site.organisation == Text(zh="华辰集团", en="Huachen Group")
    assert (site.languages, site.timezone, site.currency) == (("zh", "en"), "Asia/Shanghai", "CNY")
    assert (site.calendar, site.data_through) == (MonthCalendar(1), date(2026, 10, 31))
    assert [unit.id for unit in site.departments] == ["customer_service", "sales"]
    assert site.departments[1].id.where == Location("content/site.yml", 9, 10)
    assert [unit.name.get("en") for unit in site.perspectives] == ["Finance", "Customers"]
    assert [g.start for g in site.scoring.grades] == [110, 0]  # best first
    assert (site.scoring.baseline, site.scoring.challenge) == (Decimal(60), Decimal(120))
    assert (site.audiences, site.suppression) == (("staff", "leadership"), Suppression(5, 50))


def test_dataset(catalog: Catalog) -> None:
    tickets = catalog.datasets["tickets"]
    assert tickets.where == Location("content/datasets/tickets.yml", 1, 1)
    assert (tickets.paths, tickets.encoding, tickets.delimiter) == (
        ("data/tickets.csv",),
        "utf-8",
        ",",
    )
    assert (tickets.owner, tickets.time, tickets.people) == (
        "customer_service",
        "created_at",
        False,
    )
    assert tickets.primary_key == ("ticket_id",)
    (key,) = tickets.foreign_keys
    assert (key.fields, key.dataset, key.reference) == (
        ("customer_id",),
        "customers",
        ("customer_id",),
    )
    assert tickets.missing_values == ("",)
    channel, amount = tickets.field("channel"), tickets.field("amount")
    assert channel is not None
    assert (channel.enum, channel.categories) == (
        ("phone", "email"),
        {"phone": Text(zh="电话", en="Phone")},
    )
    assert amount is not None
    assert (amount.type, amount.decimals, amount.unit, amount.minimum) == ("number", 2, "CNY", "0")
    assert tickets.column_names[-2:] == ("备注", "days_open")
    assert [rule.severity for rule in tickets.rules] == ["error"]
    assert tickets.expect is not None
    assert (tickets.expect.every, tickets.expect.min_rows) == (Grain.MONTH, 1)
    customers = catalog.datasets["customers"]
    assert customers.primary_key == ("customer_id",)
    assert [field.format for field in customers.fields] == [None, None, None, "%Y/%m/%d"]


def test_card(catalog: Catalog) -> None:
    card = catalog.indicators["attainment"]
    assert (card.department, card.perspective, card.audience) == (
        "customer_service",
        "customer",
        "staff",
    )
    assert (card.unit.kind, card.decimals, card.direction, card.cycle) == (
        "percent",
        1,
        "higher",
        Grain.MONTH,
    )
    assert card.dimensions == ("channel", "customers.tier")
    newest = card.thresholds[-1]
    assert newest.start is not None
    assert (newest.start.label, newest.baseline, newest.target, newest.challenge) == (
        "2026",
        Decimal("0.91"),
        Decimal("0.96"),
        None,
    )
    assert [(e.given, e.expect) for e in card.examples] == [
        ({"actual": Decimal(90), "target": Decimal(100)}, Decimal("0.9")),
        ({"actual": Decimal(90), "target": Decimal(0)}, "zero_denominator"),
    ]
    assert [(c.start.label, c.breaks_series) for c in card.changes] == [("2026-01", True)]
    assert catalog.texts[card.id].aliases == ("完成率",)
    assert (card.related, card.status) == (("stock",), "active")


def test_kinds_of_term(tmp_path: Path) -> None:
    terms = """\
formula: a + b + c + d + e + f + g
terms:
  a: {from: tickets, value: COUNT(*), window: 12mo, time: resolved_at}
  b: {from: tickets, value: COUNT(*), to_date: quarter}
  c: {from: customers, value: COUNT(*), since: won_on, at: start}
  d: {from: tickets, value: SUM(amount), at: end}
  e: {term: d, lag: 1q}
  f: {term: a, overall: true}
  g: {indicator: stock, lag: 1y, measure: score}
"""
    stock = """\
id: stock
name: 户
definition: 户
formula: n
terms:
  n: {from: customers, value: COUNT(*), since: won_on, until: lost_on}
unit: {symbol: CNY}
scale: {zh: {symbol: 万元, divide: 10000}}
cycle: month
direction: lower
thresholds: {target: 2}
"""
    start, end = ATTAINMENT.index("formula:"), ATTAINMENT.index("unit:")
    text = ATTAINMENT[:start] + terms + ATTAINMENT[end:].replace("[channel, customers.tier]", "[]")
    text = text[: text.index("examples:")] + "status: draft\n"
    found = read(tmp_path, {SHORT["attainment"]: text, SHORT["stock"]: stock})
    assert found.seen == []
    assert found.catalog is not None
    a, b, c, d, e, f, g = found.catalog.indicators["attainment"].terms
    assert isinstance(a, RowTerm)
    assert (a.window, a.time, a.label) == (Span(months=12), "resolved_at", Text("a"))
    assert isinstance(a.value.node, Aggregate)
    assert isinstance(b, RowTerm)
    assert b.to_date is Grain.QUARTER
    assert isinstance(c, StockTerm)
    assert (c.since, c.until, c.at) == ("won_on", None, "start")
    assert isinstance(d, BalanceTerm)
    assert d.at == "end"
    assert isinstance(e, OtherTerm)
    assert (e.term, e.lag, e.overall) == ("d", Span(months=3), False)
    assert isinstance(f, OtherTerm)
    assert f.overall
    assert isinstance(g, IndicatorTerm)
    assert (g.indicator, g.lag, g.measure) == ("stock", Span(months=12), "score")
    other = found.catalog.indicators["stock"]
    assert (other.unit.kind, other.unit.code, other.decimals) == ("currency", "CNY", 2)
    assert other.unit.scale == {"zh": Scale("万元", Decimal(10000))}


def test_a_line_about_one_member(tmp_path: Path) -> None:
    found = broken(tmp_path, "service", "weight: 60.5", "weight: 60.5, of: {channel: phone}")
    assert found.seen == []
    assert found.catalog is not None
    first, second = found.catalog.scorecards["service"].all_lines()
    assert first.of is not None
    assert (first.of.dimension, first.of.member) == ("channel", "phone")
    assert second.of is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("trend", ChartWish(("trend",))),
        ("[running, trend]", ChartWish(("running", "trend"))),
        ("heat_map", ChartWish(None, ("heat_map",))),
        ("[target_bars, bars]", ChartWish(("target_bars",), ("bars",))),
        ("none", ChartWish((), ())),
        ("{main: none}", ChartWish(())),
        ("{channel: [bars, heat_map]}", ChartWish(of={CHANNEL: ("bars", "heat_map")})),
        ("{main: trend, channel: none}", ChartWish(("trend",), of={CHANNEL: ()})),
    ],
)
def test_charts_that_a_card_names(tmp_path: Path, text: str, wish: ChartWish) -> None:
    """What is not named is None: left to the kind of card."""
    card = ATTAINMENT.replace("cycle: month", f"cycle: day\nchart: {text}")
    found = read(tmp_path, {"content/indicators/customer_service/attainment.yml": card})
    assert found.seen == []
    assert found.catalog is not None
    assert found.catalog.indicators["attainment"].chart == wish


def test_all_mistakes_of_charts_are_told_at_once(tmp_path: Path) -> None:
    found = broken(
        tmp_path, "attainment", "cycle: month", "cycle: month\nchart: {main: trnd, chanel: bars}"
    )
    assert [s.split()[1] for s in found.seen] == ["unknown-choice", "unknown-dimension"]


def test_scorecard_report_and_action(catalog: Catalog) -> None:
    scorecard = catalog.scorecards["service"]
    group, line = scorecard.lines
    assert isinstance(group, Group)
    assert isinstance(line, Line)
    assert [(x.no, x.indicator, x.weight, x.cycle) for x in scorecard.all_lines()] == [
        ("1", "attainment", Decimal("60.5"), Grain.YEAR),
        ("2", "stock", Decimal("39.5"), None),
    ]
    assert line.thresholds[0].challenge == 0
    report = catalog.reports["2026-10"]
    assert (report.period.label, report.scorecards, report.highlights) == (
        "2026-10",
        ("service",),
        ("attainment", "stock"),
    )
    assert report.comments["attainment"].get("en") == "A comment"  # type: ignore[index]
    assert [(s.role, s.on) for s in report.signoffs] == [("verified", date(2026, 11, 6))]
    action = catalog.actions["callbacks"]
    assert (action.start, action.due, action.status) == (
        date(2026, 9, 1),
        date(2026, 12, 31),
        "open",
    )
    assert [step.done for step in action.steps] == [date(2026, 9, 14)]


def test_find_root(tmp_path: Path) -> None:
    read(tmp_path)
    below = tmp_path / "content" / "indicators" / "sales"
    assert find_root(below) == tmp_path.resolve()
    assert find_root(tmp_path.parent) is None
