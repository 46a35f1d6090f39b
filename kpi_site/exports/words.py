"""The words of printed reports and workbooks, in Chinese and English."""

from __future__ import annotations

from typing import Final

from kpi_site.pages.words import page_word

WORDS: Final[dict[str, tuple[str, str]]] = {
    # on every page
    "page": ("第 {0} 页，共 {1} 页", "Page {0} of {1}"),
    "edition": ("第{0}版", "Edition {0}"),
    "published": ("发布于{0}", "published {0}"),
    "draft": ("草稿", "DRAFT"),
    "draft_imprint": ("草稿，未发布：数字还会变动", "Draft, not published: figures may change"),
    "draft_keyword": ("草稿", "draft"),
    "keywords": ("关键绩效指标", "key performance indicators"),
    # first page
    "needs_attention": ("未达目标的指标", "Off target"),
    "more_off": ("共 {0} 项未达目标，见第 {1} 节。", "{0} are off target; see section {1}."),
    "contents": ("目录", "Contents"),
    "to_target_of": ("较目标 {0}", "on target {0}"),
    "vs_previous": ("较上期", "on previous"),
    "vs_year": ("较上年同期", "on year before"),
    "of_period": ("{0}的数值", "figure of {0}"),
    # sections
    "others_off": (
        "另有 {0} 项达到基准值、未达目标值，见附表。",
        "{0} more are above their baseline and below their target: see the annex.",
    ),
    "to_target": ("较目标 {0}", "{0} to target"),
    "scorecard": ("记分卡", "Scorecard"),
    "moved": ("变化最大的指标", "What moved most"),
    "by_standard": ("为基准至目标差距的倍数", "× from baseline to target"),
    "usual": ("为平常波动的倍数", "× its usual change"),
    "other_comments": ("其他说明", "Further comments"),
    "step_late": ("逾期", "late"),
    "charts_note": (
        "每部门先列未达目标、变化大、考核权重高的指标。浅色为上年同期，空心为暂定。",
        (
            "Indicators off target, much moved or of much weight come first. Lighter: the year "
            "before; hollow: provisional."
        ),
    ),
    "departments": ("各部门", "Departments"),
    "quality": ("数据质量与签核", "Data quality and sign-offs"),
    "annex": ("附表：全部指标", "Annex: every figure"),
    "annex_note": (
        "分组数值见同名的 XLSX 和 CSV。Δ：比率以百分点计，金额和数量以 % 计，其余用自身单位。",
        ("The whole of each indicator; breakdowns are in the XLSX and CSV files of the same name. "
        "Δ is in percentage points between rates, in % between amounts and counts, else in the "
        "indicator's own unit."),
    ),
    # tables
    "Baseline": ("基准值", "Baseline"),
    "Target": ("目标值", "Target"),
    "Challenge": ("挑战值", "Challenge"),
    "indicator": ("指标", "Indicator"),
    "change_previous": ("Δ 上期", "Δ previous"),
    "change_year": ("Δ 上年同期", "Δ year before"),
    "comment": ("说明", "Comment"),
    "line_total": ("合计", "Total"),
    "step": ("步骤", "Step"),
    "done": ("完成", "Done"),
    # data quality
    "figures_ok": (
        "{0} 项指标中，{1} 项有完整数值。", "{1} of {0} indicators have a complete figure.",
    ),
    "not_complete": ("数值暂定或缺失的指标", "Figures that are provisional or missing"),
    "remarks": ("备注", "Remarks"),
    "coverage_of": ("数据集与覆盖情况", "Datasets and their coverage"),
    "collected_by": ("归口部门", "Owner"),
    "system": ("来源", "Source"),
    # workbook
    "about": ("说明", "About"),
    "cards": ("指标卡", "Cards"),
    "revisions": ("修订", "Revisions"),
}  # fmt: skip


def export_word(key: str, language: str, *values: object) -> str:
    """Return the words for ``key`` with ``values`` put in; those of pages serve here too.

    Raises ``KeyError`` for an unknown key: that is a mistake of ours, never a user's.
    """
    both = WORDS.get(key)
    if both is None:
        return str(page_word(key, language, *values))
    text = both[0 if language == "zh" else 1]
    return text.format(*values) if values else text
