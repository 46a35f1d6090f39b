"""After publication nothing changes what was published: each thing is done, and compared."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import kpi_site
from kpi_site import words
from kpi_site.building import build
from kpi_site.content import read_catalog
from kpi_site.editions.course import courses
from kpi_site.editions.store import read_editions
from kpi_site.nature import is_amount
from kpi_site.options import Options
from kpi_site.publishing import publish
from tests.editions.conftest import MINI, PUBLISHED, TODAY, edit, sign_all, snapshot

Change = Callable[[Path, pytest.MonkeyPatch], object]
NAMED = "content/indicators"


def _facts(root: Path, _: pytest.MonkeyPatch) -> None:
    orders = root / "data/orders.csv"
    orders.write_text("".join(orders.read_text().splitlines(keepends=True)[:-1]))


def _formula(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root, f"{NAMED}/service/csat.yml", "formula: total / answers", "formula: total / 2")


def _threshold(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root, f"{NAMED}/sales/sales_attainment.yml", "target: 1.00", "target: 1.05")


def _name(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root, f"{NAMED}/service/nps.yml", "净推荐值", "口碑指数")
    edit(root, "content/site.yml", "小样公司", "大样公司")
    edit(root, "content/scorecards/company.yml", "公司记分卡", "全公司计分")


def _unit(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root, f"{NAMED}/service/csat.yml", "unit: score", "unit: points")
    edit(root, f"{NAMED}/service/csat.yml", "decimals: 1", "decimals: 3")


def _card(root: Path, _: pytest.MonkeyPatch) -> None:
    (root / NAMED / "service/nps.yml").unlink()
    edit(
        root,
        "content/scorecards/company.yml",
        '      - {no: "3", indicator: nps, weight: 15}\n',
        "",
    )
    edit(root, "content/scorecards/company.yml", "weight: 25", "weight: 40")


def _dataset(root: Path, _: pytest.MonkeyPatch) -> None:
    shutil.rmtree(root / NAMED / "service")
    (root / "content/datasets/answers.yml").unlink()
    (root / "data/answers.csv").unlink()
    (root / "content/scorecards/company.yml").unlink()
    (root / "content/reports/2026-10/report.yml").unlink()


def _report(root: Path, _: pytest.MonkeyPatch) -> None:
    edit(root, "content/reports/2026-10/report.yml", "十月达成计划。", "另一段摘要。")
    edit(root, "content/reports/2026-10/report.yml", "highlights: [revenue, ", "highlights: [")


def _program(root: Path, patch: pytest.MonkeyPatch) -> None:
    """An upgrade: another version, other words on pages."""
    patch.setattr(kpi_site, "__version__", "99.0")
    altered = {key: (f"{zh}改", f"{en} altered") for key, (zh, en) in words.WORDS.items()}
    patch.setattr(words, "WORDS", altered)


CHANGES: dict[str, Change] = {
    "facts": _facts,
    "formula": _formula,
    "threshold": _threshold,
    "names": _name,
    "unit": _unit,
    "a card deleted": _card,
    "a dataset deleted": _dataset,
    "the report's file": _report,
    "the program": _program,
}


def frozen(site: Path) -> dict[str, bytes]:
    """Return the articles and the files of every edition on the site."""
    found = {}
    for path, data in snapshot(site).items():
        if re.search(r"/reports/[^/]+/edition-\d+/", path):
            article = re.search(rb"<article.*</article>", data, re.DOTALL)
            found[path] = article[0] if article else data
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """The mini site with its report published, and built."""
    made = tmp_path_factory.mktemp("first") / "mini"
    shutil.copytree(MINI, made, ignore=shutil.ignore_patterns("build", "site"))
    options = Options(root=made, today=TODAY, languages=("zh",))
    sign_all(options, "2026-10")
    publish(options, "2026-10", on=PUBLISHED)
    built, problems = build(options)
    assert built is not None, problems
    return options


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_changes_what_was_published(
    first: Options, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, drawn = frozen(first.target), _drawn(first.target)
    assert len(before) >= 2
    assert drawn
    root = Path(shutil.copytree(first.root, tmp_path / "mini"))
    CHANGES[name](root, monkeypatch)
    later = replace(first, root=root)
    built, problems = build(later)
    assert built is not None, [p.text() for p in problems]
    assert frozen(later.target) == before
    assert _drawn(later.target) == drawn


def _drawn(site: Path) -> dict[str, dict[str, list[Any]]]:
    """Return the numbers of the charts of every edition on the site, as a reader saves them."""
    charts: dict[str, dict[str, list[Any]]] = {}
    for path in site.glob("*/charts/reports/*/edition-*.json"):
        found = json.loads(path.read_text("utf-8"))["charts"]
        for name, chart in found.items():
            own = chart["own"]
            charts[f"{path.parent.name}/{path.stem}/{name}"] = {
                "csv": own["usermeta"]["kpi"]["csv"].splitlines()[1:],
                "rows": [r.get("value") for r in own["datasets"]["rows"]],
                "targets": [r["y"] for r in own["datasets"]["targets"]],
            }
    return charts


def test_the_charts_of_an_edition_are_its_own_numbers(first: Options) -> None:
    edition = first.root / "content/reports/2026-10/edition-1"
    frozen = list(csv.DictReader((edition / "values.csv").read_text("utf-8").splitlines()))
    drawn = _drawn(first.target)
    cards = {"csat", "nps", "revenue", "sales_attainment"}
    assert set(drawn) == {f"2026-10/edition-1/{card}" for card in cards}
    for key, chart in drawn.items():
        own = [r for r in frozen if r["indicator"] == key.rpartition("/")[2] and not r["member"]]
        assert chart["rows"] == [float(r["value"]) if r["value"] else None for r in own]
        wanted = {float(r["target"]) for r in own if r["target"]}
        assert set(chart["targets"]) == wanted


def test_what_is_frozen_of_a_card_tells_whether_its_values_are_bars(first: Options) -> None:
    catalog, _ = read_catalog(first.root, today=TODAY)
    assert catalog is not None
    parse = catalog.site.calendar.parse
    published, _ = read_editions(first.root, parse)
    found = courses(published.editions["2026-10"][0], parse)
    told = {name: course.bars for name, course in found.items()}
    assert told == {name: is_amount(catalog.indicators[name]) for name in found}
    assert set(told.values()) == {True, False}


def test_signals_and_contributions_stay_as_they_were_published(
    first: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts change: the site computes others of the month, and the edition keeps its own."""
    root = Path(shutil.copytree(first.root, tmp_path / "mini"))
    edition = root / "content/reports/2026-10/edition-1"
    before = snapshot(edition)
    told = before["article.zh.md"].decode()
    why = re.findall(r'<p class="kpi-why".*?</p>', told)
    assert why
    _facts(root, monkeypatch)
    later = replace(first, root=root)
    built, problems = build(later)
    assert built is not None, [p.text() for p in problems]
    assert snapshot(edition) == before
    page = (later.target / "zh/reports/2026-10/index.html").read_text("utf-8")
    assert [unescape(s) for s in re.findall(r'<p class="kpi-why".*?</p>', page)] == [
        unescape(s) for s in why
    ]
    for name in ("signals.csv", "contributions.csv"):
        now = set((later.target / "zh/data" / name).read_text("utf-8").splitlines())
        frozen = before[name].decode().splitlines()
        starts = ("revenue,2026-10,,", "revenue,2026-10,previous,term")
        kept = [line for line in frozen if line.startswith(starts)]
        assert kept
        assert not now.intersection(kept), name


def test_a_link_to_a_deleted_card_still_leads_somewhere(
    published: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    _card(published.root, monkeypatch)
    built, problems = build(published)
    assert built is not None, problems
    page = (published.target / "zh/indicators/nps/index.html").read_text("utf-8")
    assert "净推荐值" in page
    assert "推荐者" in page


def test_the_report_shows_the_revision_and_the_card_what_was_published(
    published: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    _formula(published.root, monkeypatch)
    built, problems = build(published)
    assert built is not None, problems
    report = (published.target / "en/reports/2026-10/index.html").read_text("utf-8")
    assert 'id="revisions"' in report
    card = unescape((published.target / "en/indicators/csat/index.html").read_text("utf-8"))
    # October's scores: 10 + 8 + 6 + 4 + 9 + 7 + 5 + 10 = 59; 59 / 8 = 7.375, 59 / 2 = 29.5
    assert re.search(r"published <b>7\.4</b>, now <b>29\.5</b>", card)
    table = (published.target / "en/data/revisions.csv").read_text("utf-8")
    row = "2026-10,1,,csat,value,2026-10,,,7.375,29.5,22.125,ok,ok,score,2026-11-24,,,"
    assert row in table.splitlines()
