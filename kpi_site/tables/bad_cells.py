"""Why a cell breaks its column's declaration, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import polars as pl

from kpi_site.catalog import Field, Notation
from kpi_site.problems import Message, Problem, closest
from kpi_site.tables.batch import Cell
from kpi_site.tables.convert import INTEGER, number_pattern
from kpi_site.tables.numerals import Numeral, read_numeral
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


def bad_cell(
    field: Field, cell: Cell, missing: tuple[str, ...], zone: str, declared: Field | None = None
) -> Problem:
    """Return the problem of a cell that ``convert`` found bad.

    ``declared`` is the column as people wrote it, where ``field`` is how typed cells are read.
    """
    code, what, hint = _reason(field, cell.text, missing, zone)
    if code == "bad-value" and declared is not None and declared.format != field.format:
        hint = _time_hint(declared)
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
    if field.type == "string":
        return None
    numeral = _numeral(field, text)
    if field.notation is not None and numeral is None:
        zh, en = _TYPES[field.type]
        return "bad-value", _quoted(text, f"不是{zh}", f"is not {en}"), _notation_hint(field, text)
    written, text = text, numeral.plain if numeral else text
    found = _not_plain(field, text, zone)
    if found is None or numeral is None or written == text:
        return found
    code, what, hint = found
    stands = Message(f"“{shown(written)}”即{what.zh}", f"'{shown(written)}', which is {what.en}")
    return code, stands, hint


def _numeral(field: Field, text: str) -> Numeral | None:
    """Return the number that the cell writes, in a column with a notation of its own."""
    return read_numeral(text, field.notation) if field.notation else None


def _not_plain(field: Field, text: str, zone: str) -> Reason | None:
    if _reads(field, text, zone):
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
    if re.fullmatch(r"[3-5][0-9]{4}(\.[0-9]+)?", stripped) and field.format is None:
        return Message(
            "是电子表格的日期序号？请声明 format: serial。",
            "A day as spreadsheets count them? Declare format: serial.",
        )
    return (
        _time_hint(field)
        if field.type != "boolean"
        else Message("可用的有：true、false、1、0。", "Known here: true, false, 1, 0.")
    )


def _number_hint(field: Field, text: str, zone: str) -> Message | None:
    grouped = re.fullmatch(r"[+-]?\d{1,3}([,，_ ]\d{3})+(\.\d*)?", text, re.ASCII)
    plain = re.sub(r"[,，_ ]", "", text)
    if grouped and _reads(field, plain, zone):
        return Message(
            "请去掉千位分隔符，或在 schema 中声明 groupChar。",
            "Write it without thousands separators, or declare groupChar in the schema.",
        )
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+", text, re.ASCII):
        point = text.replace(".", "").replace(",", ".")
        return Message(
            f"逗号是小数点？请写 {point}，或声明 decimalChar。",
            f"A decimal comma? Write {point}. Or declare decimalChar.",
        )
    if (bare := re.sub(r"^[¥￥$€]|元$", "", plain).strip()) != plain and _reads(field, bare, zone):
        return Message(
            "只写数字，不带货币；或声明 bareNumber: false。",
            "Write the number alone, without the currency, or declare bareNumber: false.",
        )
    if re.fullmatch(r"[+-]?[\d.]+[eE][+-]?\d+", text, re.ASCII):
        return Message(
            "请不用指数写法，或声明 exponent: true。",
            "Write it without an exponent, or declare exponent: true.",
        )
    if read_numeral(text, Notation(clock="seconds")):
        return _DURATION
    if text.endswith(("%", "％")):
        return Message(
            "请写成小数，不带百分号；或声明 percent: true。",
            "Write it as a decimal, without a percent sign, or declare percent: true.",
        )
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


_DURATION: Final = Message(
    "时长？请声明 clock: minutes（有零秒的用 seconds）。",
    "A duration? Declare clock: minutes (seconds, where it has odd ones).",
)


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
    numeral = _numeral(field, text)
    if numeral is not None and _within(numeral.value, low, high):
        return _strange(field, text, numeral)
    span = " … ".join(limit for limit in (low, high) if limit is not None)
    if low is not None and high is not None:
        return "out-of-bounds", _quoted(text, f"不在 {span} 之内", f"is not within {span}"), None
    if low is not None:
        return "out-of-bounds", _quoted(text, f"小于最小值 {low}", f"is less than {low}"), None
    return "out-of-bounds", _quoted(text, f"大于最大值 {high}", f"is greater than {high}"), None


def _within(value: Decimal, low: str | None, high: str | None) -> bool:
    return not (low and value < Decimal(low)) and not (high and value > Decimal(high))


def _strange(field: Field, text: str, numeral: Numeral) -> Reason:
    """Say of a sound number that it is written as the others of its column are not."""
    if field.notation is not None and field.notation.multiplier != 1 and not numeral.unit:
        have = ("有", "has") if numeral.scaled else ("没有", "lacks")
        return (
            "mixed-notation",
            _quoted(
                text,
                f"{have[0]}表示倍数的字（如“万”），前面的单元格相反",
                f"{have[1]} the word for the scale, other than the cells before it",
            ),
            Message("请统一写法，或分成两列。", "Write all cells in one way, or use two columns."),
        )
    return (
        "mixed-notation",
        _quoted(
            text,
            f"的单位“{numeral.unit}”与前面的单元格不同",
            f"has the unit '{numeral.unit}', and the cells before it another one",
        ),
        Message(
            "不同单位的数不能相加：请换算，或把单位放进单独的一列。",
            "Numbers of two units cannot be added up: convert them, or put the unit into a column.",
        ),
    )


def _notation_hint(field: Field, text: str) -> Message | None:
    """Say how the declared notation wants the number."""
    notation = field.notation
    assert notation is not None
    if text.strip() != text and read_numeral(text.strip(), notation):
        return Message("请去掉前后的空格。", "Remove the blanks around it.")
    for more, hint in _OTHER_NOTATIONS:
        if read_numeral(text.strip(), replace(notation, **more)):
            return hint
    if read_numeral(text.strip(), Notation(clock="seconds")):
        return _DURATION
    if notation.clock is not None:
        return Message(
            "clock 的格子写作 h:mm，或 clock: seconds 的 h:mm:ss。",
            "With clock a cell is h:mm, or h:mm:ss with clock: seconds.",
        )
    if notation.percent and "%" not in text and "％" not in text:
        return Message(
            "声明了 percent: true，每格都要有 %；没有 % 的列请写 multiplier: 0.01。",
            "With percent: true every cell has a percent sign; a column without them takes "
            "multiplier: 0.01.",
        )
    return Message(
        "请核对这一列声明的写法（decimalChar、groupChar、bareNumber、percent、negative、"
        "multiplier、exponent）。",
        "Check the notation that the column declares (decimalChar, groupChar, bareNumber, "
        "percent, negative, multiplier, exponent).",
    )


_OTHER_NOTATIONS: Final[tuple[tuple[dict[str, Any], Message], ...]] = (
    ({"group": ","}, Message("逗号是千位分隔？请声明 groupChar。",
                             "Commas between thousands? Declare groupChar.")),
    ({"decimal": ",", "group": "."}, Message("逗号是小数点？请声明 decimalChar。",
                                             "A decimal comma? Declare decimalChar.")),
    ({"decimal": ".", "group": ","}, Message("点是小数点？请核对 decimalChar。",
                                             "Is the point a decimal point? Check decimalChar.")),
    ({"bare": False}, Message("带有货币或单位？请声明 bareNumber: false。",
                              "A currency or a unit? Declare bareNumber: false.")),
    ({"negative": "parentheses"}, Message("括号表示负数？请声明 negative: parentheses。",
                                          "Negative? Declare negative: parentheses.")),
    ({"negative": "trailing"}, Message("负号在后面？请声明 negative: trailing。",
                                       "A minus sign behind? Declare negative: trailing.")),
    ({"exponent": True}, Message("科学记数法？请声明 exponent: true。",
                                 "An exponent? Declare exponent: true.")),
    ({"multiplier": Decimal(10_000)}, Message("以万计？请声明 multiplier: 10000，整列都要如此。",
                                   "Counted in 万? Declare multiplier: 10000, for all cells.")),
)  # fmt: skip


def _not_listed(field: Field, text: str) -> Reason:
    guess = closest(text.strip(), field.enum)
    if guess is not None:
        hint = Message(f"是不是想写“{guess}”？", f"Did you mean '{guess}'?")
    else:
        listed = ", ".join(field.enum[:12]) + (" …" if len(field.enum) > 12 else "")
        hint = Message(f"可用的有：{listed}。", f"Known here: {listed}.")
    return "not-listed", _quoted(text, "不在允许的值之中", "is not one of the allowed values"), hint
