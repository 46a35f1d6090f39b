"""A YAML text as parsed nodes with their places: what is at a path, and what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml

from kpi_site.yaml_core import kind_of

Path = tuple[str | int, ...]
"""Keys of mappings and positions in lists, from the top of the file."""


@dataclass(frozen=True)
class YamlTree:
    """A file's text with its nodes; the text must be sound YAML."""

    text: str

    @cached_property
    def root(self) -> yaml.Node | None:
        """The node of the whole document."""
        return yaml.compose(self.text, Loader=yaml.CBaseLoader)

    def at(self, path: Path) -> yaml.Node | None:
        """Return the node at ``path``; None where there is none."""
        node = self.root
        for step in path:
            node = _child(node, step)
        return node

    def key(self, path: Path) -> yaml.Node | None:
        """Return the node of the key that ends ``path``."""
        holder = self.at(path[:-1])
        pairs = holder.value if isinstance(holder, yaml.MappingNode) else ()
        return next((key for key, _ in pairs if key.value == path[-1]), None)

    def span(self, node: yaml.Node) -> tuple[int, int]:
        """Return where ``node`` begins and where its last character ends."""
        return node.start_mark.index, self.end(node)

    def end(self, node: yaml.Node) -> int:
        """Return where the last character of ``node`` ends: before comments and blank lines."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            last = node.value[-1] if node.value else None
            inner = last[1] if isinstance(last, tuple) else last
            if isinstance(last, tuple) and inner is not None and _is_empty(inner):
                return self.text.index(":", last[0].end_mark.index) + 1
            return end if inner is None else self.end(inner)
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            return start + len(self.text[start:end].rstrip())
        return end

    def shown(self, path: Path) -> str:
        """Return what is written at ``path``, without the indentation that its place asks for."""
        node = self.at(path)
        if node is None:
            return ""
        start, end = self.span(node)
        indent = node.start_mark.column if is_block(node) else self.indent(start)
        return re.sub(rf"\n {{0,{indent}}}", "\n", self.text[start:end].replace("\r\n", "\n"))

    def plain(self, path: Path = ()) -> object:
        """Return the values at ``path`` as lists, mappings, and (kind, text) of scalars."""
        return plain(self.at(path))

    def indent(self, at: int) -> int:
        """Return the indentation of the line on which the character ``at`` stands."""
        line = self.text[self.text.rfind("\n", 0, at) + 1 :]
        return len(line) - len(line.lstrip(" "))

    def comments(self, start: int = 0, stop: int | None = None) -> list[str]:
        """Return the comments from ``start`` to ``stop``, in order of their texts."""
        end = len(self.text) if stop is None else stop
        found, at = [], 0
        for first, last in [*_scalars(self, self.root), (len(self.text), len(self.text))]:
            marks = _COMMENT.finditer(self.text, at, max(first, at))
            found += [m[0].strip() for m in marks if start <= m.start() < end]
            at = max(at, last)
        return sorted(found)


_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#[^\r\n]*")


def is_block(node: yaml.Node | None) -> bool:
    """Tell whether ``node`` is a mapping or list whose entries stand on lines of their own."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def plain(node: yaml.Node | None) -> object:
    """Return the values of ``node`` as lists, mappings, and (kind, text) of scalars."""
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.ScalarNode):
        return ("string" if node.style else kind_of(node.value), node.value)
    return None


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    return None


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and not node.value


def _scalars(tree: YamlTree, node: yaml.Node | None) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        start = node.start_mark.index
        if node.style in {"|", ">"}:  # a comment may stand on the line of the sign
            start = tree.text.find("\n", start) + 1 or start
        yield start, max(start, tree.end(node))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(tree, item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(tree, key)
            yield from _scalars(tree, value)
