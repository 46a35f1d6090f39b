"""What is kept from build to build never shows: a build after any edit is like a first build.

Every kind of input is changed, one at a time, in a site that has all of them; what the next
build writes must be, byte for byte, what a build with an empty cache writes. Languages are
kept apart by the same code: most tests make the English pages alone, which takes half the time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote

import pytest

from kpi_site.catalog import Text
from kpi_site.memory import Memory
from kpi_site.options import Options
from kpi_site.publishing import publish, sign
from kpi_site.site import generate

MINI = Path(__file__).parents[1] / "sites" / "mini"
TODAY = date(2026, 11, 24)
MORE = {
    "content/datasets/regions.yml": """\
id: regions
title: {zh: 大区, en: Regions}
path: data/regions.csv
schema:
  primaryKey: [region]
  fields:
    - {name: region, type: string, constraints: {required: true}}
    - name: zone
      type: string
      title: {zh: 片区, en: Zone}
      categories: {a: {zh: 甲区, en: Zone A}}
""",
    "data/regions.csv": "region,zone\nnorth,a\nsouth,b\n",
    "content/indicators/sales/mean_order.yml": """\
id: mean_order
name: {zh: 平均订单额, en: Mean order}
definition: {zh: 每张订单的平均金额。, en: The mean amount of an order.}
formula: sold / orders
terms:
  sold: {label: {zh: 收入, en: Revenue}, indicator: revenue}
  orders: {label: {zh: 订单数, en: Orders}, from: orders, value: COUNT(*)}
unit: CNY
decimals: 2
direction: higher
cycle: month
status: retired
successor: csat
""",
    "content/indicators/sales/daily_orders.yml": """\
id: daily_orders
name: {zh: 每日订单, en: Daily orders}
definition: {zh: 当日订单数。}
formula: orders
terms:
  orders: {label: {zh: 订单数, en: Orders}, from: orders, value: COUNT(*)}
unit: count
decimals: 0
direction: higher
cycle: day
dimensions: [regions.zone]
notes: {zh: 说明, en: A note}
""",
    "content/actions/call_back.yml": """\
id: call_back
title: {zh: 回访, en: Call back}
indicators: [nps, revenue]
owner: {zh: 服务部, en: Service}
start: 2026-09-01
due: 2026-12-01
steps:
  - {what: {zh: 打电话, en: Phone}, due: 2026-10-15}
updates:
  - {on: 2026-10-01, note: {zh: 已开始, en: Begun}}
""",
}
ORDERS, ANSWERS = "content/datasets/orders.yml", "content/datasets/answers.yml"
SITE, SCORECARD = "content/site.yml", "content/scorecards/company.yml"
REPORT, ACTION = "content/reports/2026-10/report.yml", "content/actions/call_back.yml"
CSAT, NPS = "content/indicators/service/csat.yml", "content/indicators/service/nps.yml"
REVENUE = "content/indicators/sales/revenue.yml"
ATTAINMENT = "content/indicators/sales/sales_attainment.yml"
DAILY, MEAN = "content/indicators/sales/daily_orders.yml", "content/indicators/sales/mean_order.yml"
WEIGHTS = """\
indicator: sales_attainment, weight: {}}}
  - title: {{zh: 客户类, en: Customer}}
    lines:
      - {{no: "2", indicator: csat, weight: {}}}"""

EDITS = {
    "a related card's name": (CSAT, "en: Customer satisfaction", "en: Contentment"),
    "a card's definition": (NPS, "less the share", "minus the share"),
    "a card's note": (DAILY, "en: A note", "en: Another note"),
    "who collects a card's facts": (NPS, "related: [csat]", "related: [csat]\ncollector: Sales"),
    "another word for a card": (CSAT, "id: csat", "id: csat\naliases: [Love]"),
    "the other language's text": (DAILY, "{zh: 当日订单数。}", "{zh: 当日订单数。, en: Orders.}"),
    "a formula": (NPS, "/ answers * 100", "/ answers * 50"),
    "a formula that others use": (REVENUE, "formula: sold", "formula: sold * 2"),
    "a term's SQL": (CSAT, "value: SUM(score)", "value: SUM(score + 1)"),
    "a term's label": (NPS, "en: Promoters", "en: Fans"),
    "a threshold": (ATTAINMENT, "target: 1.00", "target: 1.05"),
    "a unit": (REVENUE, "unit: CNY", "unit: count"),
    "a unit shown by another card": (REVENUE, "unit: CNY", "unit: {symbol: KVA}"),
    "decimals shown by another card": (REVENUE, "decimals: 2", "decimals: 0"),
    "a direction": (REVENUE, "direction: higher", "direction: lower"),
    "a dimension": (REVENUE, "dimensions: [region]\n", ""),
    "a cycle": (ATTAINMENT, "cycle: month", "cycle: quarter"),
    "a perspective": (NPS, "perspective: customer", "perspective: finance"),
    "a status": (MEAN, "status: retired", "status: active"),
    "a successor": (MEAN, "successor: csat", "successor: nps"),
    "an example": (ATTAINMENT, "en: nine tenths", "en: nine of ten"),
    "related cards": (NPS, "related: [csat]", "related: [revenue]"),
    "a scorecard's title": (SCORECARD, "en: Company scorecard", "en: The whole company"),
    "a group's title": (SCORECARD, "en: Customer", "en: Those we serve"),
    "weights": (SCORECARD, WEIGHTS.format(60, 25), WEIGHTS.format(50, 35)),
    "a line's thresholds": (SCORECARD, "weight: 15}", "weight: 15, thresholds: {target: 40}}"),
    "a line's cycle": (SCORECARD, "weight: 15}", "weight: 15, cycle: year}"),
    "a scorecard's cycle": (SCORECARD, "cycle: quarter", "cycle: half_year"),
    "an action's title": (ACTION, "en: Call back", "en: Ring them"),
    "an action's day": (ACTION, "due: 2026-12-01", "due: 2026-10-01"),
    "an action's cards": (ACTION, "[nps, revenue]", "[csat]"),
    "a report's summary": (REPORT, "en: October met", "en: The month met"),
    "a dataset's title": (ORDERS, "en: Orders}\npath", "en: Sales orders}\npath"),
    "a dataset's owner": (ANSWERS, "owner: service", "owner: sales"),
    "a column's title": (ANSWERS, "en: Score}", "en: Marks}"),
    "a category's title": (ORDERS, "en: North}", "en: The north}"),
    "a parent's column's title": ("content/datasets/regions.yml", "en: Zone}", "en: Area}"),
    "a parent's category": ("content/datasets/regions.yml", "en: Zone A}", "en: Area A}"),
    "a parent's row": ("data/regions.csv", "south,b", "south,a"),
    "a fact": ("data/answers.csv", "A0001,2025-07-02,9", "A0001,2025-07-02,3"),
    "the organisation": (SITE, "en: Mini company", "en: Small company"),
    "a department's name": (SITE, "en: Service}", "en: Care}"),
    "a perspective's name": (SITE, "en: Customer}", "en: Clients}"),
    "the last day of data": (SITE, "2026-10-31", "2026-09-30"),
    "the fiscal year": (SITE, "currency: CNY", "currency: CNY\nfiscal_year_start: 4"),
    "the points": (SITE, "baseline: 60, target", "baseline: 50, target"),
    "a grade's name": (SITE, "en: Sound}", "en: Fair}"),
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini site with every kind of content, generated once: its root."""
    folder = tmp_path_factory.mktemp("company") / "mini"
    root = Path(shutil.copytree(MINI, folder, ignore=shutil.ignore_patterns("build", "site")))
    for name, text in MORE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    orders = root / ORDERS
    keys = (
        "  foreignKeys:\n    - {fields: [region], reference: {resource: regions, fields: [region]}}"
    )
    text = orders.read_text("utf-8").replace("  fields:\n", f"{keys}\n  fields:\n", 1)
    orders.write_text(text, "utf-8")
    _generate(root)
    return root


Languages = tuple[Literal["zh", "en"], ...]
ENGLISH: Final[Languages] = ("en",)
BOTH: Final[Languages] = ("zh", "en")


def _generate(
    root: Path,
    audience: str | None = None,
    languages: Languages = ENGLISH,
    memory: Memory | None = None,
) -> None:
    options = Options(root, TODAY, audience=audience, languages=languages)
    done, problems = generate(replace(options, memory=memory or Memory()))
    assert done is not None, [p.text() for p in problems]


def _written(root: Path) -> dict[str, bytes]:
    folder = root / "build"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "cache" not in path.parts
    }


def _afresh(
    root: Path, folder: Path, audience: str | None = None, languages: Languages = ENGLISH
) -> dict[str, bytes]:
    """Return what a build writes that finds nothing kept but the charts' slow bundle."""
    copy = Path(shutil.copytree(root, folder / "fresh", ignore=shutil.ignore_patterns("build")))
    cache = copy / "build" / "cache"
    cache.mkdir(parents=True)
    for bundle in (root / "build" / "cache").glob("*.js"):
        shutil.copy(bundle, cache)
    _generate(copy, audience, languages)
    return _written(copy)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def edited(company: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The company with one edit, taken back afterwards."""
    name, old, new = request.param
    before = (company / name).read_text("utf-8")
    _edit(company / name, old, new)
    yield company
    (company / name).write_text(before, "utf-8")


@pytest.fixture(scope="module")
def first(company: Path) -> dict[str, bytes]:
    """What is written for the company as it is."""
    return _written(company)


@pytest.fixture(scope="module")
def server() -> Memory:
    """What a server remembers, which sees one edit after another; every other build is a first."""
    return Memory()


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS, indirect=True)
def test_an_edit_shows_as_in_a_first_build(
    first: dict[str, bytes], edited: Path, server: Memory, tmp_path: Path
) -> None:
    _generate(edited, memory=server)
    after = _written(edited)
    expected = _afresh(edited, tmp_path)
    assert sorted(after) == sorted(expected)
    assert [name for name in after if after[name] != expected[name]] == []
    assert after != first, "an edit that nothing shows tests nothing"


@pytest.fixture
def own(company: Path, tmp_path: Path) -> Path:
    """A copy of the company and all that was kept, built in both languages."""
    root = Path(shutil.copytree(company, tmp_path / "own"))
    _generate(root, languages=BOTH)
    return root


def test_a_card_that_goes_is_forgotten(own: Path, tmp_path: Path) -> None:
    kept = own / "build" / "cache" / "pages"
    assert len(list(kept.rglob("indicator%20mean_order"))) == len(BOTH)
    (own / MEAN).unlink()
    _generate(own, languages=BOTH)
    assert _written(own) == _afresh(own, tmp_path, languages=BOTH)
    assert not list(kept.rglob("indicator%20mean_order"))


def test_audiences_do_not_see_what_was_kept_for_others(own: Path, tmp_path: Path) -> None:
    _edit(own / CSAT, "audience: staff", "audience: leadership")
    _generate(own, languages=BOTH)
    _generate(own, "staff", BOTH)
    seen = _written(own)
    assert seen == _afresh(own, tmp_path, "staff", BOTH)
    assert not [name for name, data in seen.items() if b"Customer satisfaction" in data]


REVISED = {
    "a formula": (NPS, "/ answers * 100", "/ answers * 50"),
    "weights": (SCORECARD, WEIGHTS.format(60, 25), WEIGHTS.format(50, 35)),
    "a fact": ("data/answers.csv", "A0001,2025-07-02,9", "A0001,2025-07-02,3"),
}


@pytest.mark.parametrize("edit", REVISED.values(), ids=REVISED)
def test_an_edit_after_publishing_shows_as_in_a_first_build(
    own: Path, tmp_path: Path, edit: tuple[str, str, str]
) -> None:
    _publish(own, "2026-10")
    _generate(own, languages=BOTH)
    before = _written(own)
    _edit(own / edit[0], *edit[1:])
    _generate(own, languages=BOTH)
    after = _written(own)
    assert after == _afresh(own, tmp_path, languages=BOTH)
    assert after != before
    frozen = [name for name in before if "/edition-1" in name]
    assert frozen
    assert [name for name in frozen if after[name] != before[name]] == []


def _publish(root: Path, label: str) -> None:
    options = Options(root, TODAY)
    for role in ("collected", "verified", "approved"):
        sign(options, label, role, Text("sales"), on=TODAY)
    published, problems = publish(options, label, on=TODAY)
    assert published is not None, [p.text() for p in problems]


def test_a_publication_makes_the_pages_that_tell_of_it(own: Path, tmp_path: Path) -> None:
    earlier = own / "content" / "reports" / "2026-09"
    earlier.mkdir()
    (earlier / "report.yml").write_text(
        "period: 2026-09\nscorecards: [company]\n"
        "comments: {nps: {zh: 九月偏低。, en: Low in September.}}\n",
        "utf-8",
    )
    _publish(own, "2026-09")
    _generate(own, languages=BOTH)
    before = _stamps(own)
    _publish(own, "2026-10")
    _generate(own, languages=BOTH)
    assert _written(own) == _afresh(own, tmp_path, languages=BOTH)
    redone = {path for path, stamp in _stamps(own).items() if before.get(path) != stamp}
    assert {f"pages/en/{name}" for name in ("edition 2026-10 0", "report 2026-10")} <= redone
    earlier_pages = {f"pages/en/{name}" for name in ("edition 2026-09 0", "report 2026-09")}
    assert earlier_pages <= before.keys()
    assert redone.isdisjoint(earlier_pages)
    assert not [path for path in redone if path.startswith("pages/en/indicator ")]


def _stamps(root: Path) -> dict[str, int]:
    """Return when each kept set was last written, by its path below the cache."""
    folder = root / "build" / "cache"
    kept = (
        path for part in ("results", "pages", "downloads") for path in (folder / part).rglob("*")
    )
    return {_named(p.relative_to(folder)): p.stat().st_ino for p in kept if p.is_file()}


def _named(path: Path) -> str:
    """Return a kept file's path without the digest in its name."""
    name = path.name.partition(".")[0] if path.suffix == ".json" else path.name
    return unquote(path.with_name(name).as_posix())


def _redone(root: Path, name: str, old: str, new: str) -> list[str]:
    """Edit a file, generate, take the edit back; return which kept sets were made again."""
    _generate(root)
    before = _stamps(root)
    _edit(root / name, old, new)
    _generate(root)
    redone = sorted(path for path, stamp in _stamps(root).items() if before.get(path) != stamp)
    _edit(root / name, new, old)
    return redone


def _pages(*names: str) -> list[str]:
    return [f"pages/en/{name}" for name in sorted(names)]


WAYS: Final = tuple(
    f"way {name}" for name in ("changes", "cycles", "letters", "owners", "signals", "status")
)
LISTS: Final = ("departments", "home", "perspectives", *WAYS)  # of all cards with their figures


def test_a_text_makes_the_pages_that_show_it(company: Path) -> None:
    redone = _redone(company, NPS, "less the share", "minus the share")
    assert redone == _pages("indicator nps", "way letters", "way owners")


def test_a_formula_computes_its_card_and_those_that_lean_on_it(company: Path) -> None:
    redone = _redone(company, REVENUE, "formula: sold", "formula: sold * 2")
    made = ("dataset orders", "datasets", "department sales", "draft 2026-10", "moved")
    assert redone == [
        "downloads/mean_order",
        "downloads/revenue",
        "downloads/terms.parquet",
        "downloads/values.parquet",
        # no scorecard has a line about either of them
        *_pages(*made, "perspective finance", "indicator mean_order", "indicator revenue", *LISTS),
        "results/mean_order",
        "results/revenue",
    ]


def test_a_weight_makes_the_pages_of_its_line(company: Path) -> None:
    redone = set(_redone(company, *EDITS["weights"]))
    lines = _pages("indicator csat", "indicator sales_attainment", "scorecard company")
    assert set(lines) <= redone
    others = ("nps", "daily_orders", "mean_order", "revenue")
    assert redone.isdisjoint(_pages(*(f"indicator {name}" for name in others)))
    assert redone.isdisjoint(_pages(*WAYS, "departments", "perspectives", "datasets"))


def test_nothing_changed_makes_nothing(company: Path) -> None:
    _generate(company)
    before = _stamps(company)
    _generate(company)
    assert _stamps(company) == before
