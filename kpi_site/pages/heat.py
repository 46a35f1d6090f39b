"""A heat map as a table: members down, periods across, shades of one hue, numbers readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.by_member import NOBODY, Rest
from kpi_site.charts.captions import chart_title
from kpi_site.pages.context import Context
from kpi_site.pages.tables import Mark, marks
from kpi_site.periods import Grain, Period
from kpi_site.results import Result, Series, State, Told
from kpi_site.wording.dates import fiscal_year, format_period, month_tick, part_of_year
from kpi_site.wording.numbers import format_value
from kpi_site.wording.words import state_mark, state_words

SHADES: Final = 6
_SHOWN: Final = {
    Grain.DAY: 13, Grain.WEEK: 13, Grain.TEN_DAYS: 13, Grain.MONTH: 13,
    Grain.QUARTER: 9, Grain.HALF_YEAR: 7, Grain.YEAR: 7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A number with its shade, 1 (lowest) to 6; 0 of a mark, which ``words`` tells, or of none."""

    shade: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A member with a cell for each period."""

    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows in the order of the members; ``years`` are (name, number of periods) of the head."""

    caption: str
    years: tuple[tuple[str, int], ...]
    periods: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    low: str
    high: str
    marks: tuple[Mark, ...]


def heat_map(
    ctx: Context,
    indicator: Indicator,
    members: Sequence[Series],
    titles: Mapping[str, str],
    dimension_title: str,
    rest: Rest = NOBODY,
) -> HeatMap | None:
    """Return the newest periods of ``members``, in their order; None where no cell has a number.

    The rest has a row of its own; its amounts, those of many, are not on the members' scale.
    """
    periods = sorted({r.period for s in members for r in s.results})
    periods = periods[-_SHOWN[members[0].key.grain] :] if members else []
    grid = [[s.at(p) for p in periods] for s in members]
    values = [r.value for row in grid for r in row if r is not None and r.value is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    rows = tuple(
        HeatRow(
            titles[s.key.member],
            tuple(_cell(ctx, indicator, result, (low, high)) for result in row),
        )
        for s, row in zip(members, grid, strict=True)
    )
    if rest.series is not None:
        whole = [rest.series.at(p) for p in periods]
        grid.append(whole)
        scale = None if indicator.unit.additive else (low, high)
        cells = tuple(_cell(ctx, indicator, result, scale) for result in whole)
        rows = (*rows, HeatRow(rest.name, cells))
    states: list[Told] = [r.told for row in grid for r in row if r is not None]
    states += [State.NO_DATA] if any(r is None for row in grid for r in row) else []
    years, heads = period_heads(periods, ctx.language)
    return HeatMap(
        caption=chart_title(indicator, periods, ctx.language, ctx.organisation, by=dimension_title),
        years=years,
        periods=heads,
        rows=rows,
        low=_text(ctx, indicator, low),
        high=_text(ctx, indicator, high),
        marks=marks(ctx, states),
    )


def _cell(
    ctx: Context,
    indicator: Indicator,
    result: Result | None,
    scale: tuple[Decimal, Decimal] | None,
) -> HeatCell:
    """Return a cell. What is missing has its state's mark and no shade: it is not a low value.

    Without a ``scale`` there is no shade either.
    """
    if result is None or result.value is None:
        told = State.NO_DATA if result is None else result.told
        return HeatCell(0, state_mark(told), state_words(told, ctx.language))
    provisional = result.state is State.PROVISIONAL
    return HeatCell(
        0 if scale is None else shade(min(max(result.value, scale[0]), scale[1]), *scale),
        _text(ctx, indicator, result.value) + (state_mark(result.state) if provisional else ""),
        "",
    )


def shade(value: Decimal, low: Decimal, high: Decimal) -> int:
    """Return 1 to 6: the sixth of the span from ``low`` to ``high`` that holds ``value``."""
    if high == low:
        return SHADES // 2
    return min(int((value - low) * SHADES / (high - low)) + 1, SHADES)


def _text(ctx: Context, indicator: Indicator, value: Decimal) -> str:
    return format_value(value, indicator.unit, indicator.decimals, ctx.language, with_unit=False)


def period_heads(
    periods: Sequence[Period], language: str
) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Return the years above ``periods``, each with their number, and the heads of each."""
    return _years(periods), tuple(_head(p, language) for p in periods)


def _years(periods: Sequence[Period]) -> tuple[tuple[str, int], ...]:
    if not periods or periods[0].grain is Grain.YEAR:
        return ()  # each names itself
    names = [str(fiscal_year(p)) for p in periods]
    return tuple((name, names.count(name)) for name in dict.fromkeys(names))


def _head(period: Period, language: str) -> str:
    match period.grain:
        case Grain.WEEK:
            return period.label[5:]
        case Grain.MONTH:
            return month_tick(period, language)
        case Grain.QUARTER | Grain.HALF_YEAR:
            return f"{'Q' if period.grain is Grain.QUARTER else 'H'}{part_of_year(period)}"
    return format_period(period, language)
