"""Declared columns of a dataset: type, format, constraints, categories.

Rules: specification.md#column-types.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kpi_site.catalog import Field, Notation
from kpi_site.content.record import key, record
from kpi_site.content.scalars import BOOLEAN, NAME, NUMBER, STRING, between, choice
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, list_of, map_of
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Scalar
from kpi_site.problems import Message, Name, unknown
from kpi_site.tables.formats import ERA_YEAR, is_counted, read_moment

_TYPES = ("string", "integer", "number", "boolean", "date", "datetime")
_ORDERED = {"integer", "number", "date", "datetime"}
# A day that every format must bring back; without day or month, the first is meant.
_SAMPLE = datetime(2003, 11, 25, 13, 14, 15)  # noqa: DTZ001 — formats of files have no zone
_WHOLE = {date(2003, 11, 25), date(2003, 11, 24), date(2003, 11, 1), date(2003, 1, 1)}
_WEEKS = Message(
    "只有周没有日的，写 %G-W%V（ISO 8601 的周）；%W、%U 还要有星期几，如 %Y-%W-%u。",
    "A week without a day is %G-W%V (weeks of ISO 8601); %W and %U need a weekday too, as in"
    " %Y-%W-%u.",
)


def _pattern(text: str, node: Node, reading: FileReading) -> str | Invalid:
    try:
        re.compile(text)
    except re.error as error:
        message = Message(
            f"正则表达式“{text}”不成立：{error.msg}",
            f"'{text}' is not a regular expression: {error.msg}",
        )
        return reading.report(node.where, "bad-pattern", message)
    return text


PATTERN: Shape[str] = checked(STRING, _pattern)

_CONSTRAINTS: Shape[dict[str, Any]] = record(
    lambda **constraints: constraints,
    key("required", BOOLEAN),
    key("unique", BOOLEAN),
    key("enum", list_of(STRING, least=1, most=None)),
    key("minimum", STRING),
    key("maximum", STRING),
    key("pattern", PATTERN),
    name="constraints",
)


_NOTATION = {
    "decimalChar": "decimal",
    "groupChar": "group",
    "bareNumber": "bare",
    "percent": "percent",
    "negative": "negative",
    "multiplier": "multiplier",
    "exponent": "exponent",
    "fullWidth": "full_width",
    "clock": "clock",
}
_OF_NUMBERS = {"decimals", "decimalChar", "percent", "exponent"}  # and not of whole ones


def _field(constraints: dict[str, Any] | None = None, **fields: Any) -> Field:
    wide = fields.get("type") in {"date", "datetime"} and fields.pop("full_width", False)
    declared = {to: fields.pop(to) for to in _NOTATION.values() if to in fields}
    if fields.get("type") == "integer" and declared.get("group") == ".":
        declared.setdefault("decimal", ",")  # a whole number has no decimal sign
    notation = Notation(**declared)
    return Field(
        **fields,
        **(constraints or {}),
        notation=None if notation == Notation() else notation,
        wide_digits=wide,
    )


def _check_field(found: Field, node: Node, reading: FileReading) -> Field | Invalid:
    if not isinstance(node, MappingNode):
        return found
    constraints = node.get("constraints")
    _check_keys_by_type(found, node, reading)
    _check_notation(found.notation or Notation(), node, reading)
    if isinstance(constraints, MappingNode):
        _check_constraints(found, constraints, reading)
    _check_order(found, node, reading)
    if found.format is not None and found.type in {"date", "datetime"}:
        _check_format(found, node.get("format") or node, reading)
    for word in found.categories if found.enum and _is_whole(found, constraints) else ():
        if word not in found.enum and isinstance(word, Name):
            kind = Message("类别", "category")
            reading.problems.append(unknown(word.where, "unknown-category", kind, word, found.enum))
    return found


def _is_whole(found: Field, constraints: Node | None) -> bool:
    """Tell whether every word of the ``enum`` could be read."""
    listed = constraints.get("enum") if isinstance(constraints, MappingNode) else None
    return len(getattr(listed, "items", ())) == len(found.enum)


def _check_keys_by_type(found: Field, node: MappingNode, reading: FileReading) -> None:
    """Report ``format``, ``decimals`` and notations where the type has no use for them."""
    kinds = {"format": {"date", "datetime"}, "decimals": {"number"}}
    kinds |= {
        name: {"number"} if name in _OF_NUMBERS else {"integer", "number"} for name in _NOTATION
    }
    kinds["fullWidth"] |= {"date", "datetime"}
    for name, types in kinds.items():
        given = next((k for k, _ in node.entries if k.text == name), None)
        if given is not None and found.type not in types:
            listed = " / ".join(sorted(types))
            message = Message(
                f"“{name}”只用于类型 {listed}", f"'{name}' goes with type {listed} only"
            )
            reading.report(given.where, "key-does-not-fit", message)


def _check_order(found: Field, node: MappingNode, reading: FileReading) -> None:
    """Report ``ordered`` where no list of values says in which order."""
    written = next((k for k, _ in node.entries if k.text == "ordered"), None)
    if written is not None and found.ordered and not found.enum:
        message = Message(
            "“ordered”需要 constraints.enum：次序就是它的次序",
            "'ordered' needs 'constraints.enum': the order is that of its values",
        )
        reading.report(written.where, "key-does-not-fit", message)


def _check_notation(notation: Notation, node: MappingNode, reading: FileReading) -> None:
    """Report signs that mean two things, and a multiplier that makes nothing of a number."""
    if notation.group == notation.decimal:
        what = Message("groupChar 与小数点相同", "'groupChar' is the decimal sign as well")
        _report_notation("groupChar", what, node, reading)
    if notation.clock is not None and notation != Notation(clock=notation.clock):
        what = Message(
            "clock 不与别的写法同用",
            "'clock' does not go with other keys of how numbers are written",
        )
        _report_notation("clock", what, node, reading)
    if notation.multiplier <= 0:
        what = Message("multiplier 应大于 0", "'multiplier' must be above 0")
        _report_notation("multiplier", what, node, reading)
    elif notation.percent and notation.multiplier != 1:
        what = Message("multiplier 不与 percent 同用", "'multiplier' does not go with 'percent'")
        _report_notation("multiplier", what, node, reading)


def _report_notation(name: str, what: Message, node: MappingNode, reading: FileReading) -> None:
    where = (node.get(name) or node.get("decimalChar") or node).where
    reading.report(where, "bad-notation", what)


def _sign(text: str, node: Node, reading: FileReading) -> str | Invalid:
    """Read one character that stands between digits; none that numbers have a use for."""
    if len(text) == 1 and not text.isalnum() and text not in "+-()%[]^\\":
        return text
    message = Message(
        f"应为一个字符，如 , . 空格 '，实为“{text}”",
        f"must be one character, such as , . ' or a blank, not '{text}'",
    )
    return reading.report(node.where, "bad-notation", message)


def _read_sign(node: Node, reading: FileReading) -> str | Invalid:
    """Read a text of which the blanks count."""
    if isinstance(node, Scalar) and node.kind != "null":
        return node.text
    return STRING.read(node, reading)


_SIGN = checked(Shape(_read_sign, {"type": "string", "minLength": 1, "maxLength": 1}), _sign)


def _check_constraints(found: Field, constraints: MappingNode, reading: FileReading) -> None:
    for name, value in constraints.entries:
        if name.text in {"minimum", "maximum"} and found.type not in _ORDERED:
            message = Message(
                f"类型 {found.type} 没有大小之分，不能用“{name.text}”",
                f"'{name.text}' does not go with the type {found.type}",
            )
            reading.report(name.where, "key-does-not-fit", message)
        elif name.text == "pattern" and found.type != "string":
            message = Message(
                "“pattern”只用于类型 string", "'pattern' goes with the type string only"
            )
            reading.report(name.where, "key-does-not-fit", message)
        elif name.text in {"minimum", "maximum", "enum"}:
            for item in getattr(value, "items", (value,)):
                _check_written(getattr(item, "text", None), item, found, reading)
    if found.minimum and found.maximum and found.type in {"integer", "number"}:
        low, high = _number(found.minimum), _number(found.maximum)
        if low is not None and high is not None and low > high:
            message = Message("minimum 大于 maximum", "minimum is greater than maximum")
            reading.report(constraints.where, "bad-constraint", message)


def _check_written(text: str | None, node: Node, found: Field, reading: FileReading) -> None:
    """Report a value written in a constraint that is none of the column's type."""
    if text is None or _reads_as(text, found):
        return
    message = Message(
        f"“{text}”不是类型 {found.type} 的值", f"'{text}' is not a value of the type {found.type}"
    )
    reading.report(node.where, "bad-constraint", message)


def _reads_as(text: str, found: Field) -> bool:
    match found.type:
        case "integer":
            return re.fullmatch(r"[+-]?\d+", text) is not None
        case "number":
            return _number(text) is not None
        case "boolean":
            return text.lower() in {"true", "false", "1", "0"}
        case "date" | "datetime":
            return _reads_as_time(text, found.format)
        case _:
            return True


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _reads_as_time(text: str, written: str | None) -> bool:
    try:
        if written and not is_counted(written):
            read_moment(text, written)
        else:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_format(found: Field, node: Node, reading: FileReading) -> None:
    """Report a format that does not bring a day back (without time, midnight is meant)."""
    written = (found.format or "").replace(ERA_YEAR, "%Y")
    if is_counted(written):
        return
    try:
        sample = _SAMPLE.replace(tzinfo=UTC) if "%z" in written.lower() else _SAMPLE
        text = sample.strftime(written)
        again = read_moment(text, written)
        # What strptime passes over, such as a week (%W) without a weekday, is told by writing.
        if again.date() in _WHOLE and again.strftime(written) == text:
            return
    except (ValueError, re.error):
        pass
    example = "%Y-%m-%d" if found.type == "date" else "%Y-%m-%d %H:%M:%S"
    message = Message(
        f"“{found.format}”不是完整的日期格式", f"'{found.format}' is not a complete date format"
    )
    hint = Message(f"例如 {example}。", f"For example {example}.")
    if re.search("%[UWV]", written):
        hint = _WEEKS
    reading.report(node.where, "bad-format", message, hint)


def _format(text: str, _node: Node, _reading: FileReading) -> str | None:
    """``default`` is the Data Package word for ISO formats."""
    return None if text == "default" else text


_FIELD = checked(
    record(
        _field,
        key("name", NAME, required=True),
        key("type", choice(*_TYPES), required=True),
        key("title", TEXT),
        key("description", TEXT),
        key("format", checked(STRING, _format)),
        key("decimals", between(0, 18)),
        key("decimalChar", _SIGN, to="decimal"),
        key("groupChar", _SIGN, to="group"),
        key("bareNumber", BOOLEAN, to="bare"),
        key("percent", BOOLEAN),
        key("negative", choice("parentheses", "trailing")),
        key("multiplier", NUMBER),
        key("exponent", BOOLEAN),
        key("fullWidth", BOOLEAN, to="full_width"),
        key("clock", choice("minutes", "seconds")),
        key("unit", STRING),
        key("constraints", _CONSTRAINTS),
        key("categories", map_of(TEXT, most=None)),
        key("ordered", BOOLEAN),
        name="field",
    ),
    _check_field,
)


def _unique_names(
    fields: tuple[Field, ...], _node: Node, reading: FileReading
) -> tuple[Field, ...]:
    seen: dict[str, Field] = {}
    for found in fields:
        if found.name in seen:
            message = Message(f"列“{found.name}”重复", f"column '{found.name}' is declared twice")
            line = seen[found.name].name.where.line
            hint = Message(f"第 {line} 行已有。", f"It is already on line {line}.")
            reading.report(found.name.where, "duplicate-column", message, hint)
        seen.setdefault(found.name, found)
    return tuple(seen.values())


FIELDS: Shape[tuple[Field, ...]] = checked(list_of(_FIELD, least=1, most=None), _unique_names)
