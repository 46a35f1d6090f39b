"""The words of a file that are names: of what, and where they stand.

Which they are is told by the schemas, for values, keys and code alike; a name that defines what
it names (an id, a term, a column) is one, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kpi_site.content.yaml_places import offsets
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence
from kpi_site.editor.shapes import (
    FORMULA,
    SQL,
    Schema,
    below,
    code_in,
    names_in,
    names_of_keys,
    narrowed,
    top_of,
)
from kpi_site.editor.spot import Path
from kpi_site.sql.tokens import Refused, Token, tokenize

KEY: Final = "key"
"""A word that is a key of a record, and no name."""

_DEFINED: Final[dict[tuple[str, ...], str]] = {
    ("indicator", "terms"): "term",
    ("indicator", "versions", "*", "terms"): "term",
    ("dataset", "derived"): "column",
    ("site", "connections"): "connection",
}  # by kind of file and path: what the keys there define
_DEFINING: Final[dict[tuple[str, ...], str]] = {
    ("indicator", "id"): "indicator",
    ("dataset", "id"): "dataset",
    ("scorecard", "id"): "scorecard",
    ("action", "id"): "action",
    ("dataset", "schema", "fields", "*", "name"): "column",
    ("site", "departments", "*", "id"): "department",
    ("site", "perspectives", "*", "id"): "perspective",
    ("site", "audiences", "*"): "audience",
}  # the same for values


@dataclass(frozen=True, slots=True)
class Word:
    """A name, or a key, from the character ``start`` to ``end``; ``path`` is its value's.

    ``defines`` tells whether it defines what it names.
    """

    what: str
    name: str
    start: int
    end: int
    path: Path
    defines: bool = False


def words(kind: str, tree: Node) -> Iterator[Word]:
    """Yield the words of a file of ``kind``, in the order of the file."""
    yield from _words(kind, tree, top_of(kind), ())


def word_at(kind: str, tree: Node, offset: int) -> Word | None:
    """Return the word at ``offset``, or just before it."""
    return next((w for w in words(kind, tree) if w.start <= offset <= w.end), None)


def _words(kind: str, node: Node, shapes: tuple[Schema, ...], path: Path) -> Iterator[Word]:
    if isinstance(node, Mapping):
        fitting = narrowed(shapes, {key.text for key, _ in node.entries})
        defined = _DEFINED.get(_pattern(kind, path), "")
        named = defined or names_of_keys(fitting)
        for key, value in node.entries:
            inner = tuple(x for shape in fitting for x in below(shape, key.text, kind))
            known = any(key.text in shape.get("properties", ()) for shape in fitting)
            what = KEY if known else named
            if what:
                yield _word(what, key, (*path, key.text), defines=what == defined)
            yield from _words(kind, value, inner, (*path, key.text))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            inner = tuple(x for shape in shapes for x in below(shape, number, kind))
            yield from _words(kind, item, inner, (*path, number))
    elif isinstance(node, Scalar):
        defined = _DEFINING.get(_pattern(kind, path), "")
        what = defined or names_in(shapes)
        code = code_in(shapes)
        if what:
            yield _word(what, node, path, defines=bool(defined))
        elif code and node.kind == "string":
            yield from _in_code(code, node, path)


def _pattern(kind: str, path: Path) -> tuple[str, ...]:
    return (kind, *("*" if isinstance(step, int) else step for step in path))


def _places(node: Scalar) -> tuple[int, ...]:
    return offsets(node.source.text, *node.span, node.style, node.text)


def _word(what: str, node: Scalar, path: Path, *, defines: bool) -> Word:
    places = _places(node)
    return Word(what, node.text, places[0], places[-1], path, defines)


def _in_code(code: str, node: Scalar, path: Path) -> Iterator[Word]:
    """Yield the columns of SQL, or the terms of a formula; none where it cannot be cut."""
    what = {FORMULA: "term"}.get(code, "column")
    assert code == FORMULA or code in SQL
    try:
        tokens = tokenize(node.code())
    except Refused:
        return
    places = _places(node)
    for name, start, end in _columns(tokens):
        yield Word(what, name, places[start], places[end - 1] + 1, path)


def _columns(tokens: list[Token]) -> Iterator[tuple[str, int, int]]:
    """Yield names with dots between them that no bracket follows, with their offsets."""
    at = 0
    while at < len(tokens):
        parts = [tokens[at]]
        while (
            _is_name(parts[-1])
            and at + 2 < len(tokens)
            and tokens[at + 1].word == "."
            and _is_name(tokens[at + 2])
        ):
            at += 2
            parts.append(tokens[at])
        at += 1
        if _is_name(parts[0]) and not (at < len(tokens) and tokens[at].word == "("):
            yield ".".join(part.text for part in parts), parts[0].start, parts[-1].end


def _is_name(token: Token) -> bool:
    return token.kind in {"name", "quoted"}
