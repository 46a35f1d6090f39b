"""The one JavaScript bundle that draws charts: vega-embed, served from the site itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"  # charts.js and charts.css, copied into the site


@cache
def chart_bundle() -> bytes:
    """Return vega-embed with Vega and Vega-Lite as one module (about 0.9 MB)."""
    import vl_convert

    return vl_convert.javascript_bundle().encode()
