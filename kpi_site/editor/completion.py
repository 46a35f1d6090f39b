"""What may be written at a cursor: keys, choices, names, columns, terms, functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, parse_yaml
from kpi_site.editor.known import Here, Known, known, value_at
from kpi_site.editor.shapes import (
    FORMULA,
    SQL,
    Schema,
    code_in,
    names_in,
    names_of_keys,
    shapes_at,
)
from kpi_site.editor.spot import Path, Spot, spot_at
from kpi_site.editor.view import View
from kpi_site.formula.parse import FUNCTIONS
from kpi_site.sql.folding import AGGREGATES, WINDOWS
from kpi_site.sql.functions import SPELLINGS
from kpi_site.wording.markdown import elsewhere

Kind = Literal["key", "choice", "name", "column", "term", "function"]
_OF_POINTS: Final = ("value", "baseline", "target", "challenge")
_FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    FORMULA: FUNCTIONS,
    "aggregate": (*AGGREGATES, *SPELLINGS),
    "condition": tuple(SPELLINGS),
    "expression": (*SPELLINGS, *AGGREGATES, *WINDOWS),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A word for the place at the cursor, and what is written for it if that is more."""

    kind: Kind
    word: str
    written: str
    title: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What may stand in place of the characters from ``start`` up to the cursor."""

    start: int
    offers: tuple[Offer, ...]


def complete(view: View, file: str, text: str, offset: int, language: str) -> Offers:
    """Return what may be written at the character ``offset`` of ``file``, whose text is given."""
    spot = spot_at(text, offset)
    if spot is None or file not in view.files:
        return Offers(offset, ())
    tree, _ = parse_yaml(text.encode("utf-8", "surrogatepass"), file)
    place = _Place(view, file, spot, tree, language)
    found = dict.fromkeys(place.offers())
    return Offers(offset - len(spot.word), tuple(found))


@dataclass(frozen=True, slots=True)
class _Place:
    view: View
    file: str
    spot: Spot
    tree: Node | None
    language: str

    @property
    def kind(self) -> str:
        return self.view.files[self.file][0]

    def offers(self) -> Iterator[Offer]:
        shapes = shapes_at(self.kind, self.spot.path, self._keys)
        if self.spot.key:
            yield from self._keys_of(shapes)
            return
        if self.spot.fresh:
            yield from self._keys_of(shapes)
        yield from self._values(shapes)

    def _text(self, path: Path) -> str | None:
        """Return what stands at a path: now, before the cursor, or when the file could be read."""
        entry = self.view.files[self.file][1]
        return value_at(self.tree, path) or self.spot.seen.get(path) or value_at(entry.tree, path)

    def _here(self) -> Here:
        kind, entry = self.view.files[self.file]
        return Here(kind, entry.name, self.spot.path, self._text)

    def _keys(self, path: Path) -> frozenset[str]:
        """Return the keys at ``path``; at the cursor, without the one that is being written."""
        before = Spot(path, True, "", self.spot.seen, fresh=False).keys()
        node: Node | None = self.tree
        for step in path:
            node = (
                node.get(step) if isinstance(node, MappingNode) and isinstance(step, str) else None
            )
        now = {key.text for key, _ in node.entries} if isinstance(node, MappingNode) else set()
        own = {self.spot.before} if path == self.spot.path else set()
        return before | frozenset(now - own)

    def _keys_of(self, shapes: tuple[Schema, ...]) -> Iterator[Offer]:
        present = self._keys(self.spot.path)
        for shape in shapes:
            for name, inner in shape.get("properties", {}).items():
                if name not in present:
                    about = str(inner.get(f"x-{self.language}", ""))
                    yield Offer("key", name, f"{name}: ", about=about)
        for one in self._named(names_of_keys(shapes)):
            if one.word not in present:
                yield Offer("name", one.word, f"{one.word}: ", one.title, one.about)

    def _values(self, shapes: tuple[Schema, ...]) -> Iterator[Offer]:
        for shape in shapes:
            for choice in shape.get("enum", ()):
                yield Offer("choice", str(choice), str(choice))
            if shape.get("type") == "boolean":
                yield from (Offer("choice", word, word) for word in ("true", "false"))
        yield from self._named(names_in(shapes))
        yield from self._code(code_in(shapes))

    def _named(self, what: str) -> Iterator[Offer]:
        for one in known(self.view.draft, what, self._here()).values():
            yield self._offer("column" if what == "column" else "name", one)

    def _code(self, code: str) -> Iterator[Offer]:
        if code == FORMULA:
            own = known(self.view.draft, "term", self._here()).values()
            yield from (self._offer("term", one) for one in own)
            if self.spot.path[-1:] == ("points",):
                yield from (Offer("term", word, word) for word in _OF_POINTS)
        elif code in SQL:
            columns = known(self.view.draft, "column", self._here()).values()
            yield from (self._offer("column", one) for one in columns)
        for name in dict.fromkeys(map(str.upper, _FUNCTIONS.get(code, ()))):
            yield Offer("function", name, f"{name}(")

    def _offer(self, kind: Kind, one: Known) -> Offer:
        title = one.title.get(self.language) if one.title else one.note
        return Offer(
            kind,
            one.name,
            one.name,
            title,
            elsewhere(one.about.get(self.language)) if one.about else "",
        )
