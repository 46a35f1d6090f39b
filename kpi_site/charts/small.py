"""Small pictures as inline SVG, made without a browser: sparkline, bullet graph, trend."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kpi_site.charts.at_rest import bars_svg, multiples_svg, running_svg
from kpi_site.charts.bullet import bullet
from kpi_site.charts.frame import spark_places
from kpi_site.charts.static_trend import trend_svg
from kpi_site.charts.svg import dots, line, num, path, picture, runs

__all__ = ["bars_svg", "bullet", "multiples_svg", "running_svg", "sparkline", "trend_svg"]
_EDGE: Final = 3.0  # room for the last point's mark


def sparkline(
    values: Sequence[Decimal | None], title: str, *, width: int = 88, height: int = 20
) -> str:
    """Return a small line without axes; "" where there is no value at all.

    Gaps are gaps, a value alone between gaps is a dot, and the last value is marked.
    ``title`` is the picture's name.
    """
    places = spark_places(values, width, height, _EDGE)
    if not places:
        return ""
    alone = [run[0] for run in runs(places) if len(run) == 1]
    last_x, last_y = next(p for p in reversed(places) if p is not None)
    body = (
        path("actual", line(places), 1.5)
        + path("actual", dots(alone), 2.5, round_cap=True)
        + f'<circle class="dot" cx="{num(last_x)}" cy="{num(last_y)}" r="2.5"/>'
    )
    return picture("kpi-spark", width, height, title, body)
