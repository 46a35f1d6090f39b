"""A formula that changes from a period on: earlier periods stay as they were. Worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.stages import figures as computed
from tests.figures.small import card, dataset, figures, problems, write

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
