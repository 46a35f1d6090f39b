"""Cuts SQL text into tokens, each with its place, by the lexical rules of DuckDB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType

from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Code

TokenKind = Literal["name", "quoted", "string", "number", "sign", "end"]

MAX_TOKENS = 5_000
_COMPLETE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|/\*.*?\*/|--[^\n]*""", re.DOTALL)
_FULL_WIDTH = dict(zip("（），；＋－×＊／÷＝＜＞“”‘’％。", "(),;+-**//=<>\"\"''%.", strict=True))


@dataclass(frozen=True, slots=True)
class Token:
    """A word, text, number or sign. ``text`` of a quoted one is without its quotes.

    ``word`` is the upper-case keyword or sign that the grammar looks for, empty for texts,
    numbers and quoted names. ``start`` and ``end`` are offsets (the end not included).
    """

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The word or sign as the grammar spells it."""
        return " ".join(self.text.upper().split()) if self.kind in {"name", "sign"} else ""


class Refused(Exception):  # noqa: N818
    """Reading cannot go on; carries the problem. Never leaves ``kpi_site.sql``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def refuse(
    code: Code, at: int, kind: str, zh: str, en: str, hint: Message | None = None
) -> Refused:
    """Make the exception for what is wrong at offset ``at`` of ``code``."""
    return Refused(Problem(code.locate(at), kind, Message(zh, en), hint))


def tokenize(code: Code) -> list[Token]:
    """Return the tokens of ``code``, comments left out, with an ``end`` token at the end.

    Raises `Refused` for an unclosed quote or comment and for characters that SQL lacks.
    """
    try:
        found = DuckDB().tokenize(code.text)
    except TokenError:
        raise _unclosed(code) from None
    if len(found) > MAX_TOKENS:
        raise refuse(code, found[MAX_TOKENS].start, "sql-nesting", "表达式太长", "too long")
    tokens = [_token(code, one.token_type, one.text, one.start, one.end + 1) for one in found]
    return [*tokens, Token("end", "", len(code.text), len(code.text))]


def _token(code: Code, token_type: TokenType, text: str, start: int, end: int) -> Token:
    match token_type:
        case TokenType.STRING:
            return Token("string", text, start, end)
        case TokenType.IDENTIFIER:
            return Token("quoted", text, start, end)
        case TokenType.NUMBER:
            return Token("number", text, start, end)
    source = code.text[start:end]
    if not (source[0].isalpha() or source[0] == "_"):
        if source[0] in _FULL_WIDTH:
            raise _full_width(code, start)
        return Token("sign", source, start, end)
    for offset, character in enumerate(source, start):
        if not (character.isalnum() or character in "_ \t\r\n$"):
            raise _full_width(code, offset)
    return Token("name", source, start, end)


def _full_width(code: Code, at: int) -> Refused:
    sign = code.text[at]
    plain = _FULL_WIDTH.get(sign)
    hint = Message(f"请用半角的 {plain}。", f"Write the plain {plain}.") if plain else None
    if sign in "“”‘’" and at == 0:
        hint = Message("请去掉引号。", "Leave out the quotes.")
    zh, en = f"不能使用的符号“{sign}”", f"unexpected character '{sign}'"
    return refuse(code, at, "full-width" if plain else "sql-syntax", zh, en, hint)


def _unclosed(code: Code) -> Refused:
    """Find the quote or comment that is opened and never closed."""
    blanked = _COMPLETE.sub(lambda match: " " * len(match[0]), code.text)
    opened = re.search(r"""['"]|/\*""", blanked)
    at = opened.start() if opened else 0
    what = opened[0] if opened else code.text[:1]
    return refuse(
        code, at, "sql-syntax", f"{what} 没有结束", f"{what} is opened here and never closed"
    )
