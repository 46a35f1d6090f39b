"""Code in cards: SQL over rows, one SQL aggregate, and a formula's arithmetic."""

from __future__ import annotations

from collections.abc import Callable

from kpi_site.content.shapes import INVALID, FileReading, Invalid, Shape, scalar
from kpi_site.content.yaml_source import Node
from kpi_site.formula.parse import parse_formula
from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Code, Expression
from kpi_site.sql.parse import parse_aggregate, parse_row

_Parser = Callable[[Code], tuple[Expression | None, tuple[Problem, ...]]]


def _code(parse: _Parser, expected: Message, kind: str) -> Shape[Expression]:
    def read(node: Node, reading: FileReading) -> Expression | Invalid:
        found = scalar(node, reading, expected)
        if isinstance(found, Invalid):
            return found
        expression, problems = parse(found.code())
        reading.problems.extend(problems)
        return INVALID if expression is None else expression

    return Shape(read, {"type": ["string", "number", "boolean"], "x-type": kind})


def _parse_derived(code: Code) -> tuple[Expression | None, tuple[Problem, ...]]:
    return parse_row(code, windows=True)


AGGREGATE = _code(parse_aggregate, Message("SQL 聚合表达式", "an SQL aggregate"), "aggregate")
CONDITION = _code(parse_row, Message("SQL 条件", "an SQL condition"), "condition")
DERIVED = _code(_parse_derived, Message("SQL 表达式", "an SQL expression"), "expression")
FORMULA = _code(parse_formula, Message("由各项组成的算式", "arithmetic over terms"), "formula")
