"""The rows of a dataset as SQL: the columns that are needed, parents' too, and which rows count.

The SQL twin of `kpi_site.tables.scan` and of `counted_rows`. Identifiers are our own short
ones, so that no name of a column ever stands in a statement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

import polars as pl

from kpi_site.catalog import ForeignKey
from kpi_site.engine.cube import NEXT, RowSource, Schema
from kpi_site.engine.seam import Tables
from kpi_site.schema import own_columns
from kpi_site.sql.kinds import DATE, DATETIME, INTEGER, STRING, SqlType, offset_name
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.operand import Printed
from kpi_site.tables.scan import foreign_key


class Session(Protocol):
    """A connection to an engine, for as long as one set of requests is answered."""

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        """Return what stands after FROM for a kept Parquet file, and its identifiers by column.

        ``kinds`` are the types of its columns.
        """

    def load(self, frame: pl.DataFrame) -> str:
        """Return what stands after FROM for a small frame, whose names are identifiers."""

    def query(self, statement: str) -> pl.DataFrame:
        """Run one SELECT."""


def schema_of(path: Path) -> Mapping[str, pl.DataType]:
    """Return the columns of a Parquet file, whatever characters its path has."""
    return pl.scan_parquet(path, glob=False).collect_schema()


@dataclass(frozen=True, slots=True)
class Facts:
    """A SELECT over a dataset's rows, and the identifier of each column in its answer."""

    select: str
    names: Mapping[str, str]


def facts_of(
    session: Session, dialect: Dialect, tables: Tables, dataset: str, columns: Collection[str]
) -> Facts:
    """Return the rows of ``dataset`` with ``columns``; see `kpi_site.tables.scan.scan`."""
    table = tables[dataset]
    own = set(table.dataset.column_names)
    text, known = session.file(table.parquet, own_columns(table.dataset))
    places: dict[str, str] = {}
    joins: list[str] = []
    parents: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name in columns:
        if name in own:
            places |= _with_offset(name, "t", known, own_columns(table.dataset)[name])
            continue
        parent, _, column = name.partition(".")
        if parent not in parents:
            alias = f"p{len(parents)}"
            times = own_columns(tables[parent].dataset)
            above, identifiers = session.file(tables[parent].parquet, times)
            key = foreign_key(table.dataset, parent)
            pairs = zip(key.fields, key.reference, strict=True)
            on = [f"t.{known[str(a)]} = {alias}.{identifiers[str(b)]}" for a, b in pairs]
            if key.valid is not None:
                when = str(table.dataset.time)
                moment = as_moment(f"t.{known[when]}", own_columns(table.dataset)[when], dialect)
                above, holds = _valid(above, identifiers, key, times, dialect)
                on += [condition.format(row=alias, moment=moment) for condition in holds]
            joins.append(f"LEFT JOIN {above} AS {alias} ON {' AND '.join(on)}")
            parents[parent] = alias, identifiers
        alias, identifiers = parents[parent]
        kind = own_columns(tables[parent].dataset)[column]
        found = _with_offset(column, alias, identifiers, kind)
        places |= {f"{parent}.{column}": found[column]}
        if kind.zoned:
            places |= {offset_name(name): found[offset_name(column)]}
    names = {name: f"x{i}" for i, name in enumerate(places)}
    items = ", ".join(f"{place} AS {names[name]}" for name, place in places.items()) or "1 AS x"
    return Facts(" ".join((f"SELECT {items} FROM {text} AS t", *joins)), names)


def _valid(
    above: str, identifiers: Mapping[str, str], key: ForeignKey, kinds: Schema, dialect: Dialect
) -> tuple[str, list[str]]:
    """Return the rows of a parent that hold for a time, and when one does at a ``moment``.

    No two rows of a key hold at once: that is checked when they are read.
    """
    assert key.valid is not None
    first, last = key.valid.since, key.valid.until
    since = as_moment(identifiers[first], kinds[first], dialect)
    if last is not None:
        until = as_moment(identifiers[last], kinds[last], dialect)
    else:
        who = ", ".join(identifiers[str(name)] for name in key.reference)
        until = f"LEAD({since}) OVER (PARTITION BY {who} ORDER BY {since})"
    begun = f"{identifiers[first]} IS NOT NULL"
    rows = f"(SELECT q.*, {since} AS x_since, {until} AS x_until FROM {above} AS q WHERE {begun})"
    return rows, [
        "{row}.x_since <= {moment}",
        "({row}.x_until IS NULL OR {moment} < {row}.x_until)",
    ]


def _with_offset(
    name: str, alias: str, identifiers: Mapping[str, str], kind: SqlType
) -> dict[str, str]:
    """Return the places of a column and, beside moments with offsets, of these."""
    named = [name, offset_name(name)] if kind.zoned else [name]
    return {one: f"{alias}.{identifiers[one]}" for one in named}


def until_day(identifier: str, kind: SqlType, day: date, dialect: Dialect) -> str:
    """Return the condition that a column lies on or before ``day``."""
    if kind.kind == "date":
        return f"{identifier} <= {dialect.literal(day, DATE, wide=False)}"
    end = datetime.combine(day + timedelta(days=1), time())
    return f"{identifier} < {dialect.literal(end, DATETIME, wide=False)}"


def from_day(identifier: str, kind: SqlType, day: date, dialect: Dialect) -> str:
    """Return the condition that a column lies on or after ``day``."""
    if kind.kind == "date":
        return f"{identifier} >= {dialect.literal(day, DATE, wide=False)}"
    start = datetime.combine(day, time())
    return f"{identifier} >= {dialect.literal(start, DATETIME, wide=False)}"


def as_day(identifier: str, kind: SqlType, dialect: Dialect) -> str:
    """Return the day of a column of dates or moments."""
    return identifier if kind.kind == "date" else dialect.day_of(identifier)


def as_moment(identifier: str, kind: SqlType, dialect: Dialect) -> str:
    """Return the moment of a column of dates or moments."""
    return dialect.start_of(identifier) if kind.kind == "date" else identifier


def counted_rows(
    facts: Facts,
    source: RowSource,
    through: date,
    schema: Schema,
    dialect: Dialect,
    *,
    first: date | None = None,
) -> tuple[Facts, Schema]:
    """Return the rows of ``source`` from ``first`` up to ``through``, and their types."""
    if source.entity is not None and source.alive is not None:
        time = source.alive[0]
        facts = _with_next(facts, source.entity, time, schema, dialect)
        schema = {**schema, NEXT: schema[time]}
    names = facts.names
    wanted = [until_day(names[source.time], schema[source.time], through, dialect)]
    if first is not None:
        wanted.append(from_day(names[source.time], schema[source.time], first, dialect))
    if source.alive is not None:
        since, until = source.alive
        wanted.append(until_day(names[since], schema[since], through, dialect))
        if until is not None:
            began, ended = (as_day(names[n], schema[n], dialect) for n in (since, until))
            wanted.append(f"({names[until]} IS NULL OR {began} < {ended})")
    rows = f"SELECT * FROM ({facts.select}) AS f WHERE {' AND '.join(wanted)}"
    return Facts(rows, names), schema


def _with_next(facts: Facts, entity: str, time: str, schema: Schema, dialect: Dialect) -> Facts:
    """Return ``facts`` with `NEXT`: the next later time of the same entity, NULL for its last.

    Rows without an entity are those of one.
    """
    who, when = facts.names[entity], facts.names[time]
    following = (
        f"SELECT e, u, LEAD(u) OVER (PARTITION BY e ORDER BY u) AS x_next FROM"
        f" (SELECT DISTINCT {who} AS e, {when} AS u FROM ({facts.select}) AS g"
        f" WHERE {when} IS NOT NULL) AS h"
    )
    alike = same(f"f.{who}", "n.e", some(schema[entity], dialect))
    rows = (
        f"SELECT f.*, n.x_next FROM ({facts.select}) AS f"
        f" LEFT JOIN ({following}) AS n ON {alike} AND f.{when} = n.u"
    )
    return Facts(rows, {**facts.names, NEXT: "x_next"})


def same(left: str, right: str, filler: str) -> str:
    """Return the condition that two values are equal, as NULL is to NULL.

    Compared as "is it NULL" and, with any ``filler`` there, by value: so that engines can hash.
    """
    return (
        f"({left} IS NULL) = ({right} IS NULL)"
        f" AND COALESCE({left}, {filler}) = COALESCE({right}, {filler})"
    )


def some(kind: SqlType, dialect: Dialect) -> str:
    """Return some value of a type."""
    match kind.kind:
        case "boolean":
            return "FALSE"
        case "date" | "datetime":
            return dialect.literal(date(2000, 1, 1), DATE, wide=False)
        case "string":
            return dialect.literal("", STRING, wide=False)
    return "0"


def member(identifier: str, kind: SqlType, dialect: Dialect) -> str:
    """Return a dimension's value, where rows without one and with an empty one are the same."""
    if kind.kind == "string":
        return f"COALESCE({identifier}, '')"
    return dialect.key(identifier, kind)


def whole_number(part: Printed, dialect: Dialect, places: int) -> str:
    """Return a printed value as whole numbers of its smallest step; see its twin in `cube`.

    A decimal stays one: its digits are these whole numbers.
    """
    match part.type.kind:
        case "double":
            return dialect.steps(part.text, places)
        case "boolean":
            return f"(CASE WHEN {part.text} THEN 1 WHEN NOT {part.text} THEN 0 END)"
        case "datetime":
            micros = dialect.micros(part.text)
            return (
                micros
                if part.offset is None
                else (f"({micros} - COALESCE({part.offset}, 0) * 1000000)")
            )
        case "date":
            return dialect.day_number(part.text)
        case "string":
            return f"(CASE WHEN {part.text} IS NOT NULL THEN 1 END)"
        case "null":
            return dialect.cast("NULL", INTEGER)
    return part.text


def distinct_value(part: Printed, dialect: Dialect) -> str:
    """Return a printed value by which rows are told apart: moments as instants, where known."""
    return whole_number(part, dialect, 0) if part.offset is not None else part.text
