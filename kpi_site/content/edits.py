"""The one editor of YAML text: keys, items and entries set at exact places.

Comments, layout and line endings stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass

from kpi_site.catalog import Text
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml

_PLAIN = re.compile(r"[^\W_][\w ./+-]*[\w)]?", re.UNICODE)
_NOT_TEXT = re.compile(r"(?i)(null|true|false|~|[-+.\d].*)")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What replaces the characters from ``start`` to ``end`` of a file's text."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with the ``edits`` made; they must not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def replaced(scalar: Scalar, word: str) -> Edit:
    """Return the edit that makes ``scalar`` say ``word``, in the quotes that it stands in."""
    start, end = scalar.span
    written = scalar.source.text[start:end]
    quote = scalar.style if scalar.style in {"'", '"'} else ""
    tail = written[len(written.rstrip()) :]  # a block's last line break
    return Edit(start, end, f"{quote}{word}{quote}{tail}")


def with_key(text: str, file: str, key: str, word: str) -> Edit:
    """Return the edit that sets a top-level ``key`` to ``word``: in place, or as a last line."""
    tree, _ = parse_yaml(text.encode(), file)
    value = tree.get(key) if isinstance(tree, Mapping) else None
    if isinstance(value, Scalar):
        return replaced(value, word)
    return _last_line(text, f"{key}: {word}")


def with_item(text: str, file: str, key: str, word: str) -> Edit:
    """Return the edit that puts ``word`` first in the list under a top-level ``key``."""
    tree, _ = parse_yaml(text.encode(), file)
    value = tree.get(key) if isinstance(tree, Mapping) else None
    if not isinstance(value, Sequence):
        return _last_line(text, f"{key}: [{word}]")
    at = _offset(text, value)
    if text[at] == "[":
        return Edit(at + 1, at + 1, f"{word}, " if value.items else word)
    column = value.where.column - 1
    return Edit(at, at, f"- {word}{_line_end(text)}{' ' * column}")


def with_entry(text: str, key: str, entry: Map[str, str]) -> str | None:
    """Return ``text`` with ``entry`` (its values in YAML) at the end of the list ``key``.

    The list is begun at the end of the file where there is none. None where the file cannot
    be added to line by line: it is not a mapping in block style, or the list is not.
    """
    tree, problems = parse_yaml(text.encode(), "")
    if problems or not isinstance(tree, Mapping):
        return None
    line = "- {" + ", ".join(f"{name}: {value}" for name, value in entry.items()) + "}"
    found = tree.get(key)
    if found is None:
        edit = _last_line(text, f"{key}:{_line_end(text)}  {line}")
    elif isinstance(found, Sequence) and found.items:
        edit = _after_items(text, found, line)
    else:
        return None
    changed = applied(text, [edit])
    after, wrong = parse_yaml(changed.encode(), "")
    count = len(found.items) if isinstance(found, Sequence) else 0
    own = after.get(key) if isinstance(after, Mapping) else None
    sound = not wrong and isinstance(own, Sequence) and len(own.items) == count + 1
    return changed if sound else None


def _after_items(text: str, found: Sequence, line: str) -> Edit:
    """Return the edit that puts ``line`` behind the last item, at the dashes' column."""
    lines = text.splitlines(keepends=True)
    at = found.items[-1].where.line
    first = lines[found.items[0].where.line - 1]
    indent = len(first) - len(first.lstrip())
    while at < len(lines) and (
        len(lines[at]) - len(lines[at].lstrip()) > indent and lines[at].strip()
    ):
        at += 1
    end = sum(map(len, lines[:at]))
    before = "" if lines[at - 1].endswith(("\n", "\r")) else _line_end(text)
    return Edit(end, end, f"{before}{' ' * indent}{line}{_line_end(text)}")


def scalar_yaml(text: str) -> str:
    """Return ``text`` as a YAML scalar within a flow mapping: plain where that is safe."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def text_yaml(text: Text) -> str:
    """Return a text for readers as YAML: one scalar, or a scalar for each language."""
    if text.plain is not None:
        return scalar_yaml(text.plain)
    written = {"zh": text.zh, "en": text.en}
    return "{" + ", ".join(f"{k}: {scalar_yaml(v)}" for k, v in written.items() if v) + "}"


def _offset(text: str, node: Node) -> int:
    lines = text.splitlines(keepends=True)[: node.where.line - 1]
    return sum(map(len, lines)) + node.where.column - 1


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _last_line(text: str, line: str) -> Edit:
    end = _line_end(text)
    before = "" if text.endswith(("\n", "\r")) or not text else end
    return Edit(len(text), len(text), f"{before}{line}{end}")
