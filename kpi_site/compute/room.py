"""Whether the arithmetic of cards has room for the facts that there are.

The smallest and largest values of all columns are known of each table, so that it is known
beforehand whether each step of a term's arithmetic, and each sum, fits in 128 bits or 38
digits. What might not fit is refused with its card and term; nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from kpi_site.catalog import Catalog, DataTerm, Indicator
from kpi_site.engine.cube import DOUBLE_PLACES
from kpi_site.problems import Message, Problem
from kpi_site.schema import columns_of, data_terms, own_columns, parents
from kpi_site.sql.bounds import digits, size, sum_fits
from kpi_site.sql.kinds import Bound, SqlType
from kpi_site.sql.measured import measured
from kpi_site.sql.nodes import Aggregate, Expression, Node, columns, walk
from kpi_site.sql.signatures import start
from kpi_site.sql.to_polars import row_bound, row_expr
from kpi_site.sql.too_wide import TooWide, refused
from kpi_site.sql.types import infer_node, typed_node
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

Schemas = Mapping[str, Mapping[str, SqlType]]

_DOUBLES = 1e25  # one with more digits before the point has no room for 12 places
_ADDED = frozenset({"sum", "avg"})


def measured_columns(catalog: Catalog, tables: Mapping[str, Table]) -> Schemas:
    """Return what terms may name in each dataset (see `columns_of`), with measured bounds."""
    found = {}
    for name in catalog.datasets:
        dataset = catalog.datasets[name]
        ranges: dict[str, Bound] = dict(_ranges(tables[name])) if name in tables else {}
        for parent in parents(catalog, dataset):
            if parent.id in tables:
                above = _ranges(tables[str(parent.id)])
                ranges |= {f"{parent.id}.{column}": bound for column, bound in above.items()}
        found[str(name)] = measured(columns_of(catalog, name), ranges)
    return found


def _ranges(table: Table) -> Mapping[str, Bound]:
    """Return the ranges of a table's columns; of one without rows, nothing is large."""
    return table.ranges if table.rows else dict.fromkeys(own_columns(table.dataset), (0, 0))


def check_room(catalog: Catalog, tables: Mapping[str, Table]) -> tuple[Problem, ...]:
    """Return a problem for each term that cannot be computed exactly from ``tables``.

    Terms over datasets that have no table are passed over.
    """
    schemas = measured_columns(catalog, tables)
    return tuple(
        problem
        for card in catalog.indicators.values()
        for term in data_terms(card)
        if term.dataset in tables
        for problem in _term(tables, card, term, schemas[term.dataset])
    )


def _term(
    tables: Mapping[str, Table], card: Indicator, term: DataTerm, schema: Mapping[str, SqlType]
) -> Iterator[Problem]:
    what = Message(f"指标“{card.id}”的项“{term.name}”", f"the term '{term.name}' of '{card.id}'")
    for expression, nodes in parts_of(term):
        try:
            for node in nodes:
                _check(tables, term, node, schema)
        except TooWide as wrong:
            yield refused(wrong, expression.code, what)


def parts_of(term: DataTerm) -> Iterator[tuple[Expression, list[Node]]]:
    """Yield the term's texts with what is computed of them for rows, aggregates as such."""
    if term.where is not None:
        yield term.where, [term.where.node]
    found = [node for node in walk(term.value.node) if isinstance(node, Aggregate)]
    yield term.value, [*found, *(a.where for a in found if a.where is not None)]


def _check(
    tables: Mapping[str, Table], term: DataTerm, node: Node, schema: Mapping[str, SqlType]
) -> None:
    """Raise `TooWide` if ``node`` has no room: a condition, or an aggregate and its sum."""
    if not isinstance(node, Aggregate):
        row_bound(node, schema)
        return
    if node.arg is None:
        return
    bound = row_bound(node.arg, schema)
    found, _ = infer_node(node.arg, schema)
    if node.kind == "count" or found is None:
        return
    rows = tables[term.dataset].rows
    if found.kind == "double":
        bound = _of_doubles(tables, term, node.arg, schema)
    if bound is not None and node.kind in _ADDED and not sum_fits(bound, rows):
        total = bound[0] * rows, bound[1] * rows
        raise TooWide(node.at, found.kind, digits(total))


def _of_doubles(
    tables: Mapping[str, Table], term: DataTerm, node: Node, schema: Mapping[str, SqlType]
) -> Bound:
    """Return the bound of quotients in steps of `DOUBLE_PLACES`; looked up if need be."""
    most = size(typed_node(node, schema))
    if most <= _DOUBLES:
        return int(-most * 10**DOUBLE_PLACES), int(most * 10**DOUBLE_PLACES)
    if tables[str(term.dataset)].pushed is not None:  # no row to look it up in
        raise TooWide(start(node), "double", digits((0, int(most))) + DOUBLE_PLACES)
    names = {column.name for column in columns(node)}
    value = row_expr(node, schema).alias("value")
    rows = scan(tables, str(term.dataset), names).select(value)
    low, high = (
        rows.select(pl.col("value").min().alias("low"), pl.col("value").max()).collect().row(0)
    )
    edges = [float(edge) for edge in (low, high) if edge is not None]
    if any(abs(edge) > _DOUBLES for edge in edges):
        raise TooWide(start(node), "double", digits((0, int(max(map(abs, edges))))) + DOUBLE_PLACES)
    steps = [int(edge * 10**DOUBLE_PLACES) for edge in edges] or [0]
    return min(steps), max(steps)
