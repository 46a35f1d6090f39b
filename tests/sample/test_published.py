"""The sample company's published reports: all there, and true to the facts but for two stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from kpi_site.catalog import ROLES
from kpi_site.editions.signing import signatures
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.periods import Grain
from kpi_site.stages import figures

ROOT = Path(__file__).parents[2]
MONTHS = {f"2025-{m}" for m in (10, 11, 12)} | {f"2026-{m:02}" for m in range(1, 10)}
JUDGED_BY_A_QUARTER = ("2025", "2026-H1")  # amounts of longer periods, until they were corrected
LONGER = {"2025", "2026-H1", "2026-Q2", "2026-Q3"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    kept = tmp_path_factory.mktemp("published")
    found, problems = figures(Options(ROOT, date(2026, 11, 30), kept=kept))
    assert found is not None, [p.text() for p in problems]
    return found


def test_twelve_months_two_quarters_a_half_year_and_a_year_are_published(
    company: Figures,
) -> None:
    assert company.told.editions.keys() == MONTHS | LONGER
    assert company.drafts.keys() == {"2026-10"}


def test_what_was_published_is_what_the_facts_say_but_for_late_claims(company: Figures) -> None:
    """Every published figure, whole and members, points and totals, is computed again."""
    pending = {label: found for label, found in company.told.pending.items() if found}
    assert pending.keys() == {"2026-08"}
    assert {r.indicator for r in pending["2026-08"]} == {"warranty_claim_rate"}
    assert {r.kind for r in pending["2026-08"]} == {"better-data"}
    assert {r.first_seen for r in pending["2026-08"]} == {date(2026, 10, 22)}


def test_longer_periods_were_judged_by_the_thresholds_of_a_quarter(company: Figures) -> None:
    """They earned 120 points. Their quarters' thresholds added up give what is due.

    2025: 94 projects against 4 x 22 = 88 and 4 x 28 = 112, so 100 + 20 x 6/24 = 105.
    """
    for label in JUDGED_BY_A_QUARTER:
        (found,) = company.told.changes[label]
        assert {r.indicator for r in found} == {"improvement_projects", "rnd_spend"}
        assert {r.kind for r in found} == {"correction"}
    series = company.results["improvement_projects"].whole(Grain.YEAR)
    assert series is not None
    assert [r.points for r in series.results if r.period.label == "2025"] == [105]


def test_march_was_corrected(company: Figures) -> None:
    first, second = company.told.editions["2026-03"]
    (changes,) = company.told.changes["2026-03"]
    assert {r.indicator for r in changes} == {"rent_collection_rate"}
    assert {(r.kind, r.first_seen) for r in changes} == {("correction", date(2026, 4, 24))}
    assert first.manifest.data["data/rent.csv"] != second.manifest.data["data/rent.csv"]
    others: Mapping[str, str] = {
        file: digest for file, digest in first.manifest.data.items() if file != "data/rent.csv"
    }
    assert others.items() <= second.manifest.data.items()


def test_every_edition_is_signed_for_its_own_figures(company: Figures) -> None:
    for edition in company.told.order:
        told = edition.manifest
        for signature in signatures(told.signoffs, told.figures):
            assert signature.signoff is not None
            assert not signature.stale
            assert signature.signoff.on <= told.published
        assert {s.role for s in told.signoffs} == set(ROLES)
        assert edition.period.last < told.published
