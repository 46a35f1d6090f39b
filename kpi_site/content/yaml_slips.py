"""Slips of the keyboard that YAML does not forgive, known by their line: what to type instead.

Full-width punctuation where YAML wants plain signs, and the space that is missing after a
colon or a hyphen. The text is mended and read on, so that one slip hides no other mistake.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import yaml

from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Message, Problem

_KEY = r"""["']?[A-Za-z_][\w.]*["']?[ ]*"""
_FULL_WIDTH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^\s*(?:- +)?{_KEY}(：)",  # unit： percent
        rf"\{{(?:.*[,，])?\s*{_KEY}(：)",  # {zh： …
        r"(?:^\s*-|:)\s+([｛［])",  # name: ｛zh: …
        rf"\{{[^{{}}]*?(，)\s*{_KEY}[:：]",  # {zh: …， en: …
        r"[{[][^{}[\]]*([｝］])\s*$",  # {zh: …｝
    )
)
_BLANK = re.compile(rf"^ *(?:(?:- +)?{_KEY}:|-)?([\u3000\u00a0]+)")  # spaces that are none
_QUOTED = re.compile(r":\s+(“)[^”]*:\s[^”]*(”)\s*$")  # name: “a: b”
_NO_SPACE = (re.compile(rf"^\s*(?:- +)?{_KEY}:(?=[^\s:])"), re.compile(r"^\s*-(?=[^\s-])"))


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip, and the source as it was meant."""

    problem: Problem
    mended: YamlText


def find_slip(source: YamlText, error: yaml.MarkedYAMLError) -> Slip | None:
    """Return the slip on the line where reading failed, or where what failed began; or None."""
    marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark is not None]
    for number in (*marks, *(line - 1 for line in marks[:1] if line)):
        start, line = source.line(number)
        if match := _BLANK.search(line):
            return _blank(source, start + match.start(1), start + match.end(1))
    for number in marks:
        start, line = source.line(number)
        if match := _QUOTED.search(line):
            return _quoted(source, start + match.start(1), start + match.start(2))
        for pattern in _FULL_WIDTH:
            if match := pattern.search(line):
                return _full_width(source, start + match.start(1))
        for pattern in _NO_SPACE:
            if match := pattern.search(line):
                return _no_space(source, start + match.end())
    return _above(source, min(marks)) if marks else None


def find_unread_key(source: YamlText) -> Slip | None:
    """Return the slip of a file that is one text, because its first line is no ``key: value``."""
    lines = source.text.splitlines()
    number = next((n for n, line in enumerate(lines) if line.strip() and line[0] != "#"), 0)
    start, line = source.line(number)
    match = _FULL_WIDTH[0].search(line)
    return _full_width(source, start + match.start(1)) if match else None


def _above(source: YamlText, number: int) -> Slip | None:
    """Return the slip of the first of the lines that lead up to line ``number`` as one text."""
    found = None
    while number > 0:
        number -= 1
        start, line = source.line(number)
        match = _FULL_WIDTH[0].search(line)
        if match is None:
            break
        found = start + match.start(1)
    return None if found is None else _full_width(source, found)


def merge_conflict(source: YamlText) -> Problem | None:
    """Return the problem of a file with a merge conflict left in it, at its first mark."""
    match = re.search(r"^(?:<{7} |={7}\r?$|>{7} )", source.text, re.MULTILINE)
    if match is None:
        return None
    return Problem(
        source.locate(match.start()),
        "merge-conflict",
        Message("合并冲突没有解决", "a merge conflict is left here"),
        Message(
            "请在两段之间选定，并删去 <<<<<<<、=======、>>>>>>> 三行。",
            "Choose between the two parts, and delete the lines of <<<<<<<, ======= and >>>>>>>.",
        ),
    )


def _full_width(source: YamlText, at: int) -> Slip:
    sign = source.text[at]
    meant = unicodedata.normalize("NFKC", sign)
    found = Problem(
        source.locate(at),
        "full-width",
        Message(f"全角的“{sign}”在这里不起作用", f"the full-width '{sign}' means nothing here"),
        Message(
            f"请输入半角的 {meant}{'，后面加空格' if meant in ':,' else ''}。",
            f"Type a plain {meant}{' and a space' if meant in ':,' else ''}.",
        ),
    )
    after = source.text[at + 1 : at + 2]
    mended = replace(source, text=source.text[:at] + meant + source.text[at + 1 :])
    if meant in ":," and not after.isspace():
        mended = _with_space(mended, at + 1)
    return Slip(found, mended)


def _blank(source: YamlText, at: int, end: int) -> Slip:
    found = Problem(
        source.locate(at),
        "full-width",
        Message(
            "全角空格或不间断空格不能作缩进", "a full-width or no-break space is no blank here"
        ),
        Message("请删去它，输入普通的空格。", "Delete it, and type a plain space."),
    )
    plain = " " * (end - at)
    return Slip(found, replace(source, text=source.text[:at] + plain + source.text[end:]))


def _quoted(source: YamlText, opens: int, closes: int) -> Slip:
    found = Problem(
        source.locate(opens),
        "full-width",
        Message("全角的引号在这里不起作用", "full-width quotes quote nothing here"),
        Message("请输入半角的双引号。", 'Type plain quotes: "…".'),
    )
    text = source.text
    meant = f'{text[:opens]}"{text[opens + 1 : closes]}"{text[closes + 1 :]}'
    return Slip(found, replace(source, text=meant))


def _no_space(source: YamlText, at: int) -> Slip:
    sign = source.text[at - 1]
    zh, en = ("冒号", "colon") if sign == ":" else ("短横线", "hyphen")
    found = Problem(
        source.locate(at - 1),
        "missing-space",
        Message(f"{zh}后面缺少空格", f"a space is missing after the {en}"),
        Message(f"请在“{sign}”后面加一个空格。", f"Put a space after '{sign}'."),
    )
    return Slip(found, _with_space(source, at))


def _with_space(source: YamlText, at: int) -> YamlText:
    text = f"{source.text[:at]} {source.text[at:]}"
    earlier = tuple(n if n < at else n + 1 for n in source.added)
    return replace(source, text=text, added=(*earlier, at))
