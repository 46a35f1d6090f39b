"""A report with scorecards of the whole kind: what is frozen, printed and found revised."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from kpi_site.catalog import Text
from kpi_site.editions.model import SCORECARDS, SCORES, Edition
from kpi_site.exports.edition_files import xlsx_of
from kpi_site.options import Options
from kpi_site.publishing import publish, sign
from kpi_site.stages import figures

APPRAISAL = Path(__file__).parents[1] / "sites" / "appraisal"
TODAY = date(2026, 5, 20)
REPORT = """\
period: 2026-04
scorecards: [monthly, quarterly, behaviour]
highlights: [on_time_rate]
summary: {zh: 四月。, en: April.}
comments:
  on_time_rate: {zh: 说明。, en: Explained.}
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Options, Edition]:
    """A copy of the site with the report of April published."""
    root = tmp_path_factory.mktemp("appraisal") / "site"
    shutil.copytree(APPRAISAL, root, ignore=shutil.ignore_patterns("build", "site"))
    report = root / "content" / "reports" / "2026-04" / "report.yml"
    report.parent.mkdir(parents=True)
    report.write_text(REPORT, encoding="utf-8")
    options = Options(root=root, today=TODAY)
    for role in ("collected", "verified", "approved"):
        written, problems = sign(options, "2026-04", role, Text("main"), on=date(2026, 5, 6))
        assert written is not None, [p.text() for p in problems]
    edition, problems = publish(options, "2026-04", on=date(2026, 5, 8))
    assert edition is not None, [p.text() for p in problems]
    return options, edition


def test_totals_and_rules_are_frozen_for_every_member(
    published: tuple[Options, Edition],
) -> None:
    options, edition = published
    found, _ = figures(options)
    assert found is not None
    (card,) = (c for c in found.scores["monthly"] if c.period.label == "2026-04")
    frozen = list(csv.DictReader(io.StringIO(edition.files[SCORES].decode(), newline="")))
    totals = {r["scorecard"]: r["points"] for r in frozen if r["line"] == "0"}
    assert totals == {
        **{f"monthly/{m.member.member}": str(m.total or "") for m in card.members if m.member},
        "quarterly": totals["quarterly"],
        "behaviour": totals["behaviour"],
    }
    boards = {c["id"]: c for c in json.loads(edition.files[SCORECARDS])["scorecards"]}
    best = card.members[0]
    assert best.member is not None
    told = boards[f"monthly/{best.member.member}"]
    assert told["rank"] == 1
    assert told["title"]["zh"] == f"部门月度考核 · {best.member.member}"
    assert told["for_each"] == "department"
    assert [g["best"] for g in told["grades"]] == [0.25, 0.75, 1]
    assert [line.get("deduct") for line in told["lines"]][2] == {"each": 3, "at_most": 8}
    assert told["lines"][5]["veto"] == {"above": 0, "at_most": 60}
    assert boards["behaviour"]["start"] == 100


def test_the_article_and_the_workbook_tell_members(published: tuple[Options, Edition]) -> None:
    _, edition = published
    article = edition.files["article.zh.md"].decode()
    for word in ("排名", "北区", "名次", "从权重里扣", "18.0–108.5", "A 1 · B 3 · C 2"):
        assert word in article, word
    with zipfile.ZipFile(io.BytesIO(xlsx_of(edition, "zh"))) as book:
        strings = " ".join(book.read(name).decode() for name in book.namelist() if "xml" in name)
    for word in ("扣分与加分", "名次", "部门月度考核 · 北区"):
        assert word in strings, word
    printed = edition.files["report.zh.typ"].decode()
    assert "排名" in printed or "名次" in printed
    assert printed.count("最高 北区（108.5），最低 e/f（18.0）") == 2  # first page, and its section
    book_ = openpyxl.load_workbook(io.BytesIO(xlsx_of(edition, "zh")))
    (name,) = (n for n in book_.sheetnames if n.endswith("排名"))
    head, *rows = book_[name].iter_rows(values_only=True)
    assert head[1:6] == ("记分卡", "Department", "期间", "名次", "总分")
    assert [row[2] for row in rows] == ["北区", "c", "d", "a", "b", "e/f"]
    assert [row[4] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [round(float(str(row[5])), 1) for row in rows] == [108.5, 85.5, 78.7, 66.7, 41.0, 18.0]


def test_nothing_is_revised_until_a_fact_changes(published: tuple[Options, Edition]) -> None:
    options, _ = published
    found, _ = figures(options)
    assert found is not None
    assert found.told.pending.get("2026-04", ()) == ()
    events = options.root / "data" / "events.csv"
    before = events.read_text(encoding="utf-8")
    try:
        events.write_text(before + "E999,2026-04-14,北区,accident\n", encoding="utf-8")
        found, _ = figures(options)
        assert found is not None
        revised = {r.indicator: r for r in found.told.pending["2026-04"] if r.what == "total"}
    finally:
        events.write_text(before, encoding="utf-8")
    veto = revised["monthly/北区"]  # it was the best, and is at most 60
    assert veto.new == 60
    assert veto.old is not None
    assert veto.old > 100
