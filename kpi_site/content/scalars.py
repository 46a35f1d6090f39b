"""Shapes of scalars: texts, names, numbers, days, periods, choices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Literal

from kpi_site.content.misspelt import misspelt_date, misspelt_number, misspelt_period, span_hint
from kpi_site.content.shapes import (
    INVALID,
    FileReading,
    Invalid,
    Json,
    Shape,
    checked,
    invisible,
    scalar,
    wrong_type,
)
from kpi_site.content.yaml_source import LONGEST_KEY, Node, Scalar
from kpi_site.periods import (
    THIRTEENTH,
    Calendar,
    Grain,
    ListedCalendar,
    MonthCalendar,
    Period,
    Span,
)
from kpi_site.problems import Location, Message, Name, closest, did_you_mean
from kpi_site.visible import is_invisible

LONGEST_ID = 100  # it becomes the name of folders and files, with more behind it
# indicators/index/ and its like are the lists; the others are devices to Windows
RESERVED = frozenset({
    "index", "con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)),
    *(f"lpt{n}" for n in range(10)),
})  # fmt: skip
_YEARS = (1900, 2999)
_MAX_MONTHS = 1200

_STRING = Message("文字", "a text")
_NUMBER = Message("数字", "a number")
_INTEGER = Message("整数", "a whole number")
_BOOLEAN = Message(" true 或 false", "true or false")
_YES = {"yes", "y", "on", "true", "1", "是", "有", "对"}
_NO = {"no", "n", "off", "false", "0", "否", "无", "不"}
_DATE = Message("日期（如 2026-10-31）", "a date such as 2026-10-31")


def _read_string(node: Node, reading: FileReading) -> str | Invalid:
    found = scalar(node, reading, _STRING)
    return found if isinstance(found, Invalid) else found.text


def _read_name(node: Node, reading: FileReading) -> Name | Invalid:
    found = scalar(node, reading, Message("名称", "a name"))
    if isinstance(found, Invalid):
        return found
    if len(found.text) > LONGEST_KEY:
        return _too_long(found.where, LONGEST_KEY, reading)
    if (at := next((i for i, c in enumerate(found.text) if is_invisible(c)), None)) is not None:
        return invisible(found, at, reading)
    return found.name()


def _too_long(where: Location, most: int, reading: FileReading) -> Invalid:
    message = Message(f"名称超过 {most} 个字符", f"a name longer than {most} characters")
    return reading.report(where, "too-long", message)


def is_id(text: str) -> bool:
    """Tell whether ``text`` may be an id: of a card, a dataset, a department."""
    fits = len(text) <= LONGEST_ID and re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None
    return fits and text not in RESERVED


def _read_identifier(node: Node, reading: FileReading) -> Name | Invalid:
    name = _read_name(node, reading)
    if isinstance(name, Invalid):
        return name
    if name in RESERVED:
        what = Message("这个地址是目录页", "it is the address of the list")
        if name != "index":
            what = Message(
                "Windows 上不能有这个名字的文件", "Windows can have no file of this name"
            )
        return reading.report(
            name.where,
            "reserved-id",
            Message(f"“{name}”不能作标识：{what.zh}", f"'{name}' cannot be an id: {what.en}"),
            Message("换一个标识。", "Choose another id."),
        )
    if len(name) > LONGEST_ID:
        return _too_long(name.where, LONGEST_ID, reading)
    if is_id(name):
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


def _read_number(node: Node, reading: FileReading, *, percent: int = 100) -> Decimal | Invalid:
    if isinstance(node, Scalar) and node.kind in {"integer", "float"}:
        try:
            number = Decimal(int(node.text, 0) if node.text[:2] in {"0x", "0o"} else node.text)
        except (InvalidOperation, ValueError):
            return wrong_type(node, reading, _NUMBER)
        if number.is_finite() and abs(number.adjusted()) < 100:
            return number
    elif isinstance(node, Scalar) and (found := misspelt_number(node, percent)) is not None:
        reading.problems.append(found)
        return INVALID
    return wrong_type(node, reading, _NUMBER)


def _read_integer(node: Node, reading: FileReading) -> int | Invalid:
    if isinstance(node, Scalar) and node.kind == "integer":
        number = _read_number(node, reading)
        return number if isinstance(number, Invalid) else int(number)
    return wrong_type(node, reading, _INTEGER)


def _read_boolean(node: Node, reading: FileReading) -> bool | Invalid:
    if isinstance(node, Scalar) and node.kind == "boolean":
        return node.text.lower() == "true"
    word = node.text.strip().lower() if isinstance(node, Scalar) else ""
    meant = "true" if word in _YES else "false" if word in _NO else None
    hint = (
        Message(f"请写 {meant}，不加引号。", f"Write {meant}, without quotes.") if meant else None
    )
    return wrong_type(node, reading, _BOOLEAN, hint)


def _read_date(node: Node, reading: FileReading) -> date | Invalid:
    if isinstance(node, Scalar) and re.fullmatch(r"\d{4}-\d\d-\d\d", node.text, re.ASCII):
        if not _year_is_sound(node.text):
            return _far_away(node, reading)
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            message = Message(f"没有“{node.text}”这一天", f"there is no day '{node.text}'")
            return reading.report(node.where, "no-such-day", message)
    if isinstance(node, Scalar) and (found := misspelt_date(node)) is not None:
        reading.problems.append(found)
        return INVALID
    return wrong_type(node, reading, _DATE)


def _read_period(node: Node, reading: FileReading) -> Period | Invalid:
    expected = Message(
        "期间（如 2026-10、2026-Q3、2026-H1、2026）", "a period such as 2026-10, 2026-Q3 or 2026"
    )
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    if re.match(r"\d{4}", found.text, re.ASCII) and not _year_is_sound(found.text):
        return _far_away(node, reading)
    usual = MonthCalendar().parse(found.text.replace(THIRTEENTH, "12"))  # it stands in
    period = usual if reading.calendar is None else reading.calendar.parse(found.text)
    if period is None and usual is not None and isinstance(reading.calendar, ListedCalendar):
        return _unlisted(found, reading.calendar, reading)
    if period is None:
        reading.problems.append(misspelt_period(found, expected))
    return period or INVALID


def _unlisted(node: Scalar, calendar: Calendar, reading: FileReading) -> Invalid:
    """Report a label that is sound, but not of this calendar."""
    message = Message(
        f"公司的日历里没有期间“{node.text}”", f"the calendar of the company lists no '{node.text}'"
    )
    hint = Message(
        f"它从 {calendar.first} 到 {calendar.last}。",
        f"It runs from {calendar.first} to {calendar.last}.",
    )
    return reading.report(node.where, "bad-period", message, hint)


def _year_is_sound(text: str) -> bool:
    """Tell whether the year leaves room to count back and forth by calendar lengths."""
    return _YEARS[0] <= int(text[:4]) <= _YEARS[1]


def _far_away(node: Node, reading: FileReading) -> Invalid:
    first, last = _YEARS
    message = Message(
        f"年份应在 {first} 到 {last} 之间", f"the year must be from {first} to {last}"
    )
    return reading.report(node.where, "out-of-range", message)


def _read_span(node: Node, reading: FileReading) -> Span | Invalid:
    expected = Message("时间长度（如 12mo、1q、1y、30d）", "a length such as 12mo, 1q, 1y or 30d")
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    span = Span.parse(found.text)
    if span is not None and max(span.months, span.days / 30) > _MAX_MONTHS:
        message = Message("不能超过 100 年", "must not be longer than 100 years")
        return reading.report(node.where, "out-of-range", message)
    return span or wrong_type(node, reading, expected, span_hint(found.text))


_SCALAR_SCHEMA: Json = {"type": ["string", "number", "boolean"]}
STRING: Shape[str] = Shape(_read_string, _SCALAR_SCHEMA)
NAME: Shape[Name] = Shape(_read_name, {**_SCALAR_SCHEMA, "x-type": "name"})
Named = Literal[
    "action", "audience", "column", "connection", "dataset", "department", "dimension", "grade",
    "indicator", "member", "perspective", "scorecard", "term",
]  # fmt: skip
"""What a name in one place may be the name of, which stands in another."""


def name_of(what: Named) -> Shape[Name]:
    """Read the name of a ``what``: whether there is such a one is for the rules to tell."""
    return replace(NAME, schema={**NAME.schema, "x-names": what})


IDENTIFIER: Shape[Name] = Shape(
    _read_identifier,
    {
        "type": "string",
        "pattern": "^(?!(index|con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z][a-z0-9_]*$",
        "maxLength": LONGEST_ID,
        "x-type": "id",
    },
)
NUMBER: Shape[Decimal] = Shape(_read_number, {"type": "number"})
WEIGHT: Shape[Decimal] = Shape(partial(_read_number, percent=1), {"type": "number"})
INTEGER: Shape[int] = Shape(_read_integer, {"type": "integer"})
BOOLEAN: Shape[bool] = Shape(_read_boolean, {"type": "boolean"})
DATE: Shape[date] = Shape(_read_date, {"type": "string", "format": "date"})
PERIOD: Shape[Period] = Shape(_read_period, {"type": ["string", "integer"], "x-type": "period"})
SPAN: Shape[Span] = Shape(
    _read_span, {"type": "string", "pattern": r"^[1-9]\d{0,3}(d|w|mo|q|y)$", "x-type": "span"}
)


def between(low: int, high: int) -> Shape[int]:
    """Read a whole number from ``low`` to ``high``, both included."""

    def check(number: int, node: Node, reading: FileReading) -> int | Invalid:
        if low <= number <= high:
            return number
        message = Message(f"应在 {low} 到 {high} 之间", f"must be from {low} to {high}")
        return reading.report(node.where, "out-of-range", message)

    return replace(
        checked(INTEGER, check), schema={"type": "integer", "minimum": low, "maximum": high}
    )


def number_between(low: int, high: int | None = None) -> Shape[Decimal]:
    """Read a number above ``low``, up to ``high`` where that is given."""

    def check(number: Decimal, node: Node, reading: FileReading) -> Decimal | Invalid:
        if number > low and (high is None or number <= high):
            return number
        upto = ("", "") if high is None else (f"，至多 {high}", f" and at most {high}")
        message = Message(f"应大于 {low}{upto[0]}", f"must be above {low}{upto[1]}")
        return reading.report(node.where, "out-of-range", message)

    schema: Json = {"type": "number", "exclusiveMinimum": low}
    return replace(
        checked(NUMBER, check), schema=schema if high is None else {**schema, "maximum": high}
    )


def _not_negative(number: Decimal, node: Node, reading: FileReading) -> Decimal | Invalid:
    if number >= 0:
        return number
    message = Message("不能为负", "must not be negative")
    return reading.report(node.where, "out-of-range", message)


NOT_NEGATIVE: Shape[Decimal] = replace(
    checked(NUMBER, _not_negative), schema={"type": "number", "minimum": 0}
)


def choice(*words: str) -> Shape[str]:
    """Read one of ``words``."""
    listed = Message("下列之一：" + "、".join(words), "one of " + ", ".join(words))

    def read(node: Node, reading: FileReading) -> str | Invalid:
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
    words = choice(*(g for g in Grain if g.rank >= shortest.rank))
    return checked(words, lambda word, _node, _reading: Grain(word))
