"""Cubes by SQL: one GROUP BY for each base cube, rolled up like those of Polars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from kpi_site.engine.atoms import Partial
from kpi_site.engine.cube import (
    BUCKET,
    DOUBLE_PLACES,
    CubeRequest,
    RowSource,
    Schema,
    joint_groups,
    partial_name,
)
from kpi_site.engine.facts_sql import Facts, Session, as_day, counted_rows, facts_of, whole_number
from kpi_site.engine.seam import Tables
from kpi_site.sql.kinds import BOOLEAN, DATE, polars_type
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.printed import print_row

_SAMPLE = 50_000
# Rows of earlier years count as this one's; later years than the last end before it.
_FIRST, _LAST = date(1600, 1, 1), date(2999, 12, 31)


def base_cubes_by_sql(
    session: Session,
    dialect: Dialect,
    tables: Tables,
    request: CubeRequest,
    through: date,
    schema: Schema,
) -> list[tuple[tuple[str, ...], pl.DataFrame]]:
    """Return (dimensions, folded rows); see `kpi_site.engine.cube.base_cubes`."""
    facts = facts_of(session, dialect, tables, request.source.dataset, sorted(request.columns))
    sizes = _sizes(session, facts, request.dimensions)
    rows, schema = counted_rows(facts, request.source, through, schema, dialect)
    bucket = _bucket(request.source, rows, schema, dialect)
    folds = [
        f"{fold_sql(partial, schema, rows, dialect)} AS p{i}"
        for i, partial in enumerate(request.partials)
    ]
    found = []
    for names in joint_groups(request.dimensions, sizes):
        keys = [
            f"{dialect.key(rows.names[name], schema[name])} AS d{i}" for i, name in enumerate(names)
        ]
        grouped = ", ".join(("b", *(f"d{i}" for i in range(len(names)))))
        inner = ", ".join((f"{bucket} AS b", *keys, "c.*"))
        base = session.query(
            f"SELECT {', '.join((grouped, *folds))} FROM"
            f" (SELECT {inner} FROM ({rows.select}) AS c) AS k GROUP BY {grouped}"
        )
        found.append((names, _named(base, names, request.partials, schema)))
    return found


def _named(
    base: pl.DataFrame, names: tuple[str, ...], partials: tuple[Partial, ...], schema: Schema
) -> pl.DataFrame:
    """Return an answer under the names, and in the types, that `roll_up` expects."""
    dimensions = [
        typed(pl.col(f"d{i}"), base.schema[f"d{i}"], polars_type(schema[name])).alias(name)
        for i, name in enumerate(names)
    ]
    counted = [
        whole(pl.col(f"p{i}"), base.schema[f"p{i}"]).alias(partial_name(i))
        for i in range(len(partials))
    ]
    return base.select(pl.col("b").cast(pl.Int32).alias(BUCKET), *dimensions, *counted)


def typed(column: pl.Expr, found: pl.DataType, kind: pl.DataType) -> pl.Expr:
    """Return a dimension's values in the type of its column."""
    return column if found == kind else column.cast(kind)


def member_name(column: str, found: pl.DataFrame, kind: pl.DataType) -> pl.Expr:
    """Return a dimension's values in an answer as text; empty where there is none."""
    value = typed(pl.col(column), found.schema[column], kind)
    return value.cast(pl.String).fill_null("")


def whole(column: pl.Expr, found: pl.DataType) -> pl.Expr:
    """Return an answer (a decimal, a whole number or a text of one) in its smallest steps."""
    return (column.to_physical() if isinstance(found, pl.Decimal) else column).cast(pl.Int128)


def fold_sql(partial: Partial, schema: Schema, facts: Facts, dialect: Dialect) -> str:
    """Return the aggregate that folds rows into ``partial``."""
    where = None
    if partial.where is not None:
        where = dialect.convert(print_row(partial.where, schema, facts.names, dialect), BOOLEAN)
    if partial.kind == "count":
        held = [] if where is None else [where]
        if partial.arg is not None:
            value = print_row(partial.arg, schema, facts.names, dialect)
            held.append(f"{value.text} IS NOT NULL")
        return f"COUNT(CASE WHEN {' AND '.join(held)} THEN 1 END)" if held else "COUNT(*)"
    assert partial.arg is not None
    value = print_row(partial.arg, schema, facts.names, dialect)
    number = whole_number(value, dialect, DOUBLE_PLACES)
    kept = number if where is None else f"CASE WHEN {where} THEN {number} END"
    if partial.kind == "sum":
        return dialect.exact(dialect.total(kept, value.type), value.type)
    return dialect.exact(f"{partial.kind.upper()}({kept})", value.type)


def _bucket(source: RowSource, facts: Facts, schema: Schema, dialect: Dialect) -> str:
    """Return the bucket of a row's time; see `RowSource.number`."""
    day = as_day(facts.names[source.time], schema[source.time], dialect)
    if source.bucket == "day":
        return dialect.day_number(day)
    first, last = (dialect.literal(edge, DATE, wide=False) for edge in (_FIRST, _LAST))
    held = (
        f"(CASE WHEN {day} < {first} THEN {first} WHEN {day} > {last} THEN {last} ELSE {day} END)"
    )
    moment = dialect.start_of(held)
    month = f"({dialect.part('year', moment)} * 12 + {dialect.part('month', moment)} - 1)"
    if not source.cuts:
        return month
    # Most facts are recent: the latest cut is asked for first.
    steps = [
        f"WHEN {day} >= {dialect.literal(cut, DATE, wide=False)} THEN {passed}"
        for passed, cut in reversed(list(enumerate(source.cuts, 1)))
    ]
    return f"({month} + (CASE {' '.join(steps)} ELSE 0 END))"


def _sizes(session: Session, facts: Facts, names: tuple[str, ...]) -> Mapping[str, int]:
    """Return about how many members each dimension has; not counted where it cannot matter."""
    if len(names) < 2:
        return dict.fromkeys(names, 1)
    counts = ", ".join(f"COUNT(DISTINCT {facts.names[n]}) AS n{i}" for i, n in enumerate(names))
    row = session.query(f"SELECT {counts} FROM ({facts.select} LIMIT {_SAMPLE}) AS s").row(0)
    return dict(zip(names, map(int, row), strict=True))
