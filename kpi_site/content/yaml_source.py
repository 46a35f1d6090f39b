"""YAML 1.2 core with exact positions: a file becomes a frozen tree, or problems.

Rules: specification.md#yaml.

``no``, ``on``, ``1:30``, ``2026-10`` and ``2026-10-31`` stay text. Duplicate keys, anchors,
aliases, merge keys, tags, tabs, several documents and deep nesting are problems with a place,
and a scalar knows the place of each of its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kpi_site.content.yaml_errors import explain
from kpi_site.content.yaml_places import offsets
from kpi_site.content.yaml_slips import find_slip, find_unread_key, merge_conflict
from kpi_site.content.yaml_text import Source
from kpi_site.problems import Location, Message, Name, Problem, problem
from kpi_site.sql.nodes import Code
from kpi_site.yaml_core import Kind, kind_of

MAX_DEPTH = 50
_MAX_REPEATED = 20  # tabs or control characters reported in one file
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or null: ``text`` as decoded, ``kind`` by YAML 1.2 core."""

    where: Location
    text: str
    kind: Kind
    source: Source = field(repr=False, compare=False)
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
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (_not_utf8(data, error, file),)
    source = Source(file, text)
    if characters := tuple(_forbidden_characters(source)):
        return None, characters
    if (conflict := merge_conflict(source)) is not None:
        return None, (conflict,)
    tabs = tuple(_tabs(source))
    slips: list[Problem] = []
    while True:
        composer = _Composer(source)
        try:
            tree = composer.document()
        except yaml.MarkedYAMLError as error:
            slip = find_slip(source, error) if len(slips) < _MAX_REPEATED else None
            if slip is not None and not tabs:
                slips.append(slip.problem)
                source = slip.mended
                continue
            syntax = () if tabs else (explain(error, source),)
            return None, (*tabs, *slips, *composer.problems, *syntax)
        except _TooDeepError as error:
            return None, (*tabs, *slips, *composer.problems, error.problem)
        slip = find_unread_key(source) if isinstance(tree, Scalar) else None
        if slip is not None:
            slips.append(slip.problem)
            source = slip.mended
            continue
        return tree, (*tabs, *slips, *composer.problems)


class _TooDeepError(Exception):
    """Nesting that no card needs; the rest of the file is not read."""

    def __init__(self, where: Location) -> None:
        self.problem = problem(
            where,
            "yaml-nesting",
            zh=f"嵌套超过 {MAX_DEPTH} 层",
            en=f"nested more than {MAX_DEPTH} levels deep",
        )
        super().__init__(self.problem)


class _Composer:
    """Makes the tree from the parser's events; recursion is bounded by ``MAX_DEPTH``."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._loader: Any = yaml.CBaseLoader(source.text)

    def document(self) -> Node | None:
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
            raise _TooDeepError(where)
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

    def _scalar(self, event: Any, where: Location) -> Scalar:
        plain = event.style in {None, ""}
        span = (event.start_mark.index, event.end_mark.index)
        style = None if plain else event.style
        kind = kind_of(event.value) if plain else "string"
        return Scalar(where, event.value, kind, self.source, span, style)

    def _items(self, depth: int) -> Iterator[Node]:
        while not self._loader.check_event(yaml.SequenceEndEvent):
            yield self._node(self._loader.get_event(), depth + 1)
        self._loader.get_event()

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            key = self._node(self._loader.get_event(), depth + 1)
            value = self._node(self._loader.get_event(), depth + 1)
            if self._key_is_sound(key, seen) and isinstance(key, Scalar):
                seen[key.text] = key
                yield key, value
        self._loader.get_event()

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


def _not_utf8(data: bytes, error: UnicodeDecodeError, file: str) -> Problem:
    before = data[: error.start].decode("utf-8-sig", errors="replace")
    where = Source(file, before).locate(len(before))
    guess = _encoding_in(data)
    return problem(
        where,
        "yaml-encoding",
        zh=f"文件不是 UTF-8 编码（字节 0x{data[error.start]:02X}）",
        en=f"the file is not UTF-8 (byte 0x{data[error.start]:02X})",
        hint_zh=f"{guess.zh}请用编辑器另存为 UTF-8。",
        hint_en=f"{guess.en}Save it as UTF-8 in your editor.",
    )


def _encoding_in(data: bytes) -> Message:
    """Say in a sentence what the bytes look like; nothing where they look like nothing."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Message("它像是 UTF-16。", "It looks like UTF-16. ")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return Message("", "")
    chinese = re.search(r"[\u4e00-\u9fff]", text) and not _FORBIDDEN.search(text)
    return Message("它像是 GBK。", "It looks like GBK. ") if chinese else Message("", "")


def _forbidden_characters(source: Source) -> Iterator[Problem]:
    for match, _ in zip(_FORBIDDEN.finditer(source.text), range(_MAX_REPEATED), strict=False):
        name = f"U+{ord(match[0]):04X}"
        yield problem(
            source.locate(match.start()),
            "yaml-character",
            zh=f"不允许的不可见字符 {name}",
            en=f"invisible character {name} is not allowed",
            hint_zh="请删除它，或在双引号中写成转义。",
            hint_en="Delete it, or write it as an escape in double quotes.",
        )


def _tabs(source: Source) -> Iterator[Problem]:
    """Yield a problem for the first tab of each line that has one."""
    lines = re.finditer(r"^[^\t\r\n]*(\t)", source.text, re.MULTILINE)
    for match, _ in zip(lines, range(_MAX_REPEATED), strict=False):
        yield problem(
            source.locate(match.start(1)),
            "yaml-tab",
            zh="不允许使用制表符（Tab）",
            en="tabs are not allowed",
            hint_zh="请改用空格；文字中请在双引号里写 \\t。",
            hint_en="Use spaces, or \\t in double quotes within text.",
        )
