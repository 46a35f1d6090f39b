"""Derived columns, and the rules that rows must keep (specification.md#row-rules)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kpi_site.catalog import Dataset, RowRule, Text
from kpi_site.problems import Message, Problem
from kpi_site.schema import own_columns
from kpi_site.sql.nodes import Node, Window, columns, walk
from kpi_site.sql.to_polars import row_expr
from kpi_site.tables.batch import Row
from kpi_site.tables.quoting import shown


def is_row_local(dataset: Dataset) -> bool:
    """Tell whether every derived column and rule is worked out from its row alone."""
    nodes = [column.value.node for column in dataset.derived]
    nodes += [rule.rule.node for rule in dataset.rules]
    return not any(_has_window(node) for node in nodes)


def _has_window(node: Node) -> bool:
    return any(isinstance(part, Window) for part in walk(node))


def with_derived(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Return ``frame`` (the declared columns) with the derived ones, which may use earlier ones."""
    schema = own_columns(dataset)
    for column in dataset.derived:
        frame = frame.with_columns(row_expr(column.value.node, schema).alias(column.name))
    return frame


def broken_rows(frame: pl.DataFrame, dataset: Dataset) -> Iterator[tuple[RowRule, pl.Series]]:
    """Yield each rule with a mask of the rows that break it; what is unknown does not."""
    schema = own_columns(dataset)
    for rule in dataset.rules:
        broken = (row_expr(rule.rule.node, schema) == False).fill_null(False)  # noqa: E712
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
