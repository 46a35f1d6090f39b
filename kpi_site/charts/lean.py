"""A spec as its file holds it: the same chart, without what draws nothing or is said before.

A template has all layers that its kind of chart may have, and each row all that it tells. Of a
card's own chart many layers have no row to draw, and many rows say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kpi_site.charts.templates import Row, Spec

_TIP: Final = {"expr": "datum.tip"}
_WHOLE_TIP: Final = {"expr": "merge(datum.tip, tips)"}
_UNDRAWN: Final = frozenset({"period", "member"})  # for those who read specs in Python
_SPLIT: Final = {"hollow": "provisional", "final": "i"}  # computed field -> what a row has for it
_FEW: Final = 3  # rows that are as short with what they have in common


def lean(spec: Spec) -> Spec:
    """Return a spec that draws the same as ``spec``."""
    data = {name: _plain(rows) for name, rows in spec["datasets"].items()}
    inner = spec["spec"] if "facet" in spec else spec
    layers = [layer for layer in inner["layer"] if _draws(layer, data)]
    params = [{**p, "value": _short(p["value"])} if "value" in p else p for p in spec["params"]]
    tips = _last_in_common([row.get("tip", {}) for row in data["rows"]])
    if tips:
        layers = [_telling(layer) for layer in layers]
        params.append({"name": "tips", "value": tips})
    common = {} if inner is not spec else _numbers_in_common(data["rows"])
    said = {*_UNDRAWN, *common}
    data["rows"] = [_without(row, said, tips) for row in data["rows"]]
    own: Spec = {"layer": layers}
    if common:
        told = ({"as": name, "calculate": repr(value)} for name, value in common.items())
        own["transform"] = [*told, *inner.get("transform", ())]
    parts = own if inner is spec else {"spec": {**inner, **own}}
    config = _used(spec["config"], layers, facet="facet" in spec)
    held = {name: rows for name, rows in data.items() if rows or name == "rows"}
    return {**spec, **parts, "config": config, "params": params, "datasets": held}


def _draws(layer: Mapping[str, Any], data: Mapping[str, Sequence[Row]]) -> bool:
    """Tell whether any row has the places of ``layer``; the one with an axis always stays."""
    rows = data.get(layer.get("data", {}).get("name", "rows"), ())
    places = [layer["encoding"][axis] for axis in ("x", "y") if axis in layer["encoding"]]
    if any("axis" in place for place in places):
        return True
    computed = {name for step in layer.get("transform", ()) for name in _listed(step.get("as"))}
    fields = {place["field"] for place in places if "field" in place} - computed
    return all(any(_SPLIT.get(field, field) in row for row in rows) for field in fields)


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else names or []


def _telling(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``layer`` with tips that end as all of them do."""
    mark = layer["mark"]
    if mark.get("tooltip") != _TIP:
        return layer
    return {**layer, "mark": {**mark, "tooltip": _WHOLE_TIP}}


def _last_in_common(tips: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the lines with which all ``tips`` end."""
    found: list[tuple[str, str]] = []
    for lines in zip(*(reversed([*tip.items()]) for tip in tips[1:] and tips), strict=False):
        if len(set(lines)) > 1:
            break
        found.append(lines[0])
    return dict(reversed(found))


def _numbers_in_common(rows: Sequence[Row]) -> dict[str, float]:
    """Return the fields that have the same number in all of many rows."""
    if len(rows) <= _FEW:
        return {}
    first, *others = rows
    return {
        name: value
        for name, value in first.items()
        if name != "i" and type(value) in {int, float}
        if all(row.get(name) == value for row in others)
    }


def _without(row: Row, said: Iterable[str], tips: Mapping[str, str]) -> Row:
    found = {name: value for name, value in row.items() if name not in said}
    if tips and "tip" in row:
        found["tip"] = {name: words for name, words in row["tip"].items() if name not in tips}
    return found


def _used(
    config: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], *, facet: bool
) -> dict[str, Any]:
    """Return what the layers use of ``config``."""
    styles = {layer["mark"].get("style") for layer in layers}
    coloured = any("color" in layer["encoding"] for layer in layers)
    left_out = {name for name, used in (("range", coloured), ("header", facet)) if not used}
    found = {name: value for name, value in config.items() if name not in left_out}
    return found | {"style": {name: v for name, v in config["style"].items() if name in styles}}


def _plain(rows: Sequence[Row]) -> list[Row]:
    return [{name: _short(value) for name, value in row.items()} for row in rows]


def _short(value: Any) -> Any:
    """Return a whole number without the point that Python writes behind it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return [_short(each) for each in value] if isinstance(value, list) else value
