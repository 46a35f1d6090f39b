"""The words of a difference, in Chinese and English."""

from __future__ import annotations

from typing import Final

_PHRASES: Final[dict[str, tuple[str, str]]] = {
    "title": ("指标变更说明", "What this change does"),
    "between": ("对比：{0} → {1}", "Compared: {0} → {1}"),
    "behind": (
        "基准上有 {0} 个提交是这边没有的，它们在这里显得像被撤销。要只看这边的改动：",
        "The base is {0} commits ahead; here they look undone. For these changes alone: ",
    ),
    "nothing": ("没有任何差别。", "Nothing differs."),
    "no_figures": ("没有任何数值、得分或等级改变。", "No figure, score or grade changes."),
    "old_faulty": (
        "基准没有通过检查（{0} 个错误），只比较了没有问题的部分。",
        "The base does not pass check ({0}): only what is sound in it was compared.",
    ),
    "new_faulty": (
        "改动后没有通过检查（{0} 个错误），只比较了没有问题的部分。",
        "The changed state does not pass check ({0}): only what is sound in it was compared.",
    ),
    "errors": ("{0}", "{0} errors"),
    "error": ("{0}", "{0} error"),
    "not_compared": ("未能比较数值的指标：", "Figures not compared: "),
    "problems": ("检查结果新增", "New from check"),
    "more": ("……另有 {0} 项", "… and {0} more"),
    "more_rows": ("……另有 {0} 行", "… and {0} more rows"),
    "cut": (
        "篇幅所限，省略了 {0} 段：{1}。完整内容请运行 {2}。",
        "Cut for length, {0} parts: {1}. For all of it run {2}.",
    ),
    "cut_others": ("等", "and others"),
    # heads
    "figures": ("数值", "Figures"),
    "figures_more": ("数值（{0} 项指标）", "Figures of {0} indicators"),
    "scorecards": ("记分卡", "Scorecards"),
    "content": ("内容", "Content"),
    "facts": ("数据", "Facts"),
    "editions": ("已发布的报告", "Published reports"),
    "stale": ("需要更新的译文", "Translations to renew"),
    "site_pages": ("网页", "Pages"),
    "site_files": ("文件", "Files"),
    # figures
    "changed.day": ("{0} 天", "{0} days"),
    "changed.day_one": ("{0} 天", "{0} day"),
    "changed.month": ("{0} 个月", "{0} months"),
    "changed.month_one": ("{0} 个月", "{0} month"),
    "changed.quarter": ("{0} 个季度", "{0} quarters"),
    "changed.quarter_one": ("{0} 个季度", "{0} quarter"),
    "changed.half_year": ("{0} 个半年", "{0} half years"),
    "changed.half_year_one": ("{0} 个半年", "{0} half year"),
    "changed.year": ("{0} 个年度", "{0} years"),
    "changed.year_one": ("{0} 个年度", "{0} year"),
    "changes": ("共涉及 {0}", "in all {0}"),
    "span": ("{0} 至 {1}", "{0} to {1}"),
    "members_change": ("{0} 个细分项", "{0} members"),
    "members_change_one": ("{0} 个细分项", "{0} member"),
    "only_members": ("总体不变，仅细分项改变", "the whole stays; only members change"),
    "others": ("另有 {0} 个数值只是考核值改变", "{0} more figures have other thresholds alone"),
    "others_one": ("另有 {0} 个数值只是考核值改变", "{0} more figure has other thresholds alone"),
    "formerly": ("原为 {0}", "formerly {0}"),
    "points_arrow": ("得分 {0} → {1}", "points {0} → {1}"),
    "standards_arrow": ("考核值 {0} → {1}", "thresholds {0} → {1}"),
    "none": ("无", "none"),
    "not_there": ("没有", "not there"),
    "period": ("期间", "Period"),
    "before": ("改前", "Before"),
    "after": ("改后", "After"),
    "difference": ("差", "Difference"),
    "points_before": ("改前得分", "Points before"),
    "points_after": ("改后得分", "Points after"),
    "member": ("细分", "Member"),
    "no_value_member": ("（空）", "(empty)"),
    "new_card_figures": ("新增指标，最近数值：", "A new indicator; its newest figure: "),
    # scorecards
    "total": ("总分", "Total"),
    "grade": ("等级", "Grade"),
    "lines": ("条目", "Lines"),
    "line": ("条目", "Line"),
    "weight": ("权重", "Weight"),
    "value": ("数值", "Value"),
    "points": ("得分", "Points"),
    "periods_change": ("共 {0} 个期间改变", "{0} periods change"),
    "periods_change_one": ("共 {0} 个期间改变", "{0} period changes"),
    "lines_only": ("总分和等级不变，仅条目改变：", "No total or grade changes, only lines: "),
    "newest_lines": ("{0}的条目", "Lines of {0}"),
    # content
    "kind.indicator": ("指标", "indicator"),
    "kind.scorecard": ("记分卡", "scorecard"),
    "kind.dataset": ("数据集", "dataset"),
    "kind.report": ("报告", "report"),
    "kind.action": ("改进行动", "action"),
    "kind.site": ("站点设置", "site settings"),
    "status.added": ("新增", "new"),
    "status.removed": ("删除", "removed"),
    "status.changed": ("修改", "changed"),
    "status.renamed": ("改名", "renamed"),
    "counted": ("{1}{0} {2}", "{1} {0} {2}"),
    "definition": ("定义：", "Definition: "),
    "file": ("文件：", "File: "),
    "formula_before": ("改前的公式", "Formula before"),
    "formula_after": ("改后的公式", "Formula after"),
    "formula": ("公式", "Formula"),
    "whitespace": ("只改了空格和换行", "spaces and line breaks alone"),
    "successor": ("由 {0} 接替", "{0} takes over"),
    "order": ("顺序", "order"),
    "edited": ("修改的手写页：", "Hand-written pages edited: "),
    # facts
    "rows": ("{0} 行", "{0} rows"),
    "rows_arrow": ("行数 {0} → {1}", "rows {0} → {1}"),
    "row_kinds": ("新增 {0}，删除 {1}，修改 {2}", "{0} added, {1} removed, {2} changed"),
    "same_rows": (
        "文件或列的定义变了，共有的列内容不变",
        "the file or its columns are written differently; what both have says the same",
    ),
    "months": ("涉及月份 {0}", "months {0}"),
    "columns": ("改动的列：{0}", "columns changed: {0}"),
    "file_new": ("{0}（新）", "{0} (new)"),
    "file_gone": ("{0}（已删除）", "{0} (gone)"),
    # editions
    "would_revise": (
        "{0}第 {1} 版会出现 {2} 处修订",
        "{0}, edition {1}, would show {2} revisions",
    ),
    "would_revise_one": (
        "{0}第 {1} 版会出现 {2} 处修订",
        "{0}, edition {1}, would show {2} revision",
    ),
    "settled": ("{0}第 {1} 版有 {2} 处修订不再需要", "{0}, edition {1}: {2} revisions are settled"),
    "publishes": ("这次改动发布：", "This change publishes: "),
    "edition_name": ("{0}第 {1} 版", "{0}, edition {1}"),
    "published_value": ("已发布", "Published"),
    "now": ("现在", "Now"),
    "figure": ("数值", "Figure"),
    # translations
    "stale_text": ("{0} 改了，{1} 没有", "{0} changed, {1} did not"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "stale_count": ("{0} 处", "{0} texts"),
    "stale_count_one": ("{0} 处", "{0} text"),
    "stale_page": ("另一种语言的这一页改了", "this page changed in the other language"),
    # pages and files
    "come": ("出现 {0}", "{0} appear"),
    "go": ("消失 {0}", "{0} disappear"),
}


def say(key: str, language: str, *values: object) -> str:
    """Return the words for ``key``, with ``values`` in place of {0}, {1} and so on."""
    text = _PHRASES[key][0 if language == "zh" else 1]
    return text.format(*values) if values else text


def counted(key: str, count: int, language: str, *values: object) -> str:
    """Return ``say(key)`` with a count, in its singular ``key_one`` where there is but one."""
    one = f"{key}_one"
    return say(one if count == 1 and one in _PHRASES else key, language, count, *values)
