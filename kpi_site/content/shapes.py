"""Shapes: what may stand at a key, as values that read a node and describe themselves.

A shape turns a node into a value of the catalog, or reports why it cannot. Its ``schema`` is
the same as JSON Schema, for editors. Shapes are put together: ``list_of(NUMBER)``,
``record(Grade, key("from", NUMBER, to="start"), …)`` (see ``kpi_site.content.record``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

from kpi_site.content.formats import FORMAT
from kpi_site.content.yaml_source import Broken, Node, Scalar, Sequence
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.periods import Calendar, MonthCalendar
from kpi_site.problems import (
    Location,
    Message,
    Name,
    Problem,
    Severity,
    closest,
    has_errors,
    unknown,
)

T = TypeVar("T")
Json = Mapping[str, object]


class Invalid(Enum):
    """What a shape returns where it has reported a problem instead of a value."""

    INVALID = "invalid"


INVALID = Invalid.INVALID
MOST_ITEMS = 1_000  # of a list that people write


@dataclass(frozen=True, slots=True)
class FileReading:
    """What readers need beside the node, and the problems they have found so far.

    ``damaged`` names the top-level keys of the file that have errors, so that the checks
    across files say nothing about what could not be read.
    """

    root: Path
    file: str
    calendar: Calendar | None = field(default_factory=MonthCalendar)  # None: with errors
    languages: tuple[str, ...] = ("zh", "en")
    currency: str = "CNY"  # what `unit: currency` means
    format: int = FORMAT  # of the content
    problems: list[Problem] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)

    def report(
        self,
        where: Location,
        code: str,
        message: Message,
        hint: Message | None = None,
        severity: Severity = "error",
    ) -> Invalid:
        """Note a problem, and return the mark for it."""
        self.problems.append(Problem(where, code, message, hint, severity))
        return INVALID

    @property
    def errors(self) -> bool:
        """Tell whether the file has errors so far."""
        return has_errors(self.problems)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How to read one kind of node: ``read(node, reading)`` returns the value or `INVALID`."""

    read: Callable[[Node, FileReading], T | Invalid]
    schema: Json
    nullable: bool = False


def wrong_type(
    node: Node, reading: FileReading, expected: Message, hint: Message | None = None
) -> Invalid:
    """Report that ``node`` is not what is expected here (once: a broken node has its own)."""
    if isinstance(node, Broken):
        return INVALID
    found = _describe(node)
    message = Message(
        f"应为{expected.zh}，实为{found.zh}", f"expected {expected.en}, found {found.en}"
    )
    return reading.report(node.where, "wrong-type", message, hint)


def _describe(node: Node) -> Message:
    if isinstance(node, MappingNode):
        return Message("“键: 值”的映射", "a mapping of keys to values")
    if isinstance(node, Sequence):
        return Message("列表", "a list")
    if isinstance(node, Scalar) and node.kind != "null":
        quoted = "" if node.kind == "string" else ("真假值", "the truth value ")
        if node.kind in {"integer", "float"}:
            quoted = ("数字", "the number ")
        before = quoted or ("文字", "the text ")
        shown = node.text if len(node.text) <= 40 else node.text[:39] + "…"
        return Message(f"{before[0]}“{shown}”", f"{before[1]}'{shown}'")
    return Message("空值", "nothing")


def scalar(node: Node, reading: FileReading, expected: Message) -> Scalar | Invalid:
    """Return ``node`` as a scalar that is not null or empty, or report it."""
    if not isinstance(node, Scalar) or node.kind == "null":
        return wrong_type(node, reading, expected)
    if not node.text.strip():
        return reading.report(node.where, "empty-value", Message("内容为空", "this is empty"))
    return node


def invisible(node: Scalar, at: int, reading: FileReading) -> Invalid:
    """Report that the character ``at`` of the node's text cannot be seen."""
    name = f"U+{ord(node.text[at]):04X}"
    message = Message(f"看不见的字符 {name}", f"the invisible character {name}")
    hint = Message("请删去它。", "Delete it.")
    return reading.report(node.code().locate(at), "invisible-character", message, hint)


def unknown_word(
    reading: FileReading, code: str, kind: Message, name: Scalar, value: Node, known: Iterable[str]
) -> None:
    """Report a key that is not known here; without a value, a comma may have cut a text in two."""
    known = tuple(known)
    found = key_slip(name, known) or unknown(name.where, code, kind, name.text, known)
    if found.code != code:
        reading.problems.append(found)
        return
    if isinstance(value, Scalar) and value.kind == "null" and not closest(name.text, known):
        hint = Message(
            "前面的文字若含逗号，请给整段文字加引号。",
            "If the text before it goes on after the comma, quote the whole text.",
        )
        found = replace(found, hint=hint)
    reading.problems.append(found)


def key_slip(name: Scalar, known: Collection[str] | None = None) -> Problem | None:
    """Return the slip that made one word of a key and its value: ``zh：x``, ``zh:x``.

    Without ``known`` keys any word may be one.
    """
    match = re.match(r"(\w+)\s*([：:])", name.text)
    if match is None or (known is not None and match[1] not in known):
        return None
    where = replace(name.where, column=name.where.column + match.start(2))
    if match[2] == "：":
        return Problem(
            where,
            "full-width",
            Message("全角的“：”在这里不起作用", "the full-width '：' means nothing here"),
            Message("请输入半角的 :，后面加空格。", "Type a plain : and a space."),
        )
    return Problem(
        where,
        "missing-space",
        Message("冒号后面缺少空格", "a space is missing after the colon"),
        Message("请在“:”后面加一个空格。", "Put a space after ':'."),
    )


def nullable(shape: Shape[T]) -> Shape[T | None]:
    """Allow null, which is then a value of its own."""

    def read(node: Node, reading: FileReading) -> T | Invalid | None:
        if isinstance(node, Scalar) and node.kind == "null":
            return None
        return shape.read(node, reading)

    return Shape(read, {"anyOf": [shape.schema, {"type": "null"}]}, nullable=True)


def _too_many(where: Location, most: int, reading: FileReading) -> Invalid:
    message = Message(f"超过 {most} 项", f"more than {most} entries")
    return reading.report(where, "yaml-size", message)


def list_of(
    shape: Shape[T], *, least: int = 0, most: int | None = MOST_ITEMS
) -> Shape[tuple[T, ...]]:
    """Read a list; items that are invalid are reported and left out.

    ``most`` is None where a program may have written the list.
    """

    def read(node: Node, reading: FileReading) -> tuple[T, ...] | Invalid:
        if not isinstance(node, Sequence):
            return _no_list(node, reading)
        if len(node.items) < least:
            return reading.report(
                node.where, "empty-list", Message("列表为空", "the list is empty")
            )
        if most is not None and len(node.items) > most:
            return _too_many(node.items[most].where, most, reading)
        before = len(reading.problems)
        found = [shape.read(item, reading) for item in node.items]
        codes = {problem.code for problem in reading.problems[before:]}
        if found and codes == {"wrong-type"} and all(item is INVALID for item in found):
            del reading.problems[before + 1 :]  # all of them are of one wrong kind: one mistake
        return tuple(item for item in found if not isinstance(item, Invalid))

    return Shape(read, {"type": "array", "items": shape.schema, "minItems": least})


def _no_list(node: Node, reading: FileReading) -> Invalid:
    if isinstance(node, Scalar) and node.text[:1] in {"［", "【"}:
        message = Message("全角的括号不成列表", "full-width brackets make no list")
        hint = Message("请输入半角的 [ 和 ]。", "Type plain [ and ].")
        return reading.report(node.where, "full-width", message, hint)
    return wrong_type(node, reading, Message("列表", "a list"), _as_list(node))


def _as_list(node: Node) -> Message | None:
    """Say how the one word, or the words with commas between them, are written as a list."""
    if isinstance(node, MappingNode):
        return Message("请在每一项前面加“- ”。", "Begin each item with '- '.")
    if not isinstance(node, Scalar) or node.kind == "null" or "\n" in node.text:
        return None
    words = [word.strip() for word in re.split("[,，、]", node.text.removeprefix("-"))]
    if not all(words):
        return None
    listed = f"[{', '.join(words)}]"
    return Message(f"请写 {listed}。", f"Write {listed}.")


def one_or_many(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """Read a list, or one item that stands alone."""
    many = list_of(shape, least=1, most=None)

    def read(node: Node, reading: FileReading) -> tuple[T, ...] | Invalid:
        if isinstance(node, Sequence):
            return many.read(node, reading)
        found = shape.read(node, reading)
        return found if isinstance(found, Invalid) else (found,)

    return Shape(read, {"anyOf": [shape.schema, many.schema]})


def map_of(
    shape: Shape[T], *, most: int | None = MOST_ITEMS, names: str | None = None
) -> Shape[Mapping[Name, T]]:
    """Read a mapping of free names; entries that are invalid are reported and left out.

    ``most`` is None where a program may have written the mapping; ``names`` is what the names
    are the names of, if they are not free.
    """

    def read(node: Node, reading: FileReading) -> Mapping[Name, T] | Invalid:
        if not isinstance(node, MappingNode):
            return wrong_type(node, reading, Message("“名称: 值”的映射", "a mapping of names"))
        if most is not None and len(node.entries) > most:
            return _too_many(node.entries[most][0].where, most, reading)
        sound = [(n, v) for n, v in node.entries if not _is_slip(n, v, reading)]
        found = ((name.name(), shape.read(value, reading)) for name, value in sound)
        return {name: value for name, value in found if not isinstance(value, Invalid)}

    schema = {"type": "object", "additionalProperties": shape.schema}
    return Shape(read, schema | ({"propertyNames": {"x-names": names}} if names else {}))


def _is_slip(name: Scalar, value: Node, reading: FileReading) -> bool:
    """Report a name that holds its own value, for want of a plain colon and a space."""
    empty = isinstance(value, Scalar) and value.kind == "null"
    found = key_slip(name) if empty else None
    reading.problems.extend([found] if found else [])
    return found is not None


U = TypeVar("U")


def checked(shape: Shape[T], check: Callable[[T, Node, FileReading], U | Invalid]) -> Shape[U]:
    """Read by ``shape``, then let ``check`` report what else is wrong, or make another value."""

    def read(node: Node, reading: FileReading) -> U | Invalid:
        found = shape.read(node, reading)
        return found if isinstance(found, Invalid) else check(found, node, reading)

    return Shape(read, shape.schema, shape.nullable)


def distinct(shape: Shape[tuple[T, ...]]) -> Shape[tuple[T, ...]]:
    """Report items of a list that stand in it twice."""

    def check(items: tuple[T, ...], node: Node, reading: FileReading) -> tuple[T, ...]:
        seen: set[T] = set()
        nodes = node.items if isinstance(node, Sequence) else ()
        places = [each.where for each in nodes] if len(nodes) == len(items) else []
        for position, item in enumerate(items):
            if item in seen:
                where = item.where if isinstance(item, Name) else node.where
                where = places[position] if places else where
                message = Message(f"“{item}”重复出现", f"'{item}' is listed twice")
                reading.report(where, "listed-twice", message)
            seen.add(item)
        return items

    return checked(shape, check)
