"""Every total, rank and grade that the product publishes, computed again from other cells."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.downloads.scores import scores_csv
from kpi_site.options import Options
from kpi_site.stages import figures
from tests.oracle.cal import containing, grain_of, start_of
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY
from tests.oracle.scorecards import Scorer, scorecards

SITES = Path(__file__).parents[1] / "sites"
NAMED = ("appraisal", "mini")


@pytest.mark.parametrize("name", NAMED)
def test_totals_ranks_and_grades(name: str) -> None:
    root = SITES / name
    found, problems = figures(Options(root=root, today=TODAY))
    assert found is not None, [p.text() for p in problems]
    data = scores_csv(found.catalog, found.scores).decode()
    rows = [r for r in csv.DictReader(io.StringIO(data, newline="")) if r["kind"] == "total"]
    scorer, cards = Scorer(Oracle(read(root), TODAY)), scorecards(root)
    assert {r["scorecard"] for r in rows} == {n for n, c in cards.items() if c.get("scored")}
    assert len(rows) > 5
    for card, label in dict.fromkeys((r["scorecard"], r["period"]) for r in rows):
        first = start_of(label, scorer.fiscal)
        period = containing(first, grain_of(label), scorer.fiscal)
        wanted = scorer.totals(cards[card], period)
        own = [r for r in rows if (r["scorecard"], r["period"]) == (card, label)]
        assert {r["member"] for r in own} == set(wanted), (card, label)
        for row in own:
            want, where = wanted[row["member"]], (card, label, row["member"])
            assert row["grade"] == want.grade, where
            if want.total is None:
                assert row["points"] == "", where
            else:
                assert abs(Fraction(row["points"]) - want.total) < Fraction(1, 10**11), where
        ranked = [Fraction(r["points"]) for r in own if r["points"]]
        assert ranked == sorted(ranked, reverse=True), (card, label)
        assert [bool(r["points"]) for r in own] == sorted(bool(r["points"]) for r in own)[::-1]
