"""Files rewritten together, with their new texts and names."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpi_site import changes
from kpi_site.changes import Change
from kpi_site.problems import Message


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


def text_of(root: Path, file: str, instead: Mapping[str, bytes | None]) -> str:
    """Return the text of ``file`` as it is to be, or else as it is."""
    data = instead.get(file)
    return read_text(root / file) if data is None else data.decode("utf-8-sig")


def carry_out(root: Path, what: Message, rewrites: Iterable[Rewrite]) -> None:
    """Write the files below ``root``, all or none; ``what`` this does is told if it must be.

    To be called within ``changes.alone``.
    """
    changes.carry_out(root, what, [c for r in rewrites for c in _changes(root, r)])


def _changes(root: Path, rewrite: Rewrite) -> Iterator[Change]:
    before = _bytes(root / rewrite.file)
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    yield Change(rewrite.target, mark + rewrite.after.encode())
    if rewrite.file != rewrite.target:
        yield Change(rewrite.file, None)


def _bytes(path: Path) -> bytes:
    """Return what a file holds; nothing where it is yet to be."""
    return path.read_bytes() if path.is_file() else b""
