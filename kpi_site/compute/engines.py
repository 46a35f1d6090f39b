"""Whether an engine can promise every figure to the last digit (specification.md#engines)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpi_site.catalog import Catalog, DataTerm, Indicator
from kpi_site.compute.room import measured_columns, parts_of
from kpi_site.engine.seam import Engine
from kpi_site.problems import Message, Problem
from kpi_site.schema import data_terms
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.types import SqlType
from kpi_site.tables.model import Table


def check_engine(
    catalog: Catalog, tables: Mapping[str, Table], engine: Engine
) -> tuple[Problem, ...]:
    """Return a problem for each term that ``engine`` refuses; nothing is approximated.

    Terms over datasets that have no table are passed over.
    """
    if engine.name == "polars":
        return ()
    schemas = measured_columns(catalog, tables)
    return tuple(
        problem
        for card in catalog.indicators.values()
        for term in data_terms(card)
        if term.dataset in tables
        for problem in _term(card, term, schemas[term.dataset], engine)
    )


def _term(
    card: Indicator, term: DataTerm, schema: Mapping[str, SqlType], engine: Engine
) -> Iterator[Problem]:
    what = Message(f"指标“{card.id}”的项“{term.name}”", f"the term '{term.name}' of '{card.id}'")
    for expression, nodes in parts_of(term):
        try:
            for node in nodes:
                engine.check(node, schema)
        except Refused as refused:
            reason = refused.reason
            yield Problem(
                expression.code.locate(refused.at),
                "engine-refuses",
                Message(
                    f"{what.zh}不能由 {engine.name} 精确计算：{reason.zh}",
                    f"{what.en} cannot be exact on {engine.name}: {reason.en}",
                ),
                Message(
                    "请用 polars 或 duckdb 计算，或改写这里的表达式。",
                    "Compute it with polars or duckdb, or write it in another way.",
                ),
            )
