"""Build each kind of chart once with Altair and keep it as a file in ``templates/``.

``python -m kpi_site.charts.make_templates`` writes them anew; a test holds them to what
Altair makes. What differs from card to card enters as named data and top-level params
(see ``kpi_site.charts.templates``), so that no build needs Altair.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import altair as alt

from kpi_site.charts.templates import FOLDER, HEIGHT, ROW
from kpi_site.charts.theme import LIGHT, STYLES, config

CELL: Final = (180, 84)  # width and height of one of the small multiples
SMALL: Final = 11  # font size of labels


def _axis(name: str, **more: Any) -> alt.Axis:
    """Make an axis whose ticks and labels (in the reader's language) are params."""
    labels = f"{name}Labels[indexof({name}Ticks, datum.value)]"
    values = alt.ExprRef(expr=f"{name}Ticks")
    # of more values than tickCount Vega drops every other one, zero among them
    return alt.Axis(title=None, values=values, tickCount=99, labelExpr=labels, **more)


def _time(**more: Any) -> alt.X:
    """Make the x encoding of periods, each at its position ``i``."""
    scale = alt.Scale(type="band", paddingInner=0.3, paddingOuter=0.15)
    axis = _axis("x", labelAngle=0, labelOverlap="parity", labelSeparation=6, grid=False, **more)
    return alt.X("i:O", scale=scale, axis=axis)


def _amounts(field: str, **more: Any) -> alt.Y:
    """Make the y encoding that carries scale and axis; the other layers share them."""
    axis = _axis("y", domain=False, ticks=False, labelPadding=6)
    return alt.Y(f"{field}:Q", scale=_domain("y"), axis=axis, **more)


def _domain(name: str) -> alt.Scale:
    low, high = alt.ExprRef(expr=f"{name}Min"), alt.ExprRef(expr=f"{name}Max")
    return alt.Scale(domainMin=low, domainMax=high, nice=False, zero=False)


def _layer(field: str) -> alt.Chart:
    layer: alt.Chart = alt.Chart().encode(y=alt.Y(f"{field}:Q"))
    return layer


def _line(field: str, style: str, **more: Any) -> alt.Chart:
    line: alt.Chart = _layer(field).mark_line(style=style, **more)
    return line


def _steps() -> tuple[alt.Chart, ...]:
    """Make the thresholds: lines that step where a new standard begins."""
    looks = {"baselines": ("kpi-limit", [2, 3]), "challenges": ("kpi-limit", [8, 3])}
    return tuple(
        alt.Chart(alt.NamedData(name=name))
        .mark_line(style=style, strokeDash=dash, strokeWidth=1.25, interpolate="step")
        .encode(y="y:Q", detail="line:N")
        for name, (style, dash) in {**looks, "targets": ("kpi-plan", [5, 3])}.items()
    )


def _pointed(**size: Any) -> alt.Chart:
    """Make the invisible bars that light up, and tell their numbers, under the pointer.

    ``size`` makes them fill the gaps between bands, so that a tip does not flicker.
    """
    pointed = alt.selection_point(name="pointed", on="pointerover", clear="pointerout", empty=False)
    opacity = alt.condition(pointed, alt.value(0.12), alt.value(0))
    bar = alt.Chart().mark_bar(color="#808080", tooltip=alt.ExprRef(expr="datum.tip"), **size)
    chart: alt.Chart = bar.encode(opacity=opacity).add_params(pointed)
    return chart


def _pointed_period() -> alt.Chart:
    chart: alt.Chart = _pointed(width={"band": 1.42}).encode(y=alt.value(0), y2=alt.value("height"))
    return chart


def _breaks() -> tuple[alt.Chart, alt.Chart]:
    """Make the upright line where the definition changed, and its words."""
    base = alt.Chart(alt.NamedData(name="breaks")).encode(x=alt.X("i:O", bandPosition=0))
    rule = base.mark_rule(style="kpi-break", strokeDash=[2, 3])
    text = base.mark_text(align="left", baseline="bottom", dx=2, dy=-3, fontSize=SMALL)
    return rule, text.encode(y=alt.value(0), text="text:N")


def _labels(band_position: float, dx: int) -> tuple[alt.Chart, alt.Chart]:
    """Make the direct labels to the right of the newest period's point, or of its bar.

    Leaders join those that had to move with what they name.
    """
    base = alt.Chart(alt.NamedData(name="labels")).encode(
        x=alt.X("i:O", bandPosition=band_position)
    )
    text = base.mark_text(align="left", baseline="middle", dx=dx, fontSize=SMALL)
    leaders = base.transform_filter("isValid(datum.of)").mark_rule(
        style="kpi-limit", strokeWidth=1, xOffset=3, x2Offset=dx - 2
    )
    ends = leaders.encode(y="of:Q", y2="y:Q", x2=alt.X2("i:O", bandPosition=band_position))
    return ends, text.encode(y="y:Q", text="text:N")


def _band() -> tuple[alt.Chart, alt.Chart]:
    """Make what chance alone does: the band between the natural limits, and their mean."""
    area = _layer("low").mark_area(style="kpi-limit", opacity=0.2, line=False)
    return area.encode(y2="high:Q"), _line("mean", "kpi-limit", strokeWidth=1)


def _signals() -> tuple[alt.Chart, ...]:
    """Make the marks of signals, told apart by their shape: better, worse, neither."""
    shapes = {"good": "diamond", "bad": "square", "even": "circle"}
    marks: list[alt.Chart] = []
    for tone, shape in shapes.items():
        mark = _layer(tone).mark_point(
            style=f"kpi-{tone}", shape=shape, size=70, filled=tone != "even", opacity=1,
            strokeWidth=1.75 if tone == "even" else 0,
        )  # fmt: skip
        marks.append(mark)
    return tuple(marks)


def _rows(*layers: alt.Chart) -> Any:
    """Layer charts over the rows, whose value is split into a final and a provisional one."""
    return alt.layer(*layers, data=alt.NamedData(name="rows")).transform_calculate(
        final="datum.provisional ? null : datum.value",
        hollow="datum.provisional ? datum.value : null",
    )


def _dots(size: int) -> tuple[alt.Chart, alt.Chart]:
    """Make the points: filled where the period is over, hollow where it is provisional."""
    full = _layer("final").mark_point(
        style="kpi-actual", filled=True, size=size, opacity=1, strokeWidth=0
    )
    hollow = _layer("hollow").mark_point(
        style="kpi-provisional", filled=False, size=size * 1.8, strokeWidth=1.75
    )
    return full, hollow


def trend() -> Any:
    """Make the line over time: previous year lighter, thresholds in steps, provisional hollow."""
    layers = _rows(
        *_band(),
        *_steps(),
        _line("pace", "kpi-plan", strokeWidth=1.25, strokeDash=[2, 3]),
        *_breaks(),
        _line("previous", "kpi-previous", strokeWidth=1.75),
        _line("dashed", "kpi-provisional", strokeWidth=2.25, strokeDash=[4, 3]),
        alt.Chart()
        .mark_line(style="kpi-actual", strokeWidth=2.25)
        .encode(y=_amounts("final")),
        *_dots(22),
        *_signals(),
        *_labels(0.5, 14),
        _pointed_period(),
    )  # fmt: skip
    return layers.encode(x=_time()).properties(width="container", height=HEIGHT)


def _numbers() -> alt.Chart:
    """Make the numbers on top of the bars; of narrow bars only the newest keeps its own."""
    room = alt.ExprRef(expr="datum.newest || bandwidth('x') > 42 ? 1 : 0")
    text = _layer("top").mark_text(baseline="bottom", dy=-3, fontSize=SMALL, opacity=room)
    numbers: alt.Chart = text.encode(text="text:N")
    return numbers


def bars() -> Any:
    """Make bars from zero over time: previous year behind, target outlined."""
    dashed: dict[str, Any] = {"filled": False, "strokeDash": [3, 2], "strokeWidth": 1.5}
    layers = _rows(
        *_band(),
        _layer("previous").mark_bar(style="kpi-previous", xOffset=-4),
        alt.Chart().mark_bar(style="kpi-actual").encode(y=_amounts("final")),
        _layer("hollow").mark_bar(style="kpi-provisional", **dashed),
        _layer("target").mark_bar(
            style="kpi-plan", filled=False, strokeWidth=1.25, width={"band": 1.3}
        ),
        *_steps(),
        *_breaks(),
        *_signals(),
        _numbers(),
        *_labels(1, 16),
        _pointed_period(),
    )
    return layers.encode(x=_time()).properties(width="container", height=HEIGHT)


def breakdown() -> Any:
    """Make horizontal bars by member: previous year behind, a tick for the target."""
    value = alt.X("final:Q", scale=_domain("x"), axis=_axis("x", domain=False, ticks=False))
    names = _axis("y", labelLimit=150, domain=True, ticks=False, labelPadding=8)
    bar = alt.Chart()
    side = "datum.value < 0 ? 'right' : 'left'"
    layers = _rows(
        bar.mark_bar(style="kpi-previous", yOffset=-4).encode(x="previous:Q"),
        bar.mark_bar(style="kpi-actual").encode(x=value),
        bar.mark_bar(
            style="kpi-provisional", filled=False, strokeDash=[3, 2], strokeWidth=1.5
        ).encode(x="hollow:Q"),
        bar.mark_tick(style="kpi-plan", thickness=2, height={"band": 1.2}).encode(x="target:Q"),
        bar.mark_text(
            align=alt.ExprRef(expr=side),
            dx=alt.ExprRef(expr="datum.value < 0 ? -6 : 6"),
            baseline="middle",
            fontSize=SMALL,
        ).encode(x="end:Q", text="text:N"),
        *_whole(),
        _pointed(height={"band": 1.66}).encode(x=alt.value(0), x2=alt.value("width")),
    )
    scale = alt.Scale(type="band", paddingInner=0.4, paddingOuter=0.2)
    y = alt.Y("i:O", scale=scale, axis=names)
    autosize = {"type": "fit-x", "contains": "padding"}
    return layers.encode(y=y).properties(width="container", height=ROW, autosize=autosize)


def _whole() -> tuple[alt.Chart, alt.Chart]:
    """Make the upright line that shows where the whole stands among its members."""
    base = alt.Chart(alt.NamedData(name="whole")).encode(x="x:Q")
    rule = base.mark_rule(style="kpi-limit", strokeDash=[2, 3])
    text = base.mark_text(baseline="bottom", dy=-3, fontSize=SMALL)
    return (
        rule.encode(y=alt.value(0), y2=alt.value("height")),
        text.encode(y=alt.value(0), text="text:N"),
    )


def _compared() -> alt.Chart:
    """Make the lighter line, in every panel, of the member that the reader has chosen."""
    rows = alt.Chart(alt.NamedData(name="rows")).transform_filter("datum.m === compared")
    line: alt.Chart = rows.mark_line(style="kpi-previous", strokeWidth=1.75).encode(y="value:Q")
    return line


def members() -> Any:
    """Make small multiples: a line for each member with the thresholds, all on one scale."""
    limits = {"baseline": ("kpi-limit", [2, 3]), "challenge": ("kpi-limit", [8, 3])}
    layers = _rows(
        *(
            _line(field, style, strokeDash=dash, strokeWidth=1.25, interpolate="step")
            for name, (style, dash) in {**limits, "target": ("kpi-plan", [5, 3])}.items()
            for field in (name, f"{name}Below")
        ),
        _compared(),
        _line("dashed", "kpi-provisional", strokeWidth=1.75, strokeDash=[4, 3]),
        alt.Chart().mark_line(style="kpi-actual", strokeWidth=1.75).encode(y=_amounts("final")),
        *_dots(9),
        _pointed_period(),
    )
    layers.data = alt.Undefined  # the facet hands each cell its rows
    width, height = CELL
    cells = layers.encode(x=_time()).properties(width=width, height=height)
    header = alt.Header(
        title=None, labelExpr="memberLabels[datum.value]", labelAnchor="start", labelLimit=width
    )
    facet = alt.Facet("m:O", header=header)
    return cells.facet(facet=facet, columns=3, data=alt.NamedData(name="rows"))


def distribution() -> Any:
    """Make each member's share of the whole over time: stacked, in shades of one hue."""
    share = _amounts("share", stack="zero")
    pale = alt.condition("datum.provisional", alt.value(0.55), alt.value(1))
    layers = _rows(
        alt.Chart()
        .mark_bar(width={"band": 1.15}, tooltip=alt.ExprRef(expr="datum.tip"))
        .encode(
            y=share,
            color=alt.Color("m:O", scale=alt.Scale(domain=list(range(6))), legend=None),
            order="m:O",
            opacity=pale,
        ),
        *_labels(1, 14),
    )
    return layers.encode(x=_time()).properties(width="container", height=HEIGHT)


def bridge() -> Any:
    """Make a bridge: bars that float from level to level, between the marks of both ends."""
    row = alt.Chart()
    value = alt.X("level:Q", scale=_domain("x"), axis=_axis("x", domain=False, ticks=False))
    names = _axis("y", labelLimit=190, domain=False, ticks=False, labelPadding=8)
    # from the middle of a row to that of the next: rows are ROW pixels high
    level = row.mark_tick(
        style="kpi-limit", orient="vertical", thickness=1, size=ROW, yOffset=ROW / 2
    )
    layers = alt.layer(
        level.encode(x=value),
        *(
            row.mark_bar(style=f"kpi-{tone}").encode(x=f"{tone}:Q", x2="from:Q")
            for tone in ("good", "bad", "even")
        ),
        row.mark_tick(
            style="kpi-actual", orient="vertical", thickness=3, height={"band": 1.2}
        ).encode(x="mark:Q"),
        row.mark_text(align="left", dx=7, baseline="middle", fontSize=SMALL).encode(
            x="end:Q", text="text:N"
        ),
        _pointed(height={"band": 1.66}).encode(x=alt.value(0), x2=alt.value("width")),
        data=alt.NamedData(name="rows"),
    )
    scale = alt.Scale(type="band", paddingInner=0.4, paddingOuter=0.2)
    y = alt.Y("i:O", scale=scale, axis=names)
    autosize = {"type": "fit-x", "contains": "padding"}
    return layers.encode(y=y).properties(width="container", height=ROW, autosize=autosize)


KINDS: Final[Mapping[str, Callable[[], Any]]] = {
    "trend": trend,
    "bars": bars,
    "breakdown": breakdown,
    "members": members,
    "distribution": distribution,
    "bridge": bridge,
}


def make(kind: str) -> dict[str, Any]:
    """Return the template of ``kind`` as Altair makes it today."""
    with alt.theme.enable("none"):
        spec: dict[str, Any] = KINDS[kind]().to_dict()
    return {
        **spec,
        "params": spec.get("params", []),
        "config": config(LIGHT),
        "usermeta": {"kpi": {"styles": STYLES}},
    }


def text(kind: str) -> str:
    """Return the template of ``kind`` as the file's text."""
    return json.dumps(make(kind), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name in KINDS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")
