"""Type rules of functions whose arguments have fixed kinds: text, calendar, conversions.

See ``signatures`` for what a rule is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_site.problems import Message, did_you_mean
from kpi_site.sql.kinds import DATE, DATETIME, DURATION, NULL, STRING, SqlType, number, words
from kpi_site.sql.nodes import Literal_
from kpi_site.sql.signatures import Args, Mismatch, Rule, Typed, as_time, start, wrong


def typed(result: SqlType, *wanted: str) -> Rule:
    """Make the rule of a function with fixed kinds of argument.

    ``wanted`` has one word per argument, the last repeated: ``string``, ``text`` (a text
    constant), ``count`` (a constant whole number, not negative), ``position`` (a constant
    whole number, not 0), ``character`` (a constant), ``whole`` (a whole number), ``day`` (date
    or datetime), ``duration``, and names of units: ``unit`` (to cut to), ``span`` (to count),
    ``part``.
    """

    def rule(op: str, args: Args) -> tuple[SqlType, Args]:
        kinds = [*wanted, *[wanted[-1]] * len(args)]
        return result, tuple(_fit(op, arg, kind) for arg, kind in zip(args, kinds, strict=False))

    return rule


UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
PARTS = (*UNITS, "dow", "dayofweek", "isodow", "doy", "dayofyear")

# Versions of DuckDB count weeks differently (boundaries, or spans of 7 days): days are clear.
_UNITS_OF = {"unit": UNITS, "span": tuple(u for u in UNITS if u != "week"), "part": PARTS}


def _fit(op: str, arg: Typed, kind: str) -> Typed:
    value = arg.constant
    if kind == "string" and arg.type not in {STRING, NULL}:
        raise wrong(op, arg, "文本", "text")
    if kind == "day":
        if isinstance(value, str):
            return as_time(arg, DATETIME)
        if not arg.type.temporal:
            raise wrong(op, arg, "日期", "a date")
    if kind == "duration" and arg.type not in {DURATION, DATETIME, DATE, NULL}:
        raise wrong(op, arg, "时长", "a duration")
    if kind == "text" and not isinstance(value, str):
        raise wrong(op, arg, "引号中的文本", "a text in quotes")
    if kind in {"count", "position"}:
        least = 0 if kind == "count" else 1
        if type(value) is not int or (abs(value) if kind == "position" else value) < least:
            zh, en = (
                f"{op.upper()} 的这个参数应为整数常数",
                f"{op.upper()} needs a whole number here",
            )
            raise Mismatch(start(arg.node), zh, en)
    if kind in _UNITS_OF:
        return _unit(op, arg, _UNITS_OF[kind])
    return _fit_part(op, arg, kind)


def _fit_part(op: str, arg: Typed, kind: str) -> Typed:
    """Check a part of a date, or what a text is filled with."""
    value = arg.constant
    if kind == "whole" and arg.type.kind not in {"integer", "null"}:
        raise wrong(op, arg, "整数", "a whole number")
    if kind == "character" and not (isinstance(value, str) and len(value) == 1):
        raise wrong(op, arg, "引号中的一个字符", "one character in quotes")
    return arg


def _unit(op: str, arg: Typed, known: Sequence[str]) -> Typed:
    value = arg.constant
    name = value.lower() if isinstance(value, str) else ""
    unit = name if name in known else name.removesuffix("s")
    if unit not in known:
        zh, en = f"{op.upper()} 不认识的单位“{value}”", f"{op.upper()}: unknown unit '{value}'"
        raise Mismatch(start(arg.node), zh, en, did_you_mean(name, known))
    return replace(arg, node=Literal_(unit, arg.node.at))


STRFTIME = frozenset("YmdHMSyj%")


def formatted(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of STRFTIME: a day, and a format of the letters in `STRFTIME`."""
    result, args = typed(STRING, "day", "text")(op, args)
    text = args[1].constant
    letters = {part[:1] for part in str(text).replace("%%", "").split("%")[1:]}
    if not letters <= STRFTIME:
        known = " ".join(f"%{letter}" for letter in "YmdHMSyj")
        zh, en = f"STRFTIME 只认识 {known}", f"STRFTIME knows {known}"
        raise Mismatch(args[1].node.at, zh, en)
    return result, args


def joined(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``||`` and CONCAT: text, whole numbers and decimals."""
    for arg in args:
        if arg.type.kind not in {"string", "integer", "number", "null"}:
            raise wrong(op, arg, "文本", "text")
    return STRING, args


def moved(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of a day plus months: a time, as in DuckDB."""
    return DATETIME, (_fit(op, args[0], "day"), args[1])


_SAFE = {
    ("integer", "number"), ("integer", "double"), ("integer", "string"), ("integer", "boolean"),
    ("number", "double"), ("number", "string"), ("number", "integer"), ("number", "number"),
    ("boolean", "integer"), ("boolean", "string"), ("date", "datetime"), ("date", "string"),
    ("datetime", "date"), ("double", "integer"), ("double", "number"),
}  # fmt: skip
_TRY = {
    ("string", kind) for kind in ("integer", "number", "double", "boolean", "date", "datetime")
}  # fmt: skip


def cast_type(name: str) -> SqlType:
    """Return the type that `kpi_site.sql.literals.type_name` named."""
    kind, _, scale = name.rstrip(")").partition("(")
    return number(int(scale)) if kind == "number" else SqlType(kind)  # type: ignore[arg-type]


def converted(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of CAST and TRY_CAST: where a conversion can fail, TRY_CAST it must be."""
    value, name = args[0], args[1].constant
    assert isinstance(name, str)
    target = cast_type(name)
    pair = (value.type.kind, target.kind)
    if value.type in {target, NULL} or pair in _SAFE:
        return target, args
    if isinstance(value.constant, str) and target in {DATE, DATETIME}:
        return target, (as_time(value, target), args[1])
    if pair not in _TRY:
        one, two = words(value.type), words(target)
        zh, en = f"{one.zh}不能转换为{two.zh}", f"{one.en} cannot become {two.en}"
        raise Mismatch(start(value.node), zh, en)
    if op == "cast":
        zh, en = "这个转换可能失败", "this conversion can fail"
        hint = Message(
            "用 TRY_CAST：读不懂的文本成为空值。", "Use TRY_CAST: text that cannot be read is NULL."
        )
        raise Mismatch(start(value.node), zh, en, hint)
    return target, args
