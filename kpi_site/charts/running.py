"""The spec of a month's running total against its target, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import Axis, compact, value_axis
from kpi_site.charts.captions import chart_title, result_text, short_text, value_text
from kpi_site.charts.numbers import Column, decimals, value_head
from kpi_site.charts.over_time import label_rows
from kpi_site.charts.templates import PADDING, Row, Spec, axis_params, fill, time_params
from kpi_site.periods import Calendar, Grain, MonthCalendar, Period, add_months
from kpi_site.results import Result, Series
from kpi_site.wording.dates import format_period
from kpi_site.words import word


def running_spec(
    indicator: Indicator,
    running: Series,
    language: str,
    *,
    target: Decimal | None = None,
    plan: Mapping[date, Decimal] | None = None,
    what: str = "",
    reached: str = "",
    organisation: str = "",
    calendar: Calendar = MonthCalendar(),  # noqa: B008 - it never changes
) -> Spec:
    """Return the running total of the newest month, and the month before, lighter.

    ``target`` is the month's; where amounts add up, a thin line shows an even pace to it.
    Where the target itself is counted by day, ``plan`` is its running total instead. ``what``
    names the numbers in the title, and ``reached`` says beside the newest how far they are.
    """
    results = {r.period.first: r for r in running.results}
    days = _month_of(max(results), calendar) if results else []
    newest_day = days.index(max(results)) if results else 0
    rows = [_row(i, day, results, indicator, language) for i, day in enumerate(days)]
    shown = [v for d in days for v in (_value(results, d), _value(results, _month_before(d)))]
    additive = indicator.unit.additive
    if plan:
        target = _follow(rows, days, plan, indicator, language)
    elif target is not None and additive:
        _pace(rows, target, indicator, language)
    axis = value_axis([*shown, target], indicator.unit, language, zero=additive)
    before = [_value(results, _month_before(d)) for d in days]
    values = [_value(results, d) for d in days]
    labels = _labels(before, values, target, indicator, language, reached)
    periods = [_day(d) for d in days]
    title = chart_title(
        indicator, periods, language, organisation, what=what or word("running_total", language)
    )
    newest = " ".join(rows[newest_day]["tip"].values()) if results else ""
    return fill(
        "trend",
        title,
        f"{title} · {newest}",
        {
            **time_params(periods, language),
            **axis_params("y", axis),
            "previousName": word("previous_month", language),
        },
        {
            "rows": rows,
            "labels": _placed(labels, axis, newest_day, len(rows)),
            "targets": [] if plan else _level(target, len(rows)),
            "baselines": [],
            "challenges": [],
            "names": [],
            "breaks": [],
        },
        _numbers(days, results, plan or {}, indicator, language),
        padding=PADDING,
    )


def _numbers(
    days: Sequence[date],
    results: dict[date, Result],
    plan: Mapping[date, Decimal],
    indicator: Indicator,
    language: str,
) -> Iterator[Column]:
    yield Column(word("Period", language), [d.isoformat() for d in days], needed=True)
    head = value_head(word("Running_total", language), indicator.unit, language)
    yield decimals(head, [_value(results, d) for d in days], needed=True)
    before = [_value(results, _month_before(d)) for d in days]
    yield decimals(word("Previous_month", language), before)
    yield decimals(word("Target", language), [plan.get(d) for d in days])


def _month_of(day: date, calendar: Calendar) -> list[date]:
    month = calendar.containing(day, Grain.MONTH)
    if month is None:
        return []
    return [p.first for p in calendar.range(month.first, month.last, Grain.DAY)]


def _month_before(day: date) -> date | None:
    """Return the same day of the month before, if that month has it."""
    before = add_months(day, -1)
    return before if before.day == day.day else None


def _day(day: date) -> Period:
    return Period(Grain.DAY, day, day, day.isoformat())


def _value(results: dict[date, Result], day: date | None) -> Decimal | None:
    found = None if day is None else results.get(day)
    return None if found is None else found.value


def _row(
    i: int, day: date, results: dict[date, Result], indicator: Indicator, language: str
) -> Row:
    row: Row = {"i": i, "period": day.isoformat()}
    tip = {"title": format_period(_day(day), language)}
    if day in results:
        tip[word("running_total", language)] = result_text(results[day], indicator, language)
    if (value := _value(results, day)) is not None:
        row["value"] = float(value)
        row["said"] = _label(value, indicator, language)
    if (before := _value(results, _month_before(day))) is not None:
        row["previous"] = float(before)
        tip[word("previous_month", language)] = value_text(before, indicator, language)
    row["tip"] = tip
    return row


def _pace(rows: Sequence[Row], target: Decimal, indicator: Indicator, language: str) -> None:
    """Give each day its share of the month's target; the line needs its two ends only."""
    for n, row in enumerate(rows, 1):
        share = target * n / len(rows)
        row["tip"][word("pace", language)] = value_text(share, indicator, language)
        if n in {1, len(rows)}:
            row["pace"] = float(share)


def _follow(
    rows: Sequence[Row],
    days: Sequence[date],
    plan: Mapping[date, Decimal],
    indicator: Indicator,
    language: str,
) -> Decimal | None:
    """Give each day the target's own running total, and return the newest."""
    newest = None
    for row, day in zip(rows, days, strict=True):
        if day in plan:
            newest = plan[day]
            row["pace"] = float(newest)
            row["tip"][word("target", language)] = value_text(newest, indicator, language)
    return newest


def _labels(
    before: Sequence[Decimal | None],
    values: Sequence[Decimal | None],
    target: Decimal | None,
    indicator: Indicator,
    language: str,
    reached: str,
) -> list[tuple[Decimal, str]]:
    known = [v for v in values if v is not None]
    found = [
        (v, " · ".join(filter(None, (_label(v, indicator, language), reached)))) for v in known[-1:]
    ]
    if target is not None:
        text = f"{word('target', language)} {_label(target, indicator, language)}"
        found.append((target, text))
    light = [v for v in before if v is not None]
    return [*found, (light[-1], word("previous_month", language))] if light[1:] else found


def _label(value: Decimal, indicator: Indicator, language: str) -> str:
    """Return a number for a label; large amounts that have no scale of their own are shortened."""
    if indicator.unit.additive and not indicator.unit.scale:
        return compact(value, language)
    return short_text(value, indicator, language)


def _placed(labels: list[tuple[Decimal, str]], axis: Axis, newest: int, days: int) -> list[Row]:
    """Place the total's label beside the newest day, the target's beside the month's end.

    Where the two are near, they stand together and are moved apart.
    """
    if newest > days * 3 // 4:
        return label_rows(labels, axis, days - 1)
    return [*label_rows(labels[:1], axis, newest), *label_rows(labels[1:], axis, days - 1)]


def _level(target: Decimal | None, count: int) -> list[Row]:
    if target is None:
        return []
    ends = {"y": float(target), "line": 0, "from": 0, "to": count - 1}
    return [{"i": i, **ends} for i in (0, count - 1)]
