"""Names in pinyin order: the readings were looked up, not taken from our own output."""

from __future__ import annotations

import random

import pytest

from kpi_site.pages.letters import initial

PINYIN = {  # as a dictionary reads them, in alphabetical order
    "差错率": "cha cuo lü",
    "差旅费": "chai lü fei",
    "长期客户": "chang qi ke hu",
    "重复购买率": "chong fu gou mai lü",
    "重新打开的工单": "chong xin da kai de gong dan",
    "传播次数": "chuan bo ci shu",
    "单位成本": "dan wei cheng ben",
    "调查回收率": "diao cha hui shou lü",
    "调研次数": "diao yan ci shu",
    "行业排名": "hang ye pai ming",
    "会议准时率": "hui yi zhun shi lü",
    "校准合格率": "jiao zhun he ge lü",
    "会计差错": "kuai ji cha cuo",
    "率先响应": "shuai xian xiang ying",
    "调价次数": "tiao jia ci shu",
    "调整后利润": "tiao zheng hou li run",
    "瑕疵率": "xia ci lü",
    "行政费用": "xing zheng fei yong",
    "校园招聘": "xiao yuan zhao pin",
    "增长率": "zeng zhang lü",
    "重点客户": "zhong dian ke hu",
    "重要性": "zhong yao xing",
}


def test_chinese_names_are_listed_by_their_readings() -> None:
    names = list(PINYIN)
    random.Random(1).shuffle(names)
    listed = sorted(names, key=initial)
    assert listed == sorted(names, key=PINYIN.__getitem__)
    assert [initial(n)[0] for n in listed] == [PINYIN[n][0].upper() for n in listed]


def test_the_same_character_sounds_differently_within_a_name() -> None:
    """成长 (cheng zhang) comes after 成熟 (cheng shu), 成本长 would come before it."""
    names = ["增长额", "增值额", "增资额", "银行存款", "银根", "银杏", "部长信箱", "部门数"]
    readings = {
        "增长额": "zeng zhang e", "增值额": "zeng zhi e", "增资额": "zeng zi e",
        "银根": "yin gen", "银行存款": "yin hang cun kuan", "银杏": "yin xing",
        "部门数": "bu men shu", "部长信箱": "bu zhang xin xiang",
    }  # fmt: skip
    assert sorted(names, key=initial) == sorted(names, key=readings.__getitem__)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("NPS", "N"), ("éclair", "E"), ("“满意度”", "M"), ("30 分钟答复率", "#"), ("", "#"),
        ("磋商次数", "C"), ("毗邻门店", "P"), ("遴选次数", "L"), ("囤货天数", "T"),
        ("執行", "#"),  # not among the 6,763 characters of GB 2312
    ],
)  # fmt: skip
def test_letter(name: str, letter: str) -> None:
    assert initial(name)[0] == letter


def test_latin_names_follow_the_alphabet_whatever_their_case() -> None:
    names = ["Net margin", "NPS", "nonconformities", "Naïve forecast", "On time"]
    assert sorted(names, key=initial) == [
        "Naïve forecast", "Net margin", "nonconformities", "NPS", "On time",
    ]  # fmt: skip
