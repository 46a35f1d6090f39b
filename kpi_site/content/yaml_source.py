"""YAML 1.2 core with exact positions: a file becomes a frozen tree, or problems.

Rules: specification.md#yaml.

``no``, ``on``, ``1:30``, ``2026-10`` and ``2026-10-31`` stay text. Duplicate keys, anchors,
aliases, merge keys, tags, tabs, several documents and deep nesting are problems with a place,
and a scalar knows the place of each of its characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kpi_site.content.yaml_characters import (
    MAX_REPEATED,
    forbidden_characters,
    not_utf8,
    tabs_in,
)
from kpi_site.content.yaml_errors import explain
from kpi_site.content.yaml_places import offsets
from kpi_site.content.yaml_slips import find_slip, find_unread_key, merge_conflict
from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Location, Name, Problem, problem
from kpi_site.sql.nodes import Code
from kpi_site.visible import is_invisible
from kpi_site.yaml_core import Kind, kind_of

MAX_DEPTH = 50
_SCANNED_TOO_DEEP = "exceeded maximum nesting depth"  # libyaml's, which looks far ahead
LARGEST_FILE = 1 << 20  # bytes: some hundred pages of text
MOST_ENTRIES = 10_000  # of one list or mapping
LONGEST_SCALAR = 50_000  # characters
LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or null: ``text`` as decoded, ``kind`` by YAML 1.2 core."""

    where: Location
    text: str
    kind: Kind
    source: YamlText = field(repr=False, compare=False)
    span: tuple[int, int] = field(repr=False, compare=False)
    style: str | None = None

    def code(self) -> Code:
        """Return the text with the place of every character, however it is quoted or folded."""
        found = offsets(self.source.text, *self.span, self.style, self.text)
        return Code(self.text, self.source.file, tuple(map(self.source.place, found)))

    def name(self) -> Name:
        """Return the text as a word that remembers its place."""
        return Name(self.text, self.where)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    where: Location
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file, no key twice."""

    where: Location
    entries: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        """Return the value of ``key``, if it is there."""
        return next((value for name, value in self.entries if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands where a problem has been reported already; nothing more is said about it."""

    where: Location


Node = Scalar | Sequence | Mapping | Broken


def parse_yaml(data: bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one YAML document; the tree is None where there is none to work on.

    A tree may come with problems: then what they are about is left out of it.
    """
    if len(data) > LARGEST_FILE:
        return None, (too_large(file),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (not_utf8(data, error, file),)
    source = YamlText(file, text)
    if characters := tuple(forbidden_characters(source)):
        return None, characters
    if (conflict := merge_conflict(source)) is not None:
        return None, (conflict,)
    tabs = tuple(tabs_in(source))
    slips: list[Problem] = []
    while True:
        composer = _Composer(source)
        try:
            tree = composer.document()
        except yaml.MarkedYAMLError as error:
            slip = find_slip(source, error) if len(slips) < MAX_REPEATED else None
            if slip is not None and not tabs:
                slips.append(slip.problem)
                source = slip.mended
                continue
            syntax = () if tabs else (explain(error, source),)
            return None, (*tabs, *slips, *composer.problems, *syntax)
        except _TooMuchError as error:
            return None, (*tabs, *slips, *composer.problems, error.problem)
        slip = find_unread_key(source) if isinstance(tree, Scalar) else None
        if slip is not None:
            slips.append(slip.problem)
            source = slip.mended
            continue
        return tree, (*tabs, *slips, *composer.problems)


def too_large(file: str) -> Problem:
    """Return the problem of a file that is not read for its size."""
    return problem(
        Location(file),
        "yaml-size",
        zh=f"文件超过 {LARGEST_FILE >> 20} MiB",
        en=f"the file is larger than {LARGEST_FILE >> 20} MiB",
    )


class _TooMuchError(Exception):
    """What no card needs; the rest of the file is not read."""

    def __init__(self, where: Location, code: str, zh: str, en: str) -> None:
        self.problem = problem(where, code, zh=zh, en=en)
        super().__init__(self.problem)


def _too_deep(where: Location) -> _TooMuchError:
    zh, en = f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep"
    return _TooMuchError(where, "yaml-nesting", zh, en)


class _Composer:
    """Makes the tree from the parser's events; recursion is bounded by ``MAX_DEPTH``."""

    def __init__(self, source: YamlText) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._loader: Any = yaml.CBaseLoader(source.text)

    def document(self) -> Node | None:
        """Return the tree. Raises MarkedYAMLError, or `_TooMuchError` where it is no card's."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            if error.problem != _SCANNED_TOO_DEEP or error.problem_mark is None:
                raise
            raise _too_deep(self.source.locate(error.problem_mark.index)) from error

    def _document(self) -> Node | None:
        loader = self._loader
        loader.get_event()  # the stream's start
        if loader.check_event(yaml.StreamEndEvent):
            self._report(Location(self.source.file, 1, 1), "yaml-empty", "文件为空", "empty file")
            return None
        loader.get_event()  # the document's start
        tree: Node | None = self._node(loader.get_event(), 1)
        loader.get_event()  # the document's end
        if not loader.check_event(yaml.StreamEndEvent):
            where = self._where(loader.get_event())
            tree = None  # a part of a file says nothing about the whole
            self._report(
                where,
                "yaml-documents",
                "一个文件只能有一份文档",
                "more than one document in a file",
            )
        return tree

    def _node(self, event: Any, depth: int) -> Node:
        where = self._where(event)
        if depth > MAX_DEPTH:
            raise _too_deep(where)
        if isinstance(event, yaml.AliasEvent):
            self._report(
                where,
                "yaml-alias",
                f"不允许使用别名“*{event.anchor}”",
                f"aliases are not allowed: '*{event.anchor}'",
                (
                    "请把内容写出来；若是文字，请加引号。",
                    "Write it out, or quote it if it is text.",
                ),
            )
            return Broken(where)
        self._properties(event, where)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(where, tuple(self._items(depth)))
        return Mapping(where, tuple(self._entries(depth)))

    def _scalar(self, event: Any, where: Location) -> Scalar | Broken:
        if len(event.value) > LONGEST_SCALAR:
            zh, en = f"文字超过 {LONGEST_SCALAR} 个字符", f"longer than {LONGEST_SCALAR} characters"
            self._report(where, "too-long", zh, en)
            return Broken(where)
        plain = event.style in {None, ""}
        span = (event.start_mark.index, event.end_mark.index)
        style = None if plain else event.style
        kind = kind_of(event.value) if plain else "string"
        return Scalar(where, event.value, kind, self.source, span, style)

    def _items(self, depth: int) -> Iterator[Node]:
        count = 0
        while not self._loader.check_event(yaml.SequenceEndEvent):
            count = self._counted(count)
            yield self._node(self._loader.get_event(), depth + 1)
        self._loader.get_event()

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        count = 0
        while not self._loader.check_event(yaml.MappingEndEvent):
            count = self._counted(count)
            key = self._node(self._loader.get_event(), depth + 1)
            value = self._node(self._loader.get_event(), depth + 1)
            if self._key_is_sound(key, seen) and isinstance(key, Scalar):
                seen[key.text] = key
                yield key, value
        self._loader.get_event()

    def _counted(self, count: int) -> int:
        if count == MOST_ENTRIES:
            zh, en = f"超过 {MOST_ENTRIES} 项", f"more than {MOST_ENTRIES} entries"
            raise _TooMuchError(self._where(self._loader.peek_event()), "yaml-size", zh, en)
        return count + 1

    def _key_is_sound(self, key: Node, seen: dict[str, Scalar]) -> bool:
        if not isinstance(key, Scalar):
            if not isinstance(key, Broken):
                self._report(key.where, "yaml-key", "键必须是一个词", "a key must be a single word")
            return False
        if key.text == "<<" and key.style is None:
            self._report(
                key.where, "yaml-merge", "不允许合并键“<<”", "merge keys ('<<') are not allowed"
            )
            return False
        if (bad := next(filter(is_invisible, key.text), None)) is not None:
            zh, en = f"U+{ord(bad):04X} 是看不见的字符", f"U+{ord(bad):04X} cannot be seen"
            self._report(key.where, "invisible-character", zh, en)
            return False
        if len(key.text) > LONGEST_KEY:
            zh, en = f"键超过 {LONGEST_KEY} 个字符", f"a key longer than {LONGEST_KEY} characters"
            self._report(key.where, "too-long", zh, en)
            return False
        if key.text in seen:
            line = seen[key.text].where.line
            self._report(
                key.where,
                "yaml-duplicate-key",
                f"重复的键“{key.text}”",
                f"duplicate key '{key.text}'",
                (f"第 {line} 行已有这个键。", f"It is already on line {line}."),
            )
            return False
        return True

    def _properties(self, event: Any, where: Location) -> None:
        if event.anchor is not None:
            self._report(
                where,
                "yaml-anchor",
                f"不允许使用锚点“&{event.anchor}”",
                f"anchors are not allowed: '&{event.anchor}'",
            )
        if event.tag is not None:
            self._report(
                where,
                "yaml-tag",
                f"不允许使用类型标签“{event.tag}”",
                f"tags are not allowed: '{event.tag}'",
                ("若是文字，请加引号。", "Quote it if it is text."),
            )

    def _where(self, event: Any) -> Location:
        mark = event.start_mark
        if self.source.added:
            return self.source.locate(mark.index)
        return Location(self.source.file, mark.line + 1, mark.column + 1)  # known already: quick

    def _report(
        self, where: Location, code: str, zh: str, en: str, hint: tuple[str, str] | None = None
    ) -> None:
        hint_zh, hint_en = hint or (None, None)
        self.problems.append(problem(where, code, zh=zh, en=en, hint_zh=hint_zh, hint_en=hint_en))
