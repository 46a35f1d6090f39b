"""Balances: the rows of the last time on or before a day (specification.md#balances).

Rows are aggregated for each exact time, once for the whole and once for each member; the
last time on or before a day is then looked up, so nothing is ever added up over time. Every
time of the dataset (of the member) counts, whether or not a row of it is one that the term
asks for: a loan that is repaid has no row any more, and is not 70 for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from kpi_site.engine.atoms import Atom, Partial
from kpi_site.engine.cube import WHOLE, Schema, member_text, until_day, whole_number
from kpi_site.formula.evaluate import Operand
from kpi_site.sql.nodes import Node, columns
from kpi_site.sql.to_polars import instant_expr, row_expr


@dataclass(frozen=True, slots=True)
class BalanceRequest:
    """Atoms over the rows of ``dataset`` at every time of ``time``, each with its own filter.

    ``rows`` counts the rows that the term asks for.
    """

    dataset: str
    time: str
    rows: Partial
    atoms: tuple[Atom, ...]
    dimensions: tuple[str, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that answering the request reads."""
        nodes = [self.rows.where] if self.rows.where is not None else []
        for atom in self.atoms:
            parts = (atom.aggregate.arg, atom.aggregate.where)
            nodes.extend(node for node in parts if node is not None)
        named = {column.name for node in nodes for column in columns(node)}
        return frozenset(named | {self.time, *self.dimensions})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The atoms' values at one time, and how many of its rows the term asks for."""

    values: tuple[Operand, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Balances:
    """Snapshots of each (dimension, member), oldest first, with their times."""

    times: Mapping[tuple[str, str], tuple[int, ...]]
    snapshots: Mapping[tuple[str, str], tuple[Snapshot, ...]]

    def members(self, dimension: str) -> set[str]:
        """Return the members of ``dimension`` that ever had a row that the term asks for."""
        return {
            member
            for (name, member), own in self.snapshots.items()
            if name == dimension and any(snapshot.rows for snapshot in own)
        }

    def by_day(self, dimension: str, member: str) -> Mapping[date, Snapshot]:
        """Return the last snapshot of each day that has any, oldest first."""
        times = self.times.get((dimension, member), ())
        found = self.snapshots.get((dimension, member), ())
        days = (_EPOCH + timedelta(microseconds=time) for time in times)
        return {day.date(): snapshot for day, snapshot in zip(days, found, strict=True)}

    def on(self, dimension: str, member: str, day: date) -> Snapshot | None:
        """Return the last snapshot on or before ``day``; None if there is none yet."""
        times = self.times.get((dimension, member), ())
        index = bisect_right(times, _end_of(day)) - 1
        return self.snapshots[dimension, member][index] if index >= 0 else None


def read_balances(
    frame: pl.LazyFrame, request: BalanceRequest, through: date, schema: Schema
) -> Balances:
    """Answer ``request`` over the rows of ``frame`` up to the day ``through``."""
    held = frame.filter(until_day(request.time, through, schema)).collect()
    times: dict[tuple[str, str], list[int]] = {}
    snapshots: dict[tuple[str, str], list[Snapshot]] = {}
    for dimension in (WHOLE, *request.dimensions):
        for member, time, *found in _grouped(held, request, dimension, schema).iter_rows():
            times.setdefault((dimension, member), []).append(time)
            snapshots.setdefault((dimension, member), []).append(_snapshot(request, found))
    return Balances(
        {key: tuple(value) for key, value in times.items()},
        {key: tuple(value) for key, value in snapshots.items()},
    )


def _grouped(
    held: pl.DataFrame, request: BalanceRequest, dimension: str, schema: Schema
) -> pl.DataFrame:
    time = pl.col(request.time).cast(pl.Datetime("us")).to_physical().alias("\0time")
    member = pl.lit("") if dimension == WHOLE else member_text(dimension)
    found = [
        expr.alias(f"\0a{i}.{j}")
        for i, atom in enumerate(request.atoms)
        for j, expr in enumerate(_aggregates(atom, schema))
    ]
    return (
        held.lazy()
        .with_columns(time, member.alias("\0member"))
        .group_by("\0member", "\0time")
        .agg(*found, _fold(request.rows, schema).alias("\0rows"))
        .sort("\0member", "\0time")
        .collect()
    )


def _aggregates(atom: Atom, schema: Schema) -> list[pl.Expr]:
    """Return the aggregations of one atom inside a group that is already final."""
    if not atom.holistic:
        return [_fold(partial, schema) for partial in atom.partials]
    aggregate = atom.aggregate
    assert aggregate.arg is not None
    if aggregate.distinct:
        return [_kept(instant_expr(aggregate.arg, schema), aggregate.where, schema).n_unique()]
    value = _kept(whole_number(aggregate.arg, schema), aggregate.where, schema)
    if aggregate.kind == "median":
        return [value.median()]
    return [value.quantile(float(aggregate.quantile or 0), "linear")]


def _kept(value: pl.Expr, where: Node | None, schema: Schema) -> pl.Expr:
    kept = value if where is None else value.filter(row_expr(where, schema))
    return kept.drop_nulls()


def _fold(partial: Partial, schema: Schema) -> pl.Expr:
    where = partial.where
    if partial.kind == "count":
        value = pl.lit(1) if partial.arg is None else row_expr(partial.arg, schema)
        if partial.arg is None:
            rows = pl.len() if where is None else row_expr(where, schema).sum()
            return rows.cast(pl.Int64)
        return _kept(value, where, schema).len().cast(pl.Int64)
    assert partial.arg is not None
    value = _kept(whole_number(partial.arg, schema), where, schema)
    if partial.kind == "sum":
        return value.cast(pl.Int128).sum()
    return value.min() if partial.kind == "min" else value.max()


def _snapshot(request: BalanceRequest, found: list[int | float | None]) -> Snapshot:
    values: list[Operand] = []
    at = 0
    for atom in request.atoms:
        width = 1 if atom.holistic else len(atom.partials)
        parts = found[at : at + width]
        at += width
        if atom.holistic:
            values.append(atom.holistic_value(parts[0]))
        else:
            values.append(atom.value(tuple(None if p is None else int(p) for p in parts)))
    return Snapshot(tuple(values), int(found[-1] or 0))


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments of facts are local


def _end_of(day: date) -> int:
    """Return the last microsecond of ``day`` as Polars counts them."""
    days = (day + timedelta(days=1)).toordinal() - date(1970, 1, 1).toordinal()
    return days * 86_400_000_000 - 1
