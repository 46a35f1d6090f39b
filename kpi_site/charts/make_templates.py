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

from kpi_site.charts.layers import (
    CUT,
    IN_RANGE,
    NAMED_SHARE,
    RANGE,
    SMALL,
    amounts_of,
    axis_of,
    band_of_limits,
    break_marks,
    cut_labels,
    domain_of,
    end_labels,
    layer_of,
    layered,
    layered_in_time,
    line_of,
    periods_of,
    pointed,
    pointed_period,
    points,
    signal_marks,
    style_of,
    threshold_steps,
)
from kpi_site.charts.templates import FOLDER, HEIGHT, ROW
from kpi_site.charts.theme import LIGHT, config

CELL: Final = (180, 84)  # width and height of one of the small multiples


def trend() -> Any:
    """Make the line over time: previous year lighter, thresholds in steps, provisional hollow."""
    layers = layered_in_time(
        *band_of_limits(),
        *threshold_steps(),
        line_of("pace", "kpi-plan", strokeWidth=1.25, strokeDash=[2, 3]),
        *break_marks(),
        line_of("previous", "kpi-previous", strokeWidth=1.75),
        line_of("dashed", "kpi-actual", strokeWidth=2.25, strokeDash=[4, 3]),
        alt.Chart()
        .mark_line(style="kpi-actual", strokeWidth=2.25)
        .encode(y=amounts_of("final")),
        *points(22),
        *signal_marks(),
        *end_labels(0.5, 14),
        *cut_labels(0.5, 14),
        pointed_period(),
    )  # fmt: skip
    return layers.encode(x=periods_of()).properties(width="container", height=HEIGHT)


def _numbers() -> alt.Chart:
    """Make the numbers on top of the bars; of narrow bars only the newest keeps its own."""
    room = alt.ExprRef(expr="datum.newest || bandwidth('x') > 42 ? 1 : 0")
    text = layer_of("top").mark_text(baseline="bottom", dy=-3, fontSize=SMALL, opacity=room)
    numbers: alt.Chart = text.encode(text="text:N")
    return numbers


def bars() -> Any:
    """Make bars from zero over time: previous year behind, target outlined."""
    dashed: dict[str, Any] = {"filled": False, "strokeDash": [3, 2], "strokeWidth": 1.5}
    layers = layered_in_time(
        *band_of_limits(),
        layer_of("previous").mark_bar(style="kpi-previous", xOffset=-4),
        alt.Chart().mark_bar(style="kpi-actual").encode(y=amounts_of("final")),
        layer_of("hollow").mark_bar(style="kpi-actual", **dashed),
        layer_of("target").mark_bar(
            style="kpi-plan", filled=False, strokeWidth=1.25, width={"band": 1.3}
        ),
        *threshold_steps(),
        *break_marks(),
        *signal_marks(),
        _numbers(),
        *end_labels(1, 16),
        *cut_labels(1, 16),
        pointed_period(),
    )
    return layers.encode(x=periods_of()).properties(width="container", height=HEIGHT)


# How far a member is from the one that the reader compares all with, signed, in the unit of
# differences, rounded half away from zero.
_APART: Final = "(datum.value - memberValues[compared])"
_BEYOND: Final = (  # where a member's number stands: not on the line of the chosen one either
    "!isValid(compared) || datum.end < 0 ? datum.end : max(datum.end, memberValues[compared])"
)
_DIFFERENCE: Final = (
    "isValid(compared) && isValid(datum.value) && datum.i !== compared ? '  ' + "
    f"({_APART} > 0 ? '+' : {_APART} < 0 ? '\u2212' : '\u00b1')"
    f" + format(floor(abs{_APART} * difference.factor * difference.parts + 0.500001)"
    " / difference.parts, difference.format) + difference.unit : ''"
)


def breakdown() -> Any:
    """Make horizontal bars by member: previous year behind, a tick for the target.

    A line stands where the member ends that the reader compares all others with.
    """
    value = alt.X("final:Q", scale=domain_of("x"), axis=axis_of("x", domain=False, ticks=False))
    names = axis_of("y", labelLimit=150, domain=True, ticks=False, labelPadding=8)
    bar = alt.Chart()
    side = "datum.value < 0 ? 'right' : 'left'"
    layers = layered(
        bar.mark_bar(style="kpi-previous", yOffset=-4).encode(x="previous:Q"),
        bar.mark_bar(style="kpi-actual").encode(x=value),
        bar.mark_bar(style="kpi-actual", filled=False, strokeDash=[3, 2], strokeWidth=1.5).encode(
            x="hollow:Q"
        ),
        bar.mark_tick(style="kpi-plan", thickness=2, height={"band": 1.2}).encode(x="target:Q"),
        bar.mark_text(
            align=alt.ExprRef(expr=side),
            dx=alt.ExprRef(expr="datum.value < 0 ? -6 : 6"),
            baseline="middle",
            fontSize=SMALL,
        )
        .transform_calculate(words=f"datum.text + ({_DIFFERENCE})", beyond=_BEYOND)
        .encode(x="beyond:Q", text="words:N"),
        *_whole(),
        bar.transform_filter("datum.i === compared")
        .mark_rule(style="kpi-break", strokeWidth=1.5, strokeDash=[6, 2])
        .encode(x="value:Q", y=alt.value(0), y2=alt.value("height")),
        pointed(height={"band": 1.66}).encode(x=alt.value(0), x2=alt.value("width")),
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
    line: alt.Chart = (
        rows.transform_filter(IN_RANGE)
        .mark_line(style="kpi-previous", strokeWidth=1.75)
        .encode(y="value:Q")
    )
    return line


def members() -> Any:
    """Make small multiples: a line for each member with the thresholds, all on one scale."""
    limits = {"baseline": ("kpi-limit", [2, 3]), "challenge": ("kpi-limit", [8, 3])}
    layers = layered_in_time(
        *(
            line_of(field, style, strokeDash=dash, strokeWidth=1.25, interpolate="step")
            for name, (style, dash) in {**limits, "target": ("kpi-plan", [5, 3])}.items()
            for field in (name, f"{name}Below")
        ),
        _compared(),
        line_of("dashed", "kpi-actual", strokeWidth=1.75, strokeDash=[4, 3]),
        alt.Chart().mark_line(style="kpi-actual", strokeWidth=1.75).encode(y=amounts_of("final")),
        *points(9),
        pointed_period(),
    )
    layers.data = alt.Undefined  # the facet hands each cell its rows
    width, height = CELL
    cells = layers.encode(x=periods_of()).properties(width=width, height=height)
    heads = "last < newest ? memberLabels[datum.value][0] : memberLabels[datum.value]"
    header = alt.Header(title=None, labelExpr=heads, labelAnchor="start", labelLimit=width)
    facet = alt.Facet("m:O", header=header)
    return cells.facet(facet=facet, columns=3, data=alt.NamedData(name="rows"))


def distribution() -> Any:
    """Make each member's share of the whole over time: stacked, in shades of one hue."""
    share = amounts_of("share", stack="zero")
    pale = alt.condition("datum.provisional", alt.value(0.55), alt.value(1))
    # of a cut range: each part named at its middle, where it is as high as its name
    cut = (
        alt.Chart()
        .transform_filter(CUT)
        .transform_stack(stack="share", groupby=["i"], as_=["low", "top"],
                         sort=[alt.SortField("m", "ascending")])
        .transform_calculate(middle="(datum.low + datum.top) / 2")
        .transform_filter(f"datum.share >= {NAMED_SHARE}")
        .mark_text(align="left", baseline="middle", dx=14, fontSize=SMALL)
        .encode(x=alt.X("i:O", bandPosition=1), y="middle:Q", text="said:N")
    )  # fmt: skip
    layers = layered_in_time(
        alt.Chart()
        .mark_bar(width={"band": 1.15}, tooltip=alt.ExprRef(expr="datum.tip"))
        .encode(
            y=share,
            color=alt.Color("m:O", scale=alt.Scale(domain=list(range(6))), legend=None),
            order="m:O",
            opacity=pale,
        ),
        *end_labels(1, 14),
        cut,
    )
    return layers.encode(x=periods_of()).properties(width="container", height=HEIGHT)


def bridge() -> Any:
    """Make a bridge: bars that float from level to level, between the marks of both ends."""
    row = alt.Chart()
    value = alt.X("level:Q", scale=domain_of("x"), axis=axis_of("x", domain=False, ticks=False))
    names = axis_of("y", labelLimit=190, domain=False, ticks=False, labelPadding=8)
    # from the middle of a row to that of the next: rows are ROW pixels high
    level = row.mark_tick(
        style="kpi-limit", orient="vertical", thickness=1, size=ROW, yOffset=ROW / 2
    )
    layers = alt.layer(
        level.encode(x=value),
        *(
            row.mark_bar(style=style_of(tone)).encode(x=f"{tone}:Q", x2="from:Q")
            for tone in ("good", "bad", "even")
        ),
        row.mark_tick(
            style="kpi-actual", orient="vertical", thickness=3, height={"band": 1.2}
        ).encode(x="mark:Q"),
        row.mark_text(align="left", dx=7, baseline="middle", fontSize=SMALL).encode(
            x="end:Q", text="text:N"
        ),
        pointed("{title: yLabels[datum.i], ' ': datum.text}", height={"band": 1.66}).encode(
            x=alt.value(0), x2=alt.value("width")
        ),
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


IN_TIME: Final = frozenset(KINDS) - {"breakdown", "bridge"}


def make(kind: str) -> dict[str, Any]:
    """Return the template of ``kind`` as Altair makes it today."""
    with alt.theme.enable("none"):
        spec: dict[str, Any] = KINDS[kind]().to_dict()
    timely = [{"name": name, "expr": expr} for name, expr in RANGE.items()]
    return {
        **spec,
        "params": [*spec.get("params", []), *(timely if kind in IN_TIME else ())],
        "config": config(LIGHT),
    }


def text(kind: str) -> str:
    """Return the template of ``kind`` as the file's text."""
    return json.dumps(make(kind), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name in KINDS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")
