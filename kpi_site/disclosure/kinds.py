"""Which rows meet which conditions: what every reader knows of them without any figure.

Cities make up their region, open cases and closed ones all cases, ``score > 3`` and
``score >= 4`` are the same: whatever holds between the conditions of the cards holds between their
sums (specification.md#small-cells). It is looked up in the rows themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi_site.disclosure.sums import Condition, Rows
from kpi_site.engine.cube import member_text
from kpi_site.sql.kinds import SqlType
from kpi_site.sql.nodes import columns
from kpi_site.sql.to_polars import row_expr
from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

Met = int
"""A set of kinds of rows, one bit for each kind."""
_MOST_LOOSE = 12


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of rows of a dataset: of one kind are those that meet the same conditions."""

    every: Met
    of: Mapping[Condition, Met]

    def met(self, rows: Rows) -> Met:
        """Return the kinds of the rows that meet all of ``rows``."""
        found = self.every
        for condition in rows:
            found &= self.of[condition]
        return found


def kinds_of(
    tables: Mapping[str, Table],
    dataset: str,
    conditions: Iterable[Condition],
    schema: Mapping[str, SqlType],
) -> Kinds:
    """Return the kinds of rows that ``conditions`` tell apart."""
    wanted = sorted(set(conditions), key=repr)
    members = sorted({column for column, _ in wanted if column})
    nodes = [value for column, value in wanted if not column and not isinstance(value, str)]
    named = {column.name for node in nodes for column in columns(node)}
    frame = scan(tables, dataset, [*members, *sorted(named - {*members})])
    told = frame.select(
        *(member_text(column).alias(f"m{i}") for i, column in enumerate(members)),
        *(
            row_expr(node, schema).fill_null(value=False).alias(f"n{i}")
            for i, node in enumerate(nodes)
        ),
    )
    rows = told.unique().collect().rows() if wanted else [()]
    found: dict[Condition, Met] = dict.fromkeys(wanted, 0)
    for at, row in enumerate(rows):
        own: list[Condition] = [*zip(members, row, strict=False)]
        own += [("", node) for node, met in zip(nodes, row[len(members) :], strict=True) if met]
        for condition in own:
            if condition in found:
                found[condition] |= 1 << at
    return Kinds((1 << len(rows)) - 1, found)


@dataclass(frozen=True, slots=True)
class Family:
    """Sets of rows that share none, within those of a ``whole``; ``all_of`` them, or some."""

    whole: Rows
    parts: tuple[Rows, ...]
    all_of: bool


def families(kinds: Kinds, names: Mapping[Rows, Collection[Rows]]) -> tuple[Family, ...]:
    """Return how sets of rows are made up of others.

    ``names`` are the sets, each with all the conditions by which it is known.
    """
    met = {kinds.met(rows): rows for rows in names}
    met.pop(0, None)
    groups, loose = _groups(kinds, names)
    found: dict[tuple[Met, frozenset[Met]], bool] = {}
    for whole in met:
        for parts, all_of in _within(whole, met.keys(), groups, loose):
            if parts != {whole}:
                found[whole, parts] = found.get((whole, parts), False) or all_of
    between = _Between(sorted(met))
    return tuple(
        Family(met[whole], tuple(sorted((met[p] for p in parts), key=repr)), all_of)
        for (whole, parts), all_of in found.items()
        if all_of or between.is_next(whole, parts)
    )


def _groups(
    kinds: Kinds, names: Mapping[Rows, Collection[Rows]]
) -> tuple[list[frozenset[Met]], list[frozenset[Met]]]:
    """Return the members of each column within the same rows, and sets by other conditions."""
    columns_: defaultdict[tuple[Met, str], set[Met]] = defaultdict(set)
    loose: defaultdict[Met, set[Met]] = defaultdict(set)
    for rows, others in names.items():
        own = kinds.met(rows)
        for alias in others if own else ():
            for column, value in alias:
                base = kinds.met(alias - {(column, value)})
                if column:
                    columns_[base, column].add(own)
                else:
                    loose[base].add(own)
    return [frozenset(x) for x in columns_.values()], [frozenset(x) for x in loose.values()]


def _within(
    whole: Met,
    known: Collection[Met],
    groups: Iterable[frozenset[Met]],
    loose: Iterable[frozenset[Met]],
) -> Iterator[tuple[frozenset[Met], bool]]:
    """Yield sets of rows within ``whole`` that share none, and whether they are all of it."""
    for group in groups:
        inside = frozenset(p for p in group if not p & ~whole)
        if not inside:
            continue
        rest = whole & ~_union(inside)
        yield inside, not rest
        if rest in known:
            yield inside | {rest}, True
    for group in loose:
        inside = frozenset(p for p in group if not p & ~whole and p != whole)
        for part in inside:
            yield frozenset({part}), False
        for cover in _covers(whole, sorted(inside)[:_MOST_LOOSE]):
            yield cover, True
        for part in inside:
            if whole & ~part in known:
                yield frozenset({part, whole & ~part}), True


def _covers(whole: Met, parts: list[Met]) -> Iterator[frozenset[Met]]:
    """Yield the ways in which ``parts`` that share nothing make up ``whole``."""
    if not whole:
        yield frozenset()
        return
    lowest = whole & -whole
    for part in parts:
        if part & lowest and not part & ~whole:
            for rest in _covers(whole & ~part, parts):
                yield rest | {part}


def _union(parts: Iterable[Met]) -> Met:
    found = 0
    for part in parts:
        found |= part
    return found


@dataclass(frozen=True, slots=True)
class _Between:
    """All known sets, to tell whether one lies between parts and their whole."""

    known: list[Met]

    def is_next(self, whole: Met, parts: frozenset[Met]) -> bool:
        """Tell whether no smaller known set has all ``parts``: else theirs follows from its."""
        union = _union(parts)
        return not any(
            union & ~one == 0 and one & ~whole == 0 and one not in {whole, union, *parts}
            for one in self.known
        )
