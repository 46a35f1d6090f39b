"""Actual against target: solid bars beside outlined ones, with the indicator's value on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Measure
from kpi_site.charts.axis import Axis, time_axis, value_axis
from kpi_site.charts.captions import chart_title, period_title, result_text, short_text, text_width
from kpi_site.charts.numbers import (
    Column,
    decimals,
    period_column,
    result_columns,
    value_head,
)
from kpi_site.charts.over_time import label_rows
from kpi_site.charts.plot import BOTTOM, Plot, beside, grid, make_plot, period_labels, side_labels
from kpi_site.charts.svg import WIDE, num, path, picture, text
from kpi_site.charts.templates import PADDING, Row, Spec, axis_params, fill, time_params
from kpi_site.periods import Grain
from kpi_site.results import Cell, Result, Series, State
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number, format_value, unit_label
from kpi_site.wording.words import state_mark
from kpi_site.words import word

_SHOWN: Final = {
    Grain.DAY: 13, Grain.WEEK: 13, Grain.TEN_DAYS: 13, Grain.MONTH: 13,
    Grain.QUARTER: 9, Grain.HALF_YEAR: 7, Grain.YEAR: 7,
}  # fmt: skip

_WIDEST: Final = 60  # pixels of a name beside the bars


@dataclass(frozen=True, slots=True)
class Pair:
    """One period: the indicator's result, and the two amounts that it sets against each other."""

    i: int
    result: Result
    actual: Cell
    target: Cell


@dataclass(frozen=True, slots=True)
class Pairs:
    """The newest periods, the names of the two amounts, and the unit in which they are shown."""

    title: str
    shown: tuple[Pair, ...]
    names: tuple[str, str]
    measure: Measure
    axis: Axis


def pairs(
    indicator: Indicator,
    series: Series,
    terms: tuple[str, str],
    measure: Measure,
    language: str,
    *,
    organisation: str = "",
) -> Pairs:
    """Return the newest periods of ``series`` with the cells of its two ``terms``.

    A year of months and the same month of the year before, two years of quarters.
    """
    start = max(len(series.results) - _SHOWN[series.key.grain], 0)
    cells = tuple(series.terms[name] for name in terms)
    shown = tuple(
        Pair(n, result, cells[0][start + n], cells[1][start + n])
        for n, result in enumerate(series.results[start:])
    )
    names = tuple(
        term.label.get(language) if (term := indicator.term(name)) else name for name in terms
    )
    axis = value_axis(
        [cell.value for p in shown for cell in (p.actual, p.target)], measure, language, zero=True
    )
    title = chart_title(
        indicator,
        [p.result.period for p in shown],
        language,
        organisation,
        what=word("actual_and_target", language, *names),
        unit=unit_label(measure, language) if measure.kind != "count" else "",
    )
    return Pairs(title, shown, (names[0], names[1]), measure, axis)


def targets_spec(indicator: Indicator, found: Pairs, language: str) -> Spec:
    """Return bars from zero: actual solid (provisional hollow), target outlined around it."""
    labels = _labels(found, language)
    periods = [p.result.period for p in found.shown]
    rows = [_row(p, found, indicator, language) for p in found.shown]
    for row in rows[-1:]:
        row["newest"] = True
    return fill(
        "bars",
        found.title,
        _describe(found, indicator, language),
        {**time_params(periods, language), **axis_params("y", found.axis), "previousName": ""},
        {
            "rows": rows,
            "labels": label_rows(labels, found.axis, len(rows) - 1),
            "targets": [],
            "baselines": [],
            "challenges": [],
            "names": [],
            "breaks": [],
        },
        _numbers(found, indicator, language),
        padding=PADDING,
    )


def _numbers(found: Pairs, indicator: Indicator, language: str) -> Iterator[Column]:
    results = [p.result for p in found.shown]
    yield period_column(results, language)
    amounts = [p.actual for p in found.shown], [p.target for p in found.shown]
    for name, cells in zip(found.names, amounts, strict=True):
        yield decimals(value_head(name, found.measure, language), [c.value for c in cells])
    yield from result_columns(results, indicator, language)


def _row(pair: Pair, found: Pairs, indicator: Indicator, language: str) -> Row:
    result = pair.result
    row: Row = {
        "i": pair.i,
        "period": result.period.label,
        "text": _short(pair, indicator, language),
    }
    tip = {"title": period_title(result.period, language)}
    for key, name, cell in zip(
        ("value", "target"), found.names, (pair.actual, pair.target), strict=True
    ):
        if cell.value is not None:
            row[key] = float(cell.value)
        tip[name] = _amount(cell, found.measure, language)
    tip[indicator.name.get(language)] = result_text(result, indicator, language)
    row["top"] = float(_top(pair))
    row["tip"] = tip
    if _provisional(pair):
        row["provisional"] = True
    return row


def _provisional(pair: Pair) -> bool:
    return State.PROVISIONAL in {pair.actual.state, pair.result.state}


def _top(pair: Pair) -> Decimal:
    return max(pair.actual.value or Decimal(0), pair.target.value or Decimal(0), Decimal(0))


def _short(pair: Pair, indicator: Indicator, language: str) -> str:
    if pair.result.value is None:
        return state_mark(pair.result.told)
    return short_text(pair.result.value, indicator, language, pair.result.threshold)


def _amount(cell: Cell, measure: Measure, language: str) -> str:
    if cell.value is None:
        return state_mark(cell.state)
    if measure.kind != "count":
        return format_value(cell.value, measure, 0, language)
    exponent = cell.value.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return format_number(cell.value, max(0, min(places, 2)))


def _labels(found: Pairs, language: str) -> list[tuple[Decimal, str]]:
    """Name the newest bar and its outline beside them; long names stand in the title alone."""
    own = max(map(text_width, found.names)) <= _WIDEST
    labels = []
    for key, name in zip(("actual", "target"), found.names, strict=True):
        cells = [getattr(p, key) for p in found.shown]
        newest = next((c.value for c in reversed(cells) if c.value is not None), None)
        if newest is not None:
            labels.append((newest, name if own else word(f"mark.{key}", language)))
    return labels


def _describe(found: Pairs, indicator: Indicator, language: str) -> str:
    if not found.shown:
        return found.title
    last = found.shown[-1]
    said = ", ".join(
        f"{name} {_amount(cell, found.measure, language)}"
        for name, cell in zip(found.names, (last.actual, last.target), strict=True)
    )
    when = format_period(last.result.period, language)
    return f"{found.title} · {when}: {said}, {result_text(last.result, indicator, language)}"


def targets_svg(
    indicator: Indicator, found: Pairs, language: str, width: float = WIDE, height: float = 240
) -> str:
    """Return the same as a static picture, as inline SVG; "" where nothing can be drawn."""
    labels = _labels(found, language)
    if not labels:
        return ""
    left = max(text_width(t) for t in found.axis.labels) + 14
    right = width - beside((words for _, words in labels), width)
    plot = make_plot(found.axis, left, right, height - BOTTOM, len(found.shown))
    body = (
        grid(plot)
        + period_labels(plot, *time_axis([p.result.period for p in found.shown], language))
        + _bars(plot, found.shown)
        + _on_top(plot, found.shown, [_short(p, indicator, language) for p in found.shown])
        + side_labels(plot, labels, width)
    )
    return picture("kpi-trend", width, height, _describe(found, indicator, language), body)


def _on_top(plot: Plot, shown: Sequence[Pair], texts: Sequence[str]) -> str:
    """Return the numbers above the bars; where they have no room, the newest one alone."""
    room = all(text_width(words) <= plot.band for words in texts)
    return "".join(
        text(plot.x(p.i), plot.y(_top(p)) - 4, words, anchor="middle")
        for p, words in list(zip(shown, texts, strict=True))[0 if room else -1 :]
    )


def _bars(plot: Plot, shown: Sequence[Pair]) -> str:
    """Return solid and hollow bars, and the outlines of targets around them."""
    data = {"bar": "", "hollow": "", "outline": ""}
    zero = plot.y(Decimal(0))

    def box(i: int, value: Decimal, wide: float) -> str:
        start = f"M{num(plot.x(i) - wide / 2)} {num(zero)}"
        return f"{start}V{num(plot.y(value))}h{num(wide)}V{num(zero)}z"

    for p in shown:
        if p.actual.value is not None:
            kind = "hollow" if _provisional(p) else "bar"
            data[kind] += box(p.i, p.actual.value, plot.band * 0.5)
        if p.target.value is not None:
            data["outline"] += box(p.i, p.target.value, plot.band * 0.72)
    dashed = f'<path class="hollow dashed" d="{data["hollow"]}" stroke-width="1.5"/>'
    return (
        (f'<path class="bar" d="{data["bar"]}"/>' if data["bar"] else "")
        + (dashed if data["hollow"] else "")
        + path("outline", data["outline"], 1.25)
    )
