"""Shares of a whole over time: columns stacked to 100 %, in shades of one hue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator, Measure
from kpi_site.charts.axis import Axis, time_axis, value_axis
from kpi_site.charts.by_member import NOBODY, Rest, member_title
from kpi_site.charts.captions import chart_title, text_width, value_text
from kpi_site.charts.numbers import Column as Taken
from kpi_site.charts.numbers import decimals, state_column, text_column, value_head
from kpi_site.charts.over_time import label_rows
from kpi_site.charts.plot import BOTTOM, Plot, beside, grid, make_plot, period_labels, side_labels
from kpi_site.charts.points import course_of
from kpi_site.charts.svg import WIDE, num, picture
from kpi_site.charts.templates import PADDING, Row, Spec, axis_params, fill, time_params
from kpi_site.exact import settled
from kpi_site.nature import is_share
from kpi_site.periods import Period
from kpi_site.results import Result, Series, State
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number
from kpi_site.words import word

MOST_PARTS: Final = 6  # shades of one hue that can be told apart
_SHOWN: Final = 25  # two years of months and the same month before: as many as a phone has room for
_PERCENT: Final = Measure("percent", "percent")


@dataclass(frozen=True, slots=True)
class Part:
    """A member's share of the whole in one period; ``value`` is in the card's unit."""

    m: int
    value: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A period with the parts that can be stacked, the first member at the bottom.

    Empty where a part is negative or the whole is missing or not above zero: such shares do
    not stack. What is not published leaves its room empty at the top.
    """

    period: Period
    parts: tuple[Part, ...]
    provisional: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """The columns of a distribution, the names of its parts, and its title."""

    title: str
    dimension: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    axis: Axis

    @property
    def negative(self) -> tuple[Period, ...]:
        """The periods that cannot be drawn because a part is negative."""
        return tuple(c.period for c in self.columns if c.negative)


def shares(
    indicator: Indicator,
    members: Sequence[Series],
    whole: Series,
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
    rest: Rest = NOBODY,
) -> Shares:
    """Return what the members are of ``whole``, period by period.

    The first five keep their names, the others are added up, with the ``rest``.
    """
    found = [s for s in members if s.results]
    more = [rest.series] if rest.series else []
    most = len(found) if len(found) + len(more) <= MOST_PARTS else MOST_PARTS - 1
    kept, others = found[:most], found[most:] + more
    parts = [[s] for s in kept] + ([others] if others else [])
    names = [member_title(s.key.member, titles, language) for s in kept]
    names += [word("others", language)] if others else []
    by_day = [[_by_day(s) for s in part] for part in parts]
    columns = tuple(
        _column(by_day, point.result, divide=not is_share(indicator))
        for point in course_of(whole)[-_SHOWN:]
    )
    title = chart_title(
        indicator,
        [c.period for c in columns],
        language,
        organisation,
        by=dimension_title,
        what="" if is_share(indicator) else word("share", language),
        unit="%",
    )
    axis = value_axis([Decimal(0), Decimal(1)], _PERCENT, language, zero=True)
    return Shares(title, dimension_title, tuple(names), columns, axis)


def _by_day(series: Series) -> dict[date, Decimal]:
    return {r.period.first: r.value for r in series.results if r.value is not None}


def _column(
    parts: Sequence[Sequence[Mapping[date, Decimal]]], whole: Result, *, divide: bool
) -> Column:
    """Return one period. A share is its own part of the whole; an amount is divided by it."""
    provisional, day = whole.state is State.PROVISIONAL, whole.period.first
    values = [[found[day] for found in part if day in found] for part in parts]
    negative = any(v < 0 for part in values for v in part)
    base = whole.value if divide else Decimal(1)
    if negative or whole.value is None or base is None or base <= 0:
        return Column(whole.period, (), provisional, negative)
    sums = [sum(part, Decimal(0)) for part in values]
    found = tuple(Part(m, v, v / base) for m, v in enumerate(sums) if v > 0)
    return Column(whole.period, found, provisional, negative=False)


def distribution_spec(indicator: Indicator, found: Shares, language: str) -> Spec:
    """Return each member's share over time, stacked to 100 %, with direct labels."""
    rows: list[Row] = []
    for i, column in enumerate(found.columns):
        when = format_period(column.period, language)
        rows += (
            _row(i, column, part, (found.names[part.m], when), indicator, language)
            for part in column.parts
        )
    i, labels = _labels(found)
    placed = label_rows(labels, found.axis, i)
    periods = [c.period for c in found.columns]
    params = {**axis_params("y", found.axis), **time_params(periods, language)}
    return fill(
        "distribution",
        found.title,
        _describe(found, labels),
        params,
        {"rows": rows, "labels": placed},
        _numbers(indicator, found, language),
        padding=PADDING,
    )


def _numbers(indicator: Indicator, found: Shares, language: str) -> Iterator[Taken]:
    drawn = [(column, part) for column in found.columns for part in column.parts]
    member = found.dimension or word("Member", language)
    yield text_column(member, [found.names[part.m] for _, part in drawn])
    yield Taken(word("Period", language), [c.period.label for c, _ in drawn], needed=True)
    yield decimals(word("Share", language), [settled(part.share) for _, part in drawn])
    if not is_share(indicator):
        head = value_head(indicator.name.get(language), indicator.unit, language)
        yield decimals(head, [part.value for _, part in drawn], needed=True)
    states = [State.PROVISIONAL if c.provisional else State.OK for c, _ in drawn]
    yield state_column(states, language)


def _row(
    i: int, column: Column, part: Part, of: tuple[str, str], indicator: Indicator, language: str
) -> Row:
    name, when = of
    tip = {
        "title": f"{name} · {when}",
        word("share", language): format_number(part.share * 100, 1) + "%",
    }
    if not is_share(indicator):
        tip[word("actual", language)] = value_text(part.value, indicator, language)
    row: Row = {
        "m": part.m,
        "i": i,
        "period": column.period.label,
        "value": float(part.value),
        "share": float(part.share),
        "said": _said(name, part),
        "tip": tip,
    }
    if column.provisional:
        row["provisional"] = True
    return row


def _labels(found: Shares) -> tuple[int, list[tuple[Decimal, str]]]:
    """Return the newest column that is drawn, and each part's label at its middle."""
    drawn = [i for i, column in enumerate(found.columns) if column.parts]
    if not drawn:
        return 0, []
    labels, below = [], Decimal(0)
    for part in found.columns[drawn[-1]].parts:
        labels.append((below + part.share / 2, _said(found.names[part.m], part)))
        below += part.share
    return len(found.columns) - 1, labels


def _said(name: str, part: Part) -> str:
    return f"{name} {format_number(part.share * 100, 0)}%"


def _describe(found: Shares, labels: Sequence[tuple[Decimal, str]]) -> str:
    return f"{found.title}: {', '.join(words for _, words in labels)}"


def distribution_svg(found: Shares, language: str, width: float = WIDE, height: float = 240) -> str:
    """Return the same as a static picture, as inline SVG; "" where nothing can be drawn."""
    _, labels = _labels(found)
    if not labels:
        return ""
    left = max(text_width(t) for t in found.axis.labels) + 14
    right = width - beside((words for _, words in labels), width)
    plot = make_plot(found.axis, left, right, height - BOTTOM, len(found.columns))
    boxes = "".join(_boxes(plot, found, m) for m in range(len(found.names)))
    axis = period_labels(plot, *time_axis([c.period for c in found.columns], language))
    body = grid(plot) + axis + boxes + side_labels(plot, labels, width)
    return picture("kpi-trend", width, height, _describe(found, labels), body)


def _boxes(plot: Plot, found: Shares, m: int) -> str:
    """Return one member's boxes of all periods as one path."""
    wide = plot.band * 0.8
    data = ""
    for i, column in enumerate(found.columns):
        below = Decimal(0)
        for part in column.parts:
            if part.m == m:
                low, high = plot.y(below), plot.y(below + part.share)
                data += (
                    f"M{num(plot.x(i) - wide / 2)} {num(low)}V{num(high)}h{num(wide)}V{num(low)}z"
                )
            below += part.share
    return f'<path class="part-{m + 1}" d="{data}"/>' if data else ""
