"""From a Typst source to the bytes of a PDF: no clock, no network, no files but fonts.

The source, which may hold figures for a few, is in memory alone: a process that is killed leaves
none of it on the disk.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpi_site.problems import Location, Problem, problem

if TYPE_CHECKING:
    from typst import Fonts

CHINESE_FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "SimHei", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun",
)  # fmt: skip
"""Families with Chinese glyphs, best first: those that ``board.typ`` asks for."""

_OURS: Final = str(Path(__file__).parent)  # a source could reach our own files, if any
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_REACHES_OUT = re.compile(
    r"@|\b(import|include|read|plugin|image|eval|json|csv|yaml|toml|xml|cbor|bibliography)\b"
)


def to_pdf(source: str) -> bytes:
    """Return ``source`` as PDF; the same source gives the same bytes with the same fonts.

    The document's date is the one that the source sets. Raises ValueError for a source that
    would reach for files, packages or code, which ours never do.
    """
    import typst

    outside = re.sub(r"//[^\n]*", "", _LITERAL.sub('""', source))
    if found := _REACHES_OUT.search(outside):
        raise ValueError(f"a printed report does not use {found[0]!r}")
    compiler = typst.Compiler(
        root=_OURS, font_paths=_fonts(), package_path=_OURS, package_cache_path=_OURS
    )
    made = compiler.compile(source.encode(), timestamp=0)
    assert isinstance(made, bytes)
    return made


def printed(source: str, where: str) -> tuple[bytes | None, Problem | None]:
    """Return ``source``, which stands in the file ``where``, as PDF, or why that cannot be.

    Never a page with boxes: without a font for its Chinese text nothing is printed.
    """
    import typst

    if chinese_font() is None and _CHINESE.search(source):
        return None, _no_font(where)
    try:
        return to_pdf(source), None
    except typst.TypstError as error:
        return None, _not_printable(where, str(error))


def _no_font(where: str) -> Problem:
    return problem(
        Location(where),
        "no-chinese-font",
        zh="这台机器上没有中文字体，无法生成 PDF",
        en="this machine has no font with Chinese characters, so that no PDF can be made",
        hint_zh="请安装一种，例如 Debian、Ubuntu：apt-get install fonts-noto-cjk；"
        "也可用思源黑体、微软雅黑或苹方。",
        hint_en="Install one; on Debian or Ubuntu: apt-get install fonts-noto-cjk. Source Han "
        "Sans, Microsoft YaHei and PingFang will do as well.",
    )


def _not_printable(where: str, why: str) -> Problem:
    return problem(
        Location(where),
        "not-printable",
        zh=f"所装的 Typst 无法排版这份报告：{why}",
        en=f"the installed Typst cannot print this report: {why}",
        hint_zh="请安装锁定文件 requirements.lock 中的版本。",
        hint_en="Install the version that requirements.lock names.",
    )


@cache
def _fonts() -> Fonts:
    """Look once for the machine's fonts: that takes as long as printing some pages."""
    import typst

    return typst.Fonts()


@cache
def chinese_font() -> str | None:
    """Return the first of ``CHINESE_FONTS`` that this machine has."""
    known = {family.casefold() for family in _fonts().families()}
    return next((name for name in CHINESE_FONTS if name.casefold() in known), None)
