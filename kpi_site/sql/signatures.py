"""What each operator accepts and returns: DuckDB's rules, as small functions over types.

A rule gets the typed arguments of a call and returns its result type together with the
arguments, text constants read as dates where a date is wanted. It raises `Mismatch` at the
argument that does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.problems import Message
from kpi_site.sql.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DOUBLE,
    DURATION,
    INTEGER,
    MOST_PLACES,
    NULL,
    STRING,
    SqlType,
    common,
    number,
    words,
)
from kpi_site.sql.literals import read_date, read_datetime
from kpi_site.sql.nodes import Literal_, Node, walk


@dataclass(frozen=True, slots=True)
class Typed:
    """A node with its type, and its parts likewise (in the order of ``nodes.children``)."""

    node: Node
    type: SqlType
    parts: tuple[Typed, ...] = ()

    @property
    def constant(self) -> object:
        """The value of a literal; `None` for NULL and for everything that is no literal."""
        return self.node.value if isinstance(self.node, Literal_) else None


class Mismatch(Exception):  # noqa: N818
    """An argument that does not fit. Never leaves ``kpi_site.sql``."""

    def __init__(self, at: int | None, zh: str, en: str, hint: Message | None = None) -> None:
        super().__init__(en)
        self.at, self.message, self.hint = at, Message(zh, en), hint


Args = tuple[Typed, ...]
Rule = Callable[[str, Args], tuple[SqlType, Args]]


def start(node: Node) -> int:
    """Return the offset at which the text of ``node`` starts (parentheses aside)."""
    return min(part.at for part in walk(node))


def wrong(op: str, arg: Typed, wanted_zh: str, wanted_en: str) -> Mismatch:
    """Make the mismatch of an argument that has another type than is wanted."""
    name, found = op.upper(), words(arg.type)
    zh, en = (
        f"{name} 需要{wanted_zh}，这里是{found.zh}",
        f"{name} needs {wanted_en}, not {found.en}",
    )
    hint = Message(f"请在这里写{wanted_zh}。", f"Write {wanted_en} here.")
    return Mismatch(start(arg.node), zh, en, hint)


def align(args: Args) -> tuple[SqlType, Args]:
    """Return the type in which all ``args`` meet; text constants meet dates as dates."""
    texts = [arg for arg in args if isinstance(arg.constant, str)]
    others = [arg.type for arg in args if not isinstance(arg.constant, str)]
    wanted = common(others)
    if texts and wanted in {DATE, DATETIME}:
        args = tuple(as_time(arg, wanted) if arg in texts else arg for arg in args)
    found = common(arg.type for arg in args)
    if found is None:
        raise _disagree(args)
    return found, args


def as_time(arg: Typed, wanted: SqlType) -> Typed:
    """Return a text constant read as a date or a time; raises `Mismatch` if it is none."""
    text = arg.constant
    assert isinstance(text, str)
    value = read_date(text) if wanted == DATE else read_datetime(text)
    if value is None:
        found = words(wanted)
        hint = Message("写作 '2026-10-31'。", "Write '2026-10-31'.")
        zh, en = f"“{text}”不是有效的{found.zh}", f"'{text}' is not {found.en}"
        raise Mismatch(arg.node.at, zh, en, hint)
    return Typed(Literal_(value, arg.node.at), wanted)


def _disagree(args: Args) -> Mismatch:
    first = next(arg for arg in args if arg.type != NULL)
    other = next(arg for arg in args if common((first.type, arg.type)) is None)
    one, two = words(first.type), words(other.type)
    zh, en = f"{one.zh}和{two.zh}合不到一起", f"{one.en} and {two.en} do not go together"
    return Mismatch(start(other.node), zh, en, _quoting(first, other) or _quoting(other, first))


def _quoting(one: Typed, other: Typed) -> Message | None:
    """Return the hint for a number in quotes, or a text without them."""
    value = one.constant
    if isinstance(value, str) and other.type.numeric and value.replace(".", "").isdigit():
        return Message(f"数不用引号：{value}。", f"A number has no quotes: {value}.")
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and other.type == STRING:
        return Message(f"文本要用引号：'{value}'。", f"Text is written in quotes: '{value}'.")
    return None


def compared(_: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of comparisons: arguments of one kind, a truth value comes out."""
    return BOOLEAN, align(args)[1]


def chosen(_: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of COALESCE: arguments of one kind, and the same comes out."""
    return align(args)


def extreme(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of LEAST and GREATEST: like COALESCE, but truth values have no order."""
    found, args = align(args)
    if found == BOOLEAN:
        raise wrong(op, args[0], "数、日期或文本", "numbers, dates or texts")
    return found, args


def nullif(_: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of NULLIF: comparable arguments, the first one's type comes out."""
    args = align(args)[1]
    return args[0].type, args


def logical(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of AND, OR, NOT."""
    for arg in args:
        if arg.type not in {BOOLEAN, NULL}:
            raise wrong(op, arg, "条件", "a condition")
    return BOOLEAN, args


def anything(_: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of IS NULL."""
    return BOOLEAN, args


def numeric(op: str, args: Args) -> None:
    """Raise `Mismatch` unless all ``args`` are numbers."""
    for arg in args:
        if not arg.type.numeric:
            raise wrong(op, arg, "数", "a number")


def plus(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``+`` and ``-``: numbers, durations, and days with either."""
    left, right = args
    if left.type.temporal or right.type.temporal:
        found = _time_arithmetic(op, left.type, right.type)
        if found is not None:
            return found, args
        if isinstance(left.constant, str) or isinstance(right.constant, str):
            return plus(op, align(args)[1])
    if left.type == right.type == DURATION or {left.type, right.type} == {DURATION, NULL}:
        return DURATION, args
    numeric(op, args)
    return common((left.type, right.type)) or DOUBLE, args


def _time_arithmetic(op: str, left: SqlType, right: SqlType) -> SqlType | None:
    kinds = (left.kind, right.kind)
    if kinds in {("date", "integer"), ("date", "null")}:
        return DATE
    if kinds == ("integer", "date") and op == "+":
        return DATE
    if left.kind in {"date", "datetime"} and right == DURATION:
        return DATETIME
    if op == "+":
        return DATETIME if left == DURATION and right.kind in {"date", "datetime"} else None
    if kinds == ("date", "date"):
        return INTEGER
    if set(kinds) <= {"date", "datetime"}:
        return DURATION
    return None


def times(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``*``: the places of decimals add up (at most 38); a duration times a number."""
    left, right = args[0].type, args[1].type
    if left != right and DURATION in {left, right} <= {DURATION, INTEGER, DOUBLE, NULL}:
        return DURATION, args
    numeric(op, args)
    if DOUBLE in {left, right}:
        return DOUBLE, args
    if "number" in {left.kind, right.kind}:
        if left.scale + right.scale > MOST_PLACES:
            raise _too_many_places(left.scale + right.scale)
        return number(left.scale + right.scale), args
    return common((left, right)) or DOUBLE, args


def _too_many_places(places: int) -> Mismatch:
    zh, en = (
        f"乘积有 {places} 位小数，最多精确到 {MOST_PLACES} 位",
        f"the product has {places} decimal places; {MOST_PLACES} are computed exactly",
    )
    hint = Message("请先用 ROUND 减少小数位。", "Round to fewer places first (ROUND).")
    return Mismatch(None, zh, en, hint)


def divided(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``/``: always a double; a duration by a number is a duration."""
    left, right = args[0].type, args[1].type
    if left == DURATION and right.numeric:
        return DURATION, args
    if left == right == DURATION:
        return DOUBLE, args
    numeric(op, args)
    return DOUBLE, args


def whole(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``//``: whole numbers only."""
    for arg in args:
        if arg.type not in {INTEGER, NULL}:
            raise wrong(op, arg, "整数", "a whole number")
    return INTEGER, args


def remainder(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ``%``: whole numbers or decimals."""
    numeric(op, args)
    found = common(arg.type for arg in args) or DOUBLE
    if found == DOUBLE:
        double = next(arg for arg in args if arg.type == DOUBLE)
        raise wrong(op, double, "整数或小数列", "whole numbers or exact decimals")
    return found, args


def negated(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of the sign: numbers and durations."""
    if args[0].type != DURATION:
        numeric("-" if op == "neg" else op, args)
    return args[0].type, args


def rounded(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of ROUND: a number and a constant count of places."""
    numeric(op, args[:1])
    places = args[1].constant if len(args) > 1 else 0
    if type(places) is not int or abs(places) > 18:
        zh, en = "ROUND 的位数应为 -18 到 18 的整数", "the places of ROUND are a whole number"
        raise Mismatch(start(args[1].node), zh, en)
    found = args[0].type
    return (number(max(0, min(found.scale, places))) if found.kind == "number" else found), args


def stepped(op: str, args: Args) -> tuple[SqlType, Args]:
    """Rule of FLOOR and CEIL: decimals lose their places."""
    numeric(op, args)
    return (number(0) if args[0].type.kind == "number" else args[0].type), args


def summed(op: str, arg: Typed) -> SqlType:
    """Rule of SUM: exact for whole numbers and decimals; a condition counts as 0 or 1."""
    if arg.type in {BOOLEAN, NULL}:
        return INTEGER
    if arg.type == DURATION or arg.type.numeric:
        return arg.type
    raise wrong(op, arg, "数", "a number")


def averaged(op: str, arg: Typed) -> SqlType:
    """Rule of AVG, MEDIAN, QUANTILE: a double, or a duration."""
    if arg.type == DURATION:
        return DURATION
    if not arg.type.numeric:
        raise wrong(op, arg, "数", "a number")
    return DOUBLE
