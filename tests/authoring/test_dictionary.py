"""Dictionaries of other people's: what their words mean, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from kpi_site.authoring.book.guesses import (
    CYCLES,
    DIRECTIONS,
    direction_of,
    id_of,
    number_of,
    unit_of,
)
from tests.authoring.conftest import draft_of, problems_of
from tests.shell.conftest import Run

MAPS = ("--map", "name=名称", "--map", "name.en=Name", "--map", "department=部门",
        "--map", "definition=定义", "--map", "definition=说明",
        "--map", "unit=单位（%）")  # fmt: skip


def dictionary(site: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["指标词典"])
    sheet.append(["部门", "名 称", "Name*", "定义", "说明", "单位(%)"])
    for row in rows:
        sheet.append(row)
    path = site / "kpis.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("text", "percent", "number"),
    [
        ("95%", True, "0.95"), ("≥ 95 %", True, "0.95"), ("≥95%", True, "0.95"),
        ("99.5％", True, "0.995"), ("0.5%", True, "0.005"), ("100%", True, "1"),
        ("-2%", True, "-0.02"), ("5%", False, None), ("1,200", False, "1200"),
        ("1,20", False, None), ("不低于 80", False, "80"), ("<= 3.5", False, "3.5"),
        ("尽量高", False, None), ("80-90", False, None), ("", False, None), ("7", True, "0.07"),
        ("0.95", True, None), ("≤1", True, None), ("0", True, "0"), ("0.95", False, "0.95"),
    ],
)  # fmt: skip
def test_thresholds_are_taken_where_they_are_plain(
    text: str, percent: bool, number: str | None
) -> None:
    assert number_of(text, percent=percent) == number


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("95%以上", "%", "0.95"), ("80人及以上", "人", "80"), ("2天以内", "天", "2"),
        ("大于等于4.5分", "分", "4.5"), ("不高于 3 %", "%", "0.03"), ("2天以内", "小时", None),
        ("100%", "元", None), ("80-90", "分", None), ("同比增长10%", "%", None),
        ("1,200万", "万元", None), ("零事故", "", None), ("≤24小时", "小时", "24"),
        ("60天内", "天", "60"), ("30分钟之内", "分钟", "30"), ("控制在5%以内", "%", "0.05"),
        ("within 24h", "h", "24"), ("less than 0.5%", "%", "0.005"), ("over 95 %", "%", "0.95"),
        ("not less than 98%", "%", "0.98"), ("月均3次", "次", None), ("below target", "", None),
        ("≥95%优秀,90-95%良好", "%", None),
    ],
)  # fmt: skip
def test_a_threshold_may_have_the_unit_of_its_row(text: str, unit: str, number: str) -> None:
    assert number_of(text, percent=unit == "%", unit=unit) == number


def test_units_cycles_and_directions_have_many_words() -> None:
    assert [unit_of(w) for w in ("%", "人", "元", "小时", "cny", "count", "万元", "件/人")] == [
        "percent", "people", "CNY", "hours", "CNY", "count", "{symbol: 万元}", "{symbol: 件/人}",
    ]  # fmt: skip
    assert [CYCLES[w] for w in ("月度", "每季度", "年", "weekly", "旬")] == [
        "month", "quarter", "year", "week", "ten_days",
    ]  # fmt: skip
    assert [CYCLES[w] for w in ("月报", "m", "qtrly", "permonth")] == [
        "month", "month", "quarter", "month",
    ]  # fmt: skip
    assert [DIRECTIONS[w] for w in ("越高越好", "反向指标", "↓")] == ["higher", "lower", "lower"]


def test_ids_are_made_of_names() -> None:
    assert id_of({"zh": "客户满意度"}, ()) == "ke_hu_man_yi_du"
    assert id_of({"zh": "x", "en": "On-time rate (%)"}, ()) == "on_time_rate"
    assert id_of({"en": "On-time rate"}, {"on_time_rate", "on_time_rate_2"}) == "on_time_rate_3"
    assert id_of({"en": "5S score"}, ()) == "kpi_5s_score"
    assert id_of({"en": "Index"}, ()) == "index_2"
    assert id_of({"en": "平均住院日"}, ()) == "ping_jun_zhu_yuan_ri"
    assert id_of({"en": "Durée moyenne"}, ()) == "duree_moyenne"


def test_rows_become_drafts_and_come_once(site: Path, run: Run) -> None:
    dictionary(
        site,
        ["销售部", "毛利率", None, "毛利占收入。", "不含税：见 #3", "%"],
        ["一、客户类"],
        ["sales", "客户满意度", None, "同名的卡已经有了", None, "分"],
        ["Service", "回访率", "Call-back rate", "打过的占多少", None, "%"],
    )
    done = run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == [
        "content/indicators/sales/mao_li_lv.yml",
        "content/indicators/service/call_back_rate.yml",
        "there already, passed over: Sheet!B5: content/indicators/service/csat.yml",
        "2 draft cards",
    ]
    assert (
        (site / "content/indicators/sales/mao_li_lv.yml").read_text("utf-8")
        == """\
# yaml-language-server: $schema=../../../schemas/indicator.json
# kpis.xlsx, Sheet!B3
id: mao_li_lv
name: {zh: 毛利率}
definition:
  zh: |-
    毛利占收入。

    **说明**：不含税：见 #3
formula: ___
terms: ___
unit: percent
cycle: ___
status: draft
"""
    )
    assert {p.code for p in problems_of(site)} == {"unfinished-draft"}
    assert [e.name for e in draft_of(site).unfinished] == ["mao_li_lv", "call_back_rate"]
    again = run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    assert again.stdout.splitlines()[-1] == "0 draft cards"
    assert again.stdout.count("passed over") == 3


def test_a_draft_is_a_card_once_it_is_filled(site: Path, run: Run) -> None:
    dictionary(site, ["服务部", "回访率", "Call-back rate", "打过的占多少", None, "%"])
    run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    card = site / "content/indicators/service/call_back_rate.yml"
    text = card.read_text("utf-8").replace("formula: ___", "formula: a / b")
    text = text.replace("terms: ___", "terms:\n  a: {from: answers, value: COUNT(score)}\n"
                        "  b: {from: answers, value: COUNT(*)}")  # fmt: skip
    card.write_text(text.replace("cycle: ___", "cycle: month"), encoding="utf-8")
    draft = draft_of(site)
    assert draft.unfinished == ()
    assert draft.catalog.indicators["call_back_rate"].status == "draft"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["市场部", "毛利率"]], "kpis.xlsx:3:1: Sheet!A3: unknown department '市场部'."),
        (
            [[None, "毛利率", None, "定义"]],
            "kpis.xlsx:3:2: Sheet!B3: no department. Fill in its column",
        ),
        ([["sales", "毛利率", None, "<script>x"]], "kpis.xlsx:3:2: Sheet!B3: "),
        ([["sales", "毛利率", None, "#N/A"]], "kpis.xlsx:3:4: Sheet!D3: the cell holds the error"),
    ],
)
def test_what_is_wrong_is_told_at_its_row(
    site: Path, run: Run, rows: list[list[object]], told: str
) -> None:
    dictionary(site, *rows, ["sales", "好的一行"])
    before = sorted(p for p in site.rglob("*.yml"))
    done = run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    assert done.returncode == 1
    assert told in done.stdout, done.stdout
    assert sorted(p for p in site.rglob("*.yml")) == before


def test_a_department_of_many_rows_is_missed_once(site: Path, run: Run) -> None:
    rows: list[list[object]] = [
        [d, n] for d in ("市场部", "采购部") for n in ("毛利率", "净利率", "周转")
    ]
    dictionary(site, *rows)
    done = run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    first, second = [line for line in done.stdout.splitlines() if "unknown-department" in line]
    assert (
        "Sheet!A3: unknown department '市场部', and in 2 more rows. Add it to departments" in first
    )
    assert "- {id: cai_gou_bu, name: {zh: 采购部, en: ___}} [unknown-department]" in second


def test_wrong_usage(site: Path, run: Run) -> None:
    dictionary(site, ["sales", "毛利率"])
    for words, told in (
        (("--map", "nam=名称"), "--map knows no key 'nam'. Did you mean 'name'?"),
        (("--map", "name="), "--map name= needs the head of a column"),
        (("--map", "unit=单位"), "tell which column is the name: --map name=HEAD"),
        (("--map", "name=名称", "--department", "sale"), "no department 'sale'. Did you mean"),
    ):
        done = run("kpi_site", "import-cards", "kpis.xlsx", *words, cwd=site)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    done = run("kpi_site", "import-cards", "kpis.xlsx", "--map", "name=名字", cwd=site)
    assert "Sheet!A2: this row has no column '名字'." in done.stdout
    done = run(
        "kpi_site", "import-cards", "kpis.xlsx", "--map", "name=名称", "--sheet", "Shet", cwd=site
    )
    assert "unknown sheet 'Shet'. Did you mean 'Sheet'?" in done.stdout


def real_dictionary(site: Path) -> Path:
    """A sheet as companies have them: titles, heads in two rows, sections, merged cells, notes."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2026年度KPI指标库"])
    sheet.append(
        ["部门", "指标\n名称", "公式", "单位", "周期", "考核标准", None, "评分标准", "权重"]
    )
    sheet.append([None, None, None, None, None, "底线值", "目标值", None, None])
    for row in (
        ["一、经营类"],
        ["销售部", "回款率", "回款÷应收×100%", "%", "月", 0.85, "≥95", "达标得满分", 10],
        [None, "投诉次数", "有效投诉", "次", "月", "≤5次/月", "≤3次/月", "每多一次扣2分", 5],
        [None, "周转天数", "=平均应收÷收入", "天", "季", "75", "不超过60天", "100%得满分", 5],
        [None, None, None, None, None, None, None, "低于得一半", None],
        ["服务部", "回款率", None, "%", "年", "0.5", "5", None, 10],
        ["服务部", "回款率", None, "%", "年", None, None, None, 10],
        [None, None, "没有名称的公式", "%", None, None, None, None, None],
        ["注：", "本表自1月1日起执行"],
    ):
        sheet.append(row)
    sheet["C7"].data_type = "s"  # words that begin with an equals sign
    sheet["F5"].number_format = "0%"
    for area in ("A1:I1", "F2:G2", "A4:I4", "A5:A8", "B7:B8", "A12:B12"):
        sheet.merge_cells(area)
    path = site / "kpis.xlsx"
    book.save(path)
    return path


REAL = tuple(
    word
    for key, head in (
        ("department", "部门"), ("name", "指标名称"), ("formula", "公式"), ("unit", "单位"),
        ("cycle", "周期"), ("baseline", "底线值"), ("target", "目标值"), ("notes", "评分标准"),
    )
    for word in ("--map", f"{key}={head}")
)  # fmt: skip


def test_a_dictionary_as_companies_have_them(site: Path, run: Run) -> None:
    real_dictionary(site)
    done = run("kpi_site", "import-cards", "kpis.xlsx", *REAL, cwd=site)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == [
        "content/indicators/sales/hui_kuan_lv.yml",
        "content/indicators/sales/tou_su_ci_shu.yml",
        "content/indicators/sales/zhou_zhuan_tian_shu.yml",
        "content/indicators/service/hui_kuan_lv_2.yml",
        "no indicator, passed over: Sheet!B4: 一、经营类",
        "no indicator, passed over: Sheet!C11: 没有名称的公式",
        "no indicator, passed over: Sheet!B12: 注：",
        "the same name in another department: Sheet!B9: Sheet!B5",
        "the same name, passed over: Sheet!B10: Sheet!B9",
        "columns that no --map names, not read: 权重",
        "4 draft cards",
    ]
    sales = site / "content/indicators/sales"
    rate, complaints, days = (
        (sales / f"{name}.yml").read_text("utf-8").split("terms: ___\n")[1]
        for name in ("hui_kuan_lv", "tou_su_ci_shu", "zhou_zhuan_tian_shu")
    )
    assert "direction: higher\n" in rate
    assert "  baseline: 0.85  # 85%\n  target: 0.95  # ≥95\n" in rate
    assert "direction: lower\n" in complaints
    assert "  baseline: 5  # ≤5次/月\n  target: 3  # ≤3次/月\n" in complaints
    assert "direction: lower\ncycle: quarter\n" in days
    assert "  zh: |-\n    100%得满分\n    低于得一半\n" in days
    other = (site / "content/indicators/service/hui_kuan_lv_2.yml").read_text("utf-8")
    assert "  baseline: ___  # 0.5\n  target: 0.05  # 5\n" in other
    again = run("kpi_site", "import-cards", "kpis.xlsx", *REAL, cwd=site)
    assert again.stdout.splitlines()[-1] == "0 draft cards"


def test_a_head_over_two_columns_is_none(site: Path, run: Run) -> None:
    path = real_dictionary(site)
    book = openpyxl.load_workbook(path)
    book["Sheet"].unmerge_cells("F2:G2")
    book["Sheet"]["G2"] = "考核标准"
    book.save(path)
    maps = [word.replace("底线值", "考核标准") for word in REAL]
    done = run("kpi_site", "import-cards", "kpis.xlsx", *maps, cwd=site)
    assert "kpis.xlsx:2:7: Sheet!G2: there is another column '考核标准' at Sheet!F2." in done.stdout
    done = run("kpi_site", "import-cards", "kpis.xlsx", *REAL, "--dry-run", cwd=site)
    assert done.stdout.splitlines()[-1].startswith("4 draft cards")


def test_which_way_is_better_is_told_by_thresholds() -> None:
    assert direction_of(["≥95%", "100%"]) == "higher"
    assert direction_of(["不超过7%", "6%以下"]) == "lower"
    assert direction_of(["at most 5 days", "3"]) == "lower"
    assert direction_of(["no more than 3 per month"]) == "lower"
    assert direction_of(["not less than 98%"]) == "higher"
    assert direction_of(["≥1", "≤5"]) is None
    assert direction_of(["95%", "尽量高"]) is None


def test_a_threshold_may_have_the_cycle_of_its_row() -> None:
    assert number_of("≤3次/月", percent=False, unit="次", cycle="month") == "3"
    assert number_of("≤3次/月", percent=False, unit="次", cycle="year") is None
    assert number_of("每月不超过2件", percent=False, unit="件", cycle="month") == "2"
    assert number_of("每月不超过2件", percent=False, unit="件", cycle="quarter") is None
    assert number_of("no more than 3 per month", percent=False, cycle="month") == "3"
    assert number_of("no more than 3 per month", percent=False, cycle="quarter") is None
    assert number_of("max 5 Days", percent=False, unit="days") == "5"
    assert number_of("<= 3 per month", percent=False, unit="#", cycle="month") == "3"
    assert number_of("3 per cent", percent=False, unit="#", cycle="month") is None


def mapped(site: Path, run: Run, heads: list[object], *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (heads, *rows):
        book.active.append(row)
    book.save(site / "kpis.xlsx")
    maps = [part for head in heads for part in ("--map", f"{head}={head}")]
    run("kpi_site", "import-cards", "kpis.xlsx", *maps, "--department", "sales", cwd=site)
    return site / "content/indicators/sales"


def test_a_direction_against_its_thresholds_is_asked(site: Path, run: Run) -> None:
    heads: list[object] = ["name", "unit", "cycle", "direction", "target"]
    cards = mapped(site, run, heads, ["Falls", "%", "month", "↑", "≤5%"])
    text = (cards / "falls.yml").read_text(encoding="utf-8")
    assert "direction: ___  # ↑; lower?\n" in text
    assert "target: 0.05" in text


def test_a_dash_is_no_threshold_and_no_unit(site: Path, run: Run) -> None:
    heads: list[object] = ["name", "unit", "cycle", "direction", "target"]
    cards = mapped(site, run, heads, ["Visits", "—", "month", "↑", "—"])
    text = (cards / "visits.yml").read_text(encoding="utf-8")
    assert "unit: ___\n" in text
    assert "thresholds" not in text


def test_a_second_row_of_heads_is_no_indicator(site: Path, run: Run) -> None:
    heads: list[object] = ["name", "unit", "cycle"]
    cards = mapped(
        site, run, heads, ["KPI name", "Unit", "Frequency"], ["Visits", "count", "monthly"]
    )
    assert (cards / "visits.yml").exists()
    assert not (cards / "kpi_name.yml").exists()


def test_many_drafts_are_told_by_a_few(site: Path, run: Run) -> None:
    rows: list[list[object]] = [["sales", f"指标{n}", None, "定义", None, "%"] for n in range(9)]
    dictionary(site, *rows)
    run("kpi_site", "import-cards", "kpis.xlsx", *MAPS, cwd=site)
    lines = run("kpi_site", "check", "--no-data", cwd=site).stdout.splitlines()
    assert [line.count("[unfinished-draft]") for line in lines] == [1] * 6 + [0, 0]
    assert lines[5].startswith("4 more drafts with blanks are not listed here.")
    assert lines[-1] == "0 errors, 9 warnings"
