"""A card's formula as MathML Core, in the reader's words and with a period's numbers.

It needs no script and no font of its own. Every character of a label or number is written
as text, so that neither HTML nor Markdown takes any of it for its own (specification.md#safe-text).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi_site.formula.layout import ATOM, SIGN, Piece, lay_out
from kpi_site.formula.words import aggregate_words, plain_formula
from kpi_site.sql.nodes import Expression

__all__ = ["aggregate_words", "filled_mathml", "formula_mathml", "plain_formula"]

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f\s]+")
_SHORT = 12  # signs of a name that are never worth two lines
_WIDE = '<mspace width=".4em"/>'
_NUMBER = re.compile(r"[\d., \u202f]*\d%?")


def formula_mathml(
    formula: Expression,
    labels: Mapping[str, str],
    *,
    name: str | None = None,
    language: str = "zh",
) -> str:
    """Return ``name = formula`` as one ``<math display="block">`` element on one line.

    ``labels`` has a text for each term (the term's own name where it is missing); any
    characters may be in them. Functions are named in ``language``.
    """
    body = lay_out(formula.node, _Symbols(labels), language).text
    head = "" if name is None else _text(name) + _sign("=")
    return _math(head + body, _plain(formula, labels, name, language))


def filled_mathml(
    formula: Expression, texts: Mapping[str, str], result: str, *, language: str = "zh"
) -> str:
    """Return the formula with a number (or a mark) for each term, and ``= result``.

    ``texts`` are formatted numbers as readers see them; negative ones get their brackets.
    """
    body = lay_out(formula.node, _Symbols(texts, filled=True), language).text
    plain = f"{plain_formula(formula, texts, language=language)} = {result}"
    return _math(body + _sign("=") + _quantity(result).text, plain)


def _plain(formula: Expression, labels: Mapping[str, str], name: str | None, language: str) -> str:
    text = plain_formula(formula, labels, language=language)
    return text if name is None else f"{name} = {text}"


def _math(body: str, plain: str) -> str:
    alternative = _escape(plain)
    return f'<math display="block" alttext="{alternative}">{_flow(body)}</math>'


def _flow(body: str) -> str:
    """Return a row that the style sheet may break: MathML Core by itself breaks no lines."""
    return f'<mrow class="kpi-flow">{body}</mrow>'


def _escape(text: str) -> str:
    flat = _NOT_PRINTED.sub(" ", text).strip()
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", flat)


def _text(text: str) -> str:
    """Return words; a long name stands in a box that the style sheet may break into lines."""
    # Not <mtext>: that counts as space, and operators beside it lose their own spacing.
    shown = _escape(text)
    shown = shown if len(text) <= _SHORT else f"<span>{shown}</span>"
    return f'<mi mathvariant="normal">{shown}</mi>'


def _sign(sign: str) -> str:
    return f"<mo>{html.escape(sign)}</mo>"


def _quantity(text: str) -> Piece:
    """Return a formatted number, its minus sign as a sign; any other text as it is."""
    bare = text.strip()
    if bare[:1] in {"-", "−"} and bare[1:2].isdigit():
        return Piece(f'<mrow><mo form="prefix">−</mo>{_digits(bare[1:])}</mrow>', SIGN)
    return Piece(_digits(bare), ATOM)


def _digits(text: str) -> str:
    return f"<mn>{_escape(text)}</mn>" if _NUMBER.fullmatch(text) else _text(text)


@dataclass(frozen=True, slots=True)
class _Symbols:
    """A formula in MathML; terms stand as ``texts``, which are numbers if ``filled``."""

    texts: Mapping[str, str]
    filled: bool = False

    def term(self, name: str) -> Piece:
        text = self.texts.get(name, name)
        return _quantity(text) if self.filled else Piece(_text(text))

    def number(self, text: str) -> Piece:
        return Piece(f"<mn>{text}</mn>")

    def infix(self, left: str, sign: str, right: str) -> str:
        # Without a row of its own, so that the one around it can break at the sign.
        return f"{left}{_sign(sign)}{right}"

    def prefix(self, sign: str, operand: str) -> str:
        return f'<mrow><mo form="prefix">{sign}</mo>{operand}</mrow>'

    def fraction(self, top: Piece, bottom: Piece) -> Piece:
        parts = "".join(_flow(part.text) for part in (top, bottom))
        return Piece(f'<mfrac displaystyle="true">{parts}</mfrac>')

    def bracket(self, inner: str) -> str:
        return f'<mrow><mo form="prefix">(</mo>{_flow(inner)}<mo form="postfix">)</mo></mrow>'

    def bars(self, inner: str) -> str:
        left, right = (
            f'<mo form="{form}" stretchy="true">|</mo>' for form in ("prefix", "postfix")
        )
        return f"<mrow>{left}{_flow(inner)}{right}</mrow>"

    def function(self, name: str, args: Sequence[str]) -> str:
        inside = '<mo separator="true">,</mo>'.join(args)
        return f"<mrow>{_text(name)}{self.bracket(inside)}</mrow>"

    def unless(self, value: str, other: str) -> str:
        unequal = '<mo form="prefix" lspace="0" rspace=".2em">≠</mo>' + other
        return f'<mrow>{value}<mspace width=".3em"/>{self.bracket(unequal)}</mrow>'

    def word(self, left: str, word: str, right: str) -> str:
        return f"{left}{_WIDE}{_text(word)}{_WIDE}{right}"

    def cases(self, rows: Sequence[tuple[str, str]], default: str | None, language: str) -> str:
        chinese = language == "zh"
        when = _text("若" if chinese else "if") + _WIDE
        lines = [(value, when + condition) for value, condition in rows]
        if default is not None:
            lines.append((default, _text("否则" if chinese else "otherwise")))
        cells = "".join(
            f"<mtr><mtd>{_flow(value)}</mtd><mtd>{_flow(condition)}</mtd></mtr>"
            for value, condition in lines
        )
        return f'<mrow><mtable class="kpi-cases">{cells}</mtable></mrow>'
