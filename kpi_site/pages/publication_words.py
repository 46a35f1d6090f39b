"""The words of published reports, their editions and revisions, in Chinese and English."""

from __future__ import annotations

from typing import Final

PUBLICATION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "published_as": ("{0}发布", "published {0}"),
    "published": ("已发布", "published"),
    "published_on": ("发布日期", "Published"),
    "edition": ("第{0}版", "edition {0}"),
    "edition_column": ("版次", "Edition"),
    "editions": ("各版", "Editions"),
    "first_edition": ("首次发布", "first publication"),
    "edition_of": (
        "第{0}版，{1}发布，内容不再改变",
        "Edition {0}, published {1}: it stays as it is",
    ),
    "superseded": (
        "第{0}版，{1}发布，已由第{2}版取代",
        "Edition {0}, published {1}, superseded by edition {2}",
    ),
    "downloads": ("下载", "Downloads"),
    "revisions": ("发布之后的修订", "Revisions since publication"),
    "revisions_of": ("{0}报告的修订", "Revisions to the report for {0}"),
    "revisions_how": (
        "左为{0}所发布的数字，右为按今天的数据和定义算出的数字；发布的内容不会改动。",
        "Left the figure of {0}, right what today's data and definitions give.",
    ),
    "revised_since": ("发布后有{0}处修订", "{0} revised since"),
    "edition_differs": (
        "{0} · 与{1}不同的数字：{2}处",
        "{0} · figures that differ from {1}: {2}",
    ),
    "changes_between": ("版间差异：{0}", "What changed: {0}"),
    "no_figure_changed": ("数字没有变化。", "No figure changed."),
    "was": ("发布值", "Published"),
    "is_now": ("修订值", "Now"),
    "difference": ("差异", "Difference"),
    "first_seen": ("首次发现", "First seen"),
    "revision_type": ("类型", "Type"),
    "reason": ("原因", "Reason"),
    "revision.better-data": ("数据补全", "better data"),
    "revision.routine": ("例行修订", "routine"),
    "revision.method": ("方法调整", "method"),
    "revision.correction": ("差错更正", "correction"),
    "revision.open": ("待说明", "not explained yet"),
    "not_computed": ("不再计算", "not computed"),
    "published_then": ("发布为", "published"),
    "comma_now": ("，现为", ", now"),
    "feed": ("订阅（Atom）", "Feed (Atom)"),
    "latest_report": ("最新一份：", "The latest: "),
    "latest_address": ("固定地址", "lasting address"),
    "all_revisions": ("全部修订（CSV）", "All revisions (CSV)"),
    "gone": (
        "手册中已没有这一页；已发布的报告仍然提到它。",
        "This page is no longer part of the handbook; published reports still refer to it.",
    ),
    "as_published": ("最后一次发布时的内容", "As it was last published"),
}
