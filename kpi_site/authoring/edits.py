"""Edits of text files at exact places: comments, layout and line endings stay as they are."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpi_site import changes
from kpi_site.changes import Change
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml
from kpi_site.problems import Message


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What replaces the characters from ``start`` to ``end`` of a file's text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file with its new text; it moves where ``target`` is not ``file`` (from the root)."""

    file: str
    target: str
    before: str
    after: str

    def changed_lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number and text of each line that is new, counted in the new text."""
        old = self.before.splitlines()
        for number, line in enumerate(self.after.splitlines(), start=1):
            if line in old:
                old = old[old.index(line) + 1 :]
            else:
                yield number, line.strip()


def read_text(path: Path) -> str:
    """Return a file's text without a byte order mark, its line endings as they are."""
    return path.read_bytes().decode("utf-8-sig")


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with the ``edits`` made; they must not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def carry_out(root: Path, what: Message, rewrites: Iterable[Rewrite]) -> None:
    """Write the files below ``root``, all or none; ``what`` this does is told if it must be.

    To be called within ``changes.alone``.
    """
    changes.carry_out(root, what, [c for r in rewrites for c in _changes(root, r)])


def _changes(root: Path, rewrite: Rewrite) -> Iterator[Change]:
    before = (root / rewrite.file).read_bytes()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    yield Change(rewrite.target, mark + rewrite.after.encode())
    if rewrite.file != rewrite.target:
        yield Change(rewrite.file, None)


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


def _offset(text: str, node: Node) -> int:
    lines = text.splitlines(keepends=True)[: node.where.line - 1]
    return sum(map(len, lines)) + node.where.column - 1


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _last_line(text: str, line: str) -> Edit:
    end = _line_end(text)
    before = "" if text.endswith(("\n", "\r")) or not text else end
    return Edit(len(text), len(text), f"{before}{line}{end}")
