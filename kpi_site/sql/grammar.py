"""The grammar of expressions: tokens to the tree of ``kpi_site.sql.nodes``.

What the grammar does not name cannot be written, so it is the whitelist. Operators bind as
in DuckDB: OR, AND, NOT, IS, comparisons (not chained), IN/BETWEEN/LIKE, ``||``, ``+ -``,
``* / // %``, sign, ``::``.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kpi_site.problems import Message, Problem
from kpi_site.sql.calls import call, read_type
from kpi_site.sql.cursor import Cursor, binary
from kpi_site.sql.literals import interval, number_literal, read_date, read_datetime
from kpi_site.sql.nodes import Call, Case, Code, Column, Literal_, Node, children
from kpi_site.sql.tokens import Refused, Token, refuse, tokenize

MAX_NESTING = 50  # levels of parentheses, functions and CASE
MAX_DEPTH = 100  # of the tree; a + b + c … is as deep as it is long

_BINDING = {
    "OR": 1, "AND": 2, "IS": 4, "=": 5, "==": 5, "<>": 5, "!=": 5, "<": 5, "<=": 5, ">": 5,
    ">=": 5, "NOT": 6, "IN": 6, "BETWEEN": 6, "LIKE": 6, "ILIKE": 6, "||": 7, "+": 8, "-": 8,
    "*": 9, "/": 9, "//": 9, "%": 9, "::": 11,
}  # fmt: skip
_NOT, _SIGN = 3, 10

RESERVED = frozenset({
    "AND", "AS", "ASC", "BETWEEN", "CASE", "CAST", "DESC", "DISTINCT", "ELSE", "END", "FILTER",
    "FROM", "ILIKE", "IN", "IS", "LIKE", "NOT", "OR", "OVER", "SELECT", "THEN", "WHEN", "WHERE",
    "UNION", "JOIN", "ON", "WITH",
})  # fmt: skip


class Grammar(Cursor):
    """Reads one expression, by the precedence of operators."""

    def whole(self) -> Node:
        """Read the whole text as one expression."""
        node = self.expression()
        if self.token.kind != "end":
            self.fail()
        if _depth(node) > MAX_DEPTH:
            raise self._too_deep(0)
        return node

    def _too_deep(self, at: int) -> Refused:
        return refuse(
            self.code, at, "sql-nesting", "表达式嵌套太深或太长", "nested too deeply, or too long"
        )

    def expression(self, least: int = 0) -> Node:
        """Read an expression whose operators bind at least as tightly as ``least``."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self._too_deep(self.token.start)
        left = self._prefix()
        while (binding := _BINDING.get(self.token.word, -1)) >= max(least, 1):
            left = self._infix(left, binding)
            if binding == 5 and _BINDING.get(self.token.word) == 5:
                self._refuse_chain()
        self.nesting -= 1
        return left

    def _refuse_chain(self) -> None:
        hint = Message("用 AND 连接两个比较。", "Join two comparisons with AND.")
        raise refuse(
            self.code, self.token.start, "sql-syntax", "比较不能连写", "chained comparison", hint
        )

    # --- what may stand at the start -------------------------------------------------

    def _prefix(self) -> Node:
        token = self.token
        match token.kind:
            case "string":
                self.advance()
                return Literal_(token.text, token.start)
            case "number":
                self.advance()
                return number_literal(self.code, token)
            case "quoted":
                return self._column()
            case "name":
                return self._word(token)
        match token.word:
            case "(":
                self.advance()
                inner = self.expression()
                self.expect(")")
                return inner
            case "-" | "+":
                self.advance()
                return self._signed(token)
            case ".":
                return self._fraction(token)
        self._refuse_sign(token)
        raise AssertionError

    def _refuse_sign(self, token: Token) -> None:
        if token.word == "*":
            hint = Message("* 只能写在 COUNT(*) 里。", "A * stands only in COUNT(*).")
            raise refuse(
                self.code, token.start, "sql-syntax", "这里不能写“*”", "unexpected '*'", hint
            )
        self.fail()

    def _signed(self, sign: Token) -> Node:
        operand = self.expression(_SIGN)
        if sign.word == "+":
            return operand
        if isinstance(operand, Literal_) and type(operand.value) in {int, Decimal}:
            assert isinstance(operand.value, int | Decimal)
            return Literal_(-operand.value, sign.start)
        return Call("neg", (operand,), sign.start)

    def _fraction(self, dot: Token) -> Node:
        """Read ``.5``, which arrives as a point and a number."""
        self.advance()
        digits = self.token
        if digits.kind != "number" or digits.start != dot.end:
            self.fail()
        self.advance()
        return number_literal(self.code, replace(digits, text="0." + digits.text, start=dot.start))

    def _word(self, token: Token) -> Node:
        following = self.tokens[self.position + 1]
        match token.word:
            case "TRUE" | "FALSE" | "NULL":
                self.advance()
                value = {"TRUE": True, "FALSE": False, "NULL": None}[token.word]
                return Literal_(value, token.start)
            case "NOT":
                self.advance()
                return Call("not", (self.expression(_NOT),), token.start)
            case "CASE":
                return self._case()
            case "DATE" | "TIMESTAMP" if following.kind == "string":
                return self._dated()
            case "INTERVAL" if following.kind in {"string", "number"}:
                return self._interval()
        if following.word == "(":
            return call(self)
        if token.word in RESERVED or " " in token.word:
            self.fail()
        return self._column()

    def _column(self) -> Node:
        first = self.advance()
        name = first.text
        if self.token.word == ".":
            self.advance()
            if self.token.kind not in {"name", "quoted"}:
                self.fail()
            name = f"{name}.{self.advance().text}"
        return Column(name, first.start)

    def _dated(self) -> Node:
        word, text = self.advance(), self.advance()
        read = read_date if word.word == "DATE" else read_datetime
        value = read(text.text)
        if value is None:
            zh, en = f"“{text.text}”不是有效的日期", f"'{text.text}' is not a valid date"
            hint = Message("写作 2026-10-31。", "Write 2026-10-31.")
            raise refuse(self.code, text.start, "sql-literal", zh, en, hint)
        return Literal_(value, word.start)

    def _interval(self) -> Node:
        word, amount = self.advance(), self.advance()
        text = amount.text
        if self.token.kind == "name" and not any(c.isalpha() for c in text):
            text = f"{text} {self.advance().text}"
        found = interval(text)
        if found is None:
            zh, en = f"看不懂的时间间隔“{text}”", f"'{text}' is not an interval"
            hint = Message("例如 INTERVAL 24 HOURS。", "For example: INTERVAL 24 HOURS.")
            raise refuse(self.code, amount.start, "sql-literal", zh, en, hint)
        if isinstance(found, int):
            return Call("months", (Literal_(found, amount.start),), word.start)
        return Literal_(found, word.start)

    def _case(self) -> Node:
        start = self.advance().start
        subject = None if self.token.word == "WHEN" else self.expression()
        whens = []
        while at := self.take("WHEN"):
            when = self.expression()
            if subject is not None:
                when = Call("=", (subject, when), at.start)
            self.expect("THEN")
            whens.append((when, self.expression()))
        if not whens:
            self.fail("WHEN")
        default = self.expression() if self.take("ELSE") else None
        self.expect("END")
        return Case(tuple(whens), default, start)

    # --- operators after a left side -------------------------------------------------

    def _infix(self, left: Node, binding: int) -> Node:
        operator = self.advance()
        match operator.word:
            case "IS":
                return self._is(left, operator)
            case "NOT":
                if self.token.word not in {"IN", "BETWEEN", "LIKE", "ILIKE"}:
                    self.fail("IN / BETWEEN / LIKE")
                return Call("not", (self._infix(left, binding),), operator.start)
            case "IN":
                self.expect("(")
                return Call("in", (left, *self.arguments(least=1)), operator.start)
            case "BETWEEN":
                low = self.expression(binding + 1)
                self.expect("AND")
                return Call("between", (left, low, self.expression(binding + 1)), operator.start)
            case "::":
                return Call("cast", (left, read_type(self)), operator.start)
        right = self.expression(binding + 1)
        return binary(operator, left, right)

    def _is(self, left: Node, operator: Token) -> Node:
        negated = self.take("NOT") is not None
        if self.take("NULL"):
            return Call("is_not_null" if negated else "is_null", (left,), operator.start)
        if self.take("DISTINCT"):
            self.expect("FROM")
            right = self.expression(_BINDING["IS"] + 1)
            name = "is_not_distinct" if negated else "is_distinct"
            return Call(name, (left, right), operator.start)
        truth = self.take("TRUE", "FALSE")
        if truth is None:
            self.fail("NULL")
        assert truth is not None
        right = Literal_(truth.word == "TRUE", truth.start)
        return Call("is_distinct" if negated else "is_not_distinct", (left, right), operator.start)


def _depth(node: Node) -> int:
    """Return how deep the tree is, without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [part for one in level for part in children(one)]
    return deepest


def read(code: Code) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read ``code`` as one expression; None with the problems where it is not one."""
    try:
        grammar = Grammar(code, tokenize(code))
        node = grammar.whole()
    except Refused as refused:
        return None, (refused.problem,)
    return (None if grammar.problems else node), tuple(grammar.problems)
