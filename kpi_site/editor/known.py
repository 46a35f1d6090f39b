"""The names that a site knows, by what they are names of: with their places and their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kpi_site.catalog import Dataset, Indicator, Text
from kpi_site.content.draft import Draft, Entry, term_names
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Scalar, Sequence
from kpi_site.editor.spot import Path
from kpi_site.problems import Location, Name
from kpi_site.schema import data_terms, dimension_field, parents


@dataclass(frozen=True, slots=True)
class Known:
    """A name with what it is the name of, and where that is defined; ``note`` is its kind."""

    what: str
    name: str
    where: Location | None
    title: Text | None = None
    about: Text | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """A place in a file of ``kind`` called ``name``; ``text`` gives what a path's value says."""

    kind: str
    name: str
    path: Path
    text: Callable[[Path], str | None]

    def beside(self, key: str) -> str | None:
        """Return the value of ``key`` in the nearest mapping around this place that has it."""
        for depth in range(len(self.path) - 1, -1, -1):
            found = self.text((*self.path[:depth], key))
            if found:
                return found
        return None

    @property
    def dataset(self) -> str:
        """The dataset whose columns are named here; "" for none."""
        if self.kind == "dataset":
            return self.beside("resource") or self.name
        return self.beside("from") or ""

    @property
    def card(self) -> str:
        """The card whose terms, dimensions and members are named here; "" for none."""
        return self.name if self.kind == "indicator" else self.beside("indicator") or ""


def entries(draft: Draft) -> Iterator[tuple[str, Entry[Any]]]:
    """Yield every file with its kind."""
    yield "site", draft.site
    for kind, found in (
        ("dataset", draft.datasets),
        ("indicator", (*draft.indicators, *draft.unfinished)),
        ("scorecard", draft.scorecards),
        ("report", draft.reports),
        ("action", draft.actions),
        ("glossary", draft.glossary),
    ):
        yield from ((kind, entry) for entry in found)


def known(draft: Draft, what: str, here: Here) -> Mapping[str, Known]:
    """Return what may be named ``here`` as a ``what``, in the order of the site."""
    maker = _MAKERS.get(what)
    found: dict[str, Known] = {}
    for one in maker(draft, here) if maker else ():
        found.setdefault(one.name, one)
    return found


def value_at(node: Node | None, path: Path) -> str | None:
    """Return the text of the scalar at ``path``, or "" for what else stands there."""
    for step in path:
        if isinstance(node, MappingNode) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return None if node is None else node.text if isinstance(node, Scalar) else ""


def _named(what: str, made: Iterable[Entry[Any]]) -> Iterator[Known]:
    for entry in made:
        value = entry.value
        title = getattr(value, "name", None) or getattr(value, "title", None)
        where = entry.written.where if entry.written else Location(entry.file, 1, 1)
        yield Known(what, entry.name, where, title, getattr(value, "description", None))


def _cards(draft: Draft, _here: Here) -> Iterator[Known]:
    for one, texts in zip(_named("indicator", draft.indicators), draft.texts, strict=True):
        yield replace(one, about=texts.value.definition if texts.value else None)


def _datasets(draft: Draft, _here: Here) -> Iterator[Known]:
    yield from _named("dataset", draft.datasets)


def _scorecards(draft: Draft, _here: Here) -> Iterator[Known]:
    yield from _named("scorecard", draft.scorecards)


def _actions(draft: Draft, _here: Here) -> Iterator[Known]:
    yield from _named("action", draft.actions)


def _departments(draft: Draft, _here: Here) -> Iterator[Known]:
    units = draft.catalog.site.departments
    yield from (Known("department", str(u.id), u.id.where, u.name) for u in units)


def _perspectives(draft: Draft, _here: Here) -> Iterator[Known]:
    units = draft.catalog.site.perspectives
    yield from (Known("perspective", str(u.id), u.id.where, u.name) for u in units)


def _audiences(draft: Draft, _here: Here) -> Iterator[Known]:
    for name in draft.catalog.site.audiences:
        yield Known("audience", str(name), _place(name))


def _connections(draft: Draft, _here: Here) -> Iterator[Known]:
    for name in draft.catalog.site.connections:
        yield Known("connection", str(name), _place(name))


def _grades(draft: Draft, _here: Here) -> Iterator[Known]:
    for grade in draft.catalog.site.scoring.grades:
        for name in (grade.name.plain, grade.name.zh, grade.name.en):
            if name:
                yield Known("grade", name, None, grade.name)


def _columns(draft: Draft, here: Here) -> Iterator[Known]:
    dataset = draft.catalog.datasets.get(here.dataset)
    if dataset is None:
        return
    yield from _own_columns(dataset, "")
    if here.kind == "indicator":
        for parent in parents(draft.catalog, dataset):
            yield from _own_columns(parent, f"{parent.id}.")


def _own_columns(dataset: Dataset, before: str) -> Iterator[Known]:
    for field in dataset.fields:
        name = f"{before}{field.name}"
        where = field.name.where
        yield Known("column", name, where, field.title, field.description, field.type)
    for derived in dataset.derived:
        where = derived.name.where
        yield Known("column", f"{before}{derived.name}", where, note=derived.value.code.text)


def _terms(draft: Draft, here: Here) -> Iterator[Known]:
    entry = next((e for e in draft.indicators if e.name == here.card), None)
    if entry is None:
        return
    value: Indicator | None = entry.value
    found = {str(term.name).partition("~")[0]: term for term in value.terms} if value else {}
    for name in term_names(entry) or ():
        term = found.get(name)
        where = None if term is None else _place(term.name)
        yield Known("term", name, where, None if term is None else term.label)


def _dimensions(draft: Draft, here: Here) -> Iterator[Known]:
    cards = _cards_here(draft, here)
    if here.kind == "indicator":  # where its dimensions are chosen
        names = {n: None for card in cards for n in _possible(draft, card)}
    else:
        names = {str(n): None for card in cards for n in card.dimensions}
    for name in names:
        fields = (dimension_field(draft.catalog, card, name) for card in cards)
        field = next((found for found in fields if found is not None), None)
        if field is not None:
            yield Known("dimension", name, field.name.where, field.title, field.description)


def _cards_here(draft: Draft, here: Here) -> tuple[Indicator, ...]:
    if here.card:
        card = draft.catalog.indicators.get(here.card)
        return () if card is None else (card,)
    return tuple(draft.catalog.indicators.values())


def _possible(draft: Draft, card: Indicator) -> Iterator[str]:
    """Yield the columns of a card's datasets, and of their parents by their bare names."""
    for term in data_terms(card):
        dataset = draft.catalog.datasets.get(term.dataset)
        for holder in () if dataset is None else (dataset, *parents(draft.catalog, dataset)):
            yield from (str(field.name) for field in holder.fields if field.type == "string")
    yield from map(str, card.dimensions)


def _members(draft: Draft, here: Here) -> Iterator[Known]:
    dimension = here.path[-1] if here.path else ""
    for card in _cards_here(draft, here):
        field = dimension_field(draft.catalog, card, str(dimension))
        for member in field.enum if field else ():
            title = field.categories.get(member) if field else None
            yield Known("member", member, field.name.where if field else None, title)


def _place(name: str) -> Location | None:
    return name.where if isinstance(name, Name) else None


_MAKERS: Final[dict[str, Callable[[Draft, Here], Iterator[Known]]]] = {
    "action": _actions,
    "audience": _audiences,
    "column": _columns,
    "connection": _connections,
    "dataset": _datasets,
    "department": _departments,
    "dimension": _dimensions,
    "grade": _grades,
    "indicator": _cards,
    "member": _members,
    "perspective": _perspectives,
    "scorecard": _scorecards,
    "term": _terms,
}
