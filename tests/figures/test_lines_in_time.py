"""Lines and weights of a scorecard that hold from a period on, or until one. Worked by hand."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from kpi_site.contributions import explain_total
from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.stages import figures as computed
from tests.figures.small import card, dataset, problems, write
from tests.oracle.compare_scores import score_differences
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY, built

# a is 60 points (at its baseline) in every month, b 100 (at its target).
SCORECARD = """\
id: board
title: {zh: 记分卡, en: Board}
cycle: month
scored: true
lines:
  - {no: "1", indicator: a, weight: 50, until: 2026-02}
  - {no: "2", indicator: b, weight: 50, until: 2026-02}
  - {no: "1", indicator: a, weight: 20, from: 2026-03}
  - {no: "2", indicator: b, weight: 80, from: 2026-03}
"""


def site(root: Path, scorecard: str = SCORECARD) -> Path:
    more = "direction: higher\nthresholds: {baseline: 1, target: 2}\n"
    rows = [f"2026-0{month}-05,1,2" for month in (1, 2, 3)]
    return write(
        root,
        {
            **dataset("facts", "name: one, type: integer", "name: two, type: integer"),
            "data/facts.csv": "\n".join(["day,one,two", *rows, ""]),
            **card("a", "x: {from: facts, value: SUM(one)}", more=more),
            **card("b", "x: {from: facts, value: SUM(two)}", more=more),
            "content/scorecards/board.yml": scorecard,
        },
    )


def scores(root: Path) -> dict[tuple[str, str], str]:
    data = built(root, root / "build")["data/scores.csv"]
    assert not score_differences(root, Oracle(read(root), TODAY), data)
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {(r["period"], r["kind"] + r["indicator"] + r["weight"]): r["points"] for r in rows}


def test_a_weight_that_changes(tmp_path: Path) -> None:
    root = site(tmp_path)
    found = scores(root)
    assert found["2026-02", "total100"] == "80"  # (60 + 100) / 2
    assert found["2026-03", "total100"] == "92"  # 0.2 * 60 + 0.8 * 100
    assert ("2026-02", "linea20") not in found
    assert ("2026-03", "linea50") not in found
    assert not problems(root)


def test_why_the_total_changed(tmp_path: Path) -> None:
    made, told = computed(Options(site(tmp_path), date(2026, 4, 2)))
    assert made is not None, [p.text() for p in told]
    january, february, march = made.scores["board"]
    assert not explain_total(january, february)
    parts = explain_total(february, march)
    assert sum(part.value for part in parts) == 12
    # b gains 80 with its new weight, and loses 50 with the old one; a gains 12 and loses 30
    assert sorted(part.value for part in parts) == [-50, -30, 12, 80]
    pages = {f.path: f.data.decode() for f in render(made, "en")}
    assert "from Mar 2026" in pages["scorecards/board.md"]


def test_weights_add_up_at_any_time(tmp_path: Path) -> None:
    root = site(tmp_path, SCORECARD.replace("weight: 80", "weight: 70"))
    assert [p.code for p in problems(root)] == ["weights-total"]
    root = site(tmp_path, SCORECARD.replace("until: 2026-02", "until: 2026-03"))
    assert "weights-total" in {p.code for p in problems(root)}  # both stand in March


def test_a_line_that_never_holds(tmp_path: Path) -> None:
    lines = SCORECARD.replace("80, from: 2026-03", "80, from: 2026-03, until: 2026-01")
    found = [p for p in problems(site(tmp_path, lines)) if p.code == "line-never-holds"]
    assert [(p.where.line, p.where.file) for p in found] == [(9, "content/scorecards/board.yml")]
