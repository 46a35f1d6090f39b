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
    first, *others = languages
    for above, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".js.map", ".css.map")):
                Path(above, name).unlink()
    for language in others:
        for above, _, names in os.walk(folder / language):
            beside = folder / first / os.path.relpath(above, folder / language)
            for name in names:
                path, twin = Path(above, name), beside / name
                if _same(path, twin):
                    _join(path, twin)


def _same(path: Path, twin: Path) -> bool:
    size = path.stat().st_size
    if size < _WORTH or not twin.is_file() or size != twin.stat().st_size:
        return False
    return filecmp.cmp(path, twin, shallow=False)


def _join(path: Path, twin: Path) -> None:
    """Make ``path`` another name of ``twin``; where the disk has no such names it stays."""
    beside = path.with_name(f"{path.name}.part")
    with suppress(OSError):
        os.link(twin, beside)
        beside.replace(path)
