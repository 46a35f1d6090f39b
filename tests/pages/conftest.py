"""A small company in memory: enough of everything to show every part of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.catalog import (
    Action,
    CardTexts,
    Catalog,
    Change,
    Dataset,
    Derived,
    Example,
    Field,
    ForeignKey,
    Grade,
    Group,
    Indicator,
    IndicatorTerm,
    Line,
    Measure,
    OtherTerm,
    Report,
    RowRule,
    RowTerm,
    Scale,
    Scorecard,
    Scoring,
    Signoff,
    Site,
    Standard,
    Step,
    Text,
    Threshold,
    Unit,
    Update,
)
from kpi_site.figures import Figures
from kpi_site.pages import render
from kpi_site.periods import Grain, MonthCalendar, Period, Span
from kpi_site.problems import Location, Name
from kpi_site.results import Cell, IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.scoring import points, score
from kpi_site.sql.nodes import Aggregate, Call, Code, Column, Expression, Node
from kpi_site.tables.model import RuleCount, SourceFile, Table

D = Decimal
CALENDAR = MonthCalendar()
THROUGH = date(2026, 10, 31)
EVIL = 'a|b <i>*x*</i> {: onclick="go()"} [l](u) `c` 中文'


@dataclass(frozen=True)
class Sample(Figures):
    """Everything that ``render`` takes."""

    def pages(self, language: str) -> dict[str, str]:
        """Return the rendered files as text by path."""
        return {f.path: f.data.decode() for f in render(self, language)}


def name(text: str) -> Name:
    return Name(text, Location("x.yml", 1, 1))


def text(zh: str, en: str | None = None) -> Text:
    return Text(zh=zh, en=en)


def expression(code: str, node: Node) -> Expression:
    places = tuple((1, i + 1) for i in range(len(code) + 1))
    return Expression(Code(code, "x.yml", places), node)


def in_force(indicator: Indicator, period: Period) -> Threshold | None:
    """The newest of the card's thresholds that began by the start of ``period``."""
    begun = [s for s in indicator.thresholds if not s.start or s.start.first <= period.first]
    return begun[-1].fixed if begun else None


def threshold(*numbers: str, start: str | None = None) -> Standard:
    low, mid, high = (D(n) for n in numbers)
    return Standard(Location("x.yml"), (start and CALENDAR.parse(start)) or None, low, mid, high)


def row_term(key: str, zh: str, en: str, code: str, node: Node) -> RowTerm:
    return RowTerm(name(key), text(zh, en), name("orders"), expression(code, node))


def indicators() -> dict[str, Indicator]:
    actual = row_term(
        "actual", "实际销售额", "Actual sales", "SUM(amount)", Aggregate("sum", Column("amount"))
    )
    planned = row_term(
        "planned", "计划销售额", "Planned sales", "SUM(plan)", Aggregate("sum", Column("plan"))
    )
    where = Location("content/indicators/sales/attainment.yml", 1, 1)
    attainment = Indicator(
        id=name("attainment"),
        where=where,
        department=name("sales"),
        name=text("销售目标达成率", "Sales target attainment"),
        formula=expression("actual / planned", Call("/", (Column("actual"), Column("planned")))),
        terms=(actual, planned),
        unit=Measure("percent", "percent"),
        decimals=1,
        cycle=Grain.MONTH,
        direction="higher",
        dimensions=(name("region"),),
        thresholds=(
            threshold("0.85", "0.90", "0.95", start="2025"),
            threshold("0.90", "0.95", "0.98", start="2026"),
        ),
        perspective=name("customer"),
        audience=name("staff"),
        related=(name("revenue"),),
        examples=(
            Example(where, {"actual": D(90), "planned": D(100)}, D("0.9"), text("九成", "90%")),
            Example(where, {"actual": D(90), "planned": D(0)}, "zero_denominator"),
        ),
        changes=(
            Change(period("2026-01"), text("改按发货日统计", "Counted by day of shipping"), True),
        ),
    )
    revenue = Indicator(
        id=name("revenue"),
        where=Location("content/indicators/sales/revenue.yml", 1, 1),
        department=name("sales"),
        name=text("销售收入", "Sales revenue"),
        formula=expression("actual", Column("actual")),
        terms=(actual,),
        unit=Measure(
            "currency", "CNY", scale={"zh": Scale("万元", D(10000)), "en": Scale("CNY k", D(1000))}
        ),
        decimals=1,
        cycle=Grain.DAY,
        direction="higher",
        dimensions=(name("region"),),
        perspective=name("finance"),
    )
    handling = Indicator(
        id=name("handling_days"),
        where=Location("content/indicators/service/handling_days.yml", 1, 1),
        department=name("service"),
        name=Text(zh="平均处理天数"),
        formula=expression("days", Column("days")),
        terms=(row_term("days", "天数", "Days", "AVG(days)", Aggregate("avg", Column("days"))),),
        unit=Measure("days", "days"),
        decimals=1,
        cycle=Grain.QUARTER,
        direction="lower",
        thresholds=(threshold("5", "4", "3"),),
        perspective=name("customer"),
    )
    growth = Indicator(
        id=name("growth"),
        where=Location("content/indicators/sales/growth.yml", 1, 1),
        department=name("sales"),
        name=text("收入增长率", "Revenue growth"),
        formula=expression(
            "now / before - 1",
            Call("-", (Call("/", (Column("now"), Column("before"))), Column("one"))),
        ),
        terms=(
            IndicatorTerm(name("now"), text("收入", "Revenue"), name("revenue")),
            OtherTerm(name("before"), text("上年", "Year before"), name("now"), Span(months=12)),
        ),
        unit=Measure("percent", "percent"),
        decimals=1,
        cycle=Grain.MONTH,
        direction="within",
        centre=D("0.05"),
        status="draft",
        successor=name("revenue"),
    )
    return {i.id: i for i in (attainment, growth, revenue, handling)}


def texts() -> dict[str, CardTexts]:
    return {
        "attainment": CardTexts(
            text("实际销售额占**计划**的比例。", "Actual sales as a share of the **plan**."),
            purpose=text("看计划是否完成。", "Shows whether the plan is met."),
            notes=text("不含退货。"),
            collector=text("销售部", "Sales"),
            source=text("财务报表", "Financial statements"),
            verifier=text("财务部", "Finance"),
            presentation=text("数据和趋势图", "Data and trend chart"),
            aliases=("销售完成率",),
        ),
        "growth": CardTexts(text("收入与上年同期相比。", "Revenue against a year before.")),
        "revenue": CardTexts(
            text("当期全部订单的金额之和。", "The amounts of all orders of the period.")
        ),
        "handling_days": CardTexts(Text(zh="处理一张工单平均要几天。")),
    }


def period(label: str) -> Period:
    found = CALENDAR.parse(label)
    assert found is not None
    return found


def _state(value: str | State) -> State:
    if isinstance(value, State):
        return value
    return State.PROVISIONAL if value.startswith("~") else State.OK


def series(
    indicator: Indicator, key: SeriesKey, values: list[str | State], first: str, n: int = 100
) -> Series:
    """Return a series from ``first`` on; a state stands for a missing value, ``~`` marks the
    provisional one."""
    start = period(first)
    results, at = [], start
    cells: dict[str, list[Cell]] = {t.name: [] for t in indicator.terms}
    for value in values:
        state, number = _state(value), None
        if not isinstance(value, State):
            number = D(value.removeprefix("~"))
        limits = in_force(indicator, at)
        worth = None
        if limits is not None and number is not None:
            worth = points(number, limits, indicator.direction, indicator.centre, SCORING)
        results.append(
            Result(
                at,
                number,
                state,
                n,
                None if worth is None else D(str(round(float(worth), 6))),
                limits,
            )
        )
        for position, cell in enumerate(cells.values()):
            cell.append(Cell(number if position == 0 else D(1), State.OK, n))
        at = CALENDAR.containing(date.fromordinal(at.last.toordinal() + 1), key.grain)
    return Series(key, tuple(results), {k: tuple(v) for k, v in cells.items()})


SCORING = Scoring(grades=(
    Grade(D(100), text("优秀", "Outstanding"), text("奖金上浮", "Bonus raised")),
    Grade(D(60), text("合格", "Sound")),
    Grade(D(0), text("待改进", "To improve")),
))  # fmt: skip


def results(cards: dict[str, Indicator]) -> dict[str, IndicatorResults]:
    return {
        "attainment": IndicatorResults("attainment", dict(_attainment(cards["attainment"]))),
        "growth": IndicatorResults("growth", dict(_growth(cards["growth"]))),
        "revenue": IndicatorResults(
            "revenue", dict(_revenue(cards["revenue"])), _running(cards["revenue"])
        ),
        "handling_days": IndicatorResults("handling_days", dict(_handling(cards["handling_days"]))),
    }


Pairs = Iterator[tuple[SeriesKey, Series]]


def _pair(
    card: Indicator, key: SeriesKey, values: list[str | State], first: str
) -> tuple[SeriesKey, Series]:
    return key, series(card, key, values, first)


MONTHS: list[str | State] = [
    "0.88", "0.91", "0.93", "0.90", "0.94", "0.89", "0.95", "0.92", "0.96", "0.97", "0.93",
    "0.94", "0.92", "0.95", State.NO_DATA, "0.93", "0.96", "0.97", "0.99", "0.98", "0.96",
    "0.8875",
]  # fmt: skip


def with_history(sample: Sample) -> Sample:
    """Return the sample with two more years of attainment, counted in one way all along.

    45 values with a mean of 94.106 %. Their 43 moving ranges add up to 0.8725: 23 of 0.01 at
    first, 0.07 where the second year ends, then 0.5725. That and 0.0725 of the last month are
    above 3.267 x 0.0203; 2.66 times the mean of the other 41, 0.73 / 41, is 4.736 points. So
    the limits are 89.37 % and 98.84 %, and October's 88.75 % lies below them.
    """
    card = sample.catalog.indicators["attainment"]
    changes = tuple(replace(change, breaks_series=False) for change in card.changes)
    card = replace(card, changes=changes)
    key = SeriesKey(Grain.MONTH)
    months = series(card, key, [*["0.94", "0.95"] * 12, *MONTHS], "2023-01")
    own = sample.results["attainment"]
    told = replace(own, series={**own.series, key: months})
    catalog = replace(sample.catalog, indicators={**sample.catalog.indicators, card.id: card})
    return replace(sample, catalog=catalog, results={**sample.results, card.id: told})


def _attainment(card: Indicator) -> Pairs:
    yield _pair(card, SeriesKey(Grain.MONTH), MONTHS, "2025-01")
    yield _pair(
        card, SeriesKey(Grain.QUARTER),
        ["0.90", "0.91", "0.94", "0.95", "0.93", "0.95", "0.98", "~0.8875"], "2025-Q1",
    )  # fmt: skip
    yield _pair(card, SeriesKey(Grain.HALF_YEAR), ["0.91", "0.945", "0.94", "~0.96"], "2025-H1")
    yield _pair(card, SeriesKey(Grain.YEAR), ["0.93", "~0.95"], "2025")
    for member, value in (("north", "0.95"), (EVIL, "0.80"), ("", "0.9")):
        yield _pair(card, SeriesKey(Grain.MONTH, "region", member), ["0.9", value], "2026-09")
    yield _pair(
        card, SeriesKey(Grain.MONTH, "region", "south"), ["0.7", State.ZERO_DENOMINATOR], "2026-09"
    )


def _revenue(card: Indicator) -> Pairs:
    yield _pair(
        card, SeriesKey(Grain.MONTH), [str(1_000_000 + 31_000 * i) for i in range(22)], "2025-01"
    )
    yield _pair(card, SeriesKey(Grain.YEAR), ["14046000", "~14830000"], "2025")
    for member, value in (("north", "1000000"), ("south", "600000"), (EVIL, "40000")):
        yield _pair(card, SeriesKey(Grain.MONTH, "region", member), ["1", value], "2026-09")


def _running(card: Indicator) -> Series:
    return series(
        card, SeriesKey(Grain.DAY), [str(53_258 * (i + 1)) for i in range(31)], "2026-10-01", 1
    )


def _handling(card: Indicator) -> Pairs:
    yield _pair(
        card, SeriesKey(Grain.QUARTER), ["5.5", "4.4", "4.1", "3.9", "4.25", "~2.9"], "2025-Q3"
    )
    yield _pair(card, SeriesKey(Grain.YEAR), [State.NO_DATA, "~4"], "2025")


def _growth(card: Indicator) -> Pairs:
    values: list[str | State] = [State.NO_BASE] * 12 + ["0.06"] * 10
    yield _pair(card, SeriesKey(Grain.MONTH), values, "2025-01")


def scorecards() -> dict[str, Scorecard]:
    where = Location("content/scorecards/company.yml", 1, 1)
    lines = (
        Group(where, text("市场", "Market"), (
            Line(where, name("attainment"), "1", weight=D(60)),
        ), "一"),
        Group(where, text("服务", "Service"), (
            Line(where, name("handling_days"), "2", weight=D(25), notes=text("按季", "quarterly")),
            Line(where, name("revenue"), "3", weight=D(15)),
        ), "二"),
    )  # fmt: skip
    company = Scorecard(
        name("company"), where, text("公司记分卡", "Company scorecard"), Grain.QUARTER, lines,
        text("全公司的卡片。", "The company's cards."), text("全公司", "The company"), scored=True,
    )  # fmt: skip
    watch = Scorecard(
        name("watch"), where, text("关注指标", "Watch list"), Grain.MONTH,
        (Line(where, name("attainment")), Line(where, name("handling_days"))),
    )  # fmt: skip
    return {"company": company, "watch": watch}


def datasets() -> dict[str, Dataset]:
    orders = Dataset(
        id=name("orders"),
        where=Location("content/datasets/orders.yml", 1, 1),
        title=text("销售订单", "Orders"),
        paths=(name("data/orders.csv"),),
        fields=(
            Field(name("order_id"), "string", required=True, unique=True),
            Field(name("day"), "date", required=True),
            Field(
                name("region"), "string", text("区域", "Region"), enum=("north", "south"),
                categories={"north": text("北区", "North"), "south": text("南区", "South")},
            ),
            Field(name("amount"), "number", text("金额", "Amount"), decimals=2, unit="CNY",
                  minimum="0"),
        ),
        owner=name("sales"),
        source=text("销售系统", "Sales system"),
        time=name("day"),
        primary_key=(name("order_id"),),
        foreign_keys=(ForeignKey((name("order_id"),), name("orders"), (name("order_id"),)),),
        derived=(Derived(name("big"), expression("amount > 10", Column("amount"))),),
        rules=(RowRule(expression("amount >= 0", Column("amount")), "warning"),),
    )  # fmt: skip
    return {"orders": orders}


def build_sample() -> Sample:
    cards = indicators()
    site = Site(
        root=Path("/nowhere"),
        where=Location("content/site.yml", 1, 1),
        organisation=text("小样公司", "Mini company"),
        data_through=THROUGH,
        departments=(
            Unit(name("sales"), text("销售部", "Sales")),
            Unit(name("service"), text("服务部", "Service")),
            Unit(name("empty"), text("空部门", "Empty")),
        ),
        perspectives=(
            Unit(name("finance"), text("财务", "Finance")),
            Unit(name("customer"), text("客户", "Customer")),
        ),
        scoring=SCORING,
    )
    where = Location("content/reports/2026-10/report.yml", 1, 1)
    report = Report(
        where, period("2026-10"), (name("company"),), (name("attainment"), name("revenue")),
        text("十月达成率**回落**。", "Attainment **fell** in October."),
        {name("attainment"): text("两个大单推迟。", "Two large orders moved.")},
        (Signoff(where, "verified", text("财务部", "Finance"), date(2026, 11, 6)),),
    )  # fmt: skip
    action = Action(
        name("more_visits"), Location("content/actions/more_visits.yml", 1, 1),
        text("增加拜访", "More visits"), (name("attainment"),), text("销售部", "Sales"),
        date(2026, 9, 1), date(2026, 10, 15), "open",
        (Step(text("名单", "List"), date(2026, 9, 10), date(2026, 9, 9)),
         Step(text("拜访", "Visit"), date(2026, 10, 10))),
        (Update(date(2026, 10, 1), text("已访十家", "Ten visited")),),
    )  # fmt: skip
    catalog = Catalog(
        site,
        datasets(),
        cards,
        scorecards(),
        {"2026-10": report},
        {"more_visits": action},
        texts=texts(),
    )
    table = Table(
        catalog.datasets["orders"], Path("/nowhere.parquet"), "digest", 12_345, date(2025, 1, 1),
        date(2026, 10, 29), (SourceFile("data/orders.csv", 12_345, 500_000, "ab" * 32),),
        (RuleCount("amount >= 0", 3),), {"order_id": 0, "region": 7},
    )  # fmt: skip
    found = results(cards)
    return Sample(catalog, {"orders": table}, found, score(catalog, found))


@pytest.fixture(scope="session")
def sample() -> Sample:
    return build_sample()
