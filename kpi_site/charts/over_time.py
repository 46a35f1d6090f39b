"""The spec of the whole over time, with its thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import floor, log10
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.axis import Axis, value_axis
from kpi_site.charts.captions import (
    chart_title,
    end_labels,
    short_standard,
    short_text,
    spread,
    tip,
    value_text,
)
from kpi_site.charts.numbers import Column, decimals, period_column, result_columns
from kpi_site.charts.points import (
    STANDARDS,
    Point,
    all_values,
    course_of,
    shows_previous,
    standard_values,
    step_runs,
)
from kpi_site.charts.process import VARIATIONS, Band, bands
from kpi_site.charts.templates import HEIGHT, PADDING, Row, Spec, axis_params, fill, time_params
from kpi_site.exact import settled
from kpi_site.nature import is_amount
from kpi_site.results import Series
from kpi_site.signals import Behaviour
from kpi_site.words import word

_LABELLED: Final = 8  # bars that carry their own numbers and outlined targets


def trend_spec(
    indicator: Indicator,
    series: Series,
    language: str,
    *,
    organisation: str = "",
    behaviour: Behaviour | None = None,
    bars: bool | None = None,
) -> Spec:
    """Return the whole over time: bars from zero for amounts that add up, else a line.

    ``bars`` says which, where the card at hand cannot tell. Thresholds change in steps,
    provisional values are hollow and dashed, a gap is a gap, and a break in the series is
    marked. With its ``behaviour`` the natural limits are a band, and signals are marked.
    """
    points = course_of(series)
    bars = is_amount(indicator) if bars is None else bars
    chance = bands(points, series, indicator, behaviour)
    reach = (n for band in chance for n in (band.low, band.high))
    held = (*all_values(points, indicator), *reach)
    axis = value_axis(held, indicator.unit, language, zero=bars)
    title = chart_title(indicator, [p.period for p in points], language, organisation)
    rows = [_row(p, indicator, language) for p in points]
    if bars:
        _bar_rows(rows, points, indicator)
    else:
        join_provisional(rows)
    _band_rows(rows, chance, indicator, language)
    labels = end_labels(points, indicator, language, bars=bars)
    few = bars and len(rows) <= _LABELLED
    if few:
        labels = labels[1:]  # every bar has its own number
    data = {
        "rows": rows,
        "breaks": _break_rows(points, indicator, language),
        "labels": label_rows(labels, axis, len(points) - 1),
        **_step_data(points, indicator, language, outlined=few),
    }
    return fill(
        "bars" if bars else "trend",
        title,
        _describe(title, points, indicator, language),
        {
            **time_params([p.period for p in points], language),
            **axis_params("y", axis),
            "previousName": word("previous_year", language),
        },
        data,
        _numbers(points, chance, indicator, language),
        padding=PADDING,
    )


def _numbers(
    points: Sequence[Point], chance: Sequence[Band], indicator: Indicator, language: str
) -> Iterator[Column]:
    results = [p.result for p in points]
    yield period_column(results, language)
    yield from result_columns(results, indicator, language)
    yield decimals(word("Previous_year", language), [p.previous for p in points])
    by_i = {band.i: band for band in chance}
    known = [by_i.get(p.i) for p in points]
    for key, name in (("low", "lower_limit"), ("mean", "mean"), ("high", "upper_limit")):
        found = [settled(getattr(band, key)) if band else None for band in known]
        yield decimals(word(name, language), found)
    told = [band.signal if band else None for band in known]
    yield Column(
        word("Signal", language),
        [word(f"variation.{VARIATIONS[tone]}", language) if tone else None for tone in told],
    )


def _row(point: Point, indicator: Indicator, language: str) -> Row:
    """Return a period's numbers; what is missing is left out, and so not drawn."""
    row: Row = {"i": point.i, "period": point.period.label}
    if point.value is not None:
        row["value"] = float(point.value)
        row["said"] = short_text(point.value, indicator, language, point.result.threshold)
    if point.provisional:
        row["provisional"] = True
    if point.previous is not None:
        row["previous"] = float(point.previous)
    row["tip"] = tip(point, indicator, language)
    return row


def _band_rows(
    rows: Sequence[Row], chance: Sequence[Band], indicator: Indicator, language: str
) -> None:
    """Give rows the band of their limits, and a mark where the value is a signal."""
    for band in chance:
        row = rows[band.i]
        row.update(low=float(band.low), mean=float(band.mean), high=float(band.high))
        limits = (value_text(n, indicator, language) for n in (band.low, band.high))
        row["tip"][word("natural_limits", language)] = word("from_to", language, *limits)
        if band.signal and "value" in row:
            row[band.signal] = row["value"]


def join_provisional(rows: Sequence[Row]) -> None:
    """Give the dashed line its points: the provisional ones and the final one before each."""
    for i, row in enumerate(rows):
        if row.get("provisional"):
            for part in rows[max(i - 1, 0) : i + 1]:
                if "value" in part:
                    part["dashed"] = part["value"]


def _bar_rows(rows: Sequence[Row], points: Sequence[Point], indicator: Indicator) -> None:
    """Give few bars their outlined targets and a number on top; many have no room for them."""
    for row, point in zip(rows, points, strict=True):
        if not shows_previous(point, len(rows)):
            row.pop("previous", None)
        if len(rows) > _LABELLED:
            continue
        targets = standard_values(point.result, indicator, "target")
        row.update(("target", float(t)) for t in targets)
        if point.value is not None:
            row["top"] = float(max(point.value, Decimal(0), *targets))
            row["text"] = row.pop("said")
    numbered = [row for row in rows if "text" in row]
    for row in numbered[-1:]:
        row["newest"] = True


def _break_rows(points: Sequence[Point], indicator: Indicator, language: str) -> list[Row]:
    return [
        {"i": i, "text": word("series_break", language)} for i in break_positions(points, indicator)
    ]


def break_positions(points: Sequence[Point], indicator: Indicator) -> list[int]:
    """Return the positions of the periods with which a new definition begins (not the first)."""
    starts = indicator.breaks
    found = {p.i for p in points[1:] for start in starts if p.period.holds(start)}
    return sorted(found)


def _step_data(
    points: Sequence[Point], indicator: Indicator, language: str, *, outlined: bool
) -> dict[str, list[Row]]:
    """Return the ends of each threshold's runs, and their names where a reader cuts them off.

    An ``outlined`` target has no line.
    """
    names: list[Row] = []
    data = {"names": names}
    for standard in STANDARDS:
        rows = data[f"{standard}s"] = list[Row]()
        if outlined and standard == "target":
            continue
        for line, first, last, value in step_runs(points, indicator, standard):
            ends = (first,) if first == last else (first, last)
            run: Row = {"y": float(value), "from": first, "to": last}
            rows += ({"i": i, "line": line, **run} for i in ends)
            name = f"{word(standard, language)} {short_standard(value, indicator, language)}"
            names.append({**run, "text": name})
    return data


def label_rows(labels: Sequence[tuple[Decimal, str]], axis: Axis, i: int) -> list[Row]:
    """Return the direct labels beside the period at ``i``, moved apart.

    One that had to move says what it is ``of``: a leader joins them.
    """
    reach = float(axis.high - axis.low)
    places = 4 - floor(log10(reach))  # far less than a pixel

    def value(pixels: float) -> float:
        return round(float(axis.high) - pixels / HEIGHT * reach, places)

    return [
        {"i": i, "y": value(p.y), "text": p.text, **({"of": value(p.of)} if p.moved else {})}
        for p in spread(labels, axis, HEIGHT)
    ]


def _describe(title: str, points: Sequence[Point], indicator: Indicator, language: str) -> str:
    """Return the chart's name for a screen reader: its title and the newest result."""
    if not points:
        return title
    newest = points[-1]
    texts = tip(newest, indicator, language)
    when = texts.pop("title")
    said = ", ".join(f"{name} {text}" for name, text in texts.items())
    return f"{title} · {when}: {said}"
