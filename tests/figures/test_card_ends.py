"""A card that ends with a period: no results, and no line of a scorecard, after it."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.periods import Grain
from kpi_site.stages import as_of
from kpi_site.stages import figures as computed
from tests.figures.small import SITE, card, dataset, figures, problems, write
from tests.oracle.product import TODAY, built

# sold by month: January 30, February 50, March 20; orders 3, 2, 2.
ROWS = """\
day,amount
2026-01-05,10
2026-01-10,10
2026-01-20,10
2026-02-05,20
2026-02-10,30
2026-03-05,5
2026-03-10,15
"""
LIMITS = "direction: higher\nthresholds: {baseline: 1, target: 2, challenge: 3, per_cycle: true}\n"
LINES = """\
id: year
title: {zh: 年度, en: Year}
cycle: month
scored: true
lines:
  - {indicator: old, weight: 40UNTIL}
  - {indicator: kept, weight: 60}
"""


def site(root: Path, ends: str, *, until: str = "", more: str = "", through: str = "") -> Path:
    return write(
        root,
        {
            **({"content/site.yml": SITE.replace("2026-03-31", through)} if through else {}),
            **dataset("sales", "name: amount, type: integer"),
            "data/sales.csv": ROWS,
            **card("old", "sold: {from: sales, value: SUM(amount)}", more=LIMITS + ends),
            **card("kept", "orders: {from: sales, value: COUNT(*)}", more=LIMITS + more),
            "content/scorecards/year.yml": LINES.replace("UNTIL", until),
        },
    )


def test_no_results_after_its_last_period(tmp_path: Path) -> None:
    found = figures(site(tmp_path, "retired: 2026-02\n"))
    own = {key: value for key, value in found.items() if key.startswith("old ")}
    # The quarter, half and year run to the end of March, when the card had ended.
    assert own == {"old 2026-01": "30", "old 2026-02": "50"}
    assert found["kept 2026-03"] == "2"


def test_until_it_ends_its_running_periods_have_results(tmp_path: Path) -> None:
    found = figures(site(tmp_path, "retired: 2026-02\n", through="2026-02-28"))
    assert found["old 2026-Q1"] == "80"  # 30 + 50, up to the end of February
    assert found["old 2026"] == "80"


def test_its_line_ends_with_it(tmp_path: Path) -> None:
    data = built(site(tmp_path, "retired: 2026-02\n"), tmp_path / "build" / "cache")
    rows = list(csv.DictReader(io.StringIO(data["data/scores.csv"].decode(), newline="")))
    lines = {(r["period"], r["indicator"]) for r in rows if r["indicator"]}
    assert ("2026-02", "old") in lines
    assert ("2026-03", "old") not in lines
    assert ("2026-03", "kept") in lines


@pytest.mark.parametrize("status", ["", "status: retired\n"])
def test_what_it_earned_before_stays(status: str, tmp_path: Path) -> None:
    """Old 30 and 50, far above 3, earn 120 each; kept 3 earns 120, 2 earns 100; 40 to 60."""
    options = Options(site(tmp_path, f"{status}retired: 2026-02\n"), TODAY)
    figures, _ = computed(options)
    assert figures is not None
    totals = {str(card.period): card.total for card in figures.scores["year"]}
    assert [totals[f"2026-0{month}"] for month in (1, 2, 3)] == [120, 108, 100]


@pytest.mark.parametrize(
    ("until", "ends", "told"),
    [
        ("", "2026-02", ["'old' is retired after 2026-02 and stands on the scorecard 'Year'"]),
        (", until: 2026-03", "2026-02", ["stands on the scorecard 'Year' beyond"]),
        (", until: 2026-02", "2026-02", []),
        (", until: 2026-01", "2026-02", []),
        ("", "2030", ["is retired after 2030"]),  # said ahead of time, too
    ],
)  # fmt: skip
def test_check_names_the_scorecards_beyond_its_end(
    until: str, ends: str, told: list[str], tmp_path: Path
) -> None:
    root = site(tmp_path, f"retired: {ends}\n", until=until)
    found = [p for p in problems(root) if p.code == "retired-line"]
    assert [text for text, p in zip(told, found, strict=True) if text not in p.text()] == []
    assert {str(p.where) for p in found} <= {"content/scorecards/year.yml:6:17"}


def test_reports_of_earlier_periods_see_it_in_use(tmp_path: Path) -> None:
    options = Options(site(tmp_path, "retired: 2026-02\n"), TODAY)
    made, told = computed(options)
    assert made is not None, [p.text() for p in told]
    assert made.catalog.indicators["old"].status == "retired"
    then = as_of(options, made, date(2026, 2, 28))
    assert then.catalog.indicators["old"].status == "active"
    (february,) = [s for s in then.scores["year"] if s.period.label == "2026-02"]
    assert [str(line.indicator.id) for line in february.lines] == ["old", "kept"]
    # 50 and 2 orders: challenge (120 points) and target (100): 0.4 * 120 + 0.6 * 100.
    assert february.total == 108


def test_pages_say_since_when(tmp_path: Path) -> None:
    made, told = computed(Options(site(tmp_path, "retired: 2026-02\n"), TODAY))
    assert made is not None, [p.text() for p in told]
    for language, words in (
        ("en", "retired since Mar 2026; its last results are those of Feb 2026."),
        ("zh", "自2026年3月起停用，最后的结果是2026年2月的"),
    ):
        pages = {f.path: unescape(f.data.decode()) for f in render(made, language)}
        assert words in pages["indicators/old.md"]


def test_one_that_will_end_is_in_use_and_says_so(tmp_path: Path) -> None:
    made, told = computed(Options(site(tmp_path, "retired: 2026-05\n"), TODAY))
    assert made is not None, [p.text() for p in told]
    assert made.catalog.indicators["old"].in_use
    pages = {f.path: unescape(f.data.decode()) for f in render(made, "en")}
    assert "will be retired: it has no results after May 2026" in pages["indicators/old.md"]


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("", ["retired-term"]),
        ("retired: 2026-02\n", []),  # this card ends with it
        ("versions: [{from: 2026-03, formula: orders}]\n", []),  # another formula takes over
    ],
)
def test_a_card_that_goes_on_without_it(own: str, found: list[str], tmp_path: Path) -> None:
    root = site(tmp_path, "retired: 2026-02\n", until=", until: 2026-02")
    more = card(
        "ratio",
        "other: {indicator: old}",
        "orders: {from: sales, value: COUNT(*)}",
        formula="other / orders",
        more=own,
    )
    write(root, more)
    codes = [p.code for p in problems(root) if p.where.file.endswith("ratio.yml")]
    assert [c for c in codes if c != "unused-term"] == found


@pytest.mark.parametrize(
    ("start", "line", "told"),
    [
        ("2026-04", "", ["begin with 2026-04, so up to 2026-03-31 it gets no points"]),
        ("2026-03", "", []),
        ("2026-04", ", from: 2026-04", []),  # prepared for the next month
    ],
)
def test_thresholds_that_begin_after_the_facts_are_told(
    start: str, line: str, told: list[str], tmp_path: Path
) -> None:
    root = site(tmp_path, "")
    (path,) = root.glob("content/indicators/*/old.yml")
    card_text = path.read_text("utf-8")
    path.write_text(card_text.replace("{baseline", f"{{from: {start}, baseline"), encoding="utf-8")
    scorecard = root / "content/scorecards/year.yml"
    text = scorecard.read_text("utf-8").replace("weight: 40", f"weight: 40{line}")
    scorecard.write_text(text, encoding="utf-8")
    found = [p for p in problems(root) if p.code == "line-without-standard"]
    assert [each for each, p in zip(told, found, strict=True) if each not in p.text()] == []


def test_the_end_of_a_card_does_not_move_where_another_begins(tmp_path: Path) -> None:
    """The first facts are of February: so begins what is made of both cards, kept or not."""
    root = site(tmp_path, "")
    write(
        root,
        {
            "data/sales.csv": ROWS.replace("2026-01-", "2026-02-"),
            **card("both", "a: {indicator: old}", "b: {indicator: kept}", formula="a + b"),
        },
    )
    # 30 + 50 sold in five orders of February, 20 in two of March.

    def months() -> dict[str, Decimal | None]:
        found, _ = computed(Options(root=root, today=TODAY))  # keeps results below build/cache
        assert found is not None
        series = found.results["both"].whole(Grain.MONTH)
        assert series is not None
        return {r.period.label: r.value for r in series.results}

    assert months() == {"2026-02": 85, "2026-03": 22}
    write(root, card("old", "sold: {from: sales, value: SUM(amount)}", more="retired: 2026-02\n"))
    assert months() == {"2026-02": 85, "2026-03": None}
