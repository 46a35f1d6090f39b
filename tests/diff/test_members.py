"""What differs in a scorecard for each member: its totals and grades, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpi_site.catalog import Line, Scorecard
from kpi_site.diff.addresses import page_addresses
from kpi_site.diff.sides import Side
from kpi_site.diff.totals import total_changes
from kpi_site.diff.view_totals import totals_fold
from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.scoring import score
from kpi_site.stages import figures

ROOT = Path(__file__).parents[1] / "sites" / "appraisal"


def harder(card: Scorecard) -> Scorecard:
    """Return ``card`` with 4 points off for a complaint instead of 3, still at most 8."""
    lines = tuple(
        replace(line, deduct=replace(line.deduct, each=Decimal(4)))
        if isinstance(line, Line) and line.deduct and line.indicator == "complaints"
        else line
        for line in card.lines
    )
    return replace(card, lines=lines)


def test_members_are_compared_one_by_one() -> None:
    found, problems = figures(Options(root=ROOT, today=date(2026, 5, 20)))
    assert found is not None, [p.text() for p in problems]
    catalog = replace(
        found.catalog,
        scorecards={"monthly": harder(found.catalog.scorecards["monthly"])},
    )
    changes = total_changes(found.scores, score(catalog, found.results), {})
    assert {change.scorecard for change in changes} == {"monthly"}
    april = {c.member: c for c in changes if c.period.label == "2026-04"}
    # one complaint each in b and e/f: a point less; a and c had three, 8 off before and now
    assert set(april) == {"b", "e/f"}
    for change in april.values():
        assert change.old is not None
        assert change.new is not None
        assert change.old.total is not None
        assert change.new.total == change.old.total - 1
    told = str(totals_fold([*april.values()], (found.catalog, catalog), "zh"))
    assert "2026年4月 · b" in told
    assert "2026年4月 · e/f" in told


def test_pages_of_members_are_addresses(tmp_path: Path) -> None:
    """Each page that is made below scorecards/ has an address that is compared, and no other."""
    found, problems = figures(Options(root=ROOT, today=date(2026, 5, 20)))
    assert found is not None, [p.text() for p in problems]
    made = {
        f.path.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/"
        for f in render(found, "zh")
        if f.path.startswith("scorecards/") and f.path.endswith(".md")
    }
    side = Side(tmp_path, frozenset(), found, (), partial=False)
    assert {a for a in page_addresses(side) if a.startswith("scorecards/")} == made
