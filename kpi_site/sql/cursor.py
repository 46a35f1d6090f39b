"""Steps through tokens; what every part of the grammar shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import NoReturn

from kpi_site.problems import Message, Problem
from kpi_site.sql.functions import ANY_NUMBER
from kpi_site.sql.nodes import Call, Code, Literal_, Node
from kpi_site.sql.tokens import Token, refuse

_INSTEAD = {
    "SELECT": Message("只写表达式，不写查询。", "Write an expression alone, without a query."),
    "=>": Message("请写 >=。", "Write >=."),
    "=<": Message("请写 <=。", "Write <=."),
    "=": Message("只写等号右边的部分。", "Write what stands to the right of the equals sign."),
    "^": Message("没有乘方：请把它连乘。", "There is no power: multiply it by itself."),
}
_SAME = {"==": "=", "!=": "<>"}


@dataclass
class Cursor(ABC):
    """Reads ``tokens`` from first to last; ``problems`` collects what does not stop it."""

    code: Code
    tokens: list[Token]
    problems: list[Problem] = field(default_factory=list)
    position: int = 0
    nesting: int = 0

    @abstractmethod
    def expression(self, least: int = 0) -> Node:
        """Read an expression whose operators bind at least as tightly as ``least``."""

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.position]

    def advance(self) -> Token:
        """Step over the next token and return it."""
        token = self.token
        self.position += token.kind != "end"
        return token

    def take(self, *words: str) -> Token | None:
        """Step over the next token if it is one of ``words``; return it, or None."""
        return self.advance() if self.token.word in words else None

    def expect(self, word: str) -> Token:
        """Step over ``word``, or refuse what stands there instead."""
        return self.take(word) or self.fail(word)

    def fail(self, expected: str = "") -> NoReturn:
        """Refuse the next token; raises `Refused`."""
        token = self.token
        hint = Message(f"这里应为 {expected}。", f"Expected {expected}.") if expected else None
        hint = _INSTEAD.get(token.word, hint)
        if token.kind == "end":
            zh, en = "表达式不完整", "the expression ends too early"
        else:
            shown = self.code.text[token.start : token.end]
            zh, en = f"这里不能写“{shown}”", f"unexpected '{shown}'"
        raise refuse(self.code, token.start, "sql-syntax", zh, en, hint)

    def arguments(self, least: int = 0) -> tuple[Node, ...]:
        """Read expressions up to the closing parenthesis, ``least`` or more (0 or 1)."""
        if not least and self.take(")"):
            return ()
        found = [self.expression()]
        while self.take(","):
            found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def check_count(self, name: Token, args: tuple[Node, ...], least: int, most: int) -> None:
        """Refuse a function with too few or too many arguments."""
        if least <= len(args) <= most:
            return
        wanted = f"{least}–{most}" if least < most else str(least)
        zh, en = (
            f"{name.text} 需要 {wanted} 个参数",
            f"{name.text} takes {wanted} argument{'' if most == 1 else 's'}",
        )
        if most == ANY_NUMBER:
            zh, en = f"{name.text} 至少需要一个参数", f"{name.text} needs at least one argument"
        zh, en = f"{zh}，这里有 {len(args)} 个", f"{en}, and has {len(args)} here"
        raise refuse(self.code, name.start, "sql-arguments", zh, en)


def binary(operator: Token, left: Node, right: Node) -> Node:
    """Return an operator's node; AND and OR become flat, months join their date."""
    op = _SAME.get(operator.word, operator.word.lower())
    if op in {"and", "or"} and isinstance(left, Call) and left.op == op:
        return replace(left, args=(*left.args, right))
    for node, other in ((right, left), (left, right)):
        if isinstance(node, Call) and node.op == "months" and op in {"+", "-"}:
            months = node.args[0]
            assert isinstance(months, Literal_)
            assert isinstance(months.value, int)
            signed = replace(months, value=-months.value if op == "-" else months.value)
            return Call("add_months", (other, signed), operator.start)
    return Call(op, (left, right), operator.start)
