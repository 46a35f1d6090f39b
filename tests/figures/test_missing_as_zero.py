"""`missing: zero`: nothing is missed of a line by which no value would be judged. By hand.

One line meets its target in every month (100 points, weight 60); the other (weight 40) has the
value 5 in January and March and none in February.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site import stages
from kpi_site.options import Options
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY

MEAN = "v: {from: facts, value: AVG(n) FILTER (WHERE kind = 'b')}"
FACTS = """\
day,kind,n,plan
2026-01-05,a,1,1
2026-01-06,b,5,5
2026-02-05,a,1,1
2026-03-05,a,1,1
2026-03-06,b,5,5
"""


def _site(root: Path, judged: str, *terms: str, cycle: str = "month", facts: str = FACTS) -> Path:
    lines = "\n".join(
        f"  - {{no: '{no}', indicator: {name}, weight: {weight}}}"
        for no, (name, weight) in enumerate((("kept", 60), ("other", 40)), 1)
    )
    fields = ("name: kind, type: string", "name: n, type: integer", "name: plan, type: integer")
    kept = "direction: higher\nthresholds: {target: 1}\n"
    return write(
        root,
        {
            **dataset("facts", *fields),
            **card("kept", "v: {from: facts, value: MAX(n) FILTER (WHERE kind = 'a')}", more=kept),
            **card("other", *(terms or (MEAN,)), more="direction: higher\n" + judged),
            "content/scorecards/both.yml": (
                "id: both\ntitle: {zh: 两项, en: Both}\nassessed: {zh: 本部, en: Main}\n"
                f"cycle: {cycle}\nscored: true\nmissing: zero\nlines:\n{lines}\n"
            ),
            "data/facts.csv": facts,
        },
    )


def _totals(root: Path, since: str = "") -> list[tuple[str, str]]:
    """Return total and weight that counted, by period from ``since`` on."""
    found, problems = stages.figures(Options(root=root, today=TODAY))
    assert found is not None, [p.text() for p in problems]
    scored = [one for one in found.scores["both"] if one.period.label >= since]
    return [(str(one.total), str(one.weight_counted)) for one in scored]


@pytest.mark.parametrize(
    ("judged", "totals"),
    [
        # judged in all months: nothing in February is 0 points of weight 40
        ("thresholds: {target: 5}\n", [("100", "100"), ("60", "100"), ("100", "100")]),
        # judged from March on: until then the line does not count, with a value or without
        (
            "thresholds:\n  - {from: 2026-03, target: 5}\n",
            [("100", "60"), ("100", "60"), ("100", "100")],
        ),
        # never judged
        ("", [("100", "60")] * 3),
        # points by a rule over the value alone need no thresholds: 20 x 5 = 100
        ("points: 20 * value\n", [("100", "100"), ("60", "100"), ("100", "100")]),
        # points that need thresholds hold from March on
        (
            "thresholds:\n  - {from: 2026-03, target: 5}\npoints: 100 * value / target\n",
            [("100", "60"), ("100", "60"), ("100", "100")],
        ),
    ],
)
def test_a_line_counts_by_what_is_in_force(
    tmp_path: Path, judged: str, totals: list[tuple[str, str]]
) -> None:
    assert _totals(_site(tmp_path, judged)) == totals


def test_arithmetic_is_in_force_without_its_terms(tmp_path: Path) -> None:
    """Who hands in neither the figure nor the plan has 0 points, and not a better total."""
    plan = "plan: {from: facts, value: AVG(plan) FILTER (WHERE kind = 'b')}"
    root = _site(tmp_path, "thresholds: {target: plan}\n", MEAN, plan)
    assert _totals(root) == [("100", "100"), ("60", "100"), ("100", "100")]


@pytest.mark.parametrize(
    ("judged", "first"),
    [
        # a month's number judges no quarter of an amount
        ("thresholds: {target: 5}\n", ("100", "60")),
        # its sum over the months does, and the quarter before the first facts has no value
        ("thresholds: {target: 5, per_cycle: true}\n", ("60", "100")),
        ("thresholds: {target: 15, grain: quarter}\n", ("60", "100")),
    ],
)
def test_amounts_of_longer_periods(tmp_path: Path, judged: str, first: tuple[str, str]) -> None:
    late = "v: {from: late, value: SUM(n)}"
    root = _site(
        tmp_path,
        judged,
        late,
        cycle="quarter",
        facts="day,kind,n,plan\n2025-10-05,a,1,1\n2026-01-05,a,1,1\n",
    )
    write(
        root,
        {**dataset("late", "name: n, type: integer"), "data/late.csv": "day,n\n2026-01-09,9\n"},
    )
    assert _totals(root, "2025-Q4")[0] == first
