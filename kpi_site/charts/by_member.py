"""The spec of a breakdown: bars by member, in one period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import value_axis
from kpi_site.charts.captions import (
    chart_title,
    result_text,
    short_text,
    tip,
)
from kpi_site.charts.numbers import (
    Column,
    decimals,
    period_column,
    result_columns,
    text_column,
)
from kpi_site.charts.points import Point, points_of, standard_values
from kpi_site.charts.templates import PADDING, ROW, Choice, Row, Spec, axis_params, fill
from kpi_site.periods import Period
from kpi_site.results import Result, Series
from kpi_site.wording.numbers import shown
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class Rest:
    """The members that have no row of their own: what they are called, and how many they are.

    ``series`` is theirs together, where that can be told.
    """

    name: str = ""
    count: int = 0
    series: Series | None = None


NOBODY: Final = Rest()


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
    rest: Rest = NOBODY,
) -> Spec:
    """Return horizontal bars by member in ``period``, in their order.

    ``titles`` gives members' names for readers. ``whole`` draws a line where the whole
    stands among its members: for rates, not for amounts that add up. The amount of many others
    together would dwarf every bar: it has its number, and no bar.
    """
    kept = [(s, p) for s in members for p in points_of(s) if p.period.first == period.first]
    values = [v for _, p in kept for v in (p.value, p.previous, shared_target(p, indicator))]
    reference = None if whole is None or indicator.unit.additive else whole.value
    axis = value_axis([*values, reference], indicator.unit, language, zero=True)
    names = [member_title(s.key.member, titles, language) for s, _ in kept]
    rows = [
        _bar(i, point, name, indicator, language, reference)
        for i, ((_, point), name) in enumerate(zip(kept, names, strict=True))
    ]
    drawn = [p for _, p in kept]
    others = next((p for p in _points(rest) if p.period.first == period.first), None)
    if others is not None:
        names.append(rest.name)
        drawn.append(others)
        rows.append(_others_bar(len(rows), others, rest.name, indicator, language, reference))
    title = chart_title(indicator, [period], language, organisation, by=dimension_title)
    title += first_of(len(kept), len(kept) + rest.count, language)
    return fill(
        "breakdown",
        title,
        _describe(title, rows),
        {
            **axis_params("x", axis),
            "yTicks": list(range(len(rows))),
            "yLabels": names,
            **_comparing(rows, indicator, language),
        },
        {"rows": rows, "whole": _whole(reference, indicator, language)},
        _numbers(dimension_title, names, drawn, indicator, language),
        height=ROW * max(len(rows), 1),
        padding=PADDING | {"top": 18 if reference else 4},
    )


def _comparing(rows: Sequence[Row], indicator: Indicator, language: str) -> dict[str, object]:
    """Return the choice of a member to compare all others with, and how differences read."""
    valued = [row for row in rows if "value" in row]
    percent = indicator.unit.kind == "percent"
    points = "个百分点" if language == "zh" else "\u00a0pp"
    return {
        "memberValues": [row.get("value") for row in rows],
        "difference": {
            "factor": float(shown(Decimal(1), indicator.unit, language)),
            "parts": 10**indicator.decimals,
            "format": f",.{indicator.decimals}f",
            "unit": points if percent else "",
        },
        "compared": Choice(
            word("compare_bars", language),
            (None, *(row["i"] for row in valued)),
            (word("compare_none", language), *(row["member"] for row in valued)),
            None,
        ),
    }


def _numbers(
    dimension: str,
    names: Sequence[str],
    drawn: Sequence[Point],
    indicator: Indicator,
    language: str,
) -> Iterator[Column]:
    results = [p.result for p in drawn]
    yield text_column(dimension or word("Member", language), names)
    yield period_column(results, language)
    yield from result_columns(results, indicator, language)
    yield decimals(word("Previous_year", language), [p.previous for p in drawn])


def first_of(shown: int, count: int, language: str) -> str:
    """Return `` · first 30 of 200`` for a chart's title; "" where all are shown."""
    return "" if shown >= count else f" · {word('first_of', language, shown, count)}"


def _points(rest: Rest) -> tuple[Point, ...]:
    return points_of(rest.series) if rest.series else ()


def _others_bar(
    i: int,
    point: Point,
    name: str,
    indicator: Indicator,
    language: str,
    reference: Decimal | None,
) -> Row:
    row = _bar(i, point, name, indicator, language, reference)
    if not indicator.unit.additive:
        return row
    return {k: v for k, v in row.items() if k not in {"value", "previous"}} | {"end": 0.0}


def shared_target(point: Point, indicator: Indicator) -> Decimal | None:
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
    if (target := shared_target(point, indicator)) is not None:
        row["target"] = float(target)
    marks = [row.get("value", 0.0), row.get("previous", 0.0), row.get("target", 0.0)]
    marks.append(float(reference or 0))
    row["end"] = max(marks) if row.get("value", 0.0) >= 0 else min(marks)
    row["text"] = (
        short_text(point.value, indicator, language, point.result.threshold)
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
