"""The words of reports, in Chinese and English; see ``words``."""

from __future__ import annotations

from typing import Final

REPORT_WORDS: Final[dict[str, tuple[str, str]]] = {
    "report_of": ("{0}报告", "Report for {0}"),
    "report_through": ("数据截至{0}", "Data through {0}"),
    "draft_report": (
        "草稿：数字随数据和指标卡的改动而变，发布后才固定。",
        "Draft: figures follow every change of data and cards until the report is published.",
    ),
    "not_over": ("本期尚未结束，数字为暂定。", "The period is not over: figures are provisional."),
    "summary": ("摘要", "Summary"),
    "standing": ("有数值的 {0} 项指标：", "{0} indicators with a value:"),
    "no_standard": ("没有标准", "without thresholds"),
    # off target
    "missed_baseline": ("未达基准值", "Below baseline"),
    "missed_target": ("达到基准值，未达目标值", "Above baseline, below target"),
    "wanted": ("目标 {0}", "target {0}"),
    "by_standard_of": ("按 {0} 的标准", "by the standard of {0}"),
    "comment_owed": (
        "尚无说明：计分指标低于基准值，须说明原因和措施。",
        "No comment yet: a scored indicator below its baseline needs one.",
    ),
    "other_comments": ("其他说明", "Other comments"),
    "moved_by_standard": (
        "与上期相比的变化，除以基准值与目标值之差。",
        "The change from the period before, divided by the distance from baseline to target.",
    ),
    "times_standard": ("基准至目标差距的 {0} 倍", "{0} × from baseline to target"),
    # scorecards
    "change_total": ("较上期", "Change"),
    "unscored_lines": ("不计总分的记分卡", "Scorecards without a total"),
    "points_short": ("分", "points"),
    # departments
    "department_sections": ("各部门要点", "Departments"),
    "mini_how": (
        (
            "每部门先列未达目标、变化大、考核权重高的指标；图为截至{0}的最近各期，"
            "浅色为上年同期，长划线为目标值，点线为基准值，空心为暂定。"
        ),
        (
            "Indicators off target, much moved or of much weight come first. Charts show the "
            "periods up to {0}; lighter: the year before, long dashes: target, dots: baseline, "
            "hollow: provisional."
        ),
    ),
    "no_own_figures": (
        "本期没有到期的指标，最近一期的数值见附表：",
        "No figure is due in this period; for the newest ones see the annex:",
    ),
    "no_figures_due": ("本期没有到期的指标。", "No figure is due in this period."),
    "all_figures": ("全部数值", "All figures"),
    # actions
    "as_they_stood": ("截至{0}的情况", "As they stood on {0}"),
    "no_actions": ("本期没有进行中的改进措施。", "No actions were under way in the period."),
    # data
    "data_quality": ("数据质量与覆盖", "Data quality and coverage"),
    "figures_by_state": ("本期数值：", "Figures of the period:"),
    "datasets_complete": (
        "本期应有数据的 {0} 个数据集中，{1} 个齐全。",
        "Of the {0} datasets that owe rows in this period, {1} are complete.",
    ),
    "datasets_sound": (
        "没有缺数据的数据集，也没有不符合规则的数据行。",
        "No dataset is short of rows, and no row breaks a rule.",
    ),
    "all_datasets": ("各数据集", "All datasets"),
    "rows_in_period": ("本期行数", "Rows in the period"),
    "coverage": ("覆盖", "Coverage"),
    "rule_breaks": ("不合规则的行（全部数据）", "Rows that break a rule, all facts"),
    "newest_day": ("数据止于", "Facts end on"),
    "coverage.complete": ("齐全", "complete"),
    "coverage.short": ("{1} 个{2}中 {0} 个行数不足", "{0} of {1} {2} short of rows"),
    "coverage.none": ("本期无数据", "no rows in the period"),
    "coverage.not_due": ("本期未到期", "not due in this period"),
    "coverage.free": ("未约定", "no promise"),
    "grains.day": ("日", "days"),
    "grains.month": ("月", "months"),
    "grains.quarter": ("季度", "quarters"),
    "grains.half_year": ("半年", "half years"),
    "grains.year": ("年", "years"),
    # annex
    "annex": ("附表：全部数值", "Annex: all figures"),
    "annex_of": ("{0}报告附表", "Annex to the report for {0}"),
    "annex_members": (
        "各维度分组的数值见指标卡和下载文件。",
        "Figures by region, product and other breakdowns are on the cards and in the download.",
    ),
    "other_cycles": ("周期更长的指标（最近一期）", "Indicators with a longer cycle, newest period"),
    # sign-offs
    "signoffs": ("签核", "Sign-offs"),
    "role": ("环节", "Role"),
    "role.collected": ("收集", "collected"),
    "role.verified": ("核对", "verified"),
    "role.approved": ("批准", "approved"),
    "by_whom": ("签核方", "By"),
    "on_day": ("日期", "On"),
    "signed": ("已有 {0} 项签核", "{0} signed"),
    "not_signed": ("尚未签核", "not signed yet"),
    "stale_signature": (
        "签核后数字有变，须重新签核",
        "figures have changed since: to be signed again",
    ),
}
