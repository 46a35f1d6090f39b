"""The grammar of expressions: tokens to the tree of ``kpi_site.sql.nodes``.

What the grammar does not name cannot be written, so it is the whitelist. Operators bind as
in DuckDB: OR, AND, NOT, IS, comparisons (not chained), IN/BETWEEN/LIKE, ``||``, ``+ -``,
``* / // %``, sign, ``::``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from kpi_site.problems import Message, Problem, did_you_mean, unknown
from kpi_site.sql.functions import FUNCTIONS, SPELLINGS
from kpi_site.sql.literals import interval, number_literal, read_date, read_datetime, type_name
from kpi_site.sql.nodes import (
    Aggregate,
    AggregateKind,
    Call,
    Case,
    Code,
    Column,
    Literal_,
    Node,
    Window,
    children,
)
from kpi_site.sql.tokens import Refused, Token, refuse, tokenize

MAX_NESTING = 50  # levels of parentheses, functions and CASE
MAX_DEPTH = 100  # of the tree; a + b + c … is as deep as it is long

_BINDING = {
    "OR": 1, "AND": 2, "IS": 4, "=": 5, "==": 5, "<>": 5, "!=": 5, "<": 5, "<=": 5, ">": 5,
    ">=": 5, "NOT": 6, "IN": 6, "BETWEEN": 6, "LIKE": 6, "ILIKE": 6, "||": 7, "+": 8, "-": 8,
    "*": 9, "/": 9, "//": 9, "%": 9, "::": 11,
}  # fmt: skip
_NOT, _SIGN = 3, 10
_SAME = {"==": "=", "!=": "<>"}

AGGREGATES: dict[str, AggregateKind] = {
    "COUNT": "count",
    "COUNT_IF": "count",
    "COUNTIF": "count",
    "SUM": "sum",
    "AVG": "avg",
    "MEAN": "avg",
    "MIN": "min",
    "MAX": "max",
    "MEDIAN": "median",
    "QUANTILE_CONT": "quantile",
    "PERCENTILE_CONT": "quantile",
}
WINDOWS = {
    "ROW_NUMBER": (0, 0),
    "RANK": (0, 0),
    "LAG": (1, 2),
    "LEAD": (1, 2),
    "FIRST_VALUE": (1, 1),
    "LAST_VALUE": (1, 1),
}
_RESERVED = frozenset(
    "AND AS ASC BETWEEN CASE CAST DESC DISTINCT ELSE END FILTER FROM ILIKE IN IS LIKE NOT OR "
    "OVER SELECT THEN WHEN WHERE UNION JOIN ON WITH".split()
)


@dataclass
class Grammar:
    """Reads one expression from ``tokens``; `problems` collects what does not stop it."""

    code: Code
    tokens: list[Token]
    problems: list[Problem] = field(default_factory=list)
    position: int = 0
    nesting: int = 0

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

    def fail(self, expected: str = "") -> Token:
        """Refuse the next token; raises `Refused`."""
        token = self.token
        hint = Message(f"这里应为 {expected}。", f"Expected {expected}.") if expected else None
        if token.kind == "end":
            zh, en = "表达式不完整", "the expression ends too early"
        else:
            shown = self.code.text[token.start : token.end]
            zh, en = f"这里不能写“{shown}”", f"unexpected '{shown}'"
        raise refuse(self.code, token.start, "sql-syntax", zh, en, hint)

    def whole(self) -> Node:
        """Read the whole text as one expression."""
        node = self.expression(0)
        if self.token.kind != "end":
            self.fail()
        if _depth(node) > MAX_DEPTH:
            raise self._too_deep(0)
        return node

    def _too_deep(self, at: int) -> Refused:
        return refuse(
            self.code, at, "sql-nesting", "表达式嵌套太深或太长", "nested too deeply, or too long"
        )

    def expression(self, least: int) -> Node:
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
                inner = self.expression(0)
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
            return self._call()
        if token.word in _RESERVED:
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
        subject = None if self.token.word == "WHEN" else self.expression(0)
        whens = []
        while at := self.take("WHEN"):
            when = self.expression(0)
            if subject is not None:
                when = Call("=", (subject, when), at.start)
            self.expect("THEN")
            whens.append((when, self.expression(0)))
        if not whens:
            self.fail("WHEN")
        default = self.expression(0) if self.take("ELSE") else None
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
                return Call("in", (left, *self._list(least=1)), operator.start)
            case "BETWEEN":
                low = self.expression(binding + 1)
                self.expect("AND")
                return Call("between", (left, low, self.expression(binding + 1)), operator.start)
            case "::":
                return Call("cast", (left, self._type()), operator.start)
        right = self.expression(binding + 1)
        return _binary(operator, left, right)

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

    def _list(self, least: int = 0) -> tuple[Node, ...]:
        """Read expressions up to the closing parenthesis."""
        if not least and self.take(")"):
            return ()
        found = [self.expression(0)]
        while self.take(","):
            found.append(self.expression(0))
        self.expect(")")
        return tuple(found)

    # --- functions -------------------------------------------------------------------

    def _call(self) -> Node:
        name = self.advance()
        self.expect("(")
        word = name.word
        if word in AGGREGATES:
            return self._after_aggregate(name, self._aggregate(name))
        if word in WINDOWS:
            args = self._list()
            self._check_count(name, args, *WINDOWS[word])
            return self._over(name, args)
        if word in {"CAST", "TRY_CAST"}:
            value = self.expression(0)
            self.expect("AS")
            to = self._type()
            self.expect(")")
            return Call(word.lower(), (value, to), name.start)
        if word == "EXTRACT":
            part = self.advance()
            if part.kind not in {"name", "string"}:
                self.fail()
            self.expect("FROM")
            value = self.expression(0)
            self.expect(")")
            return Call("date_part", (Literal_(part.text, part.start), value), name.start)
        return self._function(name, self._list())

    def _function(self, name: Token, args: tuple[Node, ...]) -> Node:
        op = SPELLINGS.get(name.word)
        if op is None:
            known = [*SPELLINGS, *AGGREGATES, *WINDOWS, "CAST", "TRY_CAST", "EXTRACT"]
            kind = Message("函数", "function")
            where = self.code.locate(name.start)
            self.problems.append(unknown(where, "unknown-function", kind, name.text, known))
            return Literal_(None, name.start)
        function = FUNCTIONS[op]
        part = function.part.get(name.word)
        if part is not None:
            self._check_count(name, args, 1, 1)
            return Call(op, (Literal_(part, name.start), *args), name.start)
        self._check_count(name, args, function.least, function.most)
        if op == "date_add" and len(args) == 2:
            return _binary(Token("sign", "+", name.start, name.end), *args)
        return Call(op, args, name.start)

    def _check_count(self, name: Token, args: tuple[Node, ...], least: int, most: int) -> None:
        if least <= len(args) <= most:
            return
        wanted = str(least) if least == most else f"{least}–{most}" if most < 99 else f"≥ {least}"
        zh = f"{name.text} 需要 {wanted} 个参数，这里有 {len(args)} 个"
        en = f"{name.text} takes {wanted} arguments, not {len(args)}"
        raise refuse(self.code, name.start, "sql-arguments", zh, en)

    def _type(self) -> Literal_:
        """Read a type's name after AS or ``::``; the literal holds its canonical name."""
        token = self.advance()
        text = token.text
        if self.token.word == "(":
            self.advance()
            sizes = [self.advance().text]
            while self.take(","):
                sizes.append(self.advance().text)
            self.expect(")")
            text += f"({','.join(sizes)})"
        found = type_name(text)
        if found is None:
            known = [
                "INTEGER",
                "DECIMAL(18,4)",
                "DOUBLE",
                "VARCHAR",
                "BOOLEAN",
                "DATE",
                "TIMESTAMP",
            ]
            zh, en = f"不能转换为类型“{text}”", f"no conversion to type '{text}'"
            hint = did_you_mean(text, known)
            raise refuse(self.code, token.start, "sql-type-name", zh, en, hint)
        return Literal_(found, token.start)

    # --- aggregates and windows ------------------------------------------------------

    def _aggregate(self, name: Token) -> Aggregate:
        """Read the arguments of an aggregate, its opening parenthesis being read."""
        kind, at = AGGREGATES[name.word], name.start
        if name.word == "COUNT" and self.take("*"):
            self.expect(")")
            return Aggregate("count", None, at=at)
        distinct = self.take("DISTINCT")
        if distinct is not None and name.word != "COUNT":
            zh, en = "DISTINCT 只能写在 COUNT 里", "DISTINCT stands only in COUNT"
            raise refuse(self.code, distinct.start, "sql-aggregate", zh, en)
        args = self._list()
        if name.word == "PERCENTILE_CONT":
            self._check_count(name, args, 1, 1)
            return self._within_group(name, args[0])
        if kind == "quantile":
            self._check_count(name, args, 2, 2)
            return Aggregate(kind, args[0], quantile=self._share(args[1]), at=at)
        if not args and name.word == "COUNT":
            return Aggregate("count", None, at=at)
        self._check_count(name, args, 1, 1)
        if name.word in {"COUNT_IF", "COUNTIF"}:
            return Aggregate("count", None, where=args[0], at=at)
        return Aggregate(kind, args[0], distinct=distinct is not None, at=at)

    def _within_group(self, name: Token, share: Node) -> Aggregate:
        self.expect("WITHIN")
        self.expect("GROUP")
        self.expect("(")
        self.expect("ORDER BY")
        arg = self.expression(0)
        quantile = self._share(share)
        if self.take("DESC"):
            quantile = 1 - quantile
        else:
            self.take("ASC")
        self.expect(")")
        return Aggregate("quantile", arg, quantile=quantile, at=name.start)

    def _share(self, node: Node) -> Decimal:
        match node:
            case Literal_(int() | Decimal() as value) if not isinstance(value, bool):
                if 0 <= value <= 1:
                    return Decimal(value)
        at = getattr(node, "at", 0)
        zh, en = "分位数应为 0 到 1 之间的数", "a quantile is a number from 0 to 1"
        raise refuse(self.code, at, "sql-arguments", zh, en)

    def _after_aggregate(self, name: Token, aggregate: Aggregate) -> Node:
        if self.take("FILTER"):
            self.expect("(")
            self.expect("WHERE")
            where = self.expression(0)
            self.expect(")")
            if aggregate.where is not None:
                where = Call("and", (aggregate.where, where), aggregate.at)
            aggregate = replace(aggregate, where=where)
        if self.token.word != "OVER":
            return aggregate
        plain = aggregate.where is None and not aggregate.distinct
        if not plain or aggregate.kind in {"median", "quantile"}:
            self.fail()
        args = () if aggregate.arg is None else (aggregate.arg,)
        return self._over(name, args)

    def _over(self, name: Token, args: tuple[Node, ...]) -> Node:
        self.expect("OVER")
        self.expect("(")
        partition: list[Node] = []
        order: list[tuple[Node, bool]] = []
        if self.take("PARTITION BY"):
            partition.append(self.expression(0))
            while self.take(","):
                partition.append(self.expression(0))
        if self.take("ORDER BY"):
            order.append(self._order_key())
            while self.take(","):
                order.append(self._order_key())
        if not order and name.word in WINDOWS:
            self.fail("ORDER BY")
        self.expect(")")
        function = AGGREGATES.get(name.word, name.word.lower())
        return Window(function, args, tuple(partition), tuple(order), name.start)

    def _order_key(self) -> tuple[Node, bool]:
        key = self.expression(0)
        descending = self.take("DESC") is not None
        if not descending:
            self.take("ASC")
        return key, descending


def _binary(operator: Token, left: Node, right: Node) -> Node:
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
