"""Small multiples as a complete static picture: what ``member_trends_spec`` draws, at rest."""

from __future__ import annotations

from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.captions import text_width
from kpi_site.charts.multiples import PANELS_A_ROW, Panel, Panels, year_ticks
from kpi_site.charts.plot import Plot, grid, period_labels
from kpi_site.charts.static_trend import line_marks, step_marks
from kpi_site.charts.svg import picture, text

_WIDTH: Final = 640
_ROW: Final = 124  # height of a row of panels: head, plot, years
_HEAD: Final = 20
_YEARS: Final = 26
_GAP: Final = 14


def multiples_svg(indicator: Indicator, found: Panels, language: str) -> str:
    """Return the panels three abreast as inline SVG; "" where there are none."""
    if not found.shown:
        return ""
    rows = -(-len(found.shown) // PANELS_A_ROW)
    body = "".join(
        _panel(indicator, found, panel, number, language)
        for number, panel in enumerate(found.shown)
    )
    heads = ", ".join(panel.head for panel in found.shown)
    return picture("kpi-trend", _WIDTH, rows * _ROW, f"{found.title}: {heads}", body)


def _panel(indicator: Indicator, found: Panels, panel: Panel, number: int, language: str) -> str:
    row, column = divmod(number, PANELS_A_ROW)
    scale = max(text_width(label) for label in found.axis.labels) + 10
    wide = (_WIDTH - scale) / PANELS_A_ROW
    left, top = scale + column * wide, float(row * _ROW)
    plot = Plot(
        found.axis,
        left,
        left + wide - _GAP,
        top + _ROW - _YEARS,
        len(found.periods),
        top=top + _HEAD,
    )
    marks = line_marks(plot, panel.points, previous=False, width=1.75)
    limits = "" if indicator.unit.additive else step_marks(plot, panel.points, indicator)
    return (
        text(left, top + 12, panel.head)
        + grid(plot, labels=column == 0)
        + period_labels(plot, *year_ticks(found.periods, language))
        + limits
        + marks
    )
