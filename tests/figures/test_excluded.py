"""A case that a formula leaves out: the facts are there, and no reader is told that they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.stages import figures as computed
from kpi_site.wording.words import state_words
from tests.figures.small import card, dataset, figures, write
from tests.oracle.product import TODAY

EXCLUDED = "left out by the formula's condition"
SCORECARD = """\
id: board
title: {zh: 记分卡, en: Board}
cycle: month
lines: [{no: "1", indicator: growth}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A loss of 50 in January, a profit of 60 in February and of 30 in March, in two regions."""
    rows = ["2026-01-10,north,-50", "2026-02-10,north,60", "2026-03-10,north,30"]
    return write(
        tmp_path,
        {
            **dataset("ledger", "name: region, type: string", "name: profit, type: integer"),
            "data/ledger.csv": "\n".join(["day,region,profit", *rows, ""]),
            **card(
                "growth",
                "a: {from: ledger, value: SUM(profit)}",
                "b: {term: a, lag: 1mo}",
                formula="CASE WHEN b > 0 THEN a / b - 1 END",
                more="direction: higher\ndimensions: [region]\n",
            ),
            "content/scorecards/board.yml": SCORECARD,
            "content/reports/2026-02/report.yml": "period: 2026-02\nscorecards: [board]\n"
            "highlights: [growth]\n",
        },
    )


def test_the_state_is_that_of_a_formula_without_a_branch(root: Path) -> None:
    found = figures(root)
    assert found["growth 2026-02"] == "no_data"
    assert found["growth 2026-03"] == "-0.5"


def test_readers_are_told_that_it_is_left_out(root: Path) -> None:
    for _ in range(2):  # computed, and kept
        found, problems = computed(Options(root, TODAY))
        assert found is not None, [p.text() for p in problems]
        pages = {f.path: f.data.decode() for f in render(found, "en")}
        own = pages["indicators/growth.md"]
        assert EXCLUDED in own.replace("&#39;", "'")
        assert "⊘" in own
        report = pages["reports/2026-02.md"].replace("&#39;", "'")
        assert EXCLUDED in report
        assert "no data" not in report.replace("no data quality", "")
    assert state_words("excluded", "zh") == "不合公式的条件"
