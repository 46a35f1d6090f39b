"""Shapes: what may stand at a key, as values that read a node and describe themselves.

A shape turns a node into a value of the catalog, or reports why it cannot. Its ``schema`` is
the same as JSON Schema, for editors. Shapes are put together: ``list_of(NUMBER)``,
``record(Grade, key("from", NUMBER, to="start"), …)`` (see ``kpi_site.content.record``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

from kpi_site.content.yaml_source import Broken, Node, Scalar, Sequence
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.periods import Calendar, Grain, Period, Span
from kpi_site.problems import (
    Location,
    Message,
    Name,
    Problem,
    Severity,
    closest,
    did_you_mean,
    has_errors,
)

T = TypeVar("T")
_YEARS = (1900, 2999)
_MAX_MONTHS = 1200
Json = Mapping[str, object]


class Invalid(Enum):
    """What a shape returns where it has reported a problem instead of a value."""

    INVALID = "invalid"


INVALID = Invalid.INVALID


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers need beside the node, and the problems they have found so far.

    ``damaged`` names the top-level keys of the file that have errors, so that the checks
    across files say nothing about what could not be read.
    """

    root: Path
    file: str
    calendar: Calendar = field(default_factory=Calendar)
    languages: tuple[str, ...] = ("zh", "en")
    problems: list[Problem] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)

    def report(
        self,
        where: Location,
        code: str,
        message: Message,
        hint: Message | None = None,
        severity: Severity = "error",
    ) -> Invalid:
        """Note a problem, and return the mark for it."""
        self.problems.append(Problem(where, code, message, hint, severity))
        return INVALID

    @property
    def errors(self) -> bool:
        """Tell whether the file has errors so far."""
        return has_errors(self.problems)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How to read one kind of node: ``read(node, reading)`` returns the value or `INVALID`."""

    read: Callable[[Node, Reading], T | Invalid]
    schema: Json
    nullable: bool = False


def wrong_type(node: Node, reading: Reading, expected: Message) -> Invalid:
    """Report that ``node`` is not what is expected here (once: a broken node has its own)."""
    if isinstance(node, Broken):
        return INVALID
    found = _describe(node)
    message = Message(
        f"应为{expected.zh}，实为{found.zh}", f"expected {expected.en}, found {found.en}"
    )
    return reading.report(node.where, "wrong-type", message)


def _describe(node: Node) -> Message:
    if isinstance(node, MappingNode):
        return Message("“键: 值”的映射", "a mapping of keys to values")
    if isinstance(node, Sequence):
        return Message("列表", "a list")
    if isinstance(node, Scalar) and node.kind != "null":
        quoted = "" if node.kind == "string" else ("真假值", "the truth value ")
        if node.kind in {"integer", "float"}:
            quoted = ("数字", "the number ")
        before = quoted or ("文字", "the text ")
        shown = node.text if len(node.text) <= 40 else node.text[:39] + "…"
        return Message(f"{before[0]}“{shown}”", f"{before[1]}'{shown}'")
    return Message("空值", "nothing")


def scalar(node: Node, reading: Reading, expected: Message) -> Scalar | Invalid:
    """Return ``node`` as a scalar that is not null or empty, or report it."""
    if not isinstance(node, Scalar) or node.kind == "null":
        return wrong_type(node, reading, expected)
    if not node.text.strip():
        return reading.report(node.where, "empty-value", Message("内容为空", "this is empty"))
    return node


_STRING = Message("文字", "a text")
_NUMBER = Message("数字", "a number")
_INTEGER = Message("整数", "a whole number")
_BOOLEAN = Message("true 或 false", "true or false")
_DATE = Message("日期（如 2026-10-31）", "a date such as 2026-10-31")


def _read_string(node: Node, reading: Reading) -> str | Invalid:
    found = scalar(node, reading, _STRING)
    return found if isinstance(found, Invalid) else found.text


def _read_name(node: Node, reading: Reading) -> Name | Invalid:
    found = scalar(node, reading, Message("名称", "a name"))
    return found if isinstance(found, Invalid) else found.name()


def _read_identifier(node: Node, reading: Reading) -> Name | Invalid:
    name = _read_name(node, reading)
    if isinstance(name, Invalid) or re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return name
    return reading.report(
        name.where,
        "bad-id",
        Message(f"标识“{name}”不合规则", f"'{name}' is not a valid id"),
        Message(
            "只用小写英文字母、数字和下划线，以字母开头。",
            "Use lower-case letters, digits and underscores, starting with a letter.",
        ),
    )


def _read_number(node: Node, reading: Reading) -> Decimal | Invalid:
    if isinstance(node, Scalar) and node.kind in {"integer", "float"}:
        try:
            number = Decimal(int(node.text, 0) if node.text[:2] in {"0x", "0o"} else node.text)
        except (InvalidOperation, ValueError):
            return wrong_type(node, reading, _NUMBER)
        if number.is_finite() and abs(number.adjusted()) < 100:
            return number
    elif isinstance(node, Scalar) and (guess := _number_in(node.text)) is not None:
        return reading.report(
            node.where,
            "wrong-type",
            Message(f"应为数字，实为文字“{node.text}”", f"expected a number, found '{node.text}'"),
            Message(f"请写 {guess}。", f"Write {guess}."),
        )
    return wrong_type(node, reading, _NUMBER)


def _number_in(text: str) -> str | None:
    """Return the number that a text such as ``95%`` or ``"1,200"`` means."""
    match = re.fullmatch(r"\s*(-?[\d,]*\d(?:\.\d+)?)\s*(%?)\s*", text, re.ASCII)
    if match is None:
        return None
    number = Decimal(match[1].replace(",", ""))
    return f"{number / 100 if match[2] else number:f}"


def _read_integer(node: Node, reading: Reading) -> int | Invalid:
    if isinstance(node, Scalar) and node.kind == "integer":
        number = _read_number(node, reading)
        return number if isinstance(number, Invalid) else int(number)
    return wrong_type(node, reading, _INTEGER)


def _read_boolean(node: Node, reading: Reading) -> bool | Invalid:
    if isinstance(node, Scalar) and node.kind == "boolean":
        return node.text.lower() == "true"
    return wrong_type(node, reading, _BOOLEAN)


def _read_date(node: Node, reading: Reading) -> date | Invalid:
    if isinstance(node, Scalar) and re.fullmatch(r"\d{4}-\d\d-\d\d", node.text, re.ASCII):
        if not _year_is_sound(node.text):
            return _far_away(node, reading)
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            message = Message(f"没有“{node.text}”这一天", f"there is no day '{node.text}'")
            return reading.report(node.where, "no-such-day", message)
    return wrong_type(node, reading, _DATE)


def _read_period(node: Node, reading: Reading) -> Period | Invalid:
    expected = Message(
        "期间（如 2026-10、2026-Q3、2026-H1、2026）", "a period such as 2026-10, 2026-Q3 or 2026"
    )
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    if re.match(r"\d{4}", found.text, re.ASCII) and not _year_is_sound(found.text):
        return _far_away(node, reading)
    return reading.calendar.parse(found.text) or wrong_type(node, reading, expected)


def _year_is_sound(text: str) -> bool:
    """Tell whether the year leaves room to count back and forth by calendar lengths."""
    return _YEARS[0] <= int(text[:4]) <= _YEARS[1]


def _far_away(node: Node, reading: Reading) -> Invalid:
    first, last = _YEARS
    message = Message(
        f"年份应在 {first} 到 {last} 之间", f"the year must be from {first} to {last}"
    )
    return reading.report(node.where, "out-of-range", message)


def _read_span(node: Node, reading: Reading) -> Span | Invalid:
    expected = Message("时间长度（如 12mo、1q、1y、30d）", "a length such as 12mo, 1q, 1y or 30d")
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    span = Span.parse(found.text)
    if span is not None and max(span.months, span.days / 30) > _MAX_MONTHS:
        message = Message("不能超过 100 年", "must not be longer than 100 years")
        return reading.report(node.where, "out-of-range", message)
    return span or wrong_type(node, reading, expected)


_SCALAR_SCHEMA: Json = {"type": ["string", "number", "boolean"]}
STRING: Shape[str] = Shape(_read_string, _SCALAR_SCHEMA)
NAME: Shape[Name] = Shape(_read_name, _SCALAR_SCHEMA)
IDENTIFIER: Shape[Name] = Shape(
    _read_identifier, {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
)
NUMBER: Shape[Decimal] = Shape(_read_number, {"type": "number"})
INTEGER: Shape[int] = Shape(_read_integer, {"type": "integer"})
BOOLEAN: Shape[bool] = Shape(_read_boolean, {"type": "boolean"})
DATE: Shape[date] = Shape(_read_date, {"type": "string", "format": "date"})
PERIOD: Shape[Period] = Shape(_read_period, {"type": ["string", "integer"]})
SPAN: Shape[Span] = Shape(_read_span, {"type": "string", "pattern": r"^[1-9]\d{0,3}(d|w|mo|q|y)$"})


def nullable(shape: Shape[T]) -> Shape[T | None]:
    """Allow null, which is then a value of its own."""

    def read(node: Node, reading: Reading) -> T | Invalid | None:
        if isinstance(node, Scalar) and node.kind == "null":
            return None
        return shape.read(node, reading)

    return Shape(read, {"anyOf": [shape.schema, {"type": "null"}]}, nullable=True)


def between(low: int, high: int) -> Shape[int]:
    """Read a whole number from ``low`` to ``high``, both included."""

    def check(number: int, node: Node, reading: Reading) -> int | Invalid:
        if low <= number <= high:
            return number
        message = Message(f"应在 {low} 到 {high} 之间", f"must be from {low} to {high}")
        return reading.report(node.where, "out-of-range", message)

    return replace(
        checked(INTEGER, check), schema={"type": "integer", "minimum": low, "maximum": high}
    )


def choice(*words: str) -> Shape[str]:
    """Read one of ``words``."""
    listed = Message("下列之一：" + "、".join(words), "one of " + ", ".join(words))

    def read(node: Node, reading: Reading) -> str | Invalid:
        found = scalar(node, reading, listed)
        if isinstance(found, Invalid) or found.text in words:
            return found if isinstance(found, Invalid) else found.text
        guess = closest(found.text, words)
        message = Message(f"不能是“{found.text}”", f"'{found.text}' is not allowed here")
        known = Message(f"可用的有：{'、'.join(words)}。", f"Known here: {', '.join(words)}.")
        hint = did_you_mean(found.text, words) if guess else known
        return reading.report(found.where, "unknown-choice", message, hint)

    return Shape(read, {"enum": list(words)})


def grain(*, shortest: Grain = Grain.DAY) -> Shape[Grain]:
    """Read a length of period, from ``shortest`` to year."""
    words = choice(*shortest.and_longer())
    return checked(words, lambda word, _node, _reading: Grain(word))


def list_of(shape: Shape[T], *, least: int = 0) -> Shape[tuple[T, ...]]:
    """Read a list; items that are invalid are reported and left out."""

    def read(node: Node, reading: Reading) -> tuple[T, ...] | Invalid:
        if not isinstance(node, Sequence):
            return wrong_type(node, reading, Message("列表", "a list"))
        if len(node.items) < least:
            return reading.report(
                node.where, "empty-list", Message("列表为空", "the list is empty")
            )
        found = (shape.read(item, reading) for item in node.items)
        return tuple(item for item in found if not isinstance(item, Invalid))

    return Shape(read, {"type": "array", "items": shape.schema, "minItems": least})


def one_or_many(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """Read a list, or one item that stands alone."""
    many = list_of(shape, least=1)

    def read(node: Node, reading: Reading) -> tuple[T, ...] | Invalid:
        if isinstance(node, Sequence):
            return many.read(node, reading)
        found = shape.read(node, reading)
        return found if isinstance(found, Invalid) else (found,)

    return Shape(read, {"anyOf": [shape.schema, many.schema]})


def map_of(shape: Shape[T]) -> Shape[Mapping[Name, T]]:
    """Read a mapping of free names; entries that are invalid are reported and left out."""

    def read(node: Node, reading: Reading) -> Mapping[Name, T] | Invalid:
        if not isinstance(node, MappingNode):
            return wrong_type(node, reading, Message("“名称: 值”的映射", "a mapping of names"))
        found = ((name.name(), shape.read(value, reading)) for name, value in node.entries)
        return {name: value for name, value in found if not isinstance(value, Invalid)}

    return Shape(read, {"type": "object", "additionalProperties": shape.schema})


U = TypeVar("U")


def checked(shape: Shape[T], check: Callable[[T, Node, Reading], U | Invalid]) -> Shape[U]:
    """Read by ``shape``, then let ``check`` report what else is wrong, or make another value."""

    def read(node: Node, reading: Reading) -> U | Invalid:
        found = shape.read(node, reading)
        return found if isinstance(found, Invalid) else check(found, node, reading)

    return Shape(read, shape.schema, shape.nullable)


def distinct(shape: Shape[tuple[T, ...]]) -> Shape[tuple[T, ...]]:
    """Report items of a list that stand in it twice."""

    def check(items: tuple[T, ...], node: Node, reading: Reading) -> tuple[T, ...]:
        seen: set[T] = set()
        for item in items:
            if item in seen:
                where = item.where if isinstance(item, Name) else node.where
                message = Message(f"“{item}”重复出现", f"'{item}' is listed twice")
                reading.report(where, "listed-twice", message)
            seen.add(item)
        return items

    return checked(shape, check)
