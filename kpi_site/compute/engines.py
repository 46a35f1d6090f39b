"""Whether an engine can promise every figure to the last digit (specification.md#engines)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from kpi_site.catalog import Catalog, DataTerm, Indicator
from kpi_site.compute.room import measured_columns, parts_of
from kpi_site.engine.seam import Engine
from kpi_site.problems import Message, Problem
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import Call, Literal_, Node, columns, walk
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.types import SqlType
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan


def check_engine(
    catalog: Catalog, tables: Mapping[str, Table], engine: Engine
) -> tuple[Problem, ...]:
    """Return a problem for each term that ``engine`` refuses; nothing is approximated.

    Terms over datasets that have no table are passed over.
    """
    schemas = measured_columns(catalog, tables)
    return tuple(
        problem
        for card in catalog.indicators.values()
        for term in data_terms(card)
        if term.dataset in tables and engine.of(term.dataset).name != "polars"
        for problem in _term(tables, card, term, schemas[term.dataset], engine.of(term.dataset))
    )


def _term(
    tables: Mapping[str, Table],
    card: Indicator,
    term: DataTerm,
    schema: Mapping[str, SqlType],
    engine: Engine,
) -> Iterator[Problem]:
    what = Message(f"指标“{card.id}”的项“{term.name}”", f"the term '{term.name}' of '{card.id}'")
    for expression, nodes in parts_of(term):
        try:
            for node in nodes:
                engine.check(node, schema)
                _check_case(tables, term, node, schema)
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
                    "请用别的引擎（如 polars）计算，或改写这里的表达式。",
                    "Compute it with another engine, polars say, or write it in another way.",
                ),
            )


# Letters whose other case need not be one letter, and the same one, to every engine: ß, İ, ς, ſ …
# (and what no letter is yet).
_ODD = r"[\p{Lu}\p{Ll}\p{Lt}\p{Cn}&&[^A-Za-zÀ-ÖØ-Þà-öø-þΑ-ΡΤ-Ωα-ρτ-ωА-яЁё]]"
_CASED = frozenset({"lower", "upper", "ilike"})


def _check_case(
    tables: Mapping[str, Table], term: DataTerm, node: Node, schema: Mapping[str, SqlType]
) -> None:
    """Raise `Refused` where letters change their case of which engines think differently."""
    for call in walk(node):
        if not isinstance(call, Call) or call.op not in _CASED:
            continue
        texts = [part.value for part in walk(call) if isinstance(part, Literal_)]
        names = {c.name for c in columns(call) if schema[c.name].kind == "string"}
        if names and tables[str(term.dataset)].pushed is not None:
            raise Refused(
                call.at,
                "数据留在数据库里，看不到其中有没有 ß、İ 一类大小写不定的字母",
                "the rows stay in their database, where no one sees whether there are letters such"
                " as ß or İ",
            )
        odd = pl.Series([t for t in texts if isinstance(t, str)], dtype=pl.String)
        found = bool(odd.str.contains(_ODD).any())
        if names and not found:
            rows = scan(tables, str(term.dataset), names).select(names)
            has_odd = pl.any_horizontal(pl.col(name).str.contains(_ODD).any() for name in names)
            found = bool(rows.select(has_odd).collect().item())
        if found:
            raise Refused(
                call.at,
                "这里有 ß、İ 一类的字母，它们的大小写各引擎看法不同",
                "there are letters such as ß or İ, of whose other case engines think differently",
            )
