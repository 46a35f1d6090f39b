"""Pages of scorecards of the whole kind: members, arithmetic, and what a veto did."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.stages import figures

ROOT = Path(__file__).parents[1] / "sites" / "appraisal"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The Chinese pages of the site, without their markup."""
    found, problems = figures(Options(root=ROOT, today=date(2026, 5, 20)))
    assert found is not None, [p.text() for p in problems]
    texts = {f.path: str(f.content) for f in render(found, "zh") if f.path.endswith(".md")}
    return {path: html.unescape(re.sub(r"<[^>]+>", " ", text)) for path, text in texts.items()}


def test_each_member_has_a_page_and_a_place_in_the_ranking(pages: dict[str, str]) -> None:
    own = {path for path in pages if path.startswith("scorecards/monthly/")}
    plain = {f"scorecards/monthly/{name}.md" for name in ("a", "b", "c", "d", "北区")}
    (slash,) = own - plain  # e/f is no folder
    assert re.fullmatch(r"scorecards/monthly/e-f-[0-9a-f]{8}\.md", slash)
    assert own == {*plain, slash}
    ranking = pages["scorecards/monthly.md"].partition("名次")[2]
    order = [ranking.index(word) for word in ("北区", "85.5", "78.7", "66.7", "41.0", "18.0")]
    assert order == sorted(order)


def test_the_list_tells_how_the_totals_of_members_lie(pages: dict[str, str]) -> None:
    text = " ".join(pages["scorecards/index.md"].split())
    row = text.partition("部门月度考核 各部门")[2].partition("全公司季度考核")[0]
    assert "18.0–108.5" in row
    assert "A 1 · B 3 · C 2" in row  # a quarter of six, three quarters of six
    assert "6个成员有总分：最高 北区（108.5），最低 e/f（18.0）。" in row
    assert row.split()[0] == "18.0–108.5"
    assert "18.0–108.5" in " ".join(pages["index.md"].split())


def test_the_ranking_names_what_is_ranked_and_shows_the_months_before(
    pages: dict[str, str],
) -> None:
    text = pages["scorecards/monthly.md"]
    ranking, _, history = text.partition("历次总分")
    assert "Department" in ranking
    assert "成员 " not in ranking.partition("名次")[2].partition("总分")[0]
    rows = [line.split() for line in history.splitlines() if line.strip()]
    (best,) = (row for row in rows if row[0] == "北区")
    assert len(best) == 5  # four months
    assert best[-1] == "108.5"
    names = [row[0] for row in rows if row[0] in {"北区", "a", "b", "c", "d", "e/f"}]
    assert names == ["北区", "c", "d", "a", "b", "e/f"]  # as ranked


def test_a_member_sees_its_sum(pages: dict[str, str]) -> None:
    """April of a: 2 of 3 on time are 76.67 points, three orders 70, and 3 x 3 is capped at 8."""
    text = pages["scorecards/monthly/a.md"]
    assert "(70 × 76.67 + 30 × 70) ÷ 100 − 8 = 66.7" in text
    assert "扣分：值 × 3，至多8" in text
    assert "大家共用" in text


def test_points_of_cycles_and_the_veto_are_told(pages: dict[str, str]) -> None:
    text = pages["scorecards/quarterly.md"]
    assert "(96.67 + 74.29 + 94.62) ÷ 3 = 88.5" in text
    assert "“事故”一票否决：等级不高于“差”" in text
    assert "否则总分为75.9（良）" in text
    struck, total = text.index("一票否决"), text.index("总分的由来")
    assert struck < total
