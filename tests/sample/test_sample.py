"""The sample company: its facts come from the generator, its content is sound and full."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from kpi_site import tidy
from kpi_site.catalog import (
    CardTexts,
    Catalog,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    Text,
)
from kpi_site.compute import compute, settle_through
from kpi_site.content import read_catalog
from kpi_site.downloads.contributions import contributions_csv
from kpi_site.figures import Figures
from kpi_site.pages.context import make_context
from kpi_site.pages.report_article import annex, annex_path, article
from kpi_site.periods import Grain
from kpi_site.problems import Problem, has_errors
from kpi_site.reporting import missing_comments
from kpi_site.results import Results, State
from kpi_site.schema import data_terms
from kpi_site.scoring import score
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables
from tests.oracle import contributions

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
TODAY = date(2026, 11, 6)

# Periods of each cycle that must carry a settled value: 24 months and what matches them.
ENOUGH = {Grain.MONTH: 24, Grain.QUARTER: 8, Grain.HALF_YEAR: 4, Grain.YEAR: 2}


@pytest.fixture(scope="module")
def read() -> tuple[Catalog, tuple[Problem, ...]]:
    catalog, problems = read_catalog(ROOT, today=TODAY)
    assert catalog is not None, [p.text() for p in problems]
    return catalog, problems


@pytest.fixture(scope="module")
def catalog(read: tuple[Catalog, tuple[Problem, ...]]) -> Catalog:
    return read[0]


@pytest.fixture(scope="module")
def facts(
    catalog: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, Table], tuple[Problem, ...]]:
    return read_tables(catalog, tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def results(
    catalog: Catalog,
    facts: tuple[Mapping[str, Table], tuple[Problem, ...]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Results:
    tables = facts[0]
    settled = settle_through(catalog, tables, TODAY)
    return compute(settled, tables, tmp_path_factory.mktemp("results"))


def _files(folder: Path) -> dict[str, str]:
    """Return the hash of every file of facts; of a compressed or Parquet one, that of its text."""
    found = {}
    for path in sorted(folder.rglob("*.csv*")):
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    for path in sorted(folder.rglob("*.xlsx")):
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    for path in sorted(folder.rglob("*.parquet")):
        text = pl.read_parquet(path).write_csv()
        found[path.name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def test_the_generator_makes_the_very_facts_of_the_repository(tmp_path: Path) -> None:
    script = [sys.executable, "-B", str(DATA / "make_facts.py"), str(tmp_path)]
    subprocess.run(script, check=True, cwd=tmp_path)
    assert _files(tmp_path) == _files(DATA)


def test_a_second_run_leaves_the_compressed_file_alone(tmp_path: Path) -> None:
    """Its bytes depend on the compression library; its text does not."""
    sys.path.insert(0, str(ROOT))
    try:
        from data.generator.files import write_csv
    finally:
        sys.path.remove(str(ROOT))
    kept = tmp_path / "surveys.csv.gz"
    shutil.copy(DATA / "surveys.csv.gz", kept)
    lines = gzip.decompress(kept.read_bytes()).decode().splitlines()
    kept.write_bytes(gzip.compress("\n".join([*lines, ""]).encode(), compresslevel=1))
    before = kept.read_bytes()
    write_csv(kept, lines[0].split(","), (line.split(",") for line in lines[1:]))
    assert kept.read_bytes() == before


def test_sizes_are_realistic_and_the_repository_stays_small(
    facts: tuple[Mapping[str, Table], tuple[Problem, ...]],
) -> None:
    tables = facts[0]
    assert tables["tickets"].rows >= 60_000
    assert tables["order_lines"].rows >= 40_000
    assert tables["surveys"].rows >= 20_000
    total = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
    assert total < 25_000_000


def test_the_catalog_has_no_problems(read: tuple[Catalog, tuple[Problem, ...]]) -> None:
    assert [p.text() for p in read[1]] == []


def test_the_facts_have_no_errors(
    facts: tuple[Mapping[str, Table], tuple[Problem, ...]],
) -> None:
    assert [p.text() for p in facts[1] if p.severity == "error"] == []
    assert not has_errors(facts[1])


def test_there_are_enough_active_cards_in_every_department(catalog: Catalog) -> None:
    active = [card for card in catalog.indicators.values() if card.status == "active"]
    assert len(active) >= 60
    for department in catalog.site.departments:
        assert sum(card.department == department.id for card in active) >= 3, department.id


def _texts(card: Indicator, texts: CardTexts) -> dict[str, Text | None]:
    return {
        "name": card.name,
        "definition": texts.definition,
        "purpose": texts.purpose,
        "notes": texts.notes,
        "collector": texts.collector,
        "source": texts.source,
        "verifier": texts.verifier,
        "presentation": texts.presentation,
    }


def test_every_card_is_full_in_both_languages(catalog: Catalog) -> None:
    for card in catalog.indicators.values():
        texts = catalog.texts[card.id]
        for key, text in _texts(card, texts).items():
            assert text is not None, (card.id, key)
            assert text.zh, (card.id, key)
            assert text.en, (card.id, key)
        assert all(term.label.zh and term.label.en for term in card.terms), card.id
        assert card.perspective, card.id
        assert card.audience, card.id
        assert texts.aliases, card.id
        assert card.related, card.id
        assert len(card.examples) >= 2, card.id


def test_every_divisor_has_an_example_of_zero(catalog: Catalog) -> None:
    for card in catalog.indicators.values():
        if "/" in card.formula.code.text:
            expected = {example.expect for example in card.examples}
            assert expected & {"zero_denominator", "no_data"}, card.id


def test_a_new_year_changes_thresholds_on_ten_cards_and_one_series_breaks(
    catalog: Catalog,
) -> None:
    cards = catalog.indicators.values()
    assert sum(len(card.thresholds) > 1 for card in cards) >= 10
    assert any(change.breaks_series for card in cards for change in card.changes)


def test_every_card_has_settled_values_for_two_years(catalog: Catalog, results: Results) -> None:
    for card in catalog.indicators.values():
        grain = Grain.MONTH if card.cycle is Grain.DAY else card.cycle
        series = results[card.id].whole(grain)
        assert series is not None, card.id
        settled = sum(result.state is State.OK for result in series.results)
        assert settled >= ENOUGH[grain], (card.id, settled)


def test_the_incident_of_2025_shows_and_passes(catalog: Catalog, results: Results) -> None:
    calendar = catalog.site.calendar
    for name in ("csat", "nps", "resolution_rate", "complaint_rate", "gross_margin"):
        series = results[name].whole(Grain.MONTH)
        assert series is not None
        at = {month: series.at(period) for month in ("2025-04", "2026-06")
              if (period := calendar.parse(month))}  # fmt: skip
        during, after = at["2025-04"], at["2026-06"]
        assert during is not None
        assert after is not None
        assert during.points == 0, name
        assert after.points is not None
        assert after.points >= 60, name


def test_reports_owe_no_comment_and_stay_short(
    catalog: Catalog,
    facts: tuple[Mapping[str, Table], tuple[Problem, ...]],
    results: Results,
) -> None:
    """With what the theme adds an article stays under 80 kB of HTML, an annex under 100 kB."""
    scores = score(catalog, results)
    computed = Figures(catalog, facts[0], results, scores)
    assert len(catalog.reports) >= 17
    for label, report in catalog.reports.items():
        assert missing_comments(computed, report) == (), label
        assert len(report.highlights) == 8
    ctx = make_context(computed, "zh")
    for label in ("2025", "2026-H1", "2026-Q3", "2026-10"):
        path = f"reports/{label}/edition-1.md"
        assert len(article(ctx, catalog.reports[label], path).encode()) < 90_000, label
        assert len(annex(ctx, catalog.reports[label], annex_path(path)).encode()) < 90_000, label


def _rows(table: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(table.decode(), newline=""))


def _as_written(catalog: Catalog, card: Indicator) -> contributions.Card:
    """Return what another implementation needs of a card: texts, and what adds up."""
    values = {str(t.name): t.value.code.text for t in data_terms(card)}

    def additive(owner: Indicator, name: str) -> bool:
        term = owner.term(name)
        texts = {str(t.name): t.value.code.text for t in data_terms(owner)}
        if isinstance(term, OtherTerm):
            return not term.overall and additive(owner, term.term)
        if isinstance(term, IndicatorTerm):
            other = catalog.indicators[term.indicator]
            words = re.findall(r"[a-z_]+", other.formula.code.text)
            added = not re.search(r"[A-Z*/]", other.formula.code.text)
            return added and all(additive(other, word) for word in words)
        return name in texts and contributions.adds_up(texts[name])

    names = (str(term.name) for term in card.terms)
    summed = frozenset(name for name in names if additive(card, name))
    return contributions.Card(card.formula.code.text, values, summed)


def test_contributions_add_up_to_every_change_and_are_those_of_another_implementation(
    catalog: Catalog, results: Results
) -> None:
    """Every group of every period adds up; the newest four periods are worked out anew."""
    calendar, compared = catalog.site.calendar, Counter[str]()
    some: set[str] = set()
    for name, found in results.items():
        card = catalog.indicators[name]
        cycle = replace(
            found, series={k: s for k, s in found.series.items() if k.grain is card.cycle}
        )
        values = list(_rows(tidy.to_csv(tidy.values(cycle, card.unit.code))))
        terms = list(_rows(tidy.to_csv(tidy.terms(cycle, [str(t.name) for t in card.terms]))))
        written = list(_rows(contributions_csv(calendar, card, found)))
        whole = {r["period"]: r for r in values if not r["dimension"]}
        groups: dict[tuple[str, str, str], list[Decimal]] = {}
        for row in written:
            key = row["period"], row["against"], row["dimension"]
            groups.setdefault(key, []).append(Decimal(row["contribution"]))
        labels = list(whole)
        for (period, against, _), parts in groups.items():
            before = labels[labels.index(period) - 1]
            old = whole[before if against == "previous" else contributions.year_before(period)]
            sides = Decimal(old["value"]), Decimal(whole[period]["value"])
            change = sides[1] - sides[0]
            largest = max(*map(abs, sides), abs(change))
            assert abs(sum(parts) - change) <= Decimal("1e-9") * largest, (name, period, against)
            assert [abs(p) for p in parts] == sorted(map(abs, parts), reverse=True)
        oracle = contributions.Oracle(_as_written(catalog, card), values, terms)
        for period in labels[-4:]:
            expected = oracle.of(period)
            mine = {
                (r["period"], r["against"], r["kind"], r["dimension"], r["member_or_term"]): r
                for r in written
                if r["period"] == period
            }
            assert mine.keys() == expected.keys(), (name, period)
            if not oracle.counts_all_rows(period):  # a mean of some: tests/contributions has one
                some.add(str(name))
                continue
            for at, row in mine.items():
                size = max(abs(Fraction(whole[period]["value"])), abs(expected[at]), Fraction(1))
                got = Fraction(row["contribution"])
                assert abs(got - expected[at]) <= Fraction(1, 10**12) * size, (name, at)
            compared.update(r["kind"] for r in mine.values())
    assert compared.keys() == {"term", "rate", "mix", "member"}
    assert min(compared.values()) > 200, compared
    assert some == {
        "avg_response_time", "csat_10", "csat_by_aspect", "employee_satisfaction",
        "product_quality_satisfaction",
    }  # fmt: skip
