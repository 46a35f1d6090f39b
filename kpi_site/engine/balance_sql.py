"""Balances by SQL: one GROUP BY of the exact times, for the whole and each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from kpi_site.engine.atoms import Atom
from kpi_site.engine.balance import BalanceRequest, Balances, Snapshot
from kpi_site.engine.cube import WHOLE, Schema
from kpi_site.engine.cube_sql import fold_sql, member_name, whole
from kpi_site.engine.facts_sql import Facts, Session, facts_of, member, until_day
from kpi_site.engine.grouped_sql import Grouped
from kpi_site.engine.quantile_sql import each_alone
from kpi_site.engine.rows_sql import argument, grouped
from kpi_site.engine.seam import Tables
from kpi_site.formula.evaluate import Operand
from kpi_site.sql.kinds import polars_type
from kpi_site.sql.printing.dialect import Dialect

_Key = tuple[str, str, int]  # dimension, member, time


def balances_by_sql(
    session: Session,
    dialect: Dialect,
    tables: Tables,
    request: BalanceRequest,
    through: date,
    schema: Schema,
) -> Balances:
    """Answer ``request``; see `kpi_site.engine.balance.read_balances`."""
    facts = facts_of(session, dialect, tables, request.dataset, sorted(request.columns))
    until = until_day(facts.names[request.time], schema[request.time], through, dialect)
    facts = Facts(f"SELECT * FROM ({facts.select}) AS f WHERE {until}", facts.names)
    folded = [atom for atom in request.atoms if not atom.holistic]
    size = tables[request.dataset].rows
    counted = {
        atom: _counted(session, dialect, request, facts, schema, atom, size)
        for atom in request.atoms
        if atom.holistic
    }
    times: dict[tuple[str, str], list[int]] = {}
    snapshots: dict[tuple[str, str], list[Snapshot]] = {}
    for key, parts in _folded(session, dialect, request, facts, schema, folded):
        dimension, name, time = key
        *values, rows = parts
        own = dict(zip(folded, _split(folded, values), strict=True))
        found: list[Operand] = [
            atom.holistic_value(counted[atom].get(key, 0 if atom.aggregate.distinct else None))
            if atom.holistic
            else atom.value(own[atom])
            for atom in request.atoms
        ]
        times.setdefault((dimension, name), []).append(time)
        snapshots.setdefault((dimension, name), []).append(Snapshot(tuple(found), rows or 0))
    return Balances(
        {key: tuple(value) for key, value in times.items()},
        {key: tuple(value) for key, value in snapshots.items()},
    )


def _split(atoms: Sequence[Atom], values: Sequence[int | None]) -> list[tuple[int | None, ...]]:
    """Return each atom's partials from those of all."""
    found, at = [], 0
    for atom in atoms:
        width = len(atom.partials)
        found.append(tuple(values[at : at + width]))
        at += width
    return found


def _folded(
    session: Session,
    dialect: Dialect,
    request: BalanceRequest,
    facts: Facts,
    schema: Schema,
    atoms: Sequence[Atom],
) -> list[tuple[_Key, list[int | None]]]:
    """Return the partials of ``atoms`` and the count of rows at each time, oldest first."""
    partials = [*(partial for atom in atoms for partial in atom.partials), request.rows]
    folds = [f"{fold_sql(p, schema, facts, dialect)} AS p{i}" for i, p in enumerate(partials)]
    count = len(request.dimensions)
    keys = [f"d{n}" for n in range(count)]
    flags = [f"GROUPING({key}) AS g{n}" for n, key in enumerate(keys)]
    sets = ", ".join(("(i)", *(f"(i, {key})" for key in keys)))
    base = session.query(
        f"SELECT {', '.join(('i', *keys, *flags, *folds))} FROM"
        f" (SELECT {', '.join(_keys(request, facts, schema, dialect))}, f.*"
        f" FROM ({facts.select}) AS f) AS k GROUP BY {f'GROUPING SETS ({sets})' if keys else 'i'}"
    )
    answers = [whole(pl.col(f"p{i}"), base.schema[f"p{i}"]) for i in range(len(partials))]
    found: list[tuple[_Key, list[int | None]]] = []
    for position in (None, *range(count)):
        own = [pl.col(f"g{n}") == (0 if n == position else 1) for n in range(count)]
        part, name, dimension = base.filter(own) if own else base, pl.lit(""), WHOLE
        if position is not None:
            dimension, column = request.dimensions[position], f"d{position}"
            name = member_name(column, base, polars_type(schema[dimension]))
        part = part.select(name.alias("m"), pl.col("i").cast(pl.Int64), *answers).sort("m", "i")
        found += [((dimension, text, time), parts) for text, time, *parts in part.iter_rows()]
    return found


def _keys(request: BalanceRequest, facts: Facts, schema: Schema, dialect: Dialect) -> list[str]:
    kind, name = schema[request.time], facts.names[request.time]
    day = kind.kind == "date"
    time = f"({dialect.day_number(name)} * 86400000000)" if day else dialect.micros(name)
    return [
        f"{time} AS i",
        *(
            f"{member(facts.names[dimension], schema[dimension], dialect)} AS d{n}"
            for n, dimension in enumerate(request.dimensions)
        ),
    ]


def _counted(
    session: Session,
    dialect: Dialect,
    request: BalanceRequest,
    facts: Facts,
    schema: Schema,
    atom: Atom,
    size: int,
) -> dict[_Key, int | float | None]:
    """Return an aggregate that needs the rows again, at each time that has any."""
    value, where, kind = argument(atom.aggregate, facts, schema, dialect)
    items = ", ".join((*_keys(request, facts, schema, dialect), f"{value} AS v"))
    kept = "" if where is None else f" WHERE {where}"
    rows = (
        f"SELECT * FROM (SELECT {items} FROM ({facts.select}) AS f{kept}) AS w WHERE v IS NOT NULL"
    )
    kinds = [schema[name] for name in request.dimensions]
    answers = grouped(
        Grouped(session, dialect, rows, kind, kinds), atom.aggregate, size, each_alone
    )
    return {
        (WHOLE if position is None else request.dimensions[position], name, time): found
        for time, position, name, found in answers
    }
