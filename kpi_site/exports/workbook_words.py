"""The heads and explanations of workbooks, in Chinese and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "id": ("指标编号", "Indicator id"),
    "indicator": ("指标", "Indicator"),
    "grain": ("期间类型", "Grain"),
    "period": ("期间", "Period"),
    "dimension": ("分组字段", "Dimension"),
    "dimension_name": ("分组", "Breakdown"),
    "member": ("成员编号", "Member code"),
    "member_name": ("成员", "Member"),
    "value": ("数值", "Value"),
    "unit": ("单位", "Unit"),
    "state": ("状态", "State"),
    "n": ("数据行数", "Rows"),
    "points": ("得分", "Points"),
    "baseline": ("基准值", "Baseline"),
    "target": ("目标值", "Target"),
    "challenge": ("挑战值", "Challenge"),
    "version": ("定义版本", "Version of definition"),
    "exact": ("全部位数（文本）", "All digits (text)"),
    "department": ("归口部门", "Department"),
    "formula": ("公式", "Formula"),
    "decimals": ("小数位", "Decimals"),
    "direction": ("评价方向", "Direction"),
    "cycle": ("统计周期", "Cycle"),
    "definition": ("定义", "Definition"),
    "purpose": ("为什么衡量", "Purpose"),
    "notes": ("相关说明", "Notes"),
    "collector": ("数据收集", "Collected by"),
    "source": ("数据来源", "Source"),
    "verifier": ("数据核对", "Verified by"),
    "no": ("序号", "No."),
    "groups": ("分类", "Groups"),
    "title": ("考核项", "Line"),
    "assessed": ("被考核方", "Assessed"),
    "weight": ("权重", "Weight"),
    "counted": ("计入总分", "Counted"),
    "total": ("总分", "Total"),
    "weight_counted": ("计入权重", "Weight counted"),
    "grade": ("等级", "Grade"),
    "counted_yes": ("是", "yes"),
    "counted_no": ("否", "no"),
    # revisions
    "measure": ("项目", "Measure"),
    "measure_value": ("数值", "value"),
    "measure_points": ("得分", "points"),
    "measure_total": ("总分", "total"),
    "old": ("原数", "Old"),
    "new": ("新数", "New"),
    "difference": ("差", "Difference"),
    "type": ("类型", "Type"),
    "reason": ("原因", "Reason"),
    "better-data": ("数据补全", "better data"),
    "routine": ("例行修订", "routine"),
    "method": ("方法变更", "method"),
    "correction": ("更正", "correction"),
    "about_figures": (
        "“全部数值”表：每行一个数。分组字段为空的是总体；各指标另含总体之前十二期的数值。",
        (
            "Sheet “All figures”: a figure a row. The whole has no dimension; the twelve "
            "periods before stand with it."
        ),
    ),
    "about_numbers": (
        "数值未经换算：百分率存为小数（0.95 显示为 95%），金额不换算成万元；显示位数按指标卡。",
        (
            "Values are unscaled: a percentage is a fraction (0.95 shows as 95%), money is in its "
            "currency; places are shown as on the card."
        ),
    ),
    "about_missing": (
        "没有数值的单元格是空的，原因见“状态”；空不等于 0。",
        "A cell without a value is empty, and its state says why; empty is not 0.",
    ),
    "about_thresholds": (
        "评价标准和得分是当期所用的；评价方向为“越接近中心值越好”的，标准是与中心值的距离。",
        (
            "Thresholds and points are those in force in the period; where closer to the centre is "
            "better, thresholds are distances from it."
        ),
    ),
    "about_digits": (
        "文件中的数字写有全部位数；表格软件计算时保留约 15 位，超出的在“全部位数”列以文本给出。",
        (
            "Numbers are written with all of their digits; spreadsheets calculate with about "
            "15, and longer ones stand as text in the last column too."
        ),
    ),
    "about_version": (
        "“定义版本”是指标卡当时内容的校验码开头；相同即口径、标准和文字都没有变。",
        (
            "“Version of definition” begins the hash of the card as it stood: equal versions mean "
            "the same definition, thresholds and texts."
        ),
    ),
}


def book_word(key: str, language: str) -> str:
    """Return a word of the workbook; KeyError for one that is not ours."""
    return WORDS[key][0 if language == "zh" else 1]
