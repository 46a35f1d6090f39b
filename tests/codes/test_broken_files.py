"""A hundred broken files: what a controller types by mistake, and exactly one problem for it.

``¶`` in the new text marks where the problem must be told; it is taken out before checking.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.codes.registry import PLACES
from kpi_site.findings.texts import hint_of
from kpi_site.problems import Problem
from tests.codes.company import SITE, company, problems_of

NAME = "name: {zh: 目标达成率, en: Attainment}"
DEFINITION = "{zh: 实际销售额与计划之比。, en: Actual sales by planned sales.}"
TERMS = """\
terms:
  actual: {from: orders, value: SUM(amount)}
  planned: {from: orders, value: SUM(planned)}"""
GROWTH = "{baseline: 0.02, target: 0.05}"

# file, what stands there, what is typed instead, the code
TYPED = [
    # YAML itself
    ("card", "unit: percent", "unit:¶\tpercent", "yaml-tab"),
    ("card", "terms:\n  actual", "terms:\n¶\tactual", "yaml-tab"),
    ("card", "unit: percent", "unit¶：percent", "full-width"),
    ("card", "unit: percent", "unit¶： percent", "full-width"),
    ("card", "formula: actual", "formula¶： actual", "full-width"),
    ("card", NAME, "name: {zh¶： 目标达成率, en: Attainment}", "full-width"),
    ("card", NAME, "name: {zh: 目标达成率¶， en: Attainment}", "full-width"),
    ("card", NAME, "name: {zh: 目标达成率, en¶：Attainment}", "full-width"),
    ("card", "related: [growth]", "related: ¶［growth]", "full-width"),
    ("card", NAME, "name: {zh¶:目标达成率, en: Attainment}", "missing-space"),
    ("card", "unit: percent", "unit¶:percent", "missing-space"),
    ("card", "related: [growth]", "related:\n- growth\n¶-buyers", "missing-space"),
    ("card", "cycle: month", "  cycle¶: month", "yaml-syntax"),
    ("card", "  actual:", "   actual:", "yaml-syntax"),
    ("card", "unit: percent", "unit: percent\n¶unit: count", "yaml-duplicate-key"),
    ("card", "related: [growth]", "related: [growth\n", "yaml-syntax"),
    ("card", "related: [growth]", "related: [growth]¶]", "yaml-syntax"),
    ("card", DEFINITION, "见¶: 手册", "yaml-syntax"),
    ("card", DEFINITION, "实际与计划之比: 百分数", "yaml-syntax"),
    ("card", DEFINITION, '¶"实际', "yaml-syntax"),
    ("card", DEFINITION, "¶@待定", "yaml-syntax"),
    ("card", DEFINITION, "¶*见手册", "yaml-syntax"),
    ("card", DEFINITION, "{zh: 实际, 计划之比, en: Actual}", "unknown-language"),
    ("card", "unit: percent", "unit:¶\u3000percent", "full-width"),
    ("card", "unit: percent", "unit:¶\u00a0percent", "full-width"),
    ("card", "  actual: {", "¶\u3000\u3000actual: {", "full-width"),
    ("card", NAME, "name: ¶“达成率: 新”", "full-width"),
    ("card", NAME, "name: {zh: 达成率, en: Rate¶: new}", "yaml-syntax"),
    ("card", NAME, 'name: "达成率" ¶新', "yaml-syntax"),
    ("scorecard", "attainment, weight: 60}", "attainment}\n  ¶weight: 60", "yaml-syntax"),
    ("card", "unit: percent", "¶<<<<<<< HEAD\nunit: percent\n=======\nunit: count\n>>>>>>> x",
     "merge-conflict"),
    ("card", TERMS, "terms: ¶{}", "empty-list"),
    # numbers
    ("growth", GROWTH, "{baseline: ¶2%, target: 0.05}", "percent-text"),
    ("growth", GROWTH, "{baseline: ¶2％, target: 0.05}", "full-width"),
    ("growth", GROWTH, '{baseline: ¶"0.02", target: 0.05}', "quoted-number"),
    ("growth", GROWTH, "{baseline: ¶1,200, target: 1500}", "thousands-separator"),
    ("growth", GROWTH, '{baseline: ¶"1,200", target: 1500}', "thousands-separator"),
    ("growth", GROWTH, "{baseline: ¶1，200, target: 1500}", "full-width"),
    ("growth", GROWTH, "{baseline: ¶０.02, target: 0.05}", "full-width"),
    ("growth", GROWTH, "{baseline: ¶0。02, target: 0.05}", "full-width"),
    ("growth", GROWTH, "{baseline: ¶0,02, target: 0.05}", "thousands-separator"),
    ("growth", GROWTH, "{baseline: ¶2万, target: 30000}", "wrong-type"),
    ("growth", GROWTH, "{baseline: ¶about 0.02, target: 0.05}", "wrong-type"),
    ("growth", GROWTH, "{baseline: ¶.nan, target: 0.05}", "wrong-type"),
    ("card", "expect: 0.9", "expect: ¶90%", "percent-text"),
    ("scorecard", "weight: 60", "weight: ¶60%", "percent-text"),
    ("scorecard", "weight: 60", 'weight: ¶"60"', "quoted-number"),
    # keys, lists, words
    ("card", "related: [growth]", "related: ¶growth", "wrong-type"),
    ("card", "related: [growth]", "related:\n  ¶-growth", "wrong-type"),
    ("card", "related: [growth]", "related: [¶growth，buyers]", "full-width"),
    ("card", "unit: percent", "unit: percent\n¶decimal: 1", "unknown-key"),
    ("card", "unit: percent", "unit: percent\n¶Decimals: 1", "unknown-key"),
    ("card", "unit: percent", "unit: percent\n¶小数位: 1", "unknown-key"),
    ("card", DEFINITION, "", "empty-value"),
    ("card", DEFINITION, "{¶zh: , en: Actual}", "empty-value"),
    ("card", DEFINITION, '¶""', "empty-value"),
    ("card", DEFINITION, "¶{zh: 实际销售额与计划之比。}", "missing-translation"),
    ("card", "unit: percent", "unit: ¶万元", "unknown-unit"),
    ("card", "unit: percent", 'unit: ¶"%"', "unknown-unit"),
    ("card", "cycle: month", "cycle: ¶月", "unknown-choice"),
    ("card", "cycle: month", "cycle: ¶Month", "unknown-choice"),
    ("card", "direction: higher", "direction: ¶越高越好", "unknown-choice"),
    ("card", "perspective: customer", "perspective: ¶客户", "unknown-perspective"),
    ("card", "audience: staff", "audience: ¶Staff", "unknown-audience"),
    ("action", "id: win_back", "id: ¶Win_Back", "bad-id"),
    ("action", "id: win_back", "id: ¶win-back", "bad-id"),
    ("action", "id: win_back", "id: ¶挽回", "bad-id"),
    ("action", "id: win_back", "id: ¶winback", "name-mismatch"),
    ("action", "owner: {zh: 销售部, en: Sales}\n", "", "missing-key"),
    ("scorecard", "scored: true", "scored: ¶是", "wrong-type"),
    ("scorecard", "scored: true", "scored: ¶yes", "wrong-type"),
    ("scorecard", "scored: true", 'scored: ¶"true"', "wrong-type"),
    ("card", "examples:\n  - {given: {actual: 90, planned: 100}, expect: 0.9}",
     "examples: ¶{given: {actual: 90, planned: 100}, expect: 0.9}", "wrong-type"),
    ("card", "{from: 2025, baseline: 0.90, target: 0.95, challenge: 0.98}", "¶0.90\n  - 0.95",
     "wrong-type"),
    ("card", "{from: 2025, baseline: 0.90, target: 0.95, challenge: 0.98}",
     "{from: 2025, target: ¶tickets}", "unknown-term"),
    ("card", DEFINITION, "{zh: 实际, en: Note¶: Share}", "yaml-syntax"),
    ("card", NAME, 'name: "a\\U¶00110000"', "yaml-syntax"),
    ("card", NAME, 'name: "a¶\\u202eb"', "invisible-character"),
    ("action", "id: win_back", "id: ¶nul", "reserved-id"),
    ("dataset", "path: data/orders.csv", "path: ¶data/" + "a/" * 40 + "x.csv", "bad-path"),
    ("card", "dimensions: [channel]", "dimensions: [¶渠道]", "unknown-dimension"),
    ("card", "actual: {from: orders, value: SUM(amount)}", "actual: ¶SUM(amount)", "wrong-type"),
    ("card", "actual: {from: orders, value: SUM(amount)}", "actual: ¶{from: orders}",
     "missing-key"),
    ("card", "actual: {from: orders", "actual: {¶form: orders", "unknown-key"),
    ("growth", "lag: 1y", "lag: ¶1 year", "wrong-type"),
    ("growth", "lag: 1y", "lag: ¶12", "wrong-type"),
    ("report", "period: 2026-10", "period: 2026-10\ncomments: {attainment¶： 好}", "full-width"),
    # dates and periods
    ("action", "start: 2026-09-01", "start: ¶2026/9/1", "bad-date"),
    ("action", "start: 2026-09-01", "start: ¶2026-9-1", "bad-date"),
    ("action", "start: 2026-09-01", "start: ¶2026.9.1", "bad-date"),
    ("action", "start: 2026-09-01", "start: ¶2026年9月1日", "bad-date"),
    ("action", "start: 2026-09-01", "start: ¶20260901", "wrong-type"),
    ("action", "start: 2026-09-01", "start: ¶2026-09-31", "no-such-day"),
    ("action", "due: 2026-12-31", "due: ¶2026-08-31", "due-before-start"),
    ("card", "from: 2025", "from: ¶2025/01", "bad-period"),
    ("card", "from: 2025", "from: ¶2025年", "bad-period"),
    ("card", "from: 2025", "from: ¶2025-1", "bad-period"),
    ("report", "period: 2026-10", "period: ¶2026-13", "bad-period"),
    ("report", "period: 2026-10", "period: ¶2026-Q5", "bad-period"),
    ("report", "period: 2026-10", "period: ¶2026-10-31", "bad-period"),
    ("report", "period: 2026-10", "period: ¶2026-09", "name-mismatch"),
    # formulas and terms
    ("card", "formula: actual / planned", "formula: actual / ¶plan", "unknown-term"),
    ("card", "formula: actual / planned", "formula: ¶实际 / planned", "unknown-term"),
    ("card", "formula: actual / planned", "formula: ¶（actual） / planned", "full-width"),
    ("card", "formula: actual / planned", "formula: actual ¶÷ planned", "full-width"),
    ("card", "formula: actual / planned", "formula: ¶“actual / planned”", "full-width"),
    ("card", "formula: actual / planned", "formula: actual / planned * 100¶%", "percent-text"),
    ("card", "formula: actual / planned", "formula: ¶= actual / planned", "sql-syntax"),
    ("card", "formula: actual / planned", "formula: (actual / planned¶", "sql-syntax"),
    ("card", "formula: actual / planned", "formula: actual ¶planned", "sql-syntax"),
    ("card", "formula: actual / planned", "formula: actual ¶^ 2 / planned", "sql-syntax"),
    ("card", "formula: actual / planned", "formula: ¶IF(actual > 0, 1, 0)", "unknown-function"),
    ("card", "formula: actual / planned", "formula: ¶SUM(actual) / planned", "formula-part"),
    ("card", "value: SUM(amount)", "value: SUM¶（amount）", "full-width"),
    ("card", "value: SUM(amount)", "value: SUM(¶amonut)", "unknown-column"),
    ("card", "value: SUM(amount)", "value: SUM(amount), where: channel = ¶web", "unknown-column"),
    ("card", "value: SUM(amount)", "value: SUM(amount), where: channel = ¶'wbe'", "never-true"),
    ("card", "value: SUM(amount)", "value: SUM(¶channel)", "sql-type"),
    ("card", "value: SUM(amount)", "value: ¶amount", "sql-aggregate"),
    ("card", "value: SUM(amount)", "value: ¶SELECT SUM(amount)", "sql-syntax"),
    ("card", "from: orders, value: SUM(amount)", "from: ¶order, value: SUM(amount)",
     "unknown-dataset"),
    ("card", "target: 0.95", "target: ¶0.85", "thresholds-order"),
    ("card", "direction: higher", "direction: lower", "thresholds-order"),
    ("card", "expect: 0.9", "expect: 0.8", "example-fails"),
    ("growth", "now / before - 1", "now / before - 1\nformerly: [¶buyers]", "former-id-in-use"),
    # scorecards
    ("scorecard", "weight: 60", "weight: 50", "weights-total"),
    ("scorecard", "weight: 40", "weight: ¶-40", "negative-weight"),
    ("scorecard", "{indicator: growth, weight: 40}", "¶{indicator: growth}", "missing-weight"),
    ("scorecard", "indicator: growth", "indicator: ¶grwth", "unknown-indicator"),
    ("scorecard", "cycle: quarter", "cycle: ¶day", "cycle-too-short"),
    # datasets
    ("dataset", "path: data/orders.csv", "path: ¶data/order.csv", "no-such-file"),
    ("dataset", "path: data/orders.csv", "path: ¶C:\\data\\orders.csv", "path-outside-root"),
    ("dataset", "path: data/orders.csv", "path: ¶data/orders.xls", "unsupported-file"),
    ("dataset", "owner: sales", "owner: sales\nencoding: ¶utf9", "unknown-encoding"),
    ("dataset", "owner: sales", "owner: ¶销售部", "unknown-department"),
    ("dataset", "shipped_on, type: date", "shipped_on, type: ¶Date", "unknown-choice"),
    ("dataset", "shipped_on, type: date", "shipped_on, type: date, format: ¶YYYY-MM-DD",
     "bad-format"),
    ("dataset", "time: ordered_on", "time: ¶order_on", "unknown-column"),
    ("dataset", "time: ordered_on", "time: ¶channel", "not-a-time"),
    ("dataset", "primaryKey:", "¶primarykey:", "unknown-key"),
    ("dataset", "resource: customers", "resource: ¶customer", "unknown-dataset"),
    ("dataset", "rule: shipped_on >= ordered_on", "rule: shipped_on ¶=> ordered_on", "sql-syntax"),
    ("dataset", "rule: shipped_on >= ordered_on", "rule: ¶shipped_on - ordered_on",
     "not-a-condition"),
    # facts
    ("facts", "100.00", '¶"1,000.00"', "bad-value"),
    ("facts", "100.00", "¶￥100", "bad-value"),
    ("facts", "100.00", "¶n/a", "bad-value"),
    ("facts", "100.00", "¶100.005", "too-many-decimals"),
    ("facts", "100.00", "¶-1", "out-of-bounds"),
    ("facts", "100.00,90.00", "1,100.00,¶90.00", "too-many-cells"),
    ("facts", "web", "¶wbe", "not-listed"),
    ("facts", "O3,", "¶O2,", "duplicate-key"),
    ("facts", "C2", "¶C9", "dangling-key"),
    ("facts", "2026-10-08", "¶2026-10-01", "broken-rule"),
    ("facts", "2026-10-20", "¶2026/10/20", "bad-value"),
    ("facts", "2026-10-20", "¶2026-10-32", "bad-value"),
    ("facts", "2026-10-20", "¶", "missing-value"),
    ("facts", "planned\n", "¶plan\n", "undeclared-column"),
    ("facts", "planned\n", "planned,¶remark\n", "undeclared-column"),
    ("facts", "O3,", "¶\nO3,", "blank-line"),
    # the site
    ("site", "currency: CNY", "currency: ¶RMB", "unknown-currency"),
    ("site", "languages: [zh, en]", "languages: [¶cn, en]", "unknown-choice"),
    ("site", "data_through: 2026-10-31", "data_through: ¶2026-10", "wrong-type"),
    ("site", "target: 100", "target: ¶50", "points-order"),
]  # fmt: skip


def told(found: Problem) -> None:
    """A problem names a place, a message and a hint, in both languages."""
    hint = hint_of(found)
    assert hint is not None
    for text in (found.message, hint):
        assert text.zh.strip()
        assert text.en.strip()
    assert found.where.line >= 1
    assert found.where.column >= 1
    assert (SITE / found.where.file).exists()


@pytest.mark.parametrize(
    ("place", "old", "new", "code"), TYPED, ids=[f"{t[0]}-{t[3]}-{t[2]}" for t in TYPED]
)
def test_one_mistake_is_one_problem_at_its_place(
    tmp_path: Path, place: str, old: str, new: str, code: str
) -> None:
    site = company(tmp_path / "site")
    path = site / PLACES[place]
    text = path.read_text("utf-8")
    assert old in text
    at = text.index(old) + new.find("¶")
    text = text.replace(old, new.replace("¶", ""), 1)
    path.write_bytes(text.encode())
    found = problems_of(site)
    assert [p.code for p in found] == [code], [p.text() for p in found]
    told(found[0])
    if "¶" in new:
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        assert (found[0].where.line, found[0].where.column) == (line, column), found[0].text()


ACTION = (SITE / PLACES["action"]).read_text("utf-8")
WHOLE = [
    (b"", "yaml-empty"),
    (b"# nothing yet\n", "yaml-empty"),
    (b"- a\n- b\n", "wrong-type"),
    (b"hello\n", "wrong-type"),
    (b"\xef\xbb\xbf" + ACTION.encode(), None),  # a byte order mark is no mistake
    (ACTION.replace("\n", "\r\n").encode(), None),  # nor are the ends of lines
    (ACTION.encode("gb18030"), "yaml-encoding"),
    (ACTION.encode("utf-16"), "yaml-encoding"),
    (b"PK\x03\x04binary\xff\xfe", "yaml-encoding"),
    (ACTION.encode() + b"\x00", "yaml-character"),
    (ACTION.encode() + b"---\nid: other\n", "yaml-documents"),
    (("a: " + "[" * 2000).encode(), "yaml-nesting"),
]


@pytest.mark.parametrize(("data", "code"), WHOLE, ids=[str(w[1]) + repr(w[0][:9]) for w in WHOLE])
def test_whole_files(tmp_path: Path, data: bytes, code: str | None) -> None:
    site = company(tmp_path / "site")
    (site / PLACES["action"]).write_bytes(data)
    found = problems_of(site)
    assert [p.code for p in found] == ([code] if code else [])
    for each in found:
        told(each)


def test_many_mistakes_are_told_at_once(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    for place, old, new in [
        ("card", "unit: percent", "unit： percent"),
        ("card", "cycle: month", "cycle： monthly"),
        ("card", "baseline: 0.90", "baseline: 90%"),
        ("card", "related: [growth]", "related: [growht]"),
        ("dataset", "type: date}", "type: dat}"),
        ("scorecard", "weight: 60", "weight: sixty"),
        ("action", "due: 2026-12-31", "due: 2026/12/31"),
    ]:
        path = site / PLACES[place]
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert [(Path(p.where.file).stem, p.where.line, p.code) for p in problems_of(site)] == [
        ("win_back", 6, "bad-date"),
        ("orders", 13, "unknown-choice"),
        ("attainment", 8, "full-width"),
        ("attainment", 10, "full-width"),
        ("attainment", 10, "unknown-choice"),
        ("attainment", 13, "percent-text"),
        ("attainment", 16, "unknown-indicator"),
        ("sales", 6, "wrong-type"),
    ]


def test_places_hold_where_a_space_was_read_on(tmp_path: Path) -> None:
    """What stands behind a missing space on its line keeps its own column."""
    site = company(tmp_path / "site")
    path = site / PLACES["card"]
    path.write_text(path.read_text("utf-8").replace("cycle: month", "cycle：monthly"), "utf-8")
    places = [(p.where.line, p.where.column, p.code) for p in problems_of(site)]
    assert places == [(10, 6, "full-width"), (10, 7, "unknown-choice")]


def test_a_file_typed_with_full_width_colons_throughout(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    path = site / PLACES["action"]
    lines = path.read_text("utf-8").count("\n")
    path.write_text(path.read_text("utf-8").replace(": ", "："), "utf-8")
    found = problems_of(site)
    assert {p.code for p in found} == {"full-width"}
    assert {p.where.line for p in found} == set(range(1, lines + 1))


def test_a_suffix_in_capitals_is_told(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    path = site / PLACES["action"]
    path.rename(path.with_suffix(".YML"))
    assert [p.code for p in problems_of(site)] == ["wrong-suffix"]


@pytest.mark.parametrize(("encoding", "told"), [("gb18030", "GBK"), ("utf-16", "UTF-16")])
def test_another_encoding_is_guessed_in_the_hint(tmp_path: Path, encoding: str, told: str) -> None:
    site = company(tmp_path / "site")
    (site / PLACES["action"]).write_bytes(ACTION.encode(encoding))
    hint = problems_of(site)[0].hint
    assert hint is not None
    assert hint.en.startswith(f"It looks like {told}. ")
