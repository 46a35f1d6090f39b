"""The words of pages, in Chinese and English; fixed words of figures are in ``wording.words``."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from kpi_site.pages.publication_words import PUBLICATION_WORDS
from kpi_site.pages.report_words import REPORT_WORDS
from kpi_site.wording.words import WORDS

_WORDS: Final[dict[str, tuple[str, str]]] = {
    # kinds of page
    "home": ("首页", "Home"),
    "indicators": ("指标", "Indicators"),
    "departments": ("部门", "Departments"),
    "perspectives": ("维度", "Perspectives"),
    "scorecards": ("记分卡", "Scorecards"),
    "reports": ("报告", "Reports"),
    "datasets": ("数据集", "Datasets"),
    "actions": ("改进措施", "Actions"),
    "path": ("位置", "You are here"),
    # in general
    "fallback": ("（尚无中文）", "(not yet in English)"),
    "data_through": ("数据截至{0}", "data through {0}"),
    "edit_card": ("修改本页：编辑 {0}", "To change this page, edit {0}"),
    "download_values": ("下载本指标的全部数值（CSV）", "All values of this indicator (CSV)"),
    "download_all": ("下载全部指标的数值", "Download the values of all indicators"),
    "and_more": ("另有 {0} 项", "and {0} more"),
    "sum_of_marks": ("符号说明", "Marks"),
    "comma": ("、", ", "),
    "yes": ("是", "yes"),
    "details": ("详情", "Details"),
    "no_results": ("尚无数值。", "No values yet."),
    "scroll": ("可左右滚动的表格：{0}", "scrollable table: {0}"),
    # differences
    "vs_previous": ("较上期", "vs previous period"),
    "vs_year": ("较上年同期", "vs a year before"),
    "vs_target": ("较目标值", "vs target"),
    "col_previous": ("Δ 上期", "Δ previous"),
    "col_year": ("Δ 上年同期", "Δ year before"),
    "percentage_points": ("个百分点", "pp"),
    # charts
    "negative_share": (
        "{0}有一类为负，占比无法堆叠，未画出；数值见下载文件。",
        "Not drawn, because a part is negative: {0}. The download has the numbers.",
    ),
    # a card
    "so_far": ("{0}（未结束）", "{0}, not over yet"),
    "how_computed": ("怎样计算", "How it is computed"),
    "with_numbers": ("代入{0}的数值", "With the numbers of {0}"),
    "formula_code": ("公式原文", "Formula as written"),
    "term": ("算项", "Term"),
    "term_kind": ("取数范围", "What is counted when"),
    "term_source": ("来源", "From"),
    "sql": ("计算语句（SQL）", "SQL that runs"),
    "lineage": ("数据来自哪里", "Where the numbers come from"),
    "dataset": ("数据集", "Dataset"),
    "files": ("文件", "Files"),
    "columns_used": ("用到的列", "Columns used"),
    "last_day": ("最新一天", "Newest day"),
    "who": ("口径与责任", "Who answers for it"),
    "department": ("归口部门", "Department"),
    "collector": ("数据收集", "Collected by"),
    "source": ("数据来源", "Source"),
    "verifier": ("数据核对", "Verified by"),
    "presentation": ("统计方式", "Presented as"),
    "cycle": ("统计周期", "Cycle"),
    "direction": ("评价方向", "Direction"),
    "unit": ("单位", "Unit"),
    "perspective": ("维度", "Perspective"),
    "audience": ("阅读范围", "For"),
    "audience.staff": ("全体员工", "all staff"),
    "audience.leadership": ("管理层", "leadership"),
    "purpose": ("为什么衡量", "Why it is measured"),
    "notes": ("相关说明", "Notes"),
    "history": ("走势与数值", "How it has gone"),
    "by_grain": ("按{0}的数值", "Values by {0}"),
    "older_left_out": (
        "更早的 {0} 期见下载文件。",
        "The {0} periods before these are in the download.",
    ),
    "breakdowns": ("分组情况", "How it breaks down"),
    "by_dimension": ("按{0}", "By {0}"),
    "parts_differ": (
        "各组合计为 {0}，与总体 {1} 不等，请核对数据。",
        "The parts come to {0}, the whole is {1}: they should agree.",
    ),
    "parts_overlap": (
        "各组合计为 {0}，总体为 {1}：同一对象可能属于多个组，或按组另行计算，两者不必相等。",
        (
            "The parts come to {0}, the whole is {1}: they need not agree, because one thing may "
            "count in several groups or each group is computed on its own."
        ),
    ),
    "thresholds": ("评价标准", "Thresholds"),
    "in_force": ("自何时起", "In force from"),
    "always": ("一直", "always"),
    "worth_points": ("{0} 分", "{0} points"),
    "examples": ("算例", "Worked examples"),
    "given": ("已知", "Given"),
    "then": ("则", "Then"),
    "uses": ("在哪些记分卡中考核", "Where it counts"),
    "own_thresholds": ("另有标准", "own thresholds"),
    "related": ("相关指标", "Related indicators"),
    "changes": ("变更记录", "What changed"),
    "from_period": ("自{0}起", "From {0}"),
    "breaks": ("口径变更，前后不可比", "not comparable across this point"),
    "aliases": ("又称", "Also called"),
    "draft_banner": (
        "这张指标卡还是草案，口径可能变动。",
        "This card is a draft: its definition may still change.",
    ),
    "retired_banner": ("这项指标已停用。", "This indicator is retired."),
    "successor": ("现改用：", "Its successor:"),
    "renamed": ("这张指标卡现在的地址：", "This card has moved:"),
    "running_values": ("逐日累计的数值", "Running totals by day"),
    "running": ("本月逐日累计", "The month so far, day by day"),
    # columns
    "name": ("指标", "Indicator"),
    "period": ("期间", "Period"),
    "value": ("数值", "Value"),
    "status": ("达标情况", "Status"),
    "trend": ("走势", "Trend"),
    "points": ("得分", "Points"),
    "n": ("数据行数", "Rows"),
    "share": ("占比 %", "Share %"),
    # home
    "key_figures": ("关键指标", "Key figures"),
    "off_target": ("未达目标", "Off target"),
    "off_target_none": ("所有设有目标的指标均已达标。", "Every indicator with a target meets it."),
    "off_target_order": ("按差距从大到小排列。", "The farthest from target first."),
    "moved": ("变化最大", "What moved most"),
    "better": ("明显好转", "Clearly better"),
    "worse": ("明显变差", "Clearly worse"),
    "times_usual": ("平常波动的 {0} 倍", "{0} × its usual change"),
    "moved_how": (
        "与上期相比的变化，除以近两年每期变化的中位数。",
        "The change from the period before, divided by the median change of the last two years.",
    ),
    "overall": ("总体情况", "Overall"),
    "ways_in": ("从哪里看起", "Where to begin"),
    "for_staff": ("查指标", "Find an indicator"),
    "for_staff_how": (
        "用页面上方的搜索框，可搜名称、别名和英文；也可以按部门或拼音查找：",
        (
            "Search at the top of the page by name, alias or Chinese name; or go by department "
            "or letter:"
        ),
    ),
    "for_leaders": ("看业绩", "See how we do"),
    "for_leaders_how": (
        "报告一分钟看完重点，记分卡给出每一分的由来：",
        "A report tells the essentials in a minute; scorecards show where every point comes from:",
    ),
    "for_editors": ("改指标卡", "Change a card"),
    "for_editors_how": (
        "每项指标是一个 YAML 文件，例如 {0}。改动它并提交合并请求，检查通过后网站随之更新。",
        (
            "Every indicator is a YAML file, such as {0}. Change it in a merge request; when the "
            "checks pass, the site follows."
        ),
    ),
    "a_to_z": ("指标总表", "All indicators, A to Z"),
    "draft": ("草稿", "draft"),
    # scorecards
    "assessed": ("被考核方", "Assessed"),
    "weight": ("权重", "Weight"),
    "three_thresholds": ("基准 / 目标 / 挑战", "Baseline / target / challenge"),
    "contribution": ("贡献分", "Contribution"),
    "total": ("总分", "Total"),
    "grade": ("等级", "Grade"),
    "consequence": ("结果运用", "Consequence"),
    "no": ("序号", "No."),
    "lines": ("各项得分", "Lines"),
    "lines_unscored": ("各项情况", "Lines"),
    "sum_shown": ("总分的由来", "How the total comes about"),
    "sum_formula": (
        "总分 = Σ（权重 × 得分） ÷ Σ 计入的权重",
        "total = Σ (weight × points) ÷ Σ weight counted",
    ),
    "missing_excluded": (
        "有 {0} 项没有数值，未计入总分。",
        "{0} lines have no value and are left out of the total.",
    ),
    "missing_as_zero": (
        "有 {0} 项没有数值；本记分卡按 0 分计入（未到期的除外）。",
        "{0} lines have no value; this scorecard counts them as 0 points, unless not yet due.",
    ),
    "weight_counted": ("计入权重", "Weight counted"),
    "history_totals": ("历次总分", "Totals over time"),
    "not_counted": ("不计分", "not counted"),
    "unscored": ("本记分卡不计总分。", "This scorecard has no total."),
    "no_period": ("尚无可评价的期间。", "There is no period to assess yet."),
    "own_period": ("所属期间", "Period"),
    # datasets
    "owner": ("归口部门", "Owner"),
    "rows": ("行数", "Rows"),
    "covers": ("起止日期", "Covers"),
    "time_column": ("时间列", "Time column"),
    "primary_key": ("主键", "Primary key"),
    "encoding": ("编码", "Encoding"),
    "expected": ("应有数据", "Expected"),
    "expect_rows": ("每{0}至少 {1} 行", "every {0} at least {1} rows"),
    "people_rows": ("涉及个人", "About people"),
    "stale": (
        "比网站的数据截止日早 {0} 天。",
        "{0} days short of the day up to which this site reports.",
    ),
    "stale_short": ("早 {0} 天", "{0} days short"),
    "columns": ("列", "Columns"),
    "column": ("列名", "Column"),
    "title": ("含义", "Meaning"),
    "type": ("类型", "Type"),
    "constraints": ("约束", "Constraints"),
    "nulls": ("空值", "Nulls"),
    "type.string": ("文本", "text"),
    "type.integer": ("整数", "integer"),
    "type.number": ("小数", "decimal"),
    "type.boolean": ("是/否", "yes/no"),
    "type.date": ("日期", "date"),
    "type.datetime": ("日期时间", "date and time"),
    "is_key": ("主键", "key"),
    "is_required": ("必填", "required"),
    "is_unique": ("不重复", "unique"),
    "most_decimals": ("最多 {0} 位小数", "at most {0} decimals"),
    "at_least": ("≥ {0}", "≥ {0}"),
    "at_most": ("≤ {0}", "≤ {0}"),
    "matches": ("符合 {0}", "matches {0}"),
    "written_as": ("写作 {0}", "written as {0}"),
    "one_of": ("取值：{0}", "one of {0}"),
    "derived": ("派生列", "Derived columns"),
    "relations": ("关联", "Relations"),
    "relation_to": ("指向", "refers to"),
    "rules": ("行规则", "Rules for rows"),
    "rule": ("规则", "Rule"),
    "severity": ("级别", "Severity"),
    "severity.error": ("错误", "error"),
    "severity.warning": ("警告", "warning"),
    "broken": ("不符合的行数", "Rows that break it"),
    "used_by": ("用到它的指标", "Indicators that use it"),
    "size_kb": ("大小（kB）", "Size (kB)"),
    "hash": ("校验码", "SHA-256"),
    # actions
    "action_owner": ("负责人", "Owner"),
    "start": ("开始", "Start"),
    "due": ("期限", "Due"),
    "done_on": ("完成于", "done on"),
    "overdue": ("已逾期", "overdue"),
    "overdue_by": ("已逾期 {0} 天", "{0} days overdue"),
    "overdue_by_one": ("已逾期 1 天", "1 day overdue"),
    "closed_on": ("结束于", "Closed on"),
    "steps": ("步骤", "Steps"),
    "updates": ("进展", "Progress"),
}


def page_word(key: str, language: str, *values: object) -> Markup:
    """Return the words for ``key``, with ``values`` (escaped) in the places {0}, {1} and so on.

    Raises ``KeyError`` for an unknown key: that is a mistake of ours, never a user's.
    """
    both = _WORDS.get(key) or PUBLICATION_WORDS.get(key) or REPORT_WORDS.get(key) or WORDS[key]
    text = Markup(both[0 if language == "zh" else 1])  # noqa: S704 - our own words
    return text.format(*values) if values else text
