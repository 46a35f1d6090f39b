"""Figures worked out by hand, beside the site that they are of: ``sites/<name>/expect.csv``.

Both engines must give them: a rule that both read wrongly would else be found by nobody.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.compute import compute
from kpi_site.content import read_catalog
from kpi_site.tables.read import read_tables
from tests.oracle.content import read
from tests.oracle.engine import Key, Oracle
from tests.oracle.product import TODAY, built

SITES = Path(__file__).parents[1] / "sites"
NAMED = sorted(p.parent.name for p in SITES.glob("*/expect.csv"))

Expected = dict[Key, tuple[Fraction | None, str]]


def table(content: str) -> Expected:
    """Return value and state of each row by its key."""
    return {
        Key(r["indicator"], "", r["grain"], r["period"], r["dimension"], r["member"]): (
            Fraction(r["value"]) if r["value"] else None,
            r["state"],
        )
        for r in csv.DictReader(content.splitlines())
    }


def expected(name: str) -> Expected:
    found = table((SITES / name / "expect.csv").read_text("utf-8"))
    assert found
    return found


@pytest.mark.parametrize("name", NAMED)
def test_the_product_gives_them(name: str, tmp_path: Path) -> None:
    actual = table(built(SITES / name, tmp_path)["data/values.csv"].decode())
    wanted = expected(name)
    assert {key: actual.get(key) for key in wanted} == wanted


@pytest.mark.parametrize("name", NAMED)
def test_the_oracle_gives_them(name: str) -> None:
    rows = Oracle(read(SITES / name), TODAY).values()
    wanted = expected(name)
    assert {key: (rows[key].value, rows[key].state) for key in wanted} == wanted


@pytest.mark.parametrize("name", ["running", "active_users"])
def test_kept_results_compare_like_for_like_too(name: str, tmp_path: Path) -> None:
    catalog, _ = read_catalog(SITES / name, today=TODAY)
    assert catalog is not None
    tables, _ = read_tables(catalog, tmp_path / "tables")
    fresh = compute(catalog, tables)
    compute(catalog, tables, tmp_path / "results")
    kept = compute(catalog, tables, tmp_path / "results")
    for card, found in fresh.items():
        assert dict(kept[card].series) == dict(found.series)
        assert kept[card].running == found.running
