"""The layers that kinds of charts share, as Altair makes them (``make_templates``)."""

from __future__ import annotations

from typing import Any, Final

import altair as alt

SMALL: Final = 11  # font size of labels
NAMED_SHARE: Final = 0.06  # of a column: what is lower has no room for its name
# The range of time that a reader has chosen (since, until), in either order.
RANGE: Final = {
    "first": "min(since, until)",
    "last": "max(since, until)",
    "newest": "length(xNames) - 1",
    "whole": "first === 0 && last === newest",
}
IN_RANGE: Final = "datum.i >= first && datum.i <= last"
CUT: Final = "datum.i === last && last < newest"
# Of a part of the time every period has its tick, as far as there is room.
X_TICKS: Final = "whole ? xTicks : sequence(first, last + 1)"
X_LABELS: Final = (
    "whole ? xLabels[indexof(xTicks, datum.value)]"
    " : datum.value === first ? xFirst[datum.value] : xNames[datum.value]"
)


def axis_of(name: str, **more: Any) -> alt.Axis:
    """Make an axis whose ticks and labels (in the reader's language) are params."""
    labels = f"{name}Labels[indexof({name}Ticks, datum.value)]"
    values = alt.ExprRef(expr=f"{name}Ticks")
    # of more values than tickCount Vega drops every other one, zero among them
    return alt.Axis(title=None, values=values, tickCount=99, labelExpr=labels, **more)


def periods_of(**more: Any) -> alt.X:
    """Make the x encoding of periods, each at its position ``i``."""
    scale = alt.Scale(type="band", paddingInner=0.3, paddingOuter=0.15)
    axis = alt.Axis(
        title=None, values=alt.ExprRef(expr=X_TICKS), tickCount=999, labelExpr=X_LABELS,
        labelAngle=0, labelOverlap="parity", labelSeparation=6, grid=False, **more,
    )  # fmt: skip
    return alt.X("i:O", scale=scale, axis=axis)


def amounts_of(field: str, **more: Any) -> alt.Y:
    """Make the y encoding that carries scale and axis; the other layers share them."""
    axis = axis_of("y", domain=False, ticks=False, labelPadding=6)
    return alt.Y(f"{field}:Q", scale=domain_of("y"), axis=axis, **more)


def domain_of(name: str) -> alt.Scale:
    """Make the scale of the axis called ``name``, whose ends are params."""
    low, high = alt.ExprRef(expr=f"{name}Min"), alt.ExprRef(expr=f"{name}Max")
    return alt.Scale(domainMin=low, domainMax=high, nice=False, zero=False)


def layer_of(field: str) -> alt.Chart:
    """Make a layer whose y is ``field``."""
    layer: alt.Chart = alt.Chart().encode(y=alt.Y(f"{field}:Q"))
    return layer


def line_of(field: str, style: str, **more: Any) -> alt.Chart:
    """Make a line through ``field``."""
    line: alt.Chart = layer_of(field).mark_line(style=style, **more)
    return line


def threshold_steps() -> tuple[alt.Chart, ...]:
    """Make the thresholds: lines that step where a new standard begins.

    Where the newest periods are cut off, with the names that stand beside them there, each has
    its name above its end.
    """
    looks = {"baselines": ("kpi-limit", [2, 3]), "challenges": ("kpi-limit", [8, 3])}
    found: list[alt.Chart] = []
    for name, (style, dash) in {**looks, "targets": ("kpi-plan", [5, 3])}.items():
        line = _in_part(name, "i").mark_line(
            style=style, strokeDash=dash, strokeWidth=1.25, interpolate="step"
        )
        found.append(line.encode(y="y:Q", detail="line:N"))
    text = (
        _in_part("names", "to")
        .transform_filter(CUT)
        .mark_text(align="right", baseline="bottom", dy=-2, fontSize=SMALL)
    )
    return (*found, text.encode(x=alt.X("i:O", bandPosition=1), y="y:Q", text="text:N"))


def _in_part(name: str, end: str) -> Any:
    """Make the chart of what holds in a part of the chosen range; ``end`` is cut off with it."""
    rows = alt.Chart(alt.NamedData(name=name))
    held = rows.transform_filter("datum.to >= first && datum.from <= last")
    return held.transform_calculate(i=f"clamp(datum.{end}, first, last)")


def pointed(tip: str = "datum.tip", **size: Any) -> alt.Chart:
    """Make the invisible bars that light up, and tell their numbers, under the pointer.

    ``tip`` is what they tell. ``size`` makes them fill the gaps between bands, so that a tip
    does not flicker.
    """
    pointed = alt.selection_point(name="pointed", on="pointerover", clear="pointerout", empty=False)
    opacity = alt.condition(pointed, alt.value(0.12), alt.value(0))
    bar = alt.Chart().mark_bar(color="#808080", tooltip=alt.ExprRef(expr=tip), **size)
    chart: alt.Chart = bar.encode(opacity=opacity).add_params(pointed)
    return chart


def pointed_period() -> alt.Chart:
    """Make the same for periods: as high as the plot."""
    chart: alt.Chart = pointed(width={"band": 1.42}).encode(y=alt.value(0), y2=alt.value("height"))
    return chart


def break_marks() -> tuple[alt.Chart, alt.Chart]:
    """Make the upright line where the definition changed, and its words."""
    rows = alt.Chart(alt.NamedData(name="breaks")).transform_filter(
        "datum.i > first && datum.i <= last"
    )
    base = rows.encode(x=alt.X("i:O", bandPosition=0))
    rule = base.mark_rule(style="kpi-break", strokeDash=[2, 3])
    text = base.mark_text(align="left", baseline="bottom", dx=2, dy=-3, fontSize=SMALL)
    return rule, text.encode(y=alt.value(0), text="text:N")


def end_labels(band_position: float, dx: int) -> tuple[alt.Chart, alt.Chart]:
    """Make the direct labels to the right of the newest period's point, or of its bar.

    Leaders join those that had to move with what they name.
    """
    rows = alt.Chart(alt.NamedData(name="labels")).transform_filter("last === newest")
    base = rows.transform_filter(IN_RANGE).encode(x=alt.X("i:O", bandPosition=band_position))
    text = base.mark_text(align="left", baseline="middle", dx=dx, fontSize=SMALL)
    leaders = base.transform_filter("isValid(datum.of)").mark_rule(
        style="kpi-limit", strokeWidth=1, xOffset=3, x2Offset=dx - 2
    )
    ends = leaders.encode(y="of:Q", y2="y:Q", x2=alt.X2("i:O", bandPosition=band_position))
    return ends, text.encode(y="y:Q", text="text:N")


def cut_labels(band_position: float, dx: int) -> tuple[alt.Chart, alt.Chart]:
    """Make the labels of value and year before where the newest periods are cut off.

    Where they would touch, the second stands clear of the first.
    """
    x = alt.X("i:O", bandPosition=band_position)
    gap = "(scale('y', datum.previous) - scale('y', datum.value))"
    clear = f"!isValid(datum.value) || abs{gap} >= 14 ? 0 : ({gap} >= 0 ? 14 : -14) - {gap}"
    look: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": dx, "fontSize": SMALL}
    base = alt.Chart().transform_filter(CUT)
    own = base.transform_filter("isValid(datum.value) && isValid(datum.said)").mark_text(**look)
    before = base.transform_filter("isValid(datum.previous)").mark_text(
        dy=alt.ExprRef(expr=clear), **look
    )
    return (
        own.encode(x=x, y="value:Q", text="said:N"),
        before.transform_calculate(light="previousName").encode(
            x=x, y="previous:Q", text="light:N"
        ),
    )


def band_of_limits() -> tuple[alt.Chart, alt.Chart]:
    """Make what chance alone does: the band between the natural limits, and their mean."""
    area = layer_of("low").mark_area(style="kpi-limit", opacity=0.2, line=False)
    return area.encode(y2="high:Q"), line_of("mean", "kpi-limit", strokeWidth=1)


def style_of(tone: str) -> str:
    """Return the style of what is good, bad, or neither."""
    return "kpi-break" if tone == "even" else f"kpi-{tone}"


def signal_marks() -> tuple[alt.Chart, ...]:
    """Make the marks of signals, told apart by their shape: better, worse, neither."""
    shapes = {"good": "diamond", "bad": "square", "even": "circle"}
    marks: list[alt.Chart] = []
    for tone, shape in shapes.items():
        mark = layer_of(tone).mark_point(
            style=style_of(tone), shape=shape, size=70, filled=tone != "even", opacity=1,
            strokeWidth=1.75 if tone == "even" else 0,
        )  # fmt: skip
        marks.append(mark)
    return tuple(marks)


def layered(*layers: alt.Chart) -> Any:
    """Layer charts over the rows, whose value is split into a final and a provisional one."""
    return alt.layer(*layers, data=alt.NamedData(name="rows")).transform_calculate(
        final="datum.provisional ? null : datum.value",
        hollow="datum.provisional ? datum.value : null",
    )


def layered_in_time(*layers: alt.Chart) -> Any:
    """Layer charts over the rows of the range of time that is chosen."""
    return layered(*layers).transform_filter(IN_RANGE)


def points(size: int) -> tuple[alt.Chart, alt.Chart]:
    """Make the points: filled where the period is over, hollow where it is provisional."""
    full = layer_of("final").mark_point(
        style="kpi-actual", filled=True, size=size, opacity=1, strokeWidth=0
    )
    hollow = layer_of("hollow").mark_point(
        style="kpi-actual", filled=False, size=size * 1.8, strokeWidth=1.75
    )
    return full, hollow
