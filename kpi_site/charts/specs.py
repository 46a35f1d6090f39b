"""Vega-Lite specs of the charts, as plain dicts that hold only published numbers.

Rules: specification.md#pictures.

Each function fills a template; values stay in the unit in which they are stored and
published, while ticks, labels and tips are texts in the reader's language.
"""

from kpi_site.charts.bridge import bridge_spec
from kpi_site.charts.by_member import breakdown_spec, member_title
from kpi_site.charts.captions import chart_title
from kpi_site.charts.distribution import distribution_spec, shares
from kpi_site.charts.multiples import member_trends_spec, panels
from kpi_site.charts.over_time import trend_spec
from kpi_site.charts.running import running_spec
from kpi_site.charts.targets import pairs, targets_spec
from kpi_site.charts.templates import Spec

__all__ = [
    "Spec",
    "breakdown_spec",
    "bridge_spec",
    "chart_title",
    "distribution_spec",
    "member_title",
    "member_trends_spec",
    "pairs",
    "panels",
    "running_spec",
    "shares",
    "targets_spec",
    "trend_spec",
]
