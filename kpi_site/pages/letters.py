"""Alphabetical order for Chinese and Latin names: by pinyin, without a dictionary.

GB 2312 lists its 3,755 common characters by pinyin, so the code itself gives the order and
the initial. Two things are added: the 3,008 rarer ones, which it lists by radical, are read
as common ones of the same sound (``rare_characters.txt``: a common character, then those that
sound like it), and a character with several readings is read by the word that it stands in.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_FIRST_CODES: Final = (  # the first GB 2312 code of each initial
    ("A", 0xB0A1), ("B", 0xB0C5), ("C", 0xB2C1), ("D", 0xB4EE), ("E", 0xB6EA), ("F", 0xB7A2),
    ("G", 0xB8C1), ("H", 0xB9FE), ("J", 0xBBF7), ("K", 0xBFA6), ("L", 0xC0AC), ("M", 0xC2E8),
    ("N", 0xC4C3), ("O", 0xC5B6), ("P", 0xC5BE), ("Q", 0xC6DA), ("R", 0xC8BB), ("S", 0xC8F6),
    ("T", 0xCBFA), ("W", 0xCDDA), ("X", 0xCEF4), ("Y", 0xD1B9), ("Z", 0xD4D1),
)  # fmt: skip
_STARTS: Final = [code for _, code in _FIRST_CODES]
_LAST_COMMON: Final = 0xD7F9
OTHER: Final = "#"

# A character in words where it does not sound as GB 2312 lists it, and one that sounds so.
_READINGS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("重(?=[复新做开购返修来建组启审检测试发置订签访叠申印装写算演现])|(?<=[双多])重", "崇"),
        ("行(?=[业情列长家距])|(?<=[银同央分支商外内投])行(?![为动政驶程使])", "杭"),
        ("(?<=[增成部行院校组店厂班会局科处队事市家站船首生助滋])长(?![期短远度时途])", "张"),
        ("调(?=[整节解价试休控理和薪优剂停味])|(?<=[协空微失烹])调", "条"),
        ("会(?=计)", "快"),
        ("差(?=旅)|(?<=[出公])差(?![异额错])", "柴"),
        ("参(?=差不)", "层"),
        ("传(?=记)", "转"),
        ("便(?=宜)", "篇"),
        ("没(?=[收落])|(?<=[沉淹])没", "末"),
        ("模(?=[板具样])", "母"),
        ("校(?=[对准验正订])", "叫"),
        ("乐(?=[器曲团])|(?<=音)乐", "月"),
        ("率(?=[先领])|(?<=[草轻])率", "帅"),
        ("给(?=[付予养])|(?<=[供补自])给", "几"),
        ("角(?=[色逐])", "决"),
        ("弹(?=[性簧])", "谈"),
        ("藏(?=[品族])|(?<=[西宝])藏", "葬"),
        ("似(?=的)", "是"),
        ("朝(?=[气阳])", "招"),
        ("奇(?=数)", "机"),
        ("囤(?=[货积])", "屯"),
        ("还(?=[有是可要])", "孩"),
    )
)


def initial(name: str) -> tuple[str, bytes]:
    """Return the letter under which ``name`` is listed, and its place among the others there.

    Marks before the first letter or digit do not count. ``#`` is for all that has no letter.
    """
    plain = name.casefold()
    while plain and not plain[0].isalnum():
        plain = plain[1:]
    sounded = _sounded(plain)
    order = b"\0".join(text.encode("gb18030", "replace") for text in (sounded, plain))
    first = sounded[:1]
    latin = unicodedata.normalize("NFD", first)[:1].upper()
    if "A" <= latin <= "Z":
        return latin, order
    code = int.from_bytes(first.encode("gb18030", "replace"), "big")
    if not _STARTS[0] <= code <= _LAST_COMMON:
        return OTHER, order
    return _FIRST_CODES[bisect_right(_STARTS, code) - 1][0], order


def _sounded(name: str) -> str:
    """Return ``name`` in common characters that sound like its own."""
    if name.isascii():
        return name
    for pattern, sound in _READINGS:
        name = pattern.sub(sound, name)
    return name.translate(_rare())


@cache
def _rare() -> Mapping[int, str]:
    text = Path(__file__).with_name("rare_characters.txt").read_text(encoding="utf-8")
    return {ord(rare): line[0] for line in text.splitlines() for rare in line[1:]}
