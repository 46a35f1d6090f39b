"""Files as values, and a folder that is brought in line with them.

Generators yield ``File`` values; only ``write_changed`` touches the disk. A file whose
content did not change is not written again: a rewrite would make a watching server
rebuild for nothing, or for ever (specification.md#build).
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import Final

PART: Final = ".part"  # ends the name of a file that is being written
ASIDE: Final = re.compile(rf"\.[0-9a-f]{{16}}\{PART}")  # the names that ``beside`` gives
_ABANDONED: Final = 3600  # s; longer than any file takes to be written


@dataclass(frozen=True, slots=True)
class File:
    """A file to be: ``path`` is relative, with forward slashes; text is written as UTF-8."""

    path: str
    content: str | bytes

    def __post_init__(self) -> None:
        """Refuse a path that leaves its folder (a bug of the generator, hence ValueError)."""
        parts = [part for part in self.path.split("/") if part not in {"", "."}]
        if self.path.startswith("/") or not parts or ".." in parts or "\\" in self.path:
            raise ValueError(f"not a path inside a folder: {self.path!r}")

    @property
    def data(self) -> bytes:
        """The bytes as they stand on disk: text as UTF-8 without a BOM."""
        return self.content if isinstance(self.content, bytes) else self.content.encode()


@dataclass(frozen=True, slots=True)
class Written:
    """What ``write_changed`` did: paths relative to its folder, in order of writing."""

    changed: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]


def write_changed(root: Path, files: Iterable[File]) -> Written:
    """Make the folder ``root`` hold exactly ``files``, and write only what differs.

    Everything else below ``root`` is removed, so ``root`` must be a folder of generated
    files. A file is written aside and moved into place: a reader never meets half of one.
    Raises ValueError when two files have one path, OSError when the disk refuses.
    """
    changed: list[str] = []
    wanted: set[str] = set()
    for file in files:
        path = normpath(file.path)
        if path in wanted:
            raise ValueError(f"two files have the path {path!r}")
        wanted.add(path)
        _clear(root / path)
        if write_file(root / path, file.data):
            changed.append(path)
    removed = tuple(_remove_all_but(root, wanted))
    return Written(tuple(changed), len(wanted) - len(changed), removed)


def write_file(target: Path, data: bytes) -> bool:
    """Write ``data`` unless it stands there already; tell whether anything was written.

    The file is written aside and moved into place. Raises OSError, with the name of
    ``target``, when the disk refuses, or when a folder has that name.
    """
    if _holds(target, data):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    _put(target, data)
    return True


def write_out(target: Path, data: bytes) -> bool:
    """As ``write_file``, in a folder that nobody sweeps: what killed commands left there goes."""
    for path in target.parent.glob(f".*{PART}"):
        if ASIDE.fullmatch(path.name) and not being_written(path):
            path.unlink(missing_ok=True)
    return write_file(target, data)


def _clear(target: Path) -> None:
    """Make room for a generated file where a page became a file, or the reverse."""
    if target.is_dir():  # the folder's own files are stale
        for _ in _remove_all_but(target, set()):
            pass
        target.rmdir()
    elif not target.parent.is_dir():
        for folder in target.parents:
            if folder.is_file():
                folder.unlink()


def beside(target: Path) -> Path:
    """Return a name in the folder of ``target`` that nobody else uses, to write aside under."""
    return target.with_name(f".{secrets.token_hex(8)}{PART}")


def being_written(path: Path) -> bool:
    """Tell whether ``path`` may be what another process is writing aside at this moment."""
    return path.suffix == PART and recent(path, _ABANDONED)


def recent(path: Path, seconds: float) -> bool:
    """Tell whether ``path`` was changed within ``seconds``, or is gone in this moment.

    A file from the future is none of now: its clock was wrong, or went back since.
    """
    try:
        return abs(time.time() - path.stat().st_mtime) < seconds
    except FileNotFoundError:
        return True  # it has just been moved into place


def sweep_parts(folder: Path) -> None:
    """Remove, wherever below ``folder``, what killed processes were writing aside."""
    for path in folder.rglob(f"*{PART}"):
        if not being_written(path):
            path.unlink(missing_ok=True)


def named(error: OSError, path: Path) -> OSError:
    """Return ``error`` as one that names ``path``: a full disk, for one, names no file."""
    return OSError(error.errno, error.strerror or str(error), str(path))


def _put(target: Path, data: bytes) -> None:
    aside = beside(target)
    try:
        aside.write_bytes(data)
        aside.replace(target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise named(error, target) from error


def _holds(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def _remove_all_but(root: Path, wanted: set[str]) -> Iterator[str]:
    """Delete the files below ``root`` that are not wanted, and folders left empty."""
    top = str(root)
    for here, _, names in os.walk(top, topdown=False):
        below = here[len(top) :].replace(os.sep, "/").strip("/")
        for name in sorted(names):
            path = f"{below}/{name}" if below else name
            if path not in wanted and not being_written(Path(here, name)):
                Path(here, name).unlink(missing_ok=True)
                yield path
        if below and not os.listdir(here):  # noqa: PTH208 - a Path for each name takes longer
            Path(here).rmdir()
