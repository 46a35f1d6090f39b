"""The specs of a breakdown: bars by member, small multiples, and shares of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Measure
from kpi_site.charts.axis import Axis, value_axis
from kpi_site.charts.captions import (
    chart_title,
    result_text,
    short_text,
    spread,
    tip,
    value_text,
)
from kpi_site.charts.over_time import join_provisional
from kpi_site.charts.points import Point, all_values, points_of, standard_values
from kpi_site.charts.templates import (
    HEIGHT,
    ROW,
    Row,
    Spec,
    axis_params,
    fill,
    padding,
    time_params,
)
from kpi_site.periods import Period
from kpi_site.results import Result, Series
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number
from kpi_site.wording.words import word

_MOST_BARS: Final = 20
_MOST_CELLS: Final = 12
_MOST_PARTS: Final = 6  # shades of one hue that can be told apart
_PERCENT: Final = Measure("percent", "percent")


def member_title(member: str, titles: Mapping[str, str], language: str) -> str:
    """Return a member's name for readers; rows without a value are "not given"."""
    return titles.get(member) or member or word("not_given", language)


def breakdown_spec(
    indicator: Indicator,
    members: Sequence[Series],
    period: Period,
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
    whole: Result | None = None,
) -> Spec:
    """Return horizontal bars by member in ``period``, largest first (at most 20).

    ``titles`` gives members' names for readers. ``whole`` draws a line where the whole
    stands among its members: for rates, not for amounts that add up.
    """
    found = [(s, p) for s in members for p in points_of(s) if p.period.first == period.first]
    found.sort(key=_by_size)
    kept = found[:_MOST_BARS]
    values = [v for _, p in kept for v in (p.value, p.previous, _target(p, indicator))]
    reference = None if whole is None or indicator.unit.additive else whole.value
    axis = value_axis([*values, reference], indicator.unit, language, zero=True)
    names = [member_title(s.key.member, titles, language) for s, _ in kept]
    rows = [
        _bar(i, point, name, indicator, language, reference)
        for i, ((_, point), name) in enumerate(zip(kept, names, strict=True))
    ]
    title = chart_title(indicator, [period], language, organisation, by=dimension_title)
    if len(kept) < len(found):
        title += f" · {word('first_of', language, len(kept), len(found))}"
    return fill(
        "breakdown",
        title,
        _describe(title, rows),
        {
            **axis_params("x", axis),
            "yTicks": list(range(len(rows))),
            "yLabels": names,
        },
        {"rows": rows, "whole": _whole(reference, indicator, language)},
        height=ROW * max(len(rows), 1),
        padding=padding(row["text"] for row in rows) | {"top": 18 if reference else 4},
    )


def _by_size(found: tuple[Series, Point]) -> tuple[bool, bool, Decimal, str]:
    """Sort the largest first, then those without a number; "not given" at the end of each."""
    series, point = found
    missing = point.value is None
    return (missing, not series.key.member, -(point.value or Decimal(0)), series.key.member)


def _target(point: Point, indicator: Indicator) -> Decimal | None:
    """Return the target that a member shares with the whole: of amounts, it has none."""
    if indicator.unit.additive:
        return None
    values = standard_values(point.result, indicator, "target")
    return values[0] if values else None


def _bar(
    i: int,
    point: Point,
    name: str,
    indicator: Indicator,
    language: str,
    reference: Decimal | None,
) -> Row:
    """Return a member's bar; its number stands beyond every mark of the row (``end``)."""
    texts = tip(point, indicator, language)
    row: Row = {"i": i, "member": name, "period": point.period.label}
    if point.value is not None:
        row["value"] = float(point.value)
    if point.provisional:
        row["provisional"] = True
    if point.previous is not None and point.value is not None and not point.provisional:
        row["previous"] = float(point.previous)
    if (target := _target(point, indicator)) is not None:
        row["target"] = float(target)
    marks = [row.get("value", 0.0), row.get("previous", 0.0), row.get("target", 0.0)]
    marks.append(float(reference or 0))
    row["end"] = max(marks) if row.get("value", 0.0) >= 0 else min(marks)
    row["text"] = (
        short_text(point.value, indicator, language)
        if point.value is not None
        else result_text(point.result, indicator, language)
    )
    row["tip"] = {**texts, "title": f"{name} · {texts['title']}"}
    return row


def _whole(value: Decimal | None, indicator: Indicator, language: str) -> list[Row]:
    if value is None:
        return []
    text = f"{word('whole', language)} {short_text(value, indicator, language)}"
    return [{"x": float(value), "text": text}]


def _describe(title: str, rows: Sequence[Row]) -> str:
    return f"{title} · " + ", ".join(f"{row['member']} {row['text']}" for row in rows)


def member_trends_spec(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
) -> Spec:
    """Return small multiples: a line over time for each member, all on one scale.

    At most twelve, those with the largest newest values.
    """
    found = [(s, points_of(s)) for s in members if s.results]
    found.sort(key=lambda pair: _by_size((pair[0], _newest(pair[1]))))
    kept = found[:_MOST_CELLS]
    periods = sorted({p.period for _, points in kept for p in points})
    place = {period.first: i for i, period in enumerate(periods)}
    values = [v for _, points in kept for v in all_values(points, indicator, previous=False)]
    axis = value_axis(values, indicator.unit, language, count=2)
    names = [member_title(s.key.member, titles, language) for s, _ in kept]
    rows: list[Row] = []
    for m, (_, points) in enumerate(kept):
        cell = [
            _cell_row(m, place[p.period.first], p, names[m], indicator, language) for p in points
        ]
        join_provisional(cell)
        rows += cell
    title = chart_title(indicator, periods, language, organisation, by=dimension_title)
    if len(kept) < len(found):
        title += f" · {word('first_of', language, len(kept), len(found))}"
    params = {**axis_params("y", axis), **_year_params(periods, language), "memberLabels": names}
    return fill("members", title, f"{title}: {', '.join(names)}", params, {"rows": rows})


def _newest(points: Sequence[Point]) -> Point:
    return next((p for p in reversed(points) if p.value is not None), points[-1])


def _year_params(periods: Sequence[Period], language: str) -> dict[str, object]:
    """Name only where years begin: a cell of the small multiples is narrow."""
    params = time_params(periods, language)
    starts = [
        (i, p.label[:4])
        for i, p in enumerate(periods)
        if i == 0 or p.label[:4] != periods[i - 1].label[:4]
    ]
    if len(starts) > 2 and starts[1][0] - starts[0][0] < 6:
        del starts[0]
    if len(starts) < 2:
        return params
    return {"xTicks": [i for i, _ in starts], "xLabels": [year for _, year in starts]}


def _cell_row(m: int, i: int, point: Point, name: str, indicator: Indicator, language: str) -> Row:
    texts = tip(point, indicator, language)
    row: Row = {"m": m, "i": i, "period": point.period.label, "member": name}
    if point.value is not None:
        row["value"] = float(point.value)
    if point.provisional:
        row["provisional"] = True
    if (target := _target(point, indicator)) is not None:
        row["target"] = float(target)
    row["tip"] = {
        "title": f"{name} · {texts['title']}",
        word("value", language): result_text(point.result, indicator, language),
    }
    return row


def distribution_spec(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
) -> Spec:
    """Return each member's share over time, stacked: for amounts that add up, none negative.

    The largest five keep their names, the rest are added up as "others". Shares are of the
    published members' sum.
    """
    kept, rest = _largest(members)
    parts = [[s] for s in kept] + ([rest] if rest else [])
    names = [member_title(s.key.member, titles, language) for s in kept]
    names += [word("others", language)] if rest else []
    starts = {p.period.first: p.period for part in parts for s in part for p in points_of(s)}
    periods = sorted(starts.values())
    sums = [[_sum(part, period) for part in parts] for period in periods]
    rows = [
        _share_row(m, i, periods[i], names[m], value, sum(column), indicator, language)
        for i, column in enumerate(sums)
        for m, value in enumerate(column)
        if value > 0
    ]
    axis = value_axis([Decimal(0), Decimal(1)], _PERCENT, language, zero=True)
    title = chart_title(indicator, periods, language, organisation, by=dimension_title,
                        what=word("share", language), unit="%")  # fmt: skip
    labels = _share_labels(sums[-1], names, axis) if sums else []
    data = {"rows": rows, "labels": [{"i": len(sums) - 1, **label} for label in labels]}
    params = {**axis_params("y", axis), **time_params(periods, language)}
    return fill("distribution", title, f"{title}: {', '.join(names)}", params, data,
                padding=padding(label["text"] for label in labels))  # fmt: skip


def _largest(members: Sequence[Series]) -> tuple[list[Series], list[Series]]:
    """Return the members that keep their names, by size in the newest period, and the rest."""
    ordered = sorted(
        (s for s in members if s.results), key=lambda s: _by_size((s, _newest(points_of(s))))
    )
    most = len(ordered) if len(ordered) <= _MOST_PARTS else _MOST_PARTS - 1
    return ordered[:most], ordered[most:]


def _sum(part: Sequence[Series], period: Period) -> Decimal:
    found = [r.value for s in part if (r := s.at(period)) is not None and r.value is not None]
    return sum(found, Decimal(0))


def _share_row(
    m: int,
    i: int,
    period: Period,
    name: str,
    value: Decimal,
    whole: Decimal | int,
    indicator: Indicator,
    language: str,
) -> Row:
    percent = format_number(value / whole * 100, 1) + "%"
    return {
        "m": m, "i": i, "period": period.label, "member": name, "value": float(value),
        "tip": {
            "title": f"{name} · {format_period(period, language)}",
            word("share", language): percent,
            word("value", language): value_text(value, indicator, language),
        },
    }  # fmt: skip


def _share_labels(column: Sequence[Decimal], names: Sequence[str], axis: Axis) -> list[Row]:
    """Place each part's name and share beside the middle of its newest bar."""
    whole = sum(column)
    if not whole:
        return []
    found, below = [], Decimal(0)
    for value, name in zip(column, names, strict=True):
        share = value / whole
        found.append((below + share / 2, f"{name} {format_number(share * 100, 0)}%"))
        below += share
    return [{"y": 1 - y / HEIGHT, "text": text} for y, text in spread(found, axis, HEIGHT)]
