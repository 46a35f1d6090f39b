"""Content files as plain data, just as they are written: what fields are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kpi_site.content.yaml_source import Broken, Node, Scalar, Sequence, parse_yaml
from kpi_site.content.yaml_source import Mapping as MappingNode

Plain = str | tuple["Plain", ...] | Mapping[str, "Plain"] | None
"""A scalar's text, a list, or a mapping in the order of the file; None for what is not there."""


def read_plain(path: Path, file: str) -> Plain:
    """Return the content of a YAML file as it is written; None where it cannot be read."""
    try:
        tree, _ = parse_yaml(path.read_bytes(), file)
    except OSError:
        return None
    return None if tree is None else plain(tree)


def plain(node: Node) -> Plain:
    """Return ``node`` without its places. What is broken is None: a problem tells of it."""
    match node:
        case Scalar(text=text, kind=kind):
            return "null" if kind == "null" else text
        case Sequence(items=items):
            return tuple(plain(item) for item in items)
        case MappingNode(entries=entries):
            return {name.text: plain(value) for name, value in entries}
        case Broken():
            return None


def is_text(value: Plain) -> bool:
    """Tell whether ``value`` is a text by language: ``{zh: …, en: …}`` or one of them."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and value.keys() <= {"zh", "en"}
        and all(isinstance(own, str) for own in value.values())
    )


def one_line(value: Plain) -> str:
    """Return a value as a short text in flow style: ``a, b``, ``{from: 2026, target: 0.9}``."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {one_line(own)}" for key, own in value.items()) + "}"
    if all(isinstance(item, str) for item in value):
        return ", ".join(str(item) for item in value)
    return "[" + ", ".join(map(one_line, value)) + "]"
