"""Conditions on a value that no row has: `outcome = 'Solved'` where rows say `solved`.

Rules: specification.md#constraints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpi_site.catalog import BalanceTerm, Catalog, Indicator, RowTerm, StockTerm
from kpi_site.problems import Location, Message, Problem, did_you_mean
from kpi_site.sql.nodes import Call, Column, Expression, Literal_, Node, walk
from kpi_site.tables.model import Table

_COMPARED = frozenset({"=", "in"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word with which a term compares a column."""

    dataset: str
    column: str
    word: str
    where: Location


def values_without_rows(catalog: Catalog, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Warn of words in the conditions of terms that no row has in that column.

    A column with an ``enum`` is left to it: a word that it lists may come.
    """
    asked: dict[tuple[str, str], list[_Asked]] = defaultdict(list)
    for card in catalog.indicators.values():
        for one in _asked(catalog, card):
            if one.dataset in tables:
                asked[one.dataset, one.column].append(one)
    for (dataset, column), found in asked.items():
        yield from _unheard(tables[dataset], column, found)


def _asked(catalog: Catalog, card: Indicator) -> Iterator[_Asked]:
    for term in card.terms:
        if not isinstance(term, RowTerm | StockTerm | BalanceTerm):
            continue
        for expression in (term.value, term.where):
            for node in walk(expression.node) if expression is not None else ():
                if isinstance(node, Call) and node.op in _COMPARED and expression is not None:
                    yield from _of(catalog, str(term.dataset), expression, node.args)


def _of(
    catalog: Catalog, dataset: str, expression: Expression, args: tuple[Node, ...]
) -> Iterator[_Asked]:
    columns = [arg.name for arg in args if isinstance(arg, Column)]
    if len(columns) != 1:
        return
    own = catalog.datasets.get(dataset)
    parent, dot, below = columns[0].partition(".")
    name = columns[0]
    if dot and own is not None and own.field(name) is None and parent in catalog.datasets:
        dataset, name = parent, below
        own = catalog.datasets[parent]
    field = own.field(name) if own is not None else None
    if field is not None and field.enum:
        return
    for arg in args:
        if isinstance(arg, Literal_) and isinstance(arg.value, str):
            yield _Asked(dataset, name, arg.value, expression.code.locate(arg.at))


def _unheard(table: Table, column: str, asked: list[_Asked]) -> Iterator[Problem]:
    import polars as pl

    if table.pushed is not None:  # no row to look at
        return
    rows = pl.scan_parquet(table.parquet, glob=False)
    if not table.rows or rows.collect_schema().get(column) != pl.String:
        return
    words = {one.word for one in asked}
    there = rows.select(pl.col(column).filter(pl.col(column).is_in(list(words))).unique())
    missing = words - set(there.collect().to_series().to_list())
    if not missing:
        return
    known = rows.select(pl.col(column).drop_nulls().unique().sort()).collect().to_series()
    for one in asked:
        if one.word in missing:
            yield Problem(
                one.where,
                "value-without-rows",
                Message(
                    f"数据集“{one.dataset}”的列“{column}”没有一行是“{one.word}”",
                    f"no row of '{one.dataset}' has '{one.word}' in its column '{column}'",
                ),
                did_you_mean(one.word, known.to_list()),
                severity="warning",
            )
