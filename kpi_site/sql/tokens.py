"""Cuts SQL text into tokens, each with its place, by the lexical rules of DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Code

TokenKind = Literal["name", "quoted", "string", "number", "sign", "end"]

MAX_TOKENS = 5_000
_SIGNS = (
    "<=>", "->>", "#>>", "~~~", "::", "||", ">=", "<=", "<>", "!=", "==", ":=", "->", "=>",
    "#>", "&&", "??", "~~", "~*", "//", "**", "^@", "@>", "<@", *"()[]{}&^:,.-=><%!|+;/\\*~?@#$`",
)  # fmt: skip
_PATTERN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<number>[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]*)?)
    |(?P<prefixed>[eEnN](?='))
    |(?P<words>(?:PARTITION|ORDER|GROUP)\s+BY(?![\w$]))
    |(?P<sign>SIGNS)
    |(?P<name>[^\s\[\](){}&^:,.=><%!|+;/\\*~?@\#`'"-]+)
    """.replace("SIGNS", "|".join(re.sub(r"([^\w\s])", r"\\\1", sign) for sign in _SIGNS)),
    re.VERBOSE | re.IGNORECASE,
)
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
    found = list(_pieces(code))
    if len(found) > MAX_TOKENS:
        raise refuse(code, found[MAX_TOKENS][2], "sql-nesting", "表达式太长", "too long")
    end = len(code.text)
    return [*(_token(code, *piece) for piece in found), Token("end", "", end, end)]


def _pieces(code: Code) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, source, offset) of all but spaces and comments; what is not closed is told."""
    at, text = 0, code.text
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:  # a quotation mark that nothing closes
            raise _unclosed(code, at)
        kind, start, at = match.lastgroup or "", match.start(), match.end()
        if kind == "comment":
            at = _after_comment(code, start)
        elif kind != "space":
            yield kind, match[0], start


def _token(code: Code, kind: str, source: str, start: int) -> Token:
    end = start + len(source)
    match kind:
        case "string":
            return Token("string", source[1:-1].replace("''", "'"), start, end)
        case "quoted":
            return Token("quoted", source[1:-1].replace('""', '"'), start, end)
        case "number":
            return Token("number", source.replace("_", ""), start, end)
        case "sign":
            return Token("sign", source, start, end)
        case "prefixed":
            raise _full_width(code, end)
    if not (source[0].isalpha() or source[0] == "_"):
        if source[0] in _FULL_WIDTH:
            raise _full_width(code, start)
        return Token("sign", source, start, end)
    for offset, character in enumerate(source, start):
        if not (character.isalnum() or character in "_ \t\r\n$"):
            raise _full_width(code, offset)
    return Token("name", source, start, end)


def _after_comment(code: Code, start: int) -> int:
    """Return the offset after the comment that begins at ``start``; comments nest."""
    depth = 0
    for match in re.finditer(r"/\*|\*/", code.text[start:]):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return start + match.end()
    raise _unclosed(code, start)


def _full_width(code: Code, at: int) -> Refused:
    sign = code.text[at]
    plain = _FULL_WIDTH.get(sign)
    hint = Message(f"请用半角的 {plain}。", f"Write the plain {plain}.") if plain else None
    if sign in "“”‘’" and at == 0:
        hint = Message("请去掉引号。", "Leave out the quotes.")
    zh, en = f"不能使用的符号“{sign}”", f"unexpected character '{sign}'"
    return refuse(code, at, "full-width" if plain else "sql-syntax", zh, en, hint)


def _unclosed(code: Code, at: int) -> Refused:
    """Say which quote or comment is opened and never closed."""
    what = "/*" if code.text.startswith("/*", at) else code.text[at]
    return refuse(
        code, at, "sql-syntax", f"{what} 没有结束", f"{what} is opened here and never closed"
    )
