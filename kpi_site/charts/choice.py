"""Which charts a card has: those that it names, else those that fit its kind.

Rules: specification.md#charts.
"""

from __future__ import annotations

from typing import Final

from kpi_site.catalog import Indicator, MainChart, MemberChart
from kpi_site.charts.multiples import MOST_PANELS
from kpi_site.nature import is_share, names_target
from kpi_site.periods import Grain

_FEWEST_PERIODS: Final = 6  # fewer make no picture of a course over time


def main_charts(indicator: Indicator) -> tuple[MainChart, ...]:
    """Return the charts of the whole, in the order in which they are shown.

    Every card has its trend against the thresholds, one with an actual and a target also
    their bars, and a daily one the running total of the month. The whole of shares is always
    100 %, and not worth a picture.
    """
    if indicator.chart.main is not None:
        return indicator.chart.main
    found: list[MainChart] = [] if is_share(indicator) else ["trend"]
    if names_target(indicator):
        found.append("target_bars")
    if indicator.cycle is Grain.DAY:
        found.append("running")
    return tuple(found)


def member_charts(
    indicator: Indicator, dimension: str, members: int, periods: int
) -> tuple[MemberChart, ...]:
    """Return the charts of the breakdown by ``dimension`` with so many members and periods.

    Shares of a whole are stacked. Amounts are compared with bars. Rates and levels show
    their course: in small multiples, or in a heat map where the members are too many.
    """
    wished = indicator.chart.for_members(dimension)
    if wished is not None:
        return wished
    if is_share(indicator):
        return ("distribution",)
    if indicator.unit.additive or periods < _FEWEST_PERIODS or members < 2:
        return ("bars",)
    return ("small_multiples",) if members <= MOST_PANELS else ("heat_map",)
