"""Meanings of the keys of the glossary."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meanings, means

_NAME = {"zh": "净推荐值", "en": "Net promoter score"}
_TEXT = {
    "zh": "推荐者与贬损者所占百分比之差。",
    "en": "Percentage of promoters less that of detractors.",
}

GLOSSARY: Meanings = {
    "glossary": {
        "terms": means(
            "本公司的术语；与通用术语同一个标识的，取代那一条。",
            "The company's own words; one with the id of a word that every site has takes its"
            " place.",
            [{"id": "nps", "name": _NAME, "also": ["NPS"], "text": _TEXT}],
        ),
    },
    "glossary_term": {
        "id": means("标识，也是术语表上的地址。", "Its id, and its place on the glossary.", "nps"),
        "name": means("术语。", "The word.", _NAME),
        "text": means(
            "一两句话的解释，不用 Markdown。",
            "Its explanation in a sentence or two, without Markdown.",
            _TEXT,
        ),
        "also": means(
            "文中的其他写法，不分语言；小写的英文也认大写和复数。",
            "Other ways in which texts write it, in either language; English in small letters is"
            " found with capitals and in the plural too.",
            ["NPS"],
        ),
        "mark": means(
            "是否在每页第一次出现的地方解释；太常用的词写 false，只列在术语表上。",
            "Whether it is explained where it first stands on a page; false for a word that is"
            " too common, which is on the glossary alone.",
            False,
            default=True,
        ),
    },
}
