"""The bytes and characters of a YAML file: its encoding, what cannot be seen, tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Message, Problem, problem

MAX_REPEATED = 20  # tabs or control characters reported in one file
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e007f]"
)


def not_utf8(data: bytes, error: UnicodeDecodeError, file: str) -> Problem:
    """Return the problem of a file that is saved in another encoding."""
    before = data[: error.start].decode("utf-8-sig", errors="replace")
    where = YamlText(file, before).locate(len(before))
    guess = _encoding_in(data)
    return problem(
        where,
        "yaml-encoding",
        zh=f"文件不是 UTF-8 编码（字节 0x{data[error.start]:02X}）",
        en=f"the file is not UTF-8 (byte 0x{data[error.start]:02X})",
        hint_zh=f"{guess.zh}请用编辑器另存为 UTF-8。",
        hint_en=f"{guess.en}Save it as UTF-8 in your editor.",
    )


def _encoding_in(data: bytes) -> Message:
    """Say in a sentence what the bytes look like; nothing where they look like nothing."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Message("它像是 UTF-16。", "It looks like UTF-16. ")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return Message("", "")
    chinese = re.search(r"[\u4e00-\u9fff]", text) and not _FORBIDDEN.search(text)
    return Message("它像是 GBK。", "It looks like GBK. ") if chinese else Message("", "")


def forbidden_characters(source: YamlText) -> Iterator[Problem]:
    """Yield a problem for each character that cannot be seen, up to a limit."""
    for match, _ in zip(_FORBIDDEN.finditer(source.text), range(MAX_REPEATED), strict=False):
        name = f"U+{ord(match[0]):04X}"
        yield problem(
            source.locate(match.start()),
            "yaml-character",
            zh=f"不允许的不可见字符 {name}",
            en=f"invisible character {name} is not allowed",
            hint_zh="请删除它。",
            hint_en="Delete it.",
        )


def tabs_in(source: YamlText) -> Iterator[Problem]:
    """Yield a problem for the first tab of each line that has one."""
    lines = re.finditer(r"^[^\t\r\n]*(\t)", source.text, re.MULTILINE)
    for match, _ in zip(lines, range(MAX_REPEATED), strict=False):
        yield problem(
            source.locate(match.start(1)),
            "yaml-tab",
            zh="不允许使用制表符（Tab）",
            en="tabs are not allowed",
            hint_zh="请改用空格；文字中请在双引号里写 \\t。",
            hint_en="Use spaces, or \\t in double quotes within text.",
        )
