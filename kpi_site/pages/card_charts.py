"""The charts of one card: its trend, the running month of a daily card, its breakdowns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.charts.captions import chart_title
from kpi_site.charts.small import trend_svg
from kpi_site.charts.specs import breakdown_spec, running_spec, trend_spec
from kpi_site.pages.breakdown import Breakdown, breakdown
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Chart, chart
from kpi_site.pages.reading import main_grain, markup
from kpi_site.periods import Grain
from kpi_site.results import IndicatorResults, Result, Series
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_value
from kpi_site.wording.words import word


@dataclass(frozen=True, slots=True)
class Running:
    """The running total of the newest month: its chart, and (day, number) the newest first."""

    chart: Chart
    days: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A breakdown with its chart."""

    data: Breakdown
    chart: Chart


def trend_chart(ctx: Context, indicator: Indicator, page: str) -> Chart | None:
    """Return the trend at the card's main grain; None where no period has a value."""
    found = ctx.results_of(indicator)
    series = found.whole(main_grain(indicator)) if found else None
    if series is None or not any(r.state.has_value for r in series.results):
        return None
    language, organisation = ctx.language, ctx.organisation
    spec = trend_spec(indicator, series, language, organisation=organisation)
    title = chart_title(indicator, [r.period for r in series.results], language, organisation)
    return chart(
        page, _path(indicator, "trend"), spec, title, trend_svg(indicator, series, language)
    )


def running_chart(ctx: Context, indicator: Indicator, page: str) -> Running | None:
    """Return the running total within the newest month of a daily card."""
    found = ctx.results_of(indicator)
    series = found.running if found else None
    if found is None or series is None or not series.results:
        return None
    language, organisation = ctx.language, ctx.organisation
    spec = running_spec(
        indicator, series, language, target=_month_target(found), organisation=organisation
    )
    month = _newest_month(series)
    what = word("running_total", language)
    periods = [r.period for r in month]
    title = chart_title(indicator, periods, language, organisation, what=what)
    days = tuple(
        (format_period(r.period, language), markup(_number(indicator, r, language)))
        for r in reversed(month)
    )
    return Running(chart(page, _path(indicator, "running"), spec, title), days)


def _number(indicator: Indicator, result: Result, language: str) -> str:
    return format_value(result.value, indicator.unit, indicator.decimals, language, with_unit=False)


def _month_target(found: IndicatorResults) -> Decimal | None:
    whole = found.whole(Grain.MONTH)
    last = whole.latest if whole else None
    return last.threshold.target if last and last.threshold else None


def _newest_month(running: Series) -> tuple[Result, ...]:
    last = running.results[-1].period.first
    return tuple(
        r
        for r in running.results
        if (r.period.first.year, r.period.first.month) == (last.year, last.month)
    )


def breakdown_charts(ctx: Context, indicator: Indicator, page: str) -> Iterator[Split]:
    """Yield each dimension that has members in the current period, in the card's order."""
    for number, dimension in enumerate(indicator.dimensions, 1):
        found = breakdown(ctx, indicator, dimension)
        if found is not None:
            yield Split(found, _breakdown_chart(ctx, indicator, found, page, number))


def _breakdown_chart(
    ctx: Context, indicator: Indicator, found: Breakdown, page: str, number: int
) -> Chart:
    language, organisation = ctx.language, ctx.organisation
    spec = breakdown_spec(
        indicator,
        found.members,
        found.period,
        language,
        found.titles,
        dimension_title=found.title,
        organisation=organisation,
        whole=found.whole,
    )
    title = chart_title(indicator, [found.period], language, organisation, by=found.title)
    return chart(page, _path(indicator, f"by-{number}"), spec, title)


def _path(indicator: Indicator, ending: str) -> str:
    return f"charts/{indicator.id}-{ending}.json"
