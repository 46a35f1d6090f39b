"""*Cards in Excel*: its commands as they stand, over the sample company, and what they write."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from kpi_site.authoring.book.dictionary import KEYS
from kpi_site.content.yaml_tree import YamlTree
from tests.docs.console import commands, run, shows
from tests.docs.fenced import blocks, page

ROOT = Path(__file__).parents[2]
NAME = "cards-in-excel"
ROWS = [
    ["2026 年指标词典", None, None, None, None, None, None],
    ["指标名称", "指标定义", "计算公式", "单位", "统计周期", "目标值", "数据来源"],
    ["工单解决比例", "解决的工单占多少。", "已解决工单 ÷ 全部工单 × 100%", "%", "月度", "≥90%",
     "客服系统"],
    ["一次解决数", "不再来电的。", None, "件", "每季度", "尽量多", None],
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_commands_of_the_page(language: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    book = openpyxl.Workbook()
    sheet = book.create_sheet("词典")
    for row in ROWS:
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    book.save(tmp_path / "dictionary.xlsx")
    told = [c for block in blocks(page(language, NAME)) for c in commands(block)]
    assert [c.words[1] for c in told] == ["export-cards", "import-cards", "import-cards"]
    for command in told:
        done = run(command.words, tmp_path, language)
        assert done.exit_code == 0, done.output
        assert not command.output or shows(done.output, command.output), done.output
    made = sorted(tmp_path.glob("content/indicators/customer_service/*jie_jue*.yml"))
    assert [path.stem for path in made] == ["gong_dan_jie_jue_bi_li", "yi_ci_jie_jue_shu"]
    first, second = (YamlTree(path.read_text("utf-8")).plain() for path in made)
    blank = ("string", "___")
    assert first == {
        "id": ("string", "gong_dan_jie_jue_bi_li"),
        "name": {"zh": ("string", "工单解决比例")},
        "definition": {"zh": ("string", "解决的工单占多少。")},
        "formula": blank,
        "terms": blank,
        "unit": ("string", "percent"),
        "direction": ("string", "higher"),
        "cycle": ("string", "month"),
        "thresholds": {"target": ("float", "0.9")},
        "source": {"zh": ("string", "客服系统")},
        "status": ("string", "draft"),
    }
    assert isinstance(second, dict)
    assert second["unit"] == {"symbol": ("string", "件")}
    assert (second["cycle"], second["thresholds"]) == (("string", "quarter"), {"target": blank})
    shown = next(b.text for b in blocks(page(language, NAME)) if b.language == "yaml")
    assert shown in made[0].read_text("utf-8")
    checked = run(("kpi-site", "check", "--no-data"), tmp_path, language)
    assert checked.exit_code == 0, checked.output
    assert checked.output.count("[unfinished-draft]") == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_all_keys(language: str) -> None:
    text = page(language, NAME)
    assert all(f"`{key}`" in text for key in KEYS if "." not in key)


def test_both_languages_have_the_same_commands() -> None:
    zh, en = ([b.text for b in blocks(page(x, NAME)) if b.language == "sh"] for x in ("zh", "en"))
    assert zh == en
