"""The table of operators and functions: names, argument counts, type rule, Polars operation.

It is the one place that says what row expressions may do; the grammar, ``types`` and
``to_polars`` all read it, so that they agree by construction. Aggregates and windows are
apart (``kpi_site.sql.grammar``), since they are about many rows.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from kpi_site.sql import fixed_signatures as fixed
from kpi_site.sql import operations as ops
from kpi_site.sql import signatures as sig
from kpi_site.sql import texts_and_times as tt
from kpi_site.sql.kinds import BOOLEAN, DATE, DATETIME, DOUBLE, INTEGER, STRING
from kpi_site.sql.operands import Operation, convert

ANY_NUMBER = 99


@dataclass(frozen=True, slots=True)
class Function:
    """An operator or function by its canonical name ``op`` (the name in `Call`).

    ``names`` are its spellings as a function in SQL (none for an operator); it takes
    ``least`` to ``most`` arguments. ``part`` gives the first argument that a spelling stands
    for: ``YEAR(x)`` is ``DATE_PART('year', x)``.
    """

    op: str
    rule: sig.Rule
    operation: Operation
    names: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    part: Mapping[str, str] = field(default_factory=dict)


def _operators() -> list[Function]:
    compare = {
        "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le,
        ">": operator.gt, ">=": operator.ge, "is_distinct": pl.Expr.ne_missing,
        "is_not_distinct": pl.Expr.eq_missing,
    }  # fmt: skip
    comparisons = [
        Function(op, sig.compared, ops.comparison(method)) for op, method in compare.items()
    ]
    return [
        *comparisons,
        Function("in", sig.compared, ops.is_in),
        Function("between", sig.compared, ops.between),
        Function("like", fixed.typed(BOOLEAN, "string", "text"), ops.like(ignore_case=False)),
        Function("ilike", fixed.typed(BOOLEAN, "string", "text"), ops.like(ignore_case=True)),
        Function("and", sig.logical, ops.connective(operator.and_)),
        Function("or", sig.logical, ops.connective(operator.or_)),
        Function("not", sig.logical, lambda o, result: ~convert(o[0], result)),
        Function("is_null", sig.anything, lambda o, _: o[0].expr.is_null()),
        Function("is_not_null", sig.anything, lambda o, _: o[0].expr.is_not_null()),
        Function("+", sig.plus, ops.add),
        Function("-", sig.plus, ops.subtract),
        Function("*", sig.times, ops.multiply),
        Function("/", sig.divided, ops.divide),
        Function("//", sig.whole, ops.divide_whole),
        Function("%", sig.remainder, ops.modulo),
        Function("neg", sig.negated, ops.negate),
        Function("||", fixed.joined, tt.join_strict),
        Function("cast", fixed.converted, tt.cast),
        Function("try_cast", fixed.converted, tt.cast),
        Function("add_months", fixed.moved, tt.add_months),
    ]


def _numbers() -> list[Function]:
    many = ANY_NUMBER
    return [
        Function("coalesce", sig.chosen, ops.coalesce, ("COALESCE", "IFNULL"), 1, many),
        Function("nullif", sig.nullif, ops.null_if, ("NULLIF",), 2, 2),
        Function("least", sig.extreme, ops.least, ("LEAST",), 1, many),
        Function("greatest", sig.extreme, ops.greatest, ("GREATEST",), 1, many),
        Function("abs", sig.negated, ops.absolute, ("ABS",)),
        Function("round", sig.rounded, ops.round_half_away, ("ROUND",), 1, 2),
        Function("floor", sig.stepped, ops.floor, ("FLOOR",)),
        Function("ceil", sig.stepped, ops.ceil, ("CEIL", "CEILING")),
    ]


def _texts() -> list[Function]:
    one, two = fixed.typed(STRING, "string"), fixed.typed(BOOLEAN, "string")
    cut = fixed.typed(STRING, "string", "count")
    middle = fixed.typed(STRING, "string", "position", "count")
    swap = fixed.typed(STRING, "string", "text", "text")
    length = fixed.typed(INTEGER, "string")
    pad = fixed.typed(STRING, "string", "count", "character")
    starts, contains = tt.two_texts(_starts_with), tt.two_texts(_contains)
    return [
        Function("lower", one, tt.text(lambda x: x.str.to_lowercase()), ("LOWER", "LCASE")),
        Function("upper", one, tt.text(lambda x: x.str.to_uppercase()), ("UPPER", "UCASE")),
        Function("trim", one, tt.text(lambda x: x.str.strip_chars(" ")), ("TRIM",)),
        Function("length", length, tt.text(_length), ("LENGTH", "LEN")),
        Function("substring", middle, tt.substring, ("SUBSTRING", "SUBSTR"), 2, 3),
        Function("left", cut, tt.left, ("LEFT",), 2, 2),
        Function("right", cut, tt.right, ("RIGHT",), 2, 2),
        Function("lpad", pad, tt.pad_left, ("LPAD",), 3, 3),
        Function("rpad", pad, tt.pad_right, ("RPAD",), 3, 3),
        Function("concat", fixed.joined, tt.join, ("CONCAT",), 1, ANY_NUMBER),
        Function("replace", swap, tt.replace, ("REPLACE",), 3, 3),
        Function("starts_with", two, starts, ("STARTS_WITH",), 2, 2),
        Function("contains", two, contains, ("CONTAINS",), 2, 2),
    ]


def _times() -> list[Function]:
    words = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "DAYOFWEEK",
             "ISODOW", "DAYOFYEAR")  # fmt: skip
    spelled = {word: word.lower() for word in words}
    difference = fixed.typed(INTEGER, "span", "day", "day")
    return [
        Function("date_diff", difference, tt.date_diff, ("DATE_DIFF", "DATEDIFF"), 3, 3),
        Function(
            "date_trunc", fixed.typed(DATETIME, "unit", "day"), tt.date_trunc, ("DATE_TRUNC",), 2, 2
        ),
        Function(
            "date_part", fixed.typed(INTEGER, "part", "day"), tt.date_part,
            ("DATE_PART", "DATEPART", *words), 2, 2, spelled,
        ),
        Function("date_add", sig.plus, ops.add, ("DATE_ADD",), 2, 2),
        Function("make_date", fixed.typed(DATE, "whole"), tt.make_date, ("MAKE_DATE",), 3, 3),
        Function("last_day", fixed.typed(DATE, "day"), tt.last_day, ("LAST_DAY",)),
        Function("epoch", fixed.typed(DOUBLE, "duration"), tt.epoch, ("EPOCH",)),
        Function("strftime", fixed.formatted, tt.strftime, ("STRFTIME",), 2, 2),
    ]  # fmt: skip


def _starts_with(value: pl.Expr, start: pl.Expr) -> pl.Expr:
    return value.str.starts_with(start)


def _contains(value: pl.Expr, part: pl.Expr) -> pl.Expr:
    return value.str.contains(part, literal=True)


def _length(value: pl.Expr) -> pl.Expr:
    return value.str.len_chars().cast(pl.Int64)


FUNCTIONS: Mapping[str, Function] = {
    function.op: function for function in (*_operators(), *_numbers(), *_texts(), *_times())
}
"""Every operator and function by its canonical name."""

SPELLINGS: Mapping[str, str] = {
    name: function.op for function in FUNCTIONS.values() for name in function.names
}
"""Canonical names by SQL spelling (upper case)."""
