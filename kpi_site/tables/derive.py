"""Derived columns, and the rules that rows must keep (specification.md#row-rules)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kpi_site.catalog import Dataset, RowRule, Text
from kpi_site.problems import Message, Problem
from kpi_site.schema import brought_columns, own_columns
from kpi_site.sql.kinds import offset_name, polars_type
from kpi_site.sql.measured import check_stored, measured, ranges_of
from kpi_site.sql.nodes import Node, Window, columns, walk
from kpi_site.sql.signatures import start
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.too_wide import TooWide, refused
from kpi_site.tables.batch import Row
from kpi_site.tables.quoting import shown


def is_row_local(dataset: Dataset) -> bool:
    """Tell whether every derived column and rule is worked out from its row alone."""
    if dataset.brought:
        return False
    nodes = [column.value.node for column in dataset.derived]
    nodes += [rule.rule.node for rule in dataset.rules]
    return not any(_has_window(node) for node in nodes)


def _has_window(node: Node) -> bool:
    return any(isinstance(part, Window) for part in walk(node))


def with_derived(frame: pl.DataFrame, dataset: Dataset) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Return ``frame`` with the derived columns, which may use earlier ones.

    ``frame`` holds the declared columns, and those that are brought from parents, which go. A
    column whose arithmetic has no room, or that comes to whole numbers beyond 64 bits, is a
    problem, and empty.
    """
    if not dataset.derived and not dataset.brought:
        return frame, ()
    types = own_columns(dataset)
    above = brought_columns(dataset)
    ranges = ranges_of(frame)
    problems: list[Problem] = []
    for column in dataset.derived:
        name, node = str(column.name), column.value.node
        try:
            more = frame.with_columns(row_expr(node, measured(types | above, ranges)).alias(name))
            check_stored(more.select(name), start(node))
        except TooWide as wrong:
            what = Message(f"派生列“{name}”", f"the derived column '{name}'")
            problems.append(refused(wrong, column.value.code, what))
            more = frame.with_columns(pl.lit(None).alias(name))
        frame = more.with_columns(pl.col(name).cast(polars_type(types[name])))
        ranges.update(ranges_of(frame.select(name)))
    gone = [*above, *(offset_name(name) for name, kind in above.items() if kind.zoned)]
    return frame.drop(gone), tuple(problems)


def broken_rows(
    frame: pl.DataFrame, dataset: Dataset
) -> Iterator[tuple[RowRule, pl.Series | Problem]]:
    """Yield each rule with a mask of the rows that break it; what is unknown does not.

    A rule whose arithmetic has no room comes with its problem.
    """
    schema = measured(own_columns(dataset), ranges_of(frame)) if dataset.rules else {}
    for rule in dataset.rules:
        try:
            holds = row_expr(rule.rule.node, schema)
        except TooWide as wrong:
            yield rule, refused(wrong, rule.rule.code, Message("规则", "the rule"))
            continue
        broken = (holds == False).fill_null(False)  # noqa: E712
        mask = frame.select(broken.alias("broken")).to_series()
        yield rule, pl.repeat(mask[0], frame.height, eager=True) if mask.len() == 1 else mask


def broken_rule(rule: RowRule, row: Row, dataset: Dataset) -> Problem:
    """Return the problem of a row that breaks a rule, at the first declared column it names."""
    names = [n for n in dict.fromkeys(c.name for c in columns(rule.rule.node)) if n in row]
    if not names:  # the rule speaks of derived columns only
        names = [str(dataset.fields[0].name)]
    cells = ", ".join(f"{name} = '{shown(row[name].text)}'" for name in names)
    cells_zh = "，".join(f"{name} 为“{shown(row[name].text)}”" for name in names)
    text, own = rule.rule.code.text, rule.message or Text("")
    return Problem(
        row[names[0]].where,
        "broken-rule",
        Message(f"这一行违反规则 {text}：{cells_zh}", f"the row breaks the rule {text}: {cells}"),
        Message(own.get("zh"), own.get("en")) if own.get("zh") else None,
        rule.severity,
    )


def broken_rule_count(first: Problem, rows: int) -> Problem:
    """Return the warning for all rows that break a rule, at the ``first`` of them."""
    if rows == 1:
        return first
    message = Message(
        f"{first.message.zh}；共 {rows} 行如此，这是第一行",
        f"{first.message.en}; so do {rows} rows in all, of which this is the first",
    )
    return Problem(first.where, first.code, message, first.hint, first.severity)
