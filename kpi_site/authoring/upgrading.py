"""What ``init`` wrote beside the content, brought in line with the installed program.

``.kpi-site`` remembers the hash of each such file as it was written: one that still has it was
not edited by hand, and may be written anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kpi_site.files import File

RECORD: Final = ".kpi-site"
_HEAD: Final = "# What `kpi-site init` and `upgrade` wrote, by its hash: leave this file alone.\n"
State = Literal["new", "changed", "edited"]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A file of the program that differs from what lies there, and how it stands."""

    file: File
    state: State


def record_of(files: Iterable[File], known: Mapping[str, str] | None = None) -> File:
    """Return the record of ``files``, laid over what is known of others."""
    hashes = {**(known or {}), **{file.path: _hash(file.data) for file in files}}
    lines = (f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return File(RECORD, _HEAD + "".join(lines))


def recorded(root: Path) -> dict[str, str]:
    """Return the hash of each file as it was last written, by path."""
    path = root / RECORD
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    pairs = (line.split("  ", 1) for line in lines if not line.startswith("#"))
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}


def renewals(root: Path, files: Iterable[File]) -> tuple[Renewal, ...]:
    """Return what of ``files`` differs from what lies in ``root``."""
    known = recorded(root)
    found = []
    for file in files:
        path = root / file.path
        now = _hash(path.read_bytes()) if path.is_file() else None
        if now == _hash(file.data):
            continue
        state: State = "edited"
        if now is None:
            state = "new"
        elif now == known.get(file.path):
            state = "changed"
        found.append(Renewal(file, state))
    return tuple(found)


def gone(root: Path, files: Iterable[File]) -> tuple[str, ...]:
    """Return files of an earlier program that are no more, and were not edited."""
    kept = {file.path for file in files}
    return tuple(
        path
        for path, digest in recorded(root).items()
        if path not in kept
        and (root / path).is_file()
        and _hash((root / path).read_bytes()) == digest
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
