"""Digests of files that are known from before, by what the system tells of them without reading.

The rules are those by which git trusts its index: a file whose size, place on the disk and both
of its times are what they were when it was read is the same file; no program sets the time of a
file's last change of any kind (``ctime``) but by the machine's clock. A file as young as its
reading may have been written again in the same moment, so it is read once more the next time.
Where the system has no such time nothing is trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from kpi_site.kept import read_sealed, write_sealed

_TRUSTED: Final = os.name == "posix"  # on Windows ``ctime`` is when a file was made
_YOUNG: Final = 2_000_000_000  # ns; no file system tells times less finely
Sign = tuple[int, int, int, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, folder, link or other thing: its ``path``, and what ``lstat`` told of it."""

    path: str
    stat: os.stat_result

    @property
    def is_file(self) -> bool:
        """Tell whether it is a plain file, and no link to one."""
        return stat.S_ISREG(self.stat.st_mode)

    @property
    def is_link(self) -> bool:
        """Tell whether it is a link, wherever it leads."""
        return stat.S_ISLNK(self.stat.st_mode)

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder, and no link to one."""
        return stat.S_ISDIR(self.stat.st_mode)

    def is_young(self, at: int) -> bool:
        """Tell whether it is so young ``at`` a time that it may be written again in a moment."""
        return max(self.stat.st_mtime_ns, self.stat.st_ctime_ns) > at - _YOUNG


def walk(top: str) -> Iterator[Entry]:
    """Yield ``top``, if it is there, and all below it, by name; nothing through a link.

    Paths begin with ``top``.
    """
    try:
        found = os.lstat(top)
    except (FileNotFoundError, NotADirectoryError):
        return
    yield Entry(top, found)
    if stat.S_ISDIR(found.st_mode):
        with os.scandir(top) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            yield from walk(f"{top}/{name}")


@dataclass(slots=True)
class Digests:
    """The SHA-256 of files by their names; kept at ``path``, or nowhere: then all are read.

    What nobody asked for since ``known_digests`` is dropped by ``save``.
    """

    path: Path | None
    _before: dict[str, tuple[Sign, str]] = field(default_factory=dict)
    _asked: dict[str, tuple[Sign, str]] = field(default_factory=dict)
    _young: set[str] = field(default_factory=set)

    def of(self, name: str, entry: Entry) -> str:
        """Return the digest of a plain file; OSError if it cannot be read.

        ``name`` is by what the file is known from run to run.
        """
        sign = _sign(entry.stat)
        known = self._asked.get(name) or self._before.get(name)
        if known is None or known[0] != sign:
            now = time.time_ns()
            with open(entry.path, "rb") as file:  # noqa: PTH123 - a path of text, as it was walked
                known = sign, hashlib.file_digest(file, "sha256").hexdigest()
                same = _sign(os.fstat(file.fileno())) == sign
            if not same or entry.is_young(now):
                self._young.add(name)
        self._asked[name] = known
        return known[1]

    def is_young(self, name: str) -> bool:
        """Tell whether a file was read and may have been written again in the same moment."""
        return name in self._young

    def save(self) -> None:
        """Keep what is known, if it is anything new and if the disk lets us."""
        kept = {name: known for name, known in self._asked.items() if name not in self._young}
        if self.path is not None and _TRUSTED and kept != self._before:
            with suppress(OSError):
                write_sealed(self.path, json.dumps(kept).encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Unread(Generic[T]):
    """What one process has read of files from run to run, each while it is the same file."""

    _before: dict[str, tuple[Sign, T]] = field(default_factory=dict)
    _known: dict[str, tuple[Sign, T]] = field(default_factory=dict)

    def again(self) -> None:
        """Begin the next run: what nobody asks for in it is forgotten then."""
        self._before, self._known = self._known, {}

    def of(self, path: str, read: Callable[[], T]) -> T:
        """Return what ``read`` makes of the file at ``path``; OSError if it cannot be read."""
        entry = Entry(path, os.stat(path))  # noqa: PTH116 - many thousands
        sign = _sign(entry.stat)
        known = self._known.get(path) or self._before.get(path)
        if known is None or known[0] != sign:
            now = time.time_ns()
            known = sign, read()
            same = _sign(os.stat(path)) == sign  # noqa: PTH116
            if not _TRUSTED or not same or entry.is_young(now):
                return known[1]
        self._known[path] = known
        return known[1]


def known_digests(path: Path | None) -> Digests:
    """Return what was kept at ``path``; nothing where there is none, or it is damaged."""
    sealed = read_sealed(path) if path is not None and _TRUSTED else None
    if sealed is None:
        return Digests(path)
    kept = json.loads(sealed)
    return Digests(path, {name: (tuple(sign), digest) for name, (sign, digest) in kept.items()})


def seal_of(entries: Mapping[str, Entry]) -> str | None:
    """Return the digest of what the system tells of plain files, by their names.

    None where it cannot be trusted, there are none, or one of the ``entries`` is something else.
    """
    if not _TRUSTED or not entries or not all(entry.is_file for entry in entries.values()):
        return None
    told = [(name, *_sign(entry.stat)) for name, entry in entries.items()]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _sign(found: os.stat_result) -> Sign:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
