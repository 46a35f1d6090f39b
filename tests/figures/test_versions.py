"""A formula that changes from a period on: earlier periods stay as they were. Worked by hand."""

from __future__ import annotations

import csv
import io
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.stages import figures as computed
from tests.figures.small import card, dataset, figures, problems, write
from tests.oracle.product import built

# amount and count by month: January 30 in 3 rows, February 50 in 2, March 20 in 2.
ROWS = """\
day,amount,team
2026-01-05,10,a
2026-01-10,10,a
2026-01-20,10,b
2026-02-05,20,a
2026-02-10,30,b
2026-03-05,5,a
2026-03-10,15,a
"""
TERMS = (
    "amount: {from: sales, value: SUM(amount)}",
    "rows: {from: sales, value: COUNT(*)}",
    "before: {term: amount, lag: 1mo}",
)


def site(root: Path, versions: str, formula: str = "amount + 0 * before", more: str = "") -> Path:
    return write(
        root,
        {
            **dataset("sales", "name: amount, type: integer", "name: team, type: string"),
            "data/sales.csv": ROWS,
            **card("sold", *TERMS, formula=formula, more=more + versions),
        },
    )


def test_a_version_leaves_what_was_before(tmp_path: Path) -> None:
    root = site(tmp_path, "versions: [{from: 2026-02, formula: amount / rows}]\n", "amount")
    found = figures(root)
    assert found["sold 2026-01"] == "30"  # 10 by the formula of February
    assert found["sold 2026-02"] == "25"
    assert found["sold 2026-03"] == "10"
    assert found["sold 2026-Q1"] == "14.285714285714286"  # 100 / 7: the version of its last day
    assert found["sold 2026"] == "14.285714285714286"


def test_terms_worded_anew(tmp_path: Path) -> None:
    """From March only team a counts, also in February, from which March takes its lag."""
    root = site(
        tmp_path,
        "dimensions: [team]\nversions:\n"
        "  - from: 2026-03\n"
        "    terms: {amount: {from: sales, value: SUM(amount), where: team = 'a'}}\n",
        "amount - COALESCE(before, 0)",
    )
    found = figures(root)
    assert found["sold 2026-01"] == "30"
    assert found["sold 2026-02"] == "20"  # 50 - 30, both teams
    assert found["sold 2026-03"] == "0"  # 20 - 20, team a alone
    assert found["sold 2026-02 b"] == "20"
    terms = figures(root, "terms")
    assert terms["sold.amount 2026-02"] == "20"
    assert terms["sold.amount~2026-03 2026-02"] == "50"
    assert terms["sold.before~2026-03 2026-02"] == "30"
    assert terms["sold.before 2026-03"] == "20"


def test_a_version_that_has_not_begun(tmp_path: Path) -> None:
    root = site(tmp_path, "versions: [{from: 2026-04, formula: rows}]\n", "amount")
    found = figures(root)
    assert found["sold 2026-03"] == "20"
    assert found["sold 2026"] == "100"  # it runs up to March


def test_each_of_several_versions(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        "versions: [{from: 2026-02, formula: rows}, {from: 2026-03, formula: 2 * amount}]\n",
        "amount",
    )
    found = figures(root)
    assert [found[f"sold 2026-0{month}"] for month in (1, 2, 3)] == ["30", "2", "40"]
    assert not [p for p in problems(root) if p.code != "unused-term"]


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ("versions: [{from: 2026-02, formula: rosw}]\n", "unknown-term"),
        ("versions: [{from: 2026-02}]\n", "missing-key"),
        ("versions: [{formula: rows}]\n", "missing-key"),
        ("versions: [{from: 2026-02, formula: rows}, {from: 2026-02, formula: amount}]\n",
         "versions-order"),
        ("versions: [{from: 2026-02, terms: {rows: {from: sales, value: SUM(team)}}}]\n",
         "sql-type"),
        ("versions: [{from: 2026-02, terms: {x: {term: nothing, lag: 1mo}}}]\n", "unknown-term"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_version(versions: str, found: str, tmp_path: Path) -> None:
    told = [p for p in problems(site(tmp_path, versions)) if p.severity == "error"]
    assert [p.code for p in told] == [found]
    assert told[0].where.line >= 11  # in the versions


def test_pages_tell_each_version(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        "chart: trend\nversions: [{from: 2026-03, formula: amount / rows}]\n"
        "changes: [{from: 2026-03, what: {zh: 按单, en: By order.}}]\n",
        "amount",
    )
    made, told = computed(Options(root, date(2026, 4, 2)))
    assert made is not None, [p.text() for p in told]
    pages = {f.path: f.data.decode() for f in render(made, "en")}
    own = pages["indicators/sold.md"]
    assert "<code>amount</code> → <code>amount / rows</code>" in own.replace("&#32;", " ").replace(
        "&#47;", "/"
    )
    indicator = made.catalog.indicators["sold"]
    assert [str(day) for day in indicator.breaks] == ["2026-03-01"]
    assert indicator.on(date(2026, 2, 28)).formula.code.text == "amount"
    assert indicator.on(date(2026, 3, 1)).formula.code.text == "amount / rows"
    assert any("not comparable" in text or "series" in text for text in (own,))


EXAMPLES = """\
direction: higher
decimals: 0
thresholds:
  - {from: 2025, baseline: 10, target: 20, challenge: 30}
  - {from: 2026-03, baseline: 100, target: 200, challenge: 300}
versions: [{from: 2026-02, formula: rows}, {from: 2026-03, formula: 10 * amount}]
examples:
  - {given: {amount: 20}, expect: 200, expect_points: 100}
  - {given: {amount: 20}, period: 2026-01, expect: 20, expect_points: 100}
  - {given: {rows: 30}, period: 2026-02, expect: 30, expect_points: 120}
  - {given: {amount: 20}, period: 2026-03, expect: 200}
"""


def test_an_example_tests_the_version_of_its_period(tmp_path: Path) -> None:
    """The newest unless told: 10 x 20 reaches the target of March, 20 that of January."""
    assert not [p for p in problems(site(tmp_path, EXAMPLES, "amount")) if p.severity == "error"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("period: 2026-01, expect: 20", "period: 2026-01, expect: 200", "but amount comes to 20"),
        ("{rows: 30}, period: 2026-02", "{rows: 30}, period: 2026-01", "amount comes to no_data"),
        ("expect: 20, expect_points: 100", "expect: 20, expect_points: 60", "100"),
    ],
)
def test_an_example_of_another_version_fails(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in EXAMPLES
    found = problems(site(tmp_path, EXAMPLES.replace(old, new), "amount"))
    errors = [p.text() for p in found if p.severity == "error"]
    assert errors
    assert told in errors[0]


def test_pages_say_which_version_an_example_tests(tmp_path: Path) -> None:
    made, told = computed(Options(site(tmp_path, EXAMPLES, "amount"), date(2026, 4, 2)))
    assert made is not None, [p.text() for p in told]
    for language, words in (
        ("en", ("before Feb 2026", "from Feb 2026 on, before Mar 2026", "from Mar 2026 on")),
        ("zh", ("2026年2月以前", "自2026年2月起，2026年3月以前", "自2026年3月起")),
    ):
        pages = {f.path: unescape(f.data.decode()) for f in render(made, language)}
        text = pages["indicators/sold.md"]
        rows = ("amount", "rows", "10 * amount")
        for when, formula in zip(words, rows, strict=True):
            assert f'<th scope="row">{when}</th><td><code>{formula}</code></td>' in text
        examples = text.partition("{ #examples }")[2]
        first, second, third, fourth = examples.split('<div class="kpi-example">')[1:5]
        for block, when in zip(
            (first, second, third, fourth), (words[2], words[0], words[1], words[2]), strict=True
        ):
            assert block.startswith(f'<span class="kpi-period">{when}</span>')
    card = made.catalog.indicators["sold"]
    assert [str(day) for day in card.breaks] == ["2026-02-01", "2026-03-01"]  # what charts mark


def judged(root: Path, scorecard: str = "") -> dict[str, str]:
    """Return the points by period of the card, or of its line on a scorecard."""
    files = built(root, root / "build" / "cache")
    name = "data/scores.csv" if scorecard else "data/values.csv"
    rows = csv.DictReader(io.StringIO(files[name].decode(), newline=""))
    return {
        row["period"]: row["points"]
        for row in rows
        if row["indicator"] == "sold" and not row.get("member")
    }


BOARD = """\
id: board
title: {zh: 记分卡, en: Board}
cycle: month
scored: true
lines: [{indicator: sold, weight: 100}]
"""


def test_points_by_another_rule_from_a_period_on(tmp_path: Path) -> None:
    """January 2 x 30; February 50 + 2 rows, March 20 + 2 rows; the series does not break."""
    root = site(
        tmp_path,
        "direction: higher\npoints: 2 * value\nversions: [{from: 2026-02, points: value + rows}]\n",
        "amount",
    )
    write(root, {"content/scorecards/board.yml": BOARD})
    assert not [p for p in problems(root) if p.severity == "error"]
    found = judged(root)
    assert [found[f"2026-0{month}"] for month in (1, 2, 3)] == ["60", "52", "22"]
    lines = judged(root, "board")
    assert [lines[f"2026-0{month}"] for month in (1, 2, 3)] == ["60", "52", "22"]
    made, _ = computed(Options(root, date(2026, 4, 2)))
    assert made is not None
    assert made.catalog.indicators["sold"].breaks == ()
    text = {f.path: unescape(f.data.decode()) for f in render(made, "en")}["indicators/sold.md"]
    assert "<code>2 * value</code> → <code>value + rows</code>" in text
    assert "<code>amount</code> → " not in text


def test_steps_in_place_of_other_steps(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        "direction: higher\nsteps: [{from: 25, points: 80}]\n"
        "versions: [{from: 2026-03, steps: [{from: 25, points: 60}, {from: 20, points: 30}]}]\n",
        "amount",
    )
    found = judged(root)
    assert [found[f"2026-0{month}"] for month in (1, 2, 3)] == ["80", "80", "30"]


def test_what_judges_speaks_of_the_terms_of_its_period(tmp_path: Path) -> None:
    """From February only rows of team a count: January keeps its three, for target and points."""
    root = site(
        tmp_path,
        "direction: higher\nthresholds: {target: 10 * rows}\npoints: value / rows\n"
        "versions:\n  - from: 2026-02\n"
        "    terms: {rows: {from: sales, value: COUNT(*), where: team = 'a'}}\n",
        "amount",
    )
    own = BOARD.replace("weight: 100", "weight: 100, points: value / rows + 1")
    write(root, {"content/scorecards/board.yml": own})
    found = judged(root)
    assert [found[f"2026-0{month}"] for month in (1, 2, 3)] == ["10", "50", "10"]
    lines = judged(root, "board")
    assert [lines[f"2026-0{month}"] for month in (1, 2, 3)] == ["11", "51", "11"]
    data = built(root, root / "build" / "cache")["data/values.csv"]
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    targets = {r["period"]: r["target"] for r in rows if r["indicator"] == "sold"}
    assert [targets[f"2026-0{month}"] for month in (1, 2, 3)] == ["30", "10", "20"]


def test_an_example_earns_by_the_rule_of_its_period(tmp_path: Path) -> None:
    text = (
        "direction: higher\npoints: 2 * value\nversions: [{from: 2026-02, points: value + rows}]\n"
        "examples:\n"
        "  - {given: {amount: 30}, period: 2026-01, expect: 30, expect_points: 60}\n"
        "  - {given: {amount: 30, rows: 4}, expect: 30, expect_points: 34}\n"
    )
    assert not [p for p in problems(site(tmp_path, text, "amount")) if p.severity == "error"]
    wrong = text.replace("expect_points: 60", "expect_points: 34")
    told = [p for p in problems(site(tmp_path, wrong, "amount")) if p.severity == "error"]
    assert [p.code for p in told] == ["example-fails"]


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("points: value + rosw", "unknown-term"),
        ("points: 1 + value, steps: [{from: 1, points: 2}]", "keys-exclude-each-other"),
        ("points: 60 * value / target", "points-without-threshold"),
        ("steps: [{upto: 1, points: 2}]", "steps-direction"),
    ],
)
def test_what_is_wrong_with_a_later_rule(version: str, found: str, tmp_path: Path) -> None:
    text = f"direction: higher\npoints: 2 * value\nversions: [{{from: 2026-02, {version}}}]\n"
    told = [p for p in problems(site(tmp_path, text, "amount")) if p.severity == "error"]
    assert [p.code for p in told] == [found]
    assert told[0].where.line == 13
