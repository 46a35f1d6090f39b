"""Where a card is referred to: in other content by its id, in texts by a link to its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kpi_site.authoring.edits import text_of
from kpi_site.content.edits import Edit, replaced
from kpi_site.content.folders import ContentFile, FileKind, content_files, with_files
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml
from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Location, Message, Problem

_PATHS: Final[dict[FileKind, dict[tuple[str, ...], Message]]] = {
    "indicator": {
        ("related", "*"): Message("相关指标", "a related indicator"),
        ("successor",): Message("接替的指标", "the successor"),
        ("terms", "*", "indicator"): Message("公式中的项", "a term of the formula"),
        ("versions", "*", "terms", "*", "indicator"): Message(
            "公式中的项", "a term of the formula"
        ),
    },
    "scorecard": {("lines", "**", "indicator"): Message("记分卡的行", "a line of the scorecard")},
    "report": {
        ("highlights", "*"): Message("重点指标", "a highlight"),
        ("comments", "key"): Message("说明", "a comment"),
    },
    "action": {("indicators", "*"): Message("改进措施的指标", "an indicator of the action")},
}
_LINK = Message("文中的链接", "a link in a text")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a card: what it is, and the edit that would name ``new`` instead."""

    where: Location
    what: Message
    start: int
    end: int
    scalar: Scalar | None = None

    def renamed(self, new: str) -> Edit:
        """Return the edit that makes it name ``new``."""
        if self.scalar is not None:
            return replaced(self.scalar, new)
        return Edit(self.start, self.end, new)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that refers to a card, with its text."""

    file: str
    text: str
    references: tuple[Reference, ...]


def references_to(
    root: Path, card: str, instead: Map[str, bytes | None] = MappingProxyType({})
) -> tuple[tuple[Found, ...], tuple[Problem, ...]]:
    """Return every file that refers to ``card``; with problems where one cannot be searched.

    Published editions are not looked at: they keep the names that they were published with.
    ``instead`` are files that are not written yet, by path from the root.
    """
    found: list[Found] = []
    problems: list[Problem] = []
    files, _ = content_files(root)
    for file in with_files(root, files, instead):
        text = text_of(root, file.file, instead)
        tree, faults = parse_yaml(text.encode(), file.file)
        problems += faults
        if tree is not None and not faults:
            found += _of(
                file.file, text, [*_named(file, tree, card), *_linked(file.file, text, card)]
            )
    for path in sorted((root / "docs").rglob("*.md")):
        name = path.relative_to(root).as_posix()
        text = text_of(root, name, instead)
        found += _of(name, text, list(_linked(name, text, card)))
    return tuple(found), tuple(problems)


def _of(file: str, text: str, references: list[Reference]) -> Iterator[Found]:
    if references:
        yield Found(file, text, tuple(sorted(references, key=lambda r: r.where)))


def _named(file: ContentFile, tree: Node, card: str) -> Iterator[Reference]:
    for path, what in _PATHS.get(file.kind, {}).items():
        for scalar in _scalars(tree, path):
            if scalar.text == card:
                yield Reference(scalar.where, what, *scalar.span, scalar)


def _scalars(node: Node, path: tuple[str, ...]) -> Iterator[Scalar]:
    """Yield the words at ``path``: ``*`` any entry, ``**`` any depth, ``key`` the keys."""
    if not path:
        yield from (node,) if isinstance(node, Scalar) else ()
        return
    step, rest = path[0], path[1:]
    below: tuple[Node, ...] = ()
    if isinstance(node, Sequence):
        below = node.items
    elif isinstance(node, Mapping):
        below = tuple(value for _, value in node.entries)
    if step == "key" and isinstance(node, Mapping):
        yield from (key for key, _ in node.entries)
    elif step == "*":
        yield from (x for each in below for x in _scalars(each, rest))
    elif step == "**":
        yield from _scalars(node, rest)
        yield from (x for each in below for x in _scalars(each, path))
    elif isinstance(node, Mapping) and (value := node.get(step)) is not None:
        yield from _scalars(value, rest)


def _linked(file: str, text: str, card: str) -> Iterator[Reference]:
    """Yield links to the card's page or file: ``indicators/<id>.md``, ``indicators/…/<id>.yml``."""
    source = YamlText(file, text)
    pattern = (
        rf"(?<![\w-])indicators/(?:\w+/)?({re.escape(card)})(?=/|\.md\b|\.yml\b|[#)\"'\s`>]|$)"
    )
    for match in re.finditer(pattern, text):
        yield Reference(source.locate(match.start(1)), _LINK, match.start(1), match.end(1))
