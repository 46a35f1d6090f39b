"""Colours of the charts, by what a mark means (specification.md#pictures).

Marks name a token by their style, and each colour scheme gives the tokens' colours:
``static/charts.css`` holds the same tokens as ``--kpi-<token>`` for pages, where
``charts.js`` reads them. A spec by itself carries the light colours of its marks; the
colour of its text is left to whoever draws it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LIGHT: Final[Mapping[str, str]] = {
    "actual": "#21374a",
    "previous": "#9aabba",
    "plan": "#21374a",
    "limit": "#7b8a97",
    "break": "#8a5a00",
    "good": "#00705c",
    "bad": "#b5360c",
    "warn": "#8a5a00",
    "part-1": "#21374a",
    "part-2": "#47637a",
    "part-3": "#6f8aa0",
    "part-4": "#97adbf",
    "part-5": "#bccbd7",
    "part-6": "#dde5eb",
}
DARK: Final[Mapping[str, str]] = {
    "actual": "#dbe6ef",
    "previous": "#647b8f",
    "plan": "#dbe6ef",
    "limit": "#8b9aa8",
    "break": "#f0b429",
    "good": "#45c9a8",
    "bad": "#ff8d69",
    "warn": "#f0b429",
    "part-1": "#dbe6ef",
    "part-2": "#b3c5d4",
    "part-3": "#8ea4b6",
    "part-4": "#6c8396",
    "part-5": "#4e6477",
    "part-6": "#34495b",
}

STYLES: Final = ("actual", "previous", "plan", "limit", "break", "good", "bad")
"""The tokens that marks name: ``kpi-<token>`` is their style."""
PARTS: Final = tuple(f"part-{i}" for i in range(1, 7))

FONT: Final = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)


def config(tokens: Mapping[str, str]) -> dict[str, Any]:
    """Return the Vega-Lite config that gives every style its colour from ``tokens``."""
    return {
        "background": "transparent",
        "font": FONT,
        "style": {f"kpi-{token}": {"color": tokens[token]} for token in STYLES},
        "range": {"ordinal": [tokens[part] for part in PARTS]},
        "view": {"stroke": None},
        "mark": {"aria": False},  # the description names the whole picture
        "title": {"anchor": "start", "fontSize": 13, "offset": 12},
        "axis": {"aria": False, "gridOpacity": 0.5, "labelFontSize": 11},
        "header": {"labelFontSize": 12},
    }
