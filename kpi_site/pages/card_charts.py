"""The charts of the whole on a card's page: trend, actual and target, the running month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kpi_site.catalog import Indicator, MainChart
from kpi_site.charts.choice import main_charts
from kpi_site.charts.small import running_svg, trend_svg
from kpi_site.charts.specs import pairs, targets_spec, trend_spec
from kpi_site.charts.targets import targets_svg
from kpi_site.nature import actual_and_target
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Chart, chart
from kpi_site.pages.running import measure_of, running
from kpi_site.results import Series
from kpi_site.story.reading import main_grain
from kpi_site.story.signals import tell_band


@dataclass(frozen=True, slots=True)
class MainView:
    """A chart of the whole; of the running month also (day, numbers), the newest first."""

    kind: MainChart
    chart: Chart
    heads: tuple[str, ...] = ()
    days: tuple[tuple[str, tuple[str, ...]], ...] = ()


def main_views(ctx: Context, indicator: Indicator, page: str) -> Iterator[MainView]:
    """Yield the charts of the whole that have anything to show, in their order."""
    make = {"trend": _trend, "target_bars": _targets, "running": _running}
    for kind in main_charts(indicator):
        found = make[kind](ctx, indicator, page)
        if found is not None:
            yield found


def _trend(ctx: Context, indicator: Indicator, page: str) -> MainView | None:
    """Return the trend at the card's main grain; None where no period has a value."""
    series = _valued(ctx, indicator)
    if series is None:
        return None
    language, organisation = ctx.language, ctx.organisation
    behaviour = ctx.behaviour(indicator)
    if behaviour is not None and behaviour.key != series.key:
        behaviour = None
    spec = trend_spec(indicator, series, language, organisation=organisation, behaviour=behaviour)
    draw = partial(trend_svg, indicator, series, language, behaviour=behaviour)
    note = tell_band(ctx, indicator) if behaviour else ""
    name = f"{indicator.id}-trend"
    return MainView("trend", chart(page, name, spec, str(spec["title"]), draw, note))


def _valued(ctx: Context, indicator: Indicator) -> Series | None:
    found = ctx.results_of(indicator)
    series = found.whole(main_grain(indicator)) if found else None
    if series is None or not any(r.state.has_value for r in series.results):
        return None
    return series


def _targets(ctx: Context, indicator: Indicator, page: str) -> MainView | None:
    """Return bars of the two amounts that the formula sets against each other."""
    series, terms = _valued(ctx, indicator), actual_and_target(indicator)
    if series is None or terms is None or not all(t.name in series.terms for t in terms):
        return None
    measure = measure_of(ctx, indicator, terms)
    names = (str(terms[0].name), str(terms[1].name))
    found = pairs(indicator, series, names, measure, ctx.language, organisation=ctx.organisation)
    spec = targets_spec(indicator, found, ctx.language)
    draw = partial(targets_svg, indicator, found, ctx.language)
    name = f"{indicator.id}-targets"
    return MainView("target_bars", chart(page, name, spec, found.title, draw))


def _running(ctx: Context, indicator: Indicator, page: str) -> MainView | None:
    """Return the running total within the newest month of a daily card."""
    found = running(ctx, indicator)
    if found is None:
        return None
    name, title = f"{indicator.id}-running", str(found.spec["title"])
    made = chart(page, name, found.spec, title, partial(running_svg, found.spec))
    return MainView("running", made, heads=found.heads, days=found.days)
