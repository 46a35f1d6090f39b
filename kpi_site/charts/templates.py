"""The kept templates of the charts, and how a card's numbers are put into them.

A template (made by ``kpi_site.charts.make_templates``) names its data (``rows``,
``labels`` …) and takes domains, ticks and tick labels from top-level params. Filling it
replaces those top-level keys and copies nothing else: microseconds a chart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from kpi_site.charts.axis import Axis, TimeAxis, time_axis, time_label
from kpi_site.charts.numbers import Column, csv_of
from kpi_site.periods import Period
from kpi_site.wording.dates import format_period
from kpi_site.words import word

Spec = dict[str, Any]
Row = dict[str, Any]
# Vega counts labels beside the plot into its width by itself.
PADDING: Final = {"left": 4, "top": 4, "bottom": 4, "right": 6}
HEIGHT: Final = 220  # of the plot; labels are placed by it
ROW: Final = 26  # height of one bar of a breakdown
FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Choice:
    """A param that a reader sets: called ``name``, one of ``options``, which read ``labels``."""

    name: str
    options: Sequence[int | None]
    labels: Sequence[str]
    value: int | None

    @property
    def param(self) -> dict[str, object]:
        """Its value, and the field of the page to which Vega binds it."""
        bind = {"input": "select", "name": self.name,
                "options": list(self.options), "labels": list(self.labels)}  # fmt: skip
        return {"value": self.value, "bind": bind}


def compared(words: str, names: Sequence[str], language: str) -> Choice:
    """Return the choice of one of ``names`` to compare all others with; none at first."""
    labels = (word("compare_none", language), *names)
    return Choice(words, (None, *range(len(names))), labels, None)


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
    named = [
        {"name": name, **(value.param if isinstance(value, Choice) else {"value": value})}
        for name, value in params.items()
    ]
    return {
        **kept,
        "title": title,
        "description": description,
        "params": [*kept["params"], *named],
        "datasets": dict(data),
        "usermeta": {"kpi": {"csv": csv_of(numbers)}},
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


def time_params(
    periods: Sequence[Period],
    language: str,
    axis: Callable[[Sequence[Period], str], TimeAxis] = time_axis,
    *,
    low: bool = False,
) -> dict[str, object]:
    """Return the params of the axis of periods, and the choice of a range of them.

    Under a ``low`` plot a label has one line: where it would name the year too, the year.
    """

    def name(period: Period, *, first: bool) -> str | list[str]:
        found = time_label(period, language, first=first)
        return found[-1] if low and isinstance(found, list) else found

    ticks, labels = axis(periods, language)
    last = max(len(periods) - 1, 0)
    ends: dict[str, object] = {"since": 0, "until": last}
    if len(periods) > 2:
        names = [format_period(p, language) for p in periods]
        ends = {
            "since": Choice(word("range_since", language), range(last + 1), names, 0),
            "until": Choice(word("range_until", language), range(last + 1), names, last),
        }
    return {
        "xTicks": list(ticks),
        "xLabels": list(labels),
        "xNames": [name(p, first=False) for p in periods],
        "xFirst": [name(p, first=True) for p in periods],
        **ends,
    }
