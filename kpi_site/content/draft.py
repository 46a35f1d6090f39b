"""The draft: all that could be read, with what is known to be wrong, for checks across files.

A file with errors is in the draft (without its faulty parts) so that everything else in it is
checked too, and its names are known, so that one mistake is not reported many times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from kpi_site.catalog import (
    Action,
    CardTexts,
    Catalog,
    Dataset,
    Glossary,
    Indicator,
    Report,
    Scorecard,
)
from kpi_site.content.cards import declared_terms
from kpi_site.content.datasets import declared_columns
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Sequence
from kpi_site.problems import Location, Name
from kpi_site.schema import columns_of
from kpi_site.sql.nodes import Expression, columns
from kpi_site.sql.types import SqlType

T = TypeVar("T")


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A file: ``name`` is the id that its path gives, ``damaged`` its keys with errors.

    ``keys`` are its top-level keys with their places, ``written`` the id (of a report the
    period) that stands in it. A ``sound`` one was read without any problem: its ``value`` says
    all that the file does, and places that the value does not know are looked up in its
    ``tree``, which ``parse`` makes when it is asked for.
    """

    file: str
    name: str
    parse: Callable[[], Node | None]
    value: T | None
    damaged: frozenset[str] = frozenset()
    keys: tuple[Name, ...] = ()
    written: Name | None = None
    sound: bool = False
    unfinished: bool = False

    @cached_property
    def tree(self) -> Node | None:
        """The file as it was parsed; None where that failed."""
        return self.parse()

    @property
    def mapping(self) -> MappingNode:
        """The file's keys, as far as there are any."""
        if isinstance(self.tree, MappingNode):
            return self.tree
        return MappingNode(Location(self.file, 1, 1), ())

    def place(self, *path: str) -> Location:
        """Return the place of the value at ``path``, or of what is nearest to it."""
        node: Node = self.mapping
        for step in path:
            below = node.get(step) if isinstance(node, MappingNode) else None
            if below is None:
                break
            node = below
        return node.where

    def place_of_key(self, key: str) -> Location:
        """Return the place of a top-level ``key`` itself, or of the file's beginning."""
        found = (name.where for name in self.keys if name == key)
        return next(found, Location(self.file, 1, 1))

    def place_within(self, where: Location, key: str) -> Location:
        """Return the place of ``key``'s value in the mapping that begins at ``where``."""
        found = _mapping_at(self.mapping, where)
        value = found.get(key) if found else None
        return value.where if value else where


def _mapping_at(node: Node, where: Location) -> MappingNode | None:
    if isinstance(node, MappingNode) and node.where == where:
        return node
    below: tuple[Node, ...] = ()
    if isinstance(node, MappingNode):
        below = tuple(value for _, value in node.entries)
    elif isinstance(node, Sequence):
        below = node.items
    found = (_mapping_at(part, where) for part in below)
    return next((mapping for mapping in found if mapping), None)


Entries = tuple[Entry[T], ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Columns that a dataset speaks of but that could not be read; ``any``: also unnamed ones."""

    names: frozenset[str]
    any: bool

    def covers(self, name: str) -> bool:
        """Tell whether ``name`` may be such a column."""
        return self.any or name in self.names


def _doubt(entry: Entry[Dataset], schema: Mapping[str, SqlType] | None) -> Doubt:
    if entry.sound and entry.value is not None:
        return Doubt(frozenset(entry.value.column_names) - set(schema or ()), any=schema is None)
    declared = declared_columns(entry.mapping)
    named = frozenset(name for name in declared if name is not None)
    twice = len(named) < len(declared)  # one of them may bear a name meant for another
    return Doubt(named - set(schema or ()), any=schema is None or None in declared or twice)


@dataclass(frozen=True)
class Draft:
    """All files of a site as they were read. ``catalog`` holds what could be built of them.

    It is ``readable`` where ``site.yml`` is: else nothing is known of the site itself. The
    ``texts`` stand in the files of the ``indicators``, each beside its own. The
    ``unfinished`` are drafts with blanks, which are no cards yet.
    """

    catalog: Catalog
    site: Entry[None]
    datasets: Entries[Dataset]
    indicators: Entries[Indicator]
    texts: Entries[CardTexts]
    scorecards: Entries[Scorecard]
    reports: Entries[Report]
    actions: Entries[Action]
    glossary: Entries[Glossary] = ()
    readable: bool = True
    unfinished: Entries[Indicator] = ()

    @cached_property
    def dataset_names(self) -> tuple[str, ...]:
        """Ids of all datasets, readable or not."""
        return _names(self.datasets)

    @cached_property
    def indicator_names(self) -> tuple[str, ...]:
        """Ids of all cards, readable or not."""
        return _names(self.indicators)

    @cached_property
    def scorecard_names(self) -> tuple[str, ...]:
        """Ids of all scorecards, readable or not."""
        return _names(self.scorecards)

    @cached_property
    def schemas(self) -> Mapping[str, Mapping[str, SqlType]]:
        """The columns that terms over each readable dataset may use."""
        return {name: columns_of(self.catalog, name) for name in self.catalog.datasets}

    @cached_property
    def _doubts(self) -> Mapping[str, Doubt]:
        return {e.name: _doubt(e, self.schemas.get(e.name)) for e in self.datasets}

    def doubts(self, dataset: Dataset, name: str) -> bool:
        """Tell whether nothing can be said about the column ``name`` of ``dataset``.

        That is so when it, its foreign key or its parent could not be read.
        """
        if self._doubts[str(dataset.id)].covers(name):
            return True
        return "." in name and self._parent_may_have(dataset, name)

    def doubts_dimension(self, dataset: Dataset, name: str) -> bool:
        """Tell the same of a dimension, which may mean a parent's column by its bare name."""
        return self.doubts(dataset, name) or self._parent_may_have(dataset, name)

    def _parent_may_have(self, dataset: Dataset, name: str) -> bool:
        entry = next(e for e in self.datasets if e.name == dataset.id)
        parents = [str(key.dataset) for key in dataset.foreign_keys]
        return "schema" in entry.damaged or any(
            parent not in self._doubts
            or self._doubts[parent].covers(name.removeprefix(f"{parent}."))
            for parent in parents
        )

    def doubts_expression(self, dataset: Dataset, expression: Expression) -> bool:
        """Tell whether ``expression`` names a column of which nothing can be said."""
        return any(self.doubts(dataset, column.name) for column in columns(expression.node))


def _names(entries: Entries[T]) -> tuple[str, ...]:
    """Return the ids by file name, and those written inside where they differ."""
    written = (str(entry.written) for entry in entries if entry.written)
    return tuple(dict.fromkeys([*(entry.name for entry in entries), *written]))


def term_names(entry: Entry[Indicator]) -> tuple[str, ...] | None:
    """Return the names of a card's terms, readable or not; None where they cannot be told."""
    if entry.sound and entry.value is not None:
        names = (str(term.name).partition("~")[0] for term in entry.value.terms)
        return tuple(dict.fromkeys(names)) or None
    return declared_terms(entry.mapping)
