"""What the keys of the tables stand for: days of periods, names, lines as they are declared."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.oracle.product import built

SITES = Path(__file__).parents[1] / "sites"


@cache
def tables(site: str, cache: Path) -> dict[str, list[dict[str, str]]]:
    files = built(SITES / site, cache)
    return {
        path.removeprefix("data/").removesuffix(".csv"): list(
            csv.DictReader(io.StringIO(data.decode(), newline=""))
        )
        for path, data in files.items()
        if path.endswith(".csv") and path.count("/") == 1
    }


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("site", ["weeks", "four_four_five", "appraisal", "mini", "fiscal_april"])
def test_every_period_of_the_tables_is_told(site: str, kept: Path) -> None:
    found = tables(site, kept)
    told = {row["period"]: row for row in found["periods"]}
    assert len(told) == len(found["periods"])
    for name in ("values", "terms", "running", "signals", "scores", "contributions"):
        for row in found.get(name, ()):
            assert row["period"] in told
            assert told[row["period"]]["grain"] == row.get("grain", told[row["period"]]["grain"])


def _days(label: str, listed: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Return the days of a week or month, worked out here; of a listed period, from its list."""
    if label in listed:
        return listed[label]
    if "-W" in label:
        year, week = label.split("-W")
        first = date.fromisocalendar(int(year), int(week), 1)
        return first.isoformat(), (first + timedelta(days=6)).isoformat()
    first = date.fromisoformat(f"{label}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.isoformat(), (following - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(("site", "grain"), [("mini", "month"), ("weeks", "week")])
def test_first_and_last_days(site: str, grain: str, kept: Path) -> None:
    found = [r for r in tables(site, kept)["periods"] if r["grain"] == grain]
    assert len(found) > 2
    for row in found:
        assert (row["first"], row["last"]) == _days(row["period"], {})


def test_days_of_a_listed_calendar(kept: Path) -> None:
    with (SITES / "four_four_five/data/periods.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    listed = {line["period"]: (line["first"], line["last"]) for line in lines}
    found = {r["period"]: r for r in tables("four_four_five", kept)["periods"]}
    months = [r for r in found.values() if r["grain"] == "month"]
    assert any(r["period"].endswith("P13") for r in months)
    for row in months:
        assert (row["first"], row["last"]) == listed[row["period"]]
    years = [r for r in found.values() if r["grain"] == "year"]
    for row in years:
        own = [line for line in lines if line["year"] == row["period"]]
        assert (row["first"], row["last"]) == (own[0]["first"], own[-1]["last"])


def test_periods_stand_in_order_and_have_names(kept: Path) -> None:
    found = tables("weeks", kept)["periods"]
    grains = ["day", "week", "ten_days", "month", "quarter", "half_year", "year"]
    keys = [(grains.index(r["grain"]), r["first"]) for r in found]
    assert keys == sorted(keys)
    (week,) = [r for r in found if r["period"] == "2026-W01"]
    assert (week["first"], week["last"]) == ("2025-12-29", "2026-01-04")
    assert (week["name_zh"], week["name_en"]) == ("2026年第1周", "week 1 of 2026")


def test_names_of_what_stands_in_the_tables(kept: Path) -> None:
    found = tables("mini", kept)
    names = {(r["kind"], r["indicator"], r["dimension"], r["id"]): r for r in found["names"]}
    assert len(names) == len(found["names"])
    assert {r["indicator"] for r in found["values"]} == {k[3] for k in names if k[0] == "indicator"}
    terms = {(r["indicator"], r["term"]) for r in found["terms"]}
    assert terms <= {(k[1], k[3]) for k in names if k[0] == "term"}
    broken_down = {(r["indicator"], r["dimension"]) for r in found["values"] if r["dimension"]}
    assert broken_down == {(k[1], k[2]) for k in names if k[0] == "dimension"}
    assert names["indicator", "", "", "csat"]["name_zh"] == "客户满意度"
    assert names["scorecard", "", "", "company"]["name_en"] == "Company scorecard"
    assert all(r["name_zh"] and r["name_en"] for r in found["names"])


def test_lines_of_a_scorecard(kept: Path) -> None:
    """As ``scorecards/company.yml`` declares them."""
    found = tables("mini", kept)["scorecards"]
    assert [
        (r["line"], r["no"], r["group_en"], r["indicator"], r["kind"], r["weight"]) for r in found
    ] == [
        ("1", "1", "Finance", "sales_attainment", "line", "60"),
        ("2", "2", "Customer", "csat", "line", "25"),
        ("3", "3", "Customer", "nps", "line", "15"),
    ]
    assert {r["cycle"] for r in found} == {r["line_cycle"] for r in found} == {"quarter"}
    roles = tables("appraisal", kept)["scorecards"]
    assert {"deduct", "bonus", "veto"} <= {r["kind"] for r in roles}
    assert all(r["weight"] == "" for r in roles if r["kind"] != "line")
