"""What the schemas say of a place in a file: which keys, which words, names of what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final

from kpi_site.content import json_schemas
from kpi_site.editor.spot import Path

Schema = Mapping[str, Any]
KeysAt = Callable[[Path], Collection[str]]

SQL: Final = frozenset({"aggregate", "condition", "expression"})
FORMULA: Final = "formula"


@cache
def _schemas() -> Mapping[str, Schema]:
    return json_schemas()


def shapes_at(kind: str, path: Path, keys_at: KeysAt) -> tuple[Schema, ...]:
    """Return what may stand at ``path`` of a file of ``kind``; none for a place that is unknown.

    ``keys_at`` tells the keys that a mapping has: they tell one kind of term from another.
    """
    top = _schemas()[kind]
    shapes = tuple(_each(top, top))
    for depth, step in enumerate(path):
        fitting = narrowed(shapes, keys_at(path[:depth]))
        below = [inner for shape in fitting for inner in _below(shape, step)]
        shapes = tuple(each for inner in below for each in _each(inner, top))
    return narrowed(shapes, keys_at(path))


def narrowed(shapes: tuple[Schema, ...], keys: Collection[str]) -> tuple[Schema, ...]:
    """Return those of ``shapes`` that have all of ``keys``; all, if none has."""
    fitting = tuple(shape for shape in shapes if set(keys) <= set(shape.get("properties", keys)))
    return fitting or shapes


def below(shape: Schema, step: str | int, kind: str) -> tuple[Schema, ...]:
    """Return what may stand at ``step`` within what ``shape`` describes."""
    top = _schemas()[kind]
    return tuple(each for inner in _below(shape, step) for each in _each(inner, top))


def top_of(kind: str) -> tuple[Schema, ...]:
    """Return what a file of ``kind`` is."""
    return (_schemas()[kind],)


def names_in(shapes: Collection[Schema]) -> str:
    """Return what the values at a place are names of; "" where they are none."""
    return next((str(shape["x-names"]) for shape in shapes if "x-names" in shape), "")


def names_of_keys(shapes: Collection[Schema]) -> str:
    """Return what the keys of a mapping are names of; "" where they are none."""
    return names_in([shape["propertyNames"] for shape in shapes if "propertyNames" in shape])


def code_in(shapes: Collection[Schema]) -> str:
    """Return which code stands at a place: ``formula``, one of ``SQL``, or "" for none."""
    kinds = (str(shape.get("x-type", "")) for shape in shapes)
    return next((kind for kind in kinds if kind == FORMULA or kind in SQL), "")


def _each(schema: Schema, top: Schema) -> Iterator[Schema]:
    """Yield the shapes that stand in for one another."""
    if "$ref" in schema:
        yield from _each(top["definitions"][schema["$ref"].rpartition("/")[2]], top)
    elif "anyOf" in schema and "properties" not in schema:
        for one in schema["anyOf"]:
            yield from _each(one, top)
    else:
        yield schema


def _below(shape: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        if "items" in shape:
            yield shape["items"]
    elif step in shape.get("properties", {}):
        yield shape["properties"][step]
    elif isinstance(shape.get("additionalProperties"), Mapping):
        yield shape["additionalProperties"]
