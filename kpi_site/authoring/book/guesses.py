"""What people write in a KPI dictionary, in our words: units, cycles, directions, numbers, ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from kpi_site.content.scalars import LONGEST_ID, is_id
from kpi_site.content.units import COMMON_NAMES, CURRENCIES, KINDS
from kpi_site.content.yaml_set import scalar_text


def _each(table: Mapping[str, str]) -> Mapping[str, str]:
    return {word: meant for meant, words in table.items() for word in (meant, *words.split())}


CYCLES: Final = _each({
    "day": "日 天 每日 每天 日度 按日 日报 daily d perday everyday",
    "week": "周 每周 周度 按周 周报 weekly w perweek everyweek",
    "ten_days": "旬 每旬 按旬 旬报",
    "month": "月 每月 月度 按月 月报 monthly m permonth everymonth mthly",
    "quarter": "季 季度 每季 每季度 按季 按季度 季报 quarterly q perquarter everyquarter "
               "qtrly",
    "half_year": "半年 每半年 半年度 按半年 半年报 half-yearly halfyear semi-annual semiannual",
    "year": "年 每年 年度 全年 按年 按年度 年报 yearly y peryear everyyear annual annually",
})  # fmt: skip
DIRECTIONS: Final = _each({
    "higher": "越高越好 越大越好 正向 正向指标 高优 望大 升 高 上升 提高 ↑ up increase max "
              "maximize maximise higherisbetter highisgood",
    "lower": "越低越好 越小越好 越少越好 反向 逆向 负向 反向指标 逆向指标 低优 望小 降 低 下降 "
             "降低 ↓ down decrease min minimize minimise lowerisbetter lowisgood",
    "none": "中性 不评价 无 neutral",
})  # fmt: skip
_UNITS: Final = _each({
    "percent": "% ％ 百分比 百分数 率 percentage pct",
    "points": "百分点 个百分点 pp",
    "score": "分 分数 得分 评分",
    "people": "人 人数 名 headcount",
    "minutes": "分钟 分鐘 min minute",
    "hours": "小时 时 h hour",
    "days": "天 日 工作日 day",
    "count": "count number 数量",
})  # fmt: skip
_LEAST: Final = (
    r"[≥>＞]=?|不[小低少]于|[大高多]于(?:等于)?|超过|达到|至少|at least|min\.?|over|above"
    r"|(?:more|greater|higher) than|(?:no|not) (?:less|fewer|lower) than"
)
_MOST: Final = (
    r"[≤<＜]=?|不[大高多]于|[小低少]于(?:等于)?|不超过|至多|最多|控制在|at most|max\.?|up to"
    r"|within|under|below|(?:less|fewer|lower) than|(?:no|not) (?:more|greater|higher) than"
)
_EACH: Final = re.compile(r"^(每?[月季年周日旬]度?)(?=[^度均])")
_LIMIT: Final = re.compile(
    rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|[=＝])?"
    r"\s*(?P<number>-?[\d,]+(?:\.\d+)?)\s*(?P<sign>[%％]?)\s*(?P<unit>[^\d%％]*?)\s*"
    r"(?:(?P<above>及?以上)|(?P<below>及?以[下内]|之?内))?",
    re.IGNORECASE,
)


def unit_of(text: str) -> str:
    """Return a unit as a card has it: a known one, a currency, else the word as a symbol."""
    word = re.sub(r"\s", "", text)
    known = _UNITS.get(word.casefold()) or COMMON_NAMES.get(word.upper())
    if known is None and (word in KINDS or word.upper() in CURRENCIES):
        known = word if word in KINDS else word.upper()
    return known or f"{{symbol: {scalar_text(text.strip(), string=True, flow=True)}}}"


def number_of(text: str, *, percent: bool, unit: str = "", cycle: str = "") -> str | None:
    """Return a threshold as a card has it: ``≥95%`` is 0.95 of a percentage.

    A word behind the number is read over where it is ``unit``, the one that the row tells, or that
    a ``cycle``, as in ``≤3次/月``. A percentage without its sign is per cent above 1; up to 1 it
    may be a share as well, and is not told.
    """
    text = text.strip()
    each = _EACH.match(text)
    if each is not None and CYCLES.get(each[1]) == cycle:
        text = text.removeprefix(each[1])
    match = _LIMIT.fullmatch(text)
    if match is None or not _is_unit(match["unit"], unit.strip(), cycle):
        return None
    number = match["number"].replace(",", "")
    if re.search(r",\d{1,2}(?!\d)|,\d{4}", match["number"]):
        return None  # no thousands
    if match["sign"] and not percent:
        return None
    if not percent or not (value := Decimal(number)):
        return number
    if not match["sign"] and abs(value) <= 1:
        return None
    return format((value / 100).normalize(), "f")


def _is_unit(word: str, unit: str, cycle: str) -> bool:
    """Tell whether a word behind a number says no more than its row does."""
    what, *each = re.split(r"/|\bper\b|\ba\b", word.casefold(), maxsplit=1)
    same = not each or CYCLES.get(each[0].strip()) == cycle
    return what.strip() in {"", unit.casefold()} and same


def direction_of(texts: Iterable[str]) -> str | None:
    """Return which way is better by what thresholds say, ``≥`` or ``不超过``, if they agree."""
    found = set()
    for text in texts:
        match = _LIMIT.fullmatch(_EACH.sub("", text.strip()))
        if match is not None and (match["least"] or match["above"]):
            found.add("higher")
        if match is not None and (match["most"] or match["below"]):
            found.add("lower")
    return found.pop() if len(found) == 1 else None


def id_of(names: Mapping[str, str], taken: Collection[str]) -> str:
    """Return an id made of a name: of the English one, else by the sounds of the Chinese one."""
    own = names.get("en") or next(iter(names.values()))
    text = own if re.search("[A-Za-z]", own) and own.isascii() else " ".join(_sounds(own))
    plain = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.casefold()))
    words = re.findall(r"[a-z0-9]+", plain)
    name = "_".join(words)[: LONGEST_ID - 4].strip("_")
    name = name if name[:1].isalpha() else f"kpi_{name}".rstrip("_")
    number, found = 1, name
    while not is_id(found) or found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _sounds(name: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return [str(sound) for sound in lazy_pinyin(name)]
