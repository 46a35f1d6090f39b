"""The specs: what they hold, what they say, and that Vega-Lite draws them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import vl_convert

from kpi_site.charts.by_member import Rest
from kpi_site.charts.lean import lean
from kpi_site.charts.make_templates import KINDS, text
from kpi_site.charts.specs import (
    Spec,
    breakdown_spec,
    distribution_spec,
    member_trends_spec,
    pairs,
    panels,
    running_spec,
    shares,
    targets_spec,
    trend_spec,
)
from kpi_site.charts.templates import FOLDER
from kpi_site.results import Result, Series, State
from tests.charts.samples import (
    AMOUNT,
    CALENDAR,
    DURATION,
    MEMBERS,
    MONEY,
    RATE,
    WITHIN,
    amount_series,
    duration_series,
    member_series,
    pair_series,
    rate_series,
    running_series,
    series,
    standard,
    within_series,
)

OCTOBER = CALENDAR.parse("2026-10")
assert OCTOBER is not None


def multiples(members: list[Series], language: str) -> Spec:
    return member_trends_spec(RATE, panels(RATE, members, language, {}), language)


def distribution(members: list[Series], language: str) -> Spec:
    return distribution_spec(
        AMOUNT, shares(AMOUNT, members, total(members), language, {}), language
    )


def total(members: list[Series]) -> Series:
    """The whole of amounts that add up; a hidden member is in it all the same."""
    if not members:
        return series(AMOUNT, [None])
    sums = [sum(r.value or 0 for r in at) for at in zip(*(s.results for s in members), strict=True)]
    return series(AMOUNT, [float(v) for v in sums], "2025-07")


def target_bars(language: str) -> Spec:
    return targets_spec(RATE, pairs(RATE, pair_series(), ("a", "b"), MONEY, language), language)


def specs(language: str) -> dict[str, Spec]:
    assert OCTOBER is not None
    rates, amounts = member_series(RATE, 0.97, 0.02), member_series(AMOUNT, 2e7, 3e6)
    return {
        "rate": trend_spec(RATE, rate_series(), language, organisation="Huachen"),
        "amount": trend_spec(AMOUNT, amount_series(), language),
        "few": trend_spec(AMOUNT, amount_series(6), language),
        "duration": trend_spec(DURATION, duration_series(), language),
        "within": trend_spec(WITHIN, within_series(), language),
        "empty": trend_spec(RATE, series(RATE, [None, None]), language),
        "breakdown": breakdown_spec(
            RATE, rates, OCTOBER, language, {}, whole=rate_series().at(OCTOBER)
        ),
        "nobody": breakdown_spec(RATE, [], OCTOBER, language, {}),
        "members": multiples(rates, language),
        "targets": target_bars(language),
        "running": running_spec(AMOUNT, running_series(), language, target=Decimal(90_000_000)),
        "no days": running_spec(AMOUNT, Series(running_series().key, (), {}), language),
        "distribution": distribution(amounts, language),
        "nothing": distribution([], language),
    }


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


@pytest.mark.parametrize("kind", list(KINDS))
def test_kept_templates_are_what_altair_makes(kind: str) -> None:
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == text(kind)


def test_every_spec_is_drawn_by_vega_lite() -> None:
    for name, whole in specs("zh").items():
        spec = lean(whole)
        fixed = {**spec, "width": 500} if spec.get("width") == "container" else spec
        svg = vl_convert.vegalite_to_svg(json.dumps(fixed, allow_nan=False))
        assert "<svg" in svg, name
        assert "undefined" not in svg, name
        assert "NaN" not in svg, name


def drawn(spec: Spec, **chosen: int) -> list[tuple[str, ...]]:
    """Return every mark that Vega-Lite draws: where, how, with which text."""
    params = [{**p, "value": chosen.get(p["name"], p.get("value"))} if "value" in p else p
              for p in spec["params"]]  # fmt: skip
    wide = {"width": 500} if spec.get("width") == "container" else {}
    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "params": params, **wide}))

    def leaves(part: ET.Element, at: str) -> Iterator[tuple[str, ...]]:
        at += part.get("transform", "")
        own = sorted(f"{k}={v}" for k, v in part.attrib.items() if k not in {"class", "d"})
        shape = part.get("d") or part.text
        if shape and part.get("display") != "none":
            yield part.tag, at, *own, shape
        for inner in part:
            yield from leaves(inner, at)

    return list(leaves(ET.fromstring(svg), ""))


@pytest.mark.parametrize("name", ["rate", "few", "breakdown", "members", "running"])
def test_what_a_file_leaves_out_draws_nothing(name: str) -> None:
    spec = specs("en")[name]
    kept = lean(spec)
    assert drawn(kept) == drawn(spec)
    if name == "rate":
        assert drawn(kept, since=4, until=2) == drawn(spec, since=4, until=2) != drawn(spec)
    tips = {p["name"]: p.get("value") for p in kept["params"]}.get("tips", {})
    rows = list(zip(kept["datasets"]["rows"], spec["datasets"]["rows"], strict=True))
    told = [({**own["tip"], **tips} if tips else own.get("tip"), row.get("tip"))
            for own, row in rows]  # fmt: skip
    assert all(list(own.items()) == list(tip.items()) for own, tip in told if tip)
    assert ("merge(datum.tip, tips)" in json.dumps(kept)) == bool(tips)


def test_a_file_says_once_what_all_rows_have_in_common() -> None:
    months = [f"0.{n}" for n in range(80, 92)]
    card = replace(RATE, thresholds=(standard("0.9", "0.95", "0.98"),))
    kept = lean(trend_spec(card, series(card, months, "2025-11"), "en"))
    assert kept["datasets"]["rows"][3] == {
        "i": 3, "value": 0.83, "said": "83.0%", "tip": {"title": "Feb 2026", "actual": "83.0%"}
    }  # fmt: skip
    (tips,) = (p["value"] for p in kept["params"] if p["name"] == "tips")
    assert tips == {"baseline": "90.0%", "target": "95.0%", "challenge": "98.0%"}
    assert {layer["encoding"].get("y", {}).get("field") for layer in kept["layer"]} == {
        "y", "final", "of", "value", None
    }  # fmt: skip
    assert kept["config"]["style"].keys() == {"kpi-actual", "kpi-limit", "kpi-plan"}


def test_specs_hold_the_published_numbers_and_gaps_stay_gaps() -> None:
    shown = rate_series()
    rows = trend_spec(RATE, shown, "en")["datasets"]["rows"]
    assert [r["period"] for r in rows] == [r.period.label for r in shown.results]
    for row, result in zip(rows, shown.results, strict=True):
        assert row.get("value") == (None if result.value is None else float(result.value))
    assert "value" not in rows[14]
    assert rows[14]["tip"]["actual"] == "— no data"
    assert rows[20]["tip"]["actual"] == "÷0 cannot be computed: the divisor is zero"


def test_provisional_values_are_marked_and_joined_by_the_dashed_line() -> None:
    rows = trend_spec(RATE, rate_series(), "en")["datasets"]["rows"]
    assert [r["i"] for r in rows if r.get("provisional")] == [39]
    assert [r["i"] for r in rows if "dashed" in r] == [38, 39]
    assert "provisional" in rows[39]["tip"]["actual"]


def test_thresholds_step_where_a_new_standard_begins() -> None:
    data = trend_spec(RATE, rate_series(), "en")["datasets"]
    assert data["targets"] == [
        {"i": 0, "line": 0, "y": 0.95, "from": 0, "to": 17},
        {"i": 17, "line": 0, "y": 0.95, "from": 0, "to": 17},
        {"i": 18, "line": 0, "y": 0.96, "from": 18, "to": 39},
        {"i": 39, "line": 0, "y": 0.96, "from": 18, "to": 39},
    ]
    assert [row for row in data["names"] if row["text"].startswith("target")] == [
        {"y": 0.95, "from": 0, "to": 17, "text": "target 95.0%"},
        {"y": 0.96, "from": 18, "to": 39, "text": "target 96.0%"},
    ]
    within = trend_spec(WITHIN, within_series(), "en")["datasets"]
    assert {r["y"] for r in within["targets"]} == {0.04, -0.04}


def test_a_series_break_is_marked_where_it_begins() -> None:
    data = trend_spec(RATE, rate_series(), "zh")["datasets"]
    assert data["breaks"] == [{"i": 21, "text": "口径变更"}]
    assert data["rows"][21]["period"] == "2025-04"


def test_amounts_are_bars_from_zero_and_rates_are_not() -> None:
    params = {
        p["name"]: p.get("value") for p in trend_spec(AMOUNT, amount_series(), "zh")["params"]
    }
    assert params["yMin"] == 0
    rate = {p["name"]: p.get("value") for p in trend_spec(RATE, rate_series(), "zh")["params"]}
    assert rate["yMin"] > 0.8


def test_titles_say_who_what_unit_and_when() -> None:
    spec = trend_spec(AMOUNT, amount_series(), "zh", organisation="华辰集团")
    assert spec["title"] == "华辰集团 · 销售收入 · 万元 · 2023年7月至2026年10月"
    assert spec["description"].startswith(spec["title"])
    assert "2026年10月" in spec["description"]


def test_breakdowns_keep_their_order_and_hidden_cells_hold_no_number() -> None:
    assert OCTOBER is not None
    spec = breakdown_spec(
        RATE,
        member_series(RATE, 0.97, 0.02),
        OCTOBER,
        "en",
        {"华东": "East"},
        dimension_title="area",
    )
    rows = spec["datasets"]["rows"]
    names = [{"华东": "East", "": "not given"}.get(m, m) for m in MEMBERS]
    assert [r["member"] for r in rows] == names
    assert rows[9]["text"] == "✱ hidden: too few people"
    assert not {"value", "previous"} & rows[9].keys()
    assert "by area" in spec["title"]


def test_a_long_breakdown_says_that_it_is_cut() -> None:
    assert OCTOBER is not None
    members = member_series(RATE, 0.97, 0.02)
    spec = breakdown_spec(RATE, members, OCTOBER, "zh", {}, rest=Rest("其他（9个）", 9))
    assert len(spec["datasets"]["rows"]) == 15
    assert spec["title"].endswith("前15项，共24项")


def test_others_are_a_bar_of_rates_and_a_number_of_amounts() -> None:
    assert OCTOBER is not None
    for card, value in ((RATE, 0.5), (AMOUNT, 9e9)):
        rest = Rest("9 others", 9, series(card, [value], "2026-10"))
        spec = breakdown_spec(card, member_series(card, 0.9, 0.1), OCTOBER, "en", {}, rest=rest)
        *others, last = spec["datasets"]["rows"]
        assert (last["i"], last["member"]) == (15, "9 others")
        assert last["text"] in {"50.0%", "9,000.0"}
        assert last.get("value") == (0.5 if card is RATE else None)
        high = next(p["value"] for p in spec["params"] if p["name"] == "xMax")
        assert high <= max(1.0, 2 * max(r.get("value", 0) for r in others))


def test_a_running_total_covers_the_month_and_shows_the_month_before() -> None:
    data = running_spec(AMOUNT, running_series(), "en", target=Decimal(90_000_000))["datasets"]
    assert len(data["rows"]) == 31
    assert sum("value" in r for r in data["rows"]) == 20
    assert sum("previous" in r for r in data["rows"]) == 30  # September has no 31st
    assert data["targets"][0]["y"] == 90_000_000


def test_shares_name_five_and_add_up_the_rest() -> None:
    rows = distribution(member_series(AMOUNT, 2e7, 3e6), "en")["datasets"]["rows"]
    newest = [r for r in rows if r["period"] == "2026-10"]
    assert len(newest) == 6
    assert newest[-1]["tip"]["title"] == "others · Oct 2026"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_are_in_the_reader_s_language(language: str) -> None:
    chinese = [
        s
        for name, spec in specs(language).items()
        if name not in {"breakdown", "members", "distribution"}
        for s in strings({k: v for k, v in spec.items() if k != "config"})
        if any("\u4e00" <= c <= "\u9fff" for c in s)
    ]
    assert bool(chinese) == (language == "zh")


def test_hostile_names_are_only_ever_text() -> None:
    assert OCTOBER is not None
    bad = "a.b['x']:</script>{{datum}}"
    members = [Series(s.key.__class__(s.key.grain, "d", bad), s.results, {})
               for s in member_series(RATE, 0.9, 0.01)[:1]]  # fmt: skip
    spec = breakdown_spec(RATE, members, OCTOBER, "en", {})
    kept = json.loads((FOLDER / "breakdown.json").read_text(encoding="utf-8"))
    assert spec["layer"] == kept["layer"]
    assert spec["encoding"] == kept["encoding"]
    assert "url" not in set(strings(spec))


def test_no_result_is_drawn_at_zero() -> None:
    period = CALENDAR.parse("2026-10")
    assert period is not None
    gone = Series(rate_series().key, (Result(period, None, State.NOT_DUE),), {})
    rows = trend_spec(AMOUNT, gone, "en")["datasets"]["rows"]
    assert not {"value", "top"} & rows[0].keys()
