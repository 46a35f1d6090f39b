"""The charts of a card's breakdowns: bars, shares, small multiples, heat maps.

Rules: specification.md#charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kpi_site.catalog import Indicator, MemberChart
from kpi_site.charts.by_member import NOBODY, Rest
from kpi_site.charts.choice import member_charts
from kpi_site.charts.distribution import distribution_svg
from kpi_site.charts.small import bars_svg, multiples_svg
from kpi_site.charts.specs import (
    breakdown_spec,
    distribution_spec,
    member_trends_spec,
    panels,
    shares,
)
from kpi_site.pages.context import Context
from kpi_site.pages.heat import HeatMap, heat_map
from kpi_site.pages.parts import Chart, chart
from kpi_site.pages.tables import ValueTable, table
from kpi_site.story.breakdown import BreakdownStory
from kpi_site.story.reading import main_grain
from kpi_site.wording.dates import format_period


@dataclass(frozen=True, slots=True)
class MemberView:
    """A chart of a breakdown, or a heat map, with a note on what it leaves out."""

    chart: Chart | None = None
    heat: HeatMap | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A breakdown with its charts."""

    data: BreakdownStory
    table: ValueTable
    views: tuple[MemberView, ...]


def splits(
    ctx: Context, indicator: Indicator, told: Iterable[BreakdownStory], page: str
) -> Iterator[Split]:
    """Yield each breakdown with its charts."""
    for found in told:
        number = indicator.dimensions.index(found.dimension) + 1
        periods = max((len(s.results) for s in found.members), default=0)
        count = len(found.members) + (found.others.count if found.others else 0)
        kinds = member_charts(indicator, found.dimension, count, periods)
        views = (_view(ctx, indicator, found, page, number, kind) for kind in kinds)
        values = table(ctx, indicator, found.title, found.rows)
        yield Split(found, values, tuple(v for v in views if v is not None))


def _view(
    ctx: Context,
    indicator: Indicator,
    found: BreakdownStory,
    page: str,
    number: int,
    kind: MemberChart,
) -> MemberView | None:
    name = f"{indicator.id}-by-{number}"
    match kind:
        case "bars":
            return MemberView(_bars(ctx, indicator, found, page, name))
        case "distribution":
            return _distribution(ctx, indicator, found, page, name)
        case "small_multiples":
            return MemberView(_multiples(ctx, indicator, found, page, name))
        case "heat_map":
            heat = heat_map(ctx, indicator, found.members, found.titles, found.title, _rest(found))
            return MemberView(heat=heat) if heat else None


def _rest(found: BreakdownStory) -> Rest:
    others = found.others
    return Rest(others.name, others.count, others.series) if others else NOBODY


def _bars(ctx: Context, indicator: Indicator, found: BreakdownStory, page: str, name: str) -> Chart:
    spec = breakdown_spec(
        indicator,
        found.members,
        found.period,
        ctx.language,
        found.titles,
        dimension_title=found.title,
        organisation=ctx.organisation,
        whole=found.whole,
        rest=_rest(found),
    )
    return chart(page, name, spec, str(spec["title"]), partial(bars_svg, spec))


def _multiples(
    ctx: Context, indicator: Indicator, found: BreakdownStory, page: str, name: str
) -> Chart:
    drawn = panels(
        indicator,
        found.members,
        ctx.language,
        found.titles,
        dimension_title=found.title,
        organisation=ctx.organisation,
        rest=_rest(found),
    )
    spec = member_trends_spec(indicator, drawn, ctx.language)
    return chart(page, f"{name}-multiples", spec, drawn.title, partial(multiples_svg, spec))


def _distribution(
    ctx: Context, indicator: Indicator, found: BreakdownStory, page: str, name: str
) -> MemberView | None:
    results = ctx.results_of(indicator)
    whole = results.whole(main_grain(indicator)) if results else None
    if whole is None:
        return None
    drawn = shares(
        indicator,
        found.members,
        whole,
        ctx.language,
        found.titles,
        dimension_title=found.title,
        organisation=ctx.organisation,
        rest=_rest(found),
    )
    spec = distribution_spec(indicator, drawn, ctx.language)
    draw = partial(distribution_svg, drawn, ctx.language)
    periods = [format_period(p, ctx.language) for p in drawn.negative]
    note = str(ctx.t("negative_share", str(ctx.t("comma")).join(periods))) if periods else ""
    return MemberView(chart(page, f"{name}-shares", spec, drawn.title, draw), note=note)
