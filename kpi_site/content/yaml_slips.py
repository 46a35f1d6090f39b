"""Slips of the keyboard that YAML does not forgive, known by their line: what to type instead.

Full-width punctuation where YAML wants plain signs, and the space that is missing after a
colon or a hyphen. The text is mended and read on, so that one slip hides no other mistake.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import yaml

from kpi_site.content.yaml_text import Source
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
_NO_SPACE = (re.compile(rf"^\s*(?:- +)?{_KEY}:(?=[^\s:])"), re.compile(r"^\s*-(?=[^\s-])"))


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip, and the source as it was meant."""

    problem: Problem
    mended: Source


def find_slip(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """Return the slip on the line where reading failed, or where what failed began; or None."""
    for mark in (error.problem_mark, error.context_mark):
        if mark is None:
            continue
        start, line = source.line(mark.line)
        for pattern in _FULL_WIDTH:
            if match := pattern.search(line):
                return _full_width(source, start + match.start(1))
        for pattern in _NO_SPACE:
            if match := pattern.search(line):
                return _no_space(source, start + match.end())
    return None


def _full_width(source: Source, at: int) -> Slip:
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


def _no_space(source: Source, at: int) -> Slip:
    sign = source.text[at - 1]
    zh, en = ("冒号", "colon") if sign == ":" else ("短横线", "hyphen")
    found = Problem(
        source.locate(at - 1),
        "missing-space",
        Message(f"{zh}后面缺少空格", f"a space is missing after the {en}"),
        Message(f"请在“{sign}”后面加一个空格。", f"Put a space after '{sign}'."),
    )
    return Slip(found, _with_space(source, at))


def _with_space(source: Source, at: int) -> Source:
    text = f"{source.text[:at]} {source.text[at:]}"
    earlier = tuple(n if n < at else n + 1 for n in source.added)
    return replace(source, text=text, added=(*earlier, at))
