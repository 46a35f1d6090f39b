"""Bridges: bars float from level to level, between the former value and the new one."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from kpi_site.charts.bridge import Bridge, End, Step, bridge_spec, bridge_svg
from kpi_site.charts.captions import fitted, text_width
from kpi_site.charts.templates import ROW
from tests.charts.samples import PERCENT

D = Decimal
BRIDGE = Bridge(
    "Rate · why",
    End("Feb 2026", D("0.70"), "70.0%"),
    (
        Step("phone", D("-0.12"), "−12.0 pp", "bad"),
        Step("<chat> & mail", D("0.05"), "+5.0 pp", "good"),
        Step("2 others", D("0"), "±0.0 pp", "even"),
    ),
    End("Mar 2026", D("0.63"), "63.0%"),
    PERCENT,
)


def test_each_step_begins_where_the_one_before_ended() -> None:
    """0.70 − 0.12 = 0.58, + 0.05 = 0.63, + 0 = 0.63, which is the new value."""
    first, last, *steps = bridge_spec(BRIDGE, "en")["datasets"]["rows"]
    assert (first["i"], first["mark"], first["level"]) == (0, 0.7, 0.7)
    assert (last["i"], last["mark"]) == (4, 0.63)
    assert [(s["from"], s["level"]) for s in steps] == [(0.7, 0.58), (0.58, 0.63), (0.63, 0.63)]
    assert [next(t for t in ("good", "bad", "even") if t in s) for s in steps] == [
        "bad", "good", "even",
    ]  # fmt: skip
    assert [s["bad" if "bad" in s else "good" if "good" in s else "even"] for s in steps] == [
        0.58, 0.63, 0.63,
    ]  # fmt: skip
    assert [s["end"] for s in steps] == [0.7, 0.63, 0.63]  # the number stands beyond the bar
    params = {p["name"]: p.get("value") for p in bridge_spec(BRIDGE, "en")["params"]}
    assert params["yLabels"] == ["Feb 2026", "phone", "<chat> & mail", "2 others", "Mar 2026"]
    assert params["xMin"] <= 0.58
    assert params["xMax"] >= 0.7
    assert bridge_spec(BRIDGE, "en")["height"] == 5 * ROW


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_draws_the_same(language: str) -> None:
    svg = ET.fromstring(bridge_svg(BRIDGE, language))
    bars = [r for r in svg if r.tag == "rect"]
    assert [b.get("class") for b in bars] == ["fill-bad", "fill-good", "fill-even"]
    wide = [float(b.get("width") or 0) for b in bars]
    assert wide[0] / wide[1] == pytest.approx(12 / 5, rel=0.01)
    assert wide[2] == 0
    left = [float(b.get("x") or 0) for b in bars]
    assert left[0] == left[1]  # the second rises from where the first fell to
    assert left[1] + wide[1] == pytest.approx(left[2], abs=0.2)
    texts = [t.text for t in svg.iter("text")]
    for part in ("Feb 2026", "−12.0 pp", "<chat> & mail", "+5.0 pp", "63.0%"):
        assert part in texts
    title = svg.find("title")
    assert title is not None
    assert "phone −12.0 pp" in (title.text or "")


def test_a_long_name_is_cut_with_a_mark() -> None:
    assert fitted("short", 100) == "short"
    cut = fitted("a very long name of a member that nobody can read", 100)
    assert cut.endswith("…")
    assert text_width(cut) <= 100
