"""A card's formula as TeX, for forges that show mathematics in comments (MathJax or KaTeX).

Labels are whatever people write: every mark that TeX could take for its own is replaced by
its full-width twin, which looks the same and means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kpi_site.formula.layout import Piece, lay_out
from kpi_site.sql.nodes import Expression

_ACTIVE: Final = re.compile(r"[#$%&_{}~^\\`<>\"']")
_BLANK: Final = re.compile(r"[\x00-\x20\x7f]+")
_SIGNS: Final = {"×": r"\times", "÷": r"\div", "−": "-", "≠": r"\ne", "≤": r"\le", "≥": r"\ge"}
_FULL_WIDTH: Final = 0xFEE0  # from an ASCII mark to its full-width twin


def formula_latex(formula: Expression, labels: Mapping[str, str], *, language: str = "zh") -> str:
    """Return the formula as one line of TeX; ``labels`` has a text for each term."""
    return lay_out(formula.node, _Tex(labels), language).text


def tex_text(text: str) -> str:
    r"""Return ``text`` as upright words, ``\text{…}``, with nothing active in it."""
    flat = _BLANK.sub(" ", text).strip()
    return rf"\text{{{_ACTIVE.sub(lambda m: chr(ord(m[0]) + _FULL_WIDTH), flat)}}}"


@dataclass(frozen=True, slots=True)
class _Tex:
    labels: Mapping[str, str]

    def term(self, name: str) -> Piece:
        return Piece(tex_text(self.labels.get(name, name)))

    def number(self, text: str) -> Piece:
        return Piece(text)

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left} {_SIGNS.get(sign, sign)} {right}"

    def prefix(self, sign: str, operand: str) -> str:
        return f"{_SIGNS.get(sign, sign)}{operand}"

    def fraction(self, top: Piece, bottom: Piece) -> Piece:
        return Piece(rf"\frac{{{top.text}}}{{{bottom.text}}}")

    def bracket(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def bars(self, inner: str) -> str:
        return rf"\left|{inner}\right|"

    def function(self, name: str, args: Sequence[str]) -> str:
        return f"{tex_text(name)}{self.bracket(', '.join(args))}"

    def unless(self, value: str, other: str) -> str:
        unequal = rf"\ne {other}"
        return rf"{value}\;{self.bracket(unequal)}"

    def word(self, left: str, word: str, right: str) -> str:
        return rf"{left}\;{tex_text(word)}\;{right}"

    def cases(self, rows: Sequence[tuple[str, str]], default: str | None, language: str) -> str:
        chinese = language == "zh"
        when = tex_text("若" if chinese else "if")
        lines = [rf"{value} & {when}\;{condition}" for value, condition in rows]
        if default is not None:
            lines.append(f"{default} & {tex_text('否则' if chinese else 'otherwise')}")
        table = r" \\ ".join(lines)
        return rf"\begin{{cases}}{table}\end{{cases}}"
