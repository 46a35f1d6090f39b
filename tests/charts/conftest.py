"""A page of charts behind a local server, under the strictest policy that a site may set."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from kpi_site.charts.bundle import static_files
from kpi_site.charts.figure import figure
from kpi_site.charts.small import bars_svg, multiples_svg, trend_svg
from kpi_site.charts.specs import breakdown_spec, member_trends_spec, panels, trend_spec
from kpi_site.charts.svg import NARROW, small
from tests.charts.samples import CALENDAR, RATE, member_series, rate_series

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:"
)
LOOKS = "hr { height: 5000px } [data-md-color-scheme=slate] { background: #123456 }"


@pytest.fixture(scope="session")
def chart_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with a chart in view, one far below, and one whose spec is missing."""
    root = tmp_path_factory.mktemp("site")
    (root / "assets").mkdir()
    for name, content in static_files(root / "cache").items():
        (root / "assets" / name).write_bytes(content)
    spec = trend_spec(RATE, rate_series(), "en")
    spec["usermeta"]["kpi"]["narrow"] = small(trend_svg(RATE, rate_series(), "en", width=NARROW))
    (root / "a.json").write_text(json.dumps(spec), encoding="utf-8")
    found = panels(RATE, member_series(RATE, 0.97, 0.02), "en", {"华东": "East"})
    members = member_trends_spec(RATE, found, "en")
    members["usermeta"]["kpi"]["narrow"] = small(multiples_svg(members, NARROW))
    (root / "m.json").write_text(json.dumps(members), encoding="utf-8")
    (root / "members.html").write_text(
        _page(figure("chart-m", "m.json", "Members", multiples_svg(members)))
    )
    october = CALENDAR.parse("2026-10")
    assert october is not None
    bars = breakdown_spec(RATE, member_series(RATE, 0.97, 0.02), october, "en", {})
    (root / "b.json").write_text(json.dumps(bars), encoding="utf-8")
    (root / "bars.html").write_text(_page(figure("chart-b", "b.json", "Bars", bars_svg(bars))))
    svg = trend_svg(RATE, rate_series(), "en")
    page = _page(
        figure("chart-first", "a.json", "First", svg, "Its note"),
        figure("chart-missing", "gone.json", "Missing", svg),
        "<hr>",
        figure("chart-far", "a.json", "Far", svg),
    )
    (root / "far.css").write_text(LOOKS, encoding="utf-8")
    (root / "index.html").write_text(page, encoding="utf-8")
    handler = functools.partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _page(*parts: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="stylesheet" href="assets/charts.css">'
        f'<link rel="stylesheet" href="far.css"><title>t</title>'
        f'<body data-md-color-scheme="default">{"".join(parts)}'
        '<script src="assets/charts.js"></script>'
    )


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
