"""Formulas and aggregates in plain words of Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kpi_site.formula.layout import PRODUCT, SIGN, Piece, lay_out
from kpi_site.sql.nodes import (
    Aggregate,
    Call,
    Case,
    Column,
    Expression,
    Literal_,
    Node,
)


def plain_formula(formula: Expression, labels: Mapping[str, str], *, language: str = "zh") -> str:
    """Return the formula as one line of text: ``实际 ÷ 目标``; for terminals, screen readers."""
    return lay_out(formula.node, _Line(labels), language).text


@dataclass(frozen=True, slots=True)
class _Line:
    labels: Mapping[str, str]

    def term(self, name: str) -> Piece:
        text = self.labels.get(name, name)
        signed = text[:1] in {"-", "−"} and text[1:2].isdigit()
        return Piece(f"−{text[1:]}", SIGN) if signed else Piece(text)

    def number(self, text: str) -> Piece:
        return Piece(text)

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def prefix(self, sign: str, operand: str) -> str:
        return f"{sign}{operand}"

    def fraction(self, top: Piece, bottom: Piece) -> Piece:
        left = top.text if top.binding >= PRODUCT else self.bracket(top.text)
        right = bottom.text if bottom.binding > SIGN else self.bracket(bottom.text)
        return Piece(f"{left} ÷ {right}", PRODUCT)

    def bracket(self, inner: str) -> str:
        return f"({inner})"

    def bars(self, inner: str) -> str:
        return f"|{inner}|"

    def function(self, name: str, args: Sequence[str]) -> str:
        return f"{name}({', '.join(args)})"

    def unless(self, value: str, other: str) -> str:
        return f"{value} (≠ {other})"

    def word(self, left: str, word: str, right: str) -> str:
        return f"{left} {word} {right}".lstrip()

    def cases(self, rows: Sequence[tuple[str, str]], default: str | None, language: str) -> str:
        if language == "zh":
            parts = [f"若 {when} 则 {then}" for then, when in rows]
            return "；".join(parts + ([] if default is None else [f"否则 {default}"]))
        parts = [f"{then} if {when}" for then, when in rows]
        return "; ".join(parts + ([] if default is None else [f"else {default}"]))


# --- aggregates ----------------------------------------------------------------------


class _Rare(Exception):  # noqa: N818
    """There are no words for this construct. Never leaves this module."""


def aggregate_words(
    expression: Expression,
    titles: Mapping[str, str],
    language: str,
    *,
    where: Expression | None = None,
) -> str:
    """Return a term's ``value`` (and its ``where``) in words; its SQL where words are lacking.

    ``合计 金额，其中 状态 = 已发货`` / ``sum of amount where status = shipped``. ``titles``
    names the columns; a key ``status=shipped`` names a value of a column.
    """
    speaker = _Speaker(titles, chinese=language == "zh")
    try:
        text = speaker.outer(expression.node).text
        return text if where is None else speaker.such_that(text, where.node)
    except _Rare:
        code = expression.code.text.strip()
        return code if where is None else f"{code} WHERE {where.code.text.strip()}"


_AGGREGATES = {
    "sum": ("合计", "sum of"),
    "avg": ("平均", "average of"),
    "min": ("最小", "smallest"),
    "max": ("最大", "largest"),
    "median": ("中位数", "median of"),
}
_SIGNS = {
    "=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−",
    "*": "×", "/": "÷", "is_not_distinct": "=",
}  # fmt: skip
_TIGHT = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARED, _WHOLE = 4, 9
_UNITS = {
    "year": ("年", "year"), "quarter": ("季度", "quarter"), "month": ("个月", "month"),
    "day": ("天", "day"), "hour": ("小时", "hour"), "minute": ("分钟", "minute"),
    "second": ("秒", "second"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Speaker:
    titles: Mapping[str, str]
    chinese: bool

    def say(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def outer(self, node: Node) -> Piece:
        """Return the arithmetic around aggregates."""
        match node:
            case Aggregate():
                return self.aggregate(node)
            case Call("nullif", (inner, Literal_(0))):
                return self.outer(inner)
            case Call("+" | "-" | "*" | "/" as op, (left, right)):
                return self.binary(op, self.outer(left), self.outer(right))
        return self.row(node)

    def aggregate(self, node: Aggregate) -> Piece:
        if node.kind == "count":
            text = self.count(node)
        elif node.kind == "quantile":
            share = f"{Decimal(100) * (node.quantile or 0):f}".rstrip("0").rstrip(".") or "0"
            named = self.say(f"{share}% 分位数", f"{share}% quantile of")
            text = f"{named} {self.inner(node)}"
        else:
            text = f"{self.say(*_AGGREGATES[node.kind])} {self.inner(node)}"
        return Piece(text if node.where is None else self.such_that(text, node.where), 7)

    def count(self, node: Aggregate) -> str:
        if node.arg is None:
            return self.say("行数", "number of rows")
        arg = self.row(node.arg).text
        if node.distinct:
            return self.say(f"不同 {arg} 的个数", f"number of distinct {arg}")
        return self.say(f"有 {arg} 的行数", f"number of rows with {arg}")

    def inner(self, node: Aggregate) -> str:
        if node.arg is None:
            raise _Rare
        piece = self.row(node.arg)
        return piece.text if piece.binding > _COMPARED + 2 else f"({piece.text})"

    def such_that(self, text: str, condition: Node) -> str:
        return f"{text}{self.say('，其中 ', ' where ')}{self.row(condition).text}"

    def binary(self, op: str, left: Piece, right: Piece) -> Piece:
        binding = _TIGHT.get(op, _COMPARED)
        after = binding if op in {"+", "*"} else binding + 1
        texts = (self.held(left, binding), self.held(right, after))
        return Piece(f"{texts[0]} {_SIGNS[op]} {texts[1]}", binding)

    def held(self, piece: Piece, least: int) -> str:
        split = self.say("，其中 ", " where ") in piece.text
        return f"({piece.text})" if piece.binding < least or split else piece.text

    def row(self, node: Node) -> Piece:
        """Return an expression over a row."""
        match node:
            case Column(name):
                return Piece(self.titles.get(name, name), _WHOLE)
            case Literal_(value):
                return Piece(self.constant(value), _WHOLE)
            case Case(((condition, value),), default):
                return self.choice(condition, value, default)
            case Call(("and" | "or") as op, args):
                return self.joined(op, args)
            case Call("not", (inner,)):
                return self.negated(inner)
            case Call(op, (left, right)) if op in _SIGNS:
                pieces = self.row(left), self.member(left, right)
                return self.binary(op, *pieces)
            case Call(op, args):
                return self.call(op, args)
        raise _Rare

    def member(self, column: Node, value: Node) -> Piece:
        """Return a value that ``column`` is compared with, by its name if it has one."""
        match column, value:
            case Column(name), Literal_(str(text)):
                return Piece(self.titles.get(f"{name}={text}", text) or '""', _WHOLE)
        return self.row(value)

    def constant(self, value: object) -> str:
        match value:
            case None:
                return self.say("空", "empty")
            case bool():
                return self.say("是" if value else "否", "yes" if value else "no")
            case timedelta():
                return self.span(value)
            case Decimal():
                return format(value, "f").replace("-", "−")
            case int():
                return str(value).replace("-", "−")
            case datetime():
                return value.isoformat(sep=" ")
            case date():
                return value.isoformat()
        return str(value)

    def span(self, value: timedelta) -> str:
        for unit, step in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
            count, rest = divmod(value, timedelta(seconds=step))
            if not rest and not (unit == "day" and count == 1):
                zh, en = _UNITS[unit]
                return self.say(f"{count}{zh}", f"{count} {en}{'' if count == 1 else 's'}")
        raise _Rare

    def joined(self, op: str, args: Sequence[Node]) -> Piece:
        binding = _TIGHT[op]
        word = {"and": self.say("且", "and"), "or": self.say("或", "or")}[op]
        texts = [self.held(self.row(arg), binding + 1) for arg in args]
        return Piece(f" {word} ".join(texts), binding)

    def choice(self, condition: Node, value: Node, default: Node | None) -> Piece:
        test, then = self.row(condition).text, self.row(value).text
        if default is None:
            return Piece(self.say(f"{then}（若 {test}）", f"{then} if {test}"), 0)
        other = self.row(default).text
        return Piece(
            self.say(f"若 {test} 则 {then}，否则 {other}", f"{then} if {test}, else {other}"), 0
        )

    def negated(self, inner: Node) -> Piece:
        match inner:
            case Column():
                return Piece(f"{self.row(inner).text} = {self.say('否', 'no')}", _COMPARED)
            case Call("in", (subject, *members)):
                return self.among(subject, members, self.say("不是", "is not"))
            case Call("like" | "between" | "is_null" | "contains" | "starts_with"):
                raise _Rare
        return Piece(f"{self.say('非', 'not')} {self.held(self.row(inner), 4)}", _TIGHT["not"])

    def among(self, subject: Node, members: Sequence[Node], verb: str) -> Piece:
        comma = self.say("、", ", ")
        listed = comma.join(self.member(subject, one).text for one in members)
        which = self.say(f"{verb} {listed} 之一", f"{verb} one of {listed}")
        return Piece(f"{self.held(self.row(subject), 5)} {which}", _COMPARED)

    def call(self, op: str, args: Sequence[Node]) -> Piece:
        match op, args:
            case "in", (subject, *members):
                return self.among(subject, members, self.say("是", "is"))
            case "between", (subject, low, high):
                value, one, two = (self.held(self.row(arg), 5) for arg in (subject, low, high))
                text = self.say(
                    f"{value} 在 {one} 至 {two} 之间", f"{value} is between {one} and {two}"
                )
                return Piece(text, _COMPARED)
            case "is_null", (subject,):
                zh, en = "为空", "is empty"
                return Piece(f"{self.held(self.row(subject), 5)} {self.say(zh, en)}", _COMPARED)
            case "is_not_null", (subject,):
                zh, en = "不为空", "is not empty"
                return Piece(f"{self.held(self.row(subject), 5)} {self.say(zh, en)}", _COMPARED)
            case "date_diff", (Literal_(str(unit)), start, end):
                return self.days_between(unit, start, end)
            case "epoch", (span,):
                inside = self.held(self.row(span), 7)
                return Piece(self.say(f"{inside} 的秒数", f"seconds of {inside}"), 7)
            case "abs", (value,):
                return Piece(f"|{self.row(value).text}|", _WHOLE)
        raise _Rare

    def days_between(self, unit: str, start: Node, end: Node) -> Piece:
        if unit.lower().removesuffix("s") not in _UNITS:
            raise _Rare
        zh, en = _UNITS[unit.lower().removesuffix("s")]
        one, two = self.held(self.row(start), 5), self.held(self.row(end), 5)
        text = self.say(
            f"从 {one} 到 {two} 的{zh.removeprefix('个')}数", f"{en}s from {one} to {two}"
        )
        return Piece(text, 7)
