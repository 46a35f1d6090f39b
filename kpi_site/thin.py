"""A built site without what it holds twice: downloads in each language, maps of scripts.

Every address stays. Files of the languages that are the same, byte for byte, become one file
with several names (hard links), where the disk has such; the theme's source maps, which only
its makers need, go.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_WORTH: Final = 4096  # bytes; a smaller file takes no less room


def thin(folder: Path, languages: Sequence[str]) -> None:
    """Thin the site that lies in ``folder`` with a folder for each of the ``languages``."""
    for path in folder.rglob("*.map"):
        if path.name.endswith((".js.map", ".css.map")):
            path.unlink()
    first, *others = languages
    for language in others:
        for path in sorted((folder / language).rglob("*")):
            twin = folder / first / path.relative_to(folder / language)
            if _same(path, twin):
                _join(path, twin)


def _same(path: Path, twin: Path) -> bool:
    if not (path.is_file() and twin.is_file()):
        return False
    size = path.stat().st_size
    return size >= _WORTH and size == twin.stat().st_size and filecmp.cmp(path, twin, shallow=False)


def _join(path: Path, twin: Path) -> None:
    """Make ``path`` another name of ``twin``; where the disk has no such names it stays."""
    beside = path.with_name(f"{path.name}.part")
    with suppress(OSError):
        os.link(twin, beside)
        beside.replace(path)
