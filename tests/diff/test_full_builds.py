"""The figures of a difference are those that two full builds publish differently."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kpi_site.diff.addresses import page_addresses
from kpi_site.diff.as_json import as_json
from kpi_site.diff.sides import read_side
from kpi_site.downloads import files
from kpi_site.site import generate
from kpi_site.stages import figures
from tests.diff.conftest import Shop, git

MINI = Path(__file__).parents[1] / "sites" / "mini"
KEY = ("indicator", "grain", "period", "dimension", "member")
SEEN = ("value", "state", "points", "baseline", "target", "challenge")

EDITS: dict[str, Callable[[Shop], None]] = {
    "formula": lambda s: s.edit(
        "content/indicators/service/nps.yml", "answers * 100", "answers * 50"
    ),
    "thresholds": lambda s: s.edit(
        "content/indicators/service/csat.yml", "target: 8,", "target: 7.5,"
    ),
    "filter": lambda s: s.edit("content/indicators/service/nps.yml", "score >= 9", "score >= 8"),
    "rows": lambda s: s.edit("data/orders.csv", "1018.50", "2018.50"),
    "a row less": lambda s: s.edit("data/answers.csv", "A0003,2025-07-08,5\n", ""),
    "last day": lambda s: s.edit("content/site.yml", "2026-10-31", "2026-09-15"),
    "scoring": lambda s: s.edit("content/site.yml", "challenge: 120}", "challenge: 130}"),
    "dimension": lambda s: s.edit(
        "content/indicators/sales/revenue.yml", "dimensions: [region]\n", ""
    ),
    "cycle": lambda s: s.edit(
        "content/indicators/service/csat.yml", "cycle: month", "cycle: quarter"
    ),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The mini site, committed."""
    root = tmp_path_factory.mktemp("base") / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    git(root, "init", "-q", "-b", "main")
    shop = Shop(root)
    shop.write(".gitignore", "/build/\n")
    shop.commit()
    return shop


@pytest.mark.parametrize("edit", EDITS)
def test_figures_are_those_of_two_full_builds(base: Shop, tmp_path: Path, edit: str) -> None:
    shop = Shop(Path(shutil.copytree(base.root, tmp_path / "mini")))
    EDITS[edit](shop)
    told = {
        (f["indicator"], *(c[k] for k in KEY[1:])): (c["old"], c["new"])
        for f in json.loads(as_json(shop.diff()), parse_float=str, parse_int=str)["figures"]
        for c in f["changes"]
    }
    shutil.rmtree(shop.root / "build")
    before, after = values(base), values(shop)
    differing = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    assert differing, "the edit changes nothing"
    assert told.keys() == differing
    for key, pair in told.items():
        assert tuple(map(published, pair)) == (before.get(key), after.get(key)), key


def values(shop: Shop) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return what a site publishes of each figure in its CSV, computed from nothing kept."""
    computed, problems = figures(shop.options)
    assert computed is not None, problems
    made = {f.path: f.data for f in files(computed)}
    rows = csv.DictReader(io.StringIO(made["data/values.csv"].decode(), newline=""))
    return {tuple(r[k] for k in KEY): tuple(r[k] for k in SEEN) for r in rows}


def published(result: Mapping[str, str | None] | None) -> tuple[str, ...] | None:
    """Return a side of a change as the CSV writes it."""
    return None if result is None else tuple(result[k] or "" for k in SEEN)


def test_addresses_are_those_of_the_pages_that_are_made(base: Shop, tmp_path: Path) -> None:
    shop = Shop(Path(shutil.copytree(base.root, tmp_path / "mini")))
    shop.write("docs/zh/guide/first.md", "# 一\n")
    shop.write("docs/en/guide/index.md", "# one\n")
    built, problems = generate(shop.options)
    assert built is not None, problems
    made = {
        path.relative_to(shop.root / "build" / "docs" / language).as_posix()
        for language in ("zh", "en")
        for path in (shop.root / "build" / "docs" / language).rglob("*.md")
    }
    side = read_side(shop.options, frozenset(), progress=lambda _: None)
    assert page_addresses(side) == {
        p.removesuffix("index.md") if p.endswith("index.md") else p.removesuffix(".md") + "/"
        for p in made
    }
