"""Why a cell breaks its column's declaration, in words."""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from kpi_site.catalog import Field
from kpi_site.problems import Message, Problem, closest
from kpi_site.tables.batch import Cell
from kpi_site.tables.convert import INTEGER, number_pattern
from kpi_site.tables.quoting import shown
from kpi_site.tables.times import read_times

_TYPES = {
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("是非值", "true or false"),
    "date": ("日期", "a date"),
    "datetime": ("日期时间", "a date and time"),
}
Reason = tuple[str, Message, Message | None]  # code, what, hint


def bad_cell(field: Field, cell: Cell, missing: tuple[str, ...], zone: str) -> Problem:
    """Return the problem of a cell that ``convert`` found bad."""
    code, what, hint = _reason(field, cell.text, missing, zone)
    place = f"{cell.label} " if cell.label else ""
    title = str(field.name)
    message = Message(f"{place}列“{title}”：{what.zh}", f"{place}column '{title}': {what.en}")
    return Problem(cell.where, code, message, hint)


def _reason(field: Field, text: str, missing: tuple[str, ...], zone: str) -> Reason:
    if text in missing:
        written = f"“{shown(text)}”" if text else ""
        english = f" ('{shown(text)}')" if text else ""
        return (
            "missing-value",
            Message(f"必填的单元格是空的{written}", f"a required cell is empty{english}"),
            None,
        )
    return _not_of_type(field, text, zone) or _constraint(field, text)


def _quoted(text: str, zh: str, en: str) -> Message:
    return Message(f"“{shown(text)}”{zh}", f"'{shown(text)}' {en}")


def _not_of_type(field: Field, text: str, zone: str) -> Reason | None:
    if field.type == "string" or _reads(field, text, zone):
        return None
    if field.type == "number" and (found := _places(field, text)) is not None:
        return found
    if field.type == "integer" and re.fullmatch(INTEGER, text, re.ASCII):
        return (
            "out-of-range",
            _quoted(text, "超出了整数的范围", "is too large for an integer"),
            None,
        )
    if field.type == "number" and re.fullmatch(number_pattern(field.decimals), text, re.ASCII):
        return "out-of-range", _quoted(text, "的位数太多", "has too many digits"), None
    zh, en = _TYPES[field.type]
    return "bad-value", _quoted(text, f"不是{zh}", f"is not {en}"), _type_hint(field, text, zone)


def _reads(field: Field, text: str, zone: str) -> bool:
    match field.type:
        case "integer":
            return _matches(INTEGER, text) and -(2**63) <= int(text) < 2**63
        case "number":
            fits = _matches(number_pattern(field.decimals), text)
            return fits and abs(Decimal(text)) < Decimal(10) ** (38 - field.decimals)
        case "boolean":
            return text.lower() in {"true", "false", "1", "0"}
        case "date" | "datetime":
            return not read_times(pl.Series("cell", [text]), field, zone).null_count()
        case _:
            return True


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None and not text.endswith("\n")


def _places(field: Field, text: str) -> Reason | None:
    match = re.fullmatch(r"[+-]?\d*\.(\d+)", text, re.ASCII)
    if match is None or len(match[1]) <= field.decimals:
        return None
    return (
        "too-many-decimals",
        _quoted(
            text,
            f"有 {len(match[1])} 位小数，最多 {field.decimals} 位",
            f"has {len(match[1])} decimal places, at most {field.decimals} are declared",
        ),
        Message(
            "请改数据，或在 schema 中提高 decimals。",
            "Mend the data, or raise `decimals` in the schema.",
        ),
    )


def _type_hint(field: Field, text: str, zone: str) -> Message | None:
    stripped = text.strip()
    if not stripped:
        return Message(
            "只有空格；缺失值应留空。", "It holds only blanks; leave a missing value empty."
        )
    if stripped != text and _reads(field, stripped, zone):
        return Message("请去掉前后的空格。", "Remove the blanks around it.")
    if field.type in {"integer", "number"}:
        return _number_hint(field, stripped, zone)
    return (
        _time_hint(field)
        if field.type != "boolean"
        else Message("可用的有：true、false、1、0。", "Known here: true, false, 1, 0.")
    )


def _number_hint(field: Field, text: str, zone: str) -> Message | None:
    grouped = re.fullmatch(r"[+-]?\d{1,3}([,，_ ]\d{3})+(\.\d*)?", text, re.ASCII)
    plain = re.sub(r"[,，_ ]", "", text)
    if grouped and _reads(field, plain, zone):
        return Message("请去掉千位分隔符。", "Write it without thousands separators.")
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+", text, re.ASCII):
        point = text.replace(".", "").replace(",", ".")
        return Message(f"逗号是小数点？请写 {point}。", f"A decimal comma? Write {point}.")
    if (bare := re.sub(r"^[¥￥$€]|元$", "", plain).strip()) != plain and _reads(field, bare, zone):
        return Message("只写数字，不带货币。", "Write the number alone, without the currency.")
    if re.fullmatch(r"[+-]?[\d.]+[eE][+-]?\d+", text, re.ASCII):
        return Message("请不用指数写法。", "Write it without an exponent.")
    if text.endswith(("%", "％")):
        return Message("请写成小数，不带百分号。", "Write it as a decimal, without a percent sign.")
    if field.type == "integer" and re.fullmatch(r"[+-]?\d+\.\d*", text, re.ASCII):
        return Message(
            "带小数的列要声明为 number。", "A column with decimals is declared as number."
        )
    if text.casefold() in {"nan", "inf", "-inf", "null", "none", "na", "n/a", "-", "#n/a"}:
        return Message(
            "缺失值应留空，或在 missingValues 中声明这种写法。",
            "Leave a missing value empty, or declare this word in missingValues.",
        )
    if re.search(r"\d", text) and not re.search(r"\d[^\d]+\d", text):
        return Message(
            "只写数字，不带字母和单位。", "Write the digits alone, without letters or units."
        )
    return Message("请改为数字。", "Put a number there.")


def _time_hint(field: Field) -> Message:
    example = "2026-10-31" if field.type == "date" else "2026-10-31 09:30:00"
    if field.format is None:
        return Message(
            f"应为真实存在的日期，写成 {example}；其他写法请声明 format。",
            f"It must exist and be written like {example}; declare `format` for any other way.",
        )
    return Message(
        f"应为真实存在的日期，格式为 {field.format}。",
        f"It must exist and have the format {field.format}.",
    )


def _constraint(field: Field, text: str) -> Reason:
    if field.enum and text not in field.enum:
        return _not_listed(field, text)
    if field.pattern is not None:
        zh, en = f"不符合规则 {field.pattern}", f"does not match the pattern {field.pattern}"
        return "pattern-mismatch", _quoted(text, zh, en), None
    low, high = field.minimum, field.maximum
    span = " … ".join(limit for limit in (low, high) if limit is not None)
    if low is not None and high is not None:
        return "out-of-bounds", _quoted(text, f"不在 {span} 之内", f"is not within {span}"), None
    if low is not None:
        return "out-of-bounds", _quoted(text, f"小于最小值 {low}", f"is less than {low}"), None
    return "out-of-bounds", _quoted(text, f"大于最大值 {high}", f"is greater than {high}"), None


def _not_listed(field: Field, text: str) -> Reason:
    guess = closest(text.strip(), field.enum)
    if guess is not None:
        hint = Message(f"是不是想写“{guess}”？", f"Did you mean '{guess}'?")
    else:
        listed = ", ".join(field.enum[:12]) + (" …" if len(field.enum) > 12 else "")
        hint = Message(f"可用的有：{listed}。", f"Known here: {listed}.")
    return "not-listed", _quoted(text, "不在允许的值之中", "is not one of the allowed values"), hint
