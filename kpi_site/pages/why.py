"""Why a figure or a total moved, as pages show it: sentence, bridge, and all parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kpi_site import links
from kpi_site.catalog import Indicator
from kpi_site.charts.bridge import Bridge, bridge_svg
from kpi_site.charts.specs import bridge_spec
from kpi_site.charts.why import card_bridge, total_bridge
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Chart, chart
from kpi_site.story.total_change import TotalWhy
from kpi_site.story.why import WhyStory


@dataclass(frozen=True, slots=True)
class WhyView:
    """A change of a card, and its bridge."""

    told: WhyStory
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class TotalWhyView:
    """A change of a total, and its bridge."""

    told: TotalWhy
    chart: Chart


def why_views(
    ctx: Context, indicator: Indicator, told: tuple[WhyStory, ...], page: str
) -> Iterator[WhyView]:
    """Yield each change of the card with a bridge of the first way of taking it apart."""
    for why in told:
        bridge = card_bridge(ctx, indicator, why, why.first)
        name = f"{indicator.id}-why-{why.against}"
        yield WhyView(why, _chart(ctx, page, name, bridge) if bridge else None)


def total_why_view(
    ctx: Context, key: str, title: str, told: TotalWhy | None, page: str
) -> TotalWhyView | None:
    """Return why a total moved, on the scorecard's page; ``key`` names what has the total."""
    if told is None:
        return None
    name = f"{links.scored(key).removesuffix('.md')}-why"
    bridge = total_bridge(ctx.language, ctx.organisation, title, told)
    return TotalWhyView(told, _chart(ctx, page, name, bridge))


def _chart(ctx: Context, page: str, name: str, bridge: Bridge) -> Chart:
    draw = partial(bridge_svg, bridge, ctx.language)
    return chart(page, name, bridge_spec(bridge, ctx.language), bridge.title, draw)
