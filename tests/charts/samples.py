"""Cards and series made for the tests: small, and shaped like the ones that readers meet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from kpi_site.catalog import (
    Change,
    Direction,
    Indicator,
    Measure,
    RowTerm,
    Scale,
    Standard,
    Text,
)
from kpi_site.periods import Grain, MonthCalendar
from kpi_site.problems import Location, Name
from kpi_site.results import Cell, Result, Series, SeriesKey, State
from kpi_site.sql.nodes import Call, Code, Column, Expression, Node

HERE = Location("content/indicators/sales/card.yml", 1, 1)
CALENDAR = MonthCalendar(1)
PERCENT = Measure("percent", "percent")
MONEY = Measure(
    "currency",
    "CNY",
    scale={"zh": Scale("万元", Decimal(10000)), "en": Scale("CNY million", Decimal(1000000))},
)
HOURS = Measure("hours", "hours")
COUNT = Measure("count", "count")


def name(text: str) -> Name:
    return Name(text, HERE)


def expression(node: Node, text: str) -> Expression:
    return Expression(Code(text, HERE.file, ((1, 1),) * (len(text) + 1)), node)


def standard(
    baseline: str | None, target: str | None, challenge: str | None, start: str | None = None
) -> Standard:
    low, mid, high = (None if n is None else Decimal(n) for n in (baseline, target, challenge))
    period = CALENDAR.parse(start) if start else None
    return Standard(HERE, period, low, mid, high)


def card(
    zh: str,
    en: str,
    unit: Measure,
    decimals: int = 1,
    direction: Direction = "higher",
    thresholds: tuple[Standard, ...] = (),
    *,
    divides: bool = True,
    centre: str = "0",
    breaks: str | None = None,
) -> Indicator:
    """A card with one or two plain terms; ``breaks`` is the period of a series break."""
    node: Node = Call("/", (Column("a"), Column("b"))) if divides else Column("a")
    terms = tuple(
        RowTerm(name(n), Text(n), name("facts"), expression(Column("x"), "SUM(x)"))
        for n in ("ab" if divides else "a")
    )
    broken = CALENDAR.parse(breaks) if breaks else None
    changes = (Change(broken, Text("changed"), breaks_series=True),) if broken else ()
    return Indicator(
        name("card"),
        HERE,
        name("sales"),
        Text(zh=zh, en=en),
        expression(node, "a / b" if divides else "a"),
        terms,
        unit,
        decimals,
        Grain.MONTH,
        direction,
        Decimal(centre),
        thresholds=thresholds,
        changes=changes,
    )


def series(
    indicator: Indicator,
    values: Sequence[str | float | State | None],
    start: str = "2023-07",
    key: SeriesKey | None = None,
    *,
    provisional: int = 0,
) -> Series:
    """A series of ``values`` from ``start`` on; a state, or None for no data, is a gap.

    The last ``provisional`` results are provisional.
    """
    period = CALENDAR.parse(start)
    assert period is not None
    results = []
    for i, given in enumerate(values):
        state = given if isinstance(given, State) else State.OK
        value = None
        if given is None:
            state = State.NO_DATA
        elif not isinstance(given, State):
            value = Decimal(str(given))
            if i >= len(values) - provisional:
                state = State.PROVISIONAL
        begun = [s for s in indicator.thresholds if not s.start or s.start.first <= period.first]
        alien = key is not None and key.dimension and indicator.unit.additive  # another amount
        found = begun[-1].fixed if begun and not alien else None
        results.append(Result(period, value, state, 10, None, found))
        period = CALENDAR.parse(_next(period.label, period.grain))
        assert period is not None
    return Series(key or SeriesKey(results[0].period.grain), tuple(results), {})


def _next(label: str, grain: Grain) -> str:
    period = CALENDAR.parse(label)
    assert period is not None
    day = period.last.fromordinal(period.last.toordinal() + 1)
    return CALENDAR.containing(day, grain).label


def wave(
    count: int, middle: float, height: float, growth: float = 0.0, places: int = 4
) -> list[str | float | State | None]:
    """Seasons around a middle that grows."""
    return [
        round(middle * (1 + growth * i) + height * math.sin(i * math.pi / 6 + 1), places)
        for i in range(count)
    ]


RATE = card(
    "销售目标达成率", "Sales target attainment", PERCENT,
    thresholds=(standard("0.9", "0.95", "0.98"), standard("0.92", "0.96", "0.99", "2025-01")),
    breaks="2025-04",
)  # fmt: skip
AMOUNT = card(
    "销售收入", "Revenue", MONEY,
    thresholds=(standard("70000000", "80000000", "90000000"),), divides=False,
)  # fmt: skip
DURATION = card(
    "平均处理时长", "Average handling time", HOURS, direction="lower",
    thresholds=(standard("10", "8", "6"),),
)  # fmt: skip
WITHIN = card(
    "预算偏差率", "Budget deviation", PERCENT, direction="within",
    thresholds=(standard("0.05", "0.04", "0.03"),),
)  # fmt: skip


def rate_series() -> Series:
    values = wave(40, 0.93, 0.03, 0.0005)
    values[14] = values[15] = None
    values[20] = State.ZERO_DENOMINATOR
    return series(RATE, values, provisional=1)


def amount_series(count: int = 40) -> Series:
    return series(AMOUNT, wave(count, 62_345_678, 9_000_000, 0.012, 2), provisional=1)


def duration_series() -> Series:
    values = wave(40, 8.5, 1.5)
    values[27] = 17.4
    return series(DURATION, values)


def within_series() -> Series:
    return series(WITHIN, wave(40, 0.004, 0.045))


MEMBERS = (
    "华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外", "港澳台", "线上", "直营",
    "代理", "OEM", "其他渠道", "",
)  # fmt: skip


def member_series(indicator: Indicator, middle: float, height: float) -> list[Series]:
    """Fifteen members, one without a name, one hidden in its newest period."""
    found = []
    for n, member in enumerate(MEMBERS):
        values = wave(16, middle / (n / 3 + 1), height / (n + 1))
        if n == 9:
            values[-1] = State.SUPPRESSED
        key = SeriesKey(Grain.MONTH, "region", member)
        found.append(series(indicator, values, "2025-07", key, provisional=int(n == 2)))
    return found


def running_series() -> Series:
    """Running totals of September and the first twenty days of October 2026."""
    whole: list[str | float | State | None] = []
    for days in (30, 20):
        whole += [round(2_700_000 * d * (1 + d / 200), 2) for d in range(1, days + 1)]
    return series(AMOUNT, whole, "2026-09-01", SeriesKey(Grain.DAY), provisional=20)


def pair_series() -> Series:
    """Fifteen months of a quotient of 90 + month over 100; no target in the fourth from the end.

    The last month is provisional.
    """
    actual = [Decimal(90 + n) for n in range(15)]
    target = [None if n == 11 else Decimal(100) for n in range(15)]
    values: list[str | float | State | None] = [
        State.ZERO_DENOMINATOR if t is None else str(a / t)
        for a, t in zip(actual, target, strict=True)
    ]
    whole = series(RATE, values, "2025-08", provisional=1)
    terms = {
        "a": tuple(Cell(a, r.state if n == 14 else State.OK, 1)
                   for n, (a, r) in enumerate(zip(actual, whole.results, strict=True))),
        "b": tuple(Cell(t, State.NO_DATA if t is None else State.OK, 1) for t in target),
    }  # fmt: skip
    return Series(whole.key, whole.results, terms)
