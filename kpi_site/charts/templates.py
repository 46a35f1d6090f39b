"""The kept templates of the charts, and how a card's numbers are put into them.

A template (made by ``kpi_site.charts.make_templates``) names its data (``rows``,
``labels`` …) and takes domains, ticks and tick labels from top-level params. Filling it
replaces those top-level keys and copies nothing else: microseconds a chart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from kpi_site.charts.axis import Axis, time_axis
from kpi_site.charts.numbers import Column, csv_of
from kpi_site.periods import Period

Spec = dict[str, Any]
Row = dict[str, Any]
# Vega counts labels beside the plot into its width by itself.
PADDING: Final = {"left": 4, "top": 4, "bottom": 4, "right": 6}
HEIGHT: Final = 220  # of the plot; labels are placed by it
ROW: Final = 26  # height of one bar of a breakdown
FOLDER: Final = Path(__file__).parent / "templates"


@cache
def template(kind: str) -> Spec:
    """Return the kept template of ``kind``; shared, so never changed."""
    spec: Spec = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return spec


def fill(
    kind: str,
    title: str,
    description: str,
    params: Mapping[str, object],
    data: Mapping[str, Sequence[Row]],
    numbers: Iterable[Column],
    **more: object,
) -> Spec:
    """Return the spec of ``kind`` with a card's titles, params, data and top-level keys.

    ``numbers`` are those that a reader takes away; the page script saves them as CSV.
    """
    kept = template(kind)
    meta = {**kept["usermeta"]["kpi"], "csv": csv_of(numbers)}
    named = [{"name": name, "value": value} for name, value in params.items()]
    return {
        **kept,
        "title": title,
        "description": description,
        "params": [*kept["params"], *named],
        "datasets": dict(data),
        "usermeta": {"kpi": meta},
        **more,
    }


def axis_params(name: str, axis: Axis) -> dict[str, object]:
    """Return the params of a linear axis called ``name``."""
    return {
        f"{name}Min": float(axis.low),
        f"{name}Max": float(axis.high),
        f"{name}Ticks": [float(t) for t in axis.ticks],
        f"{name}Labels": list(axis.labels),
    }


def time_params(periods: Sequence[Period], language: str) -> dict[str, object]:
    """Return the params of the axis of periods."""
    ticks, labels = time_axis(periods, language)
    return {"xTicks": list(ticks), "xLabels": list(labels)}
