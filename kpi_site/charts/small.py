"""Small pictures as inline SVG, made without a browser: sparkline, bullet graph, trend."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from kpi_site.catalog import Direction, Indicator, Measure, Threshold
from kpi_site.results import Series
from kpi_site.wording.numbers import format_value


def sparkline(
    values: Sequence[Decimal | None], title: str, *, width: int = 88, height: int = 20
) -> str:
    """Return a small line; gaps are gaps, the last point is marked; ``title`` is its name."""
    return f'<svg class="kpi-spark" width="{width}" height="{height}"><title>{escape(title)}</title></svg>'


def bullet(
    value: Decimal | None,
    threshold: Threshold | None,
    direction: Direction,
    centre: Decimal,
    measure: Measure,
    decimals: int,
    language: str,
    *,
    width: int = 320,
) -> str:
    """Return a bullet graph of a value against its thresholds; "" without thresholds."""
    title = escape(format_value(value, measure, decimals, language))
    return f'<svg class="kpi-bullet" width="{width}" height="40"><title>{title}</title></svg>'


def trend_svg(
    indicator: Indicator, series: Series, language: str, width: int = 640, height: int = 240
) -> str:
    """Return a complete static line chart of ``series``, readable without JavaScript."""
    name = escape(indicator.name.get(language))
    return f'<svg class="kpi-trend" viewBox="0 0 {width} {height}"><title>{name}</title></svg>'
