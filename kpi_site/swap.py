"""Building aside and swapping in: a failed build leaves the last good site as it was."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from kpi_site.files import recent
from kpi_site.locks import give_back, take
from kpi_site.problems import Location, Problem, problem
from kpi_site.theme.entrance import MARK

_LOCK: Final = "lock"
_OLD: Final = "old"
_ABANDONED: Final = 3600  # s; for folders of earlier versions, which have no lock
_HERE: Final = -100  # AT_FDCWD: names count from the working folder
_SWAP: Final = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """Give a fresh folder on the disk of ``out``, gone afterwards unless swapped in.

    It lies in a folder beside ``out`` that holds a lock for as long as this process, or a
    MkDocs that it started, is alive: that is how ``sweep`` knows what killed builds left.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    held = None
    try:
        held = take(work / f"{_LOCK}.new")
        (work / f"{_LOCK}.new").rename(work / _LOCK)  # nobody meets it without its lock
        if held is not None and os.name == "posix":
            os.set_inheritable(held, True)
        folder = work / "new"
        folder.mkdir()
        folder.chmod(0o755)  # it becomes the site: a web server must be able to read it
        yield folder
    finally:
        if held is not None:
            give_back(held)
        _remove(work)


def sweep(out: Path) -> None:
    """Remove what killed builds left beside ``out``, and bring back a site that they moved."""
    for work in _left_beside(out):
        if (work / _LOCK).is_file():
            held = take(work / _LOCK)
            if held is None:
                continue  # a build that is under way
            _bring_back(work, out)
            give_back(held)
        else:
            _bring_back(work, out)
            if recent(work, _ABANDONED):
                continue
        _remove(work)


def _left_beside(out: Path) -> list[Path]:
    """Return the folders that builds make beside ``out``, newest first."""
    ours = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}")
    if not out.parent.is_dir():
        return []
    found = [p for p in out.parent.iterdir() if ours.fullmatch(p.name) and p.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _bring_back(work: Path, out: Path) -> None:
    if (work / _OLD).is_dir() and not out.exists():
        (work / _OLD).rename(out)


def _remove(work: Path) -> None:
    """Remove a folder beside the site, its lock last."""
    for path in (work / "new", work / _OLD):
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)


def swap_in(folder: Path, out: Path) -> None:
    """Put ``folder`` in the place of ``out``; on failure ``out`` is what it was.

    At once where the system can: readers meet the old site or the new one, and ``folder``
    is the old one then. Else by two renames; ``sweep`` brings back what is lost between.
    """
    if not out.exists():
        folder.rename(out)
        return
    if exchange(folder, out):
        return
    old = folder.with_name(_OLD)
    out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        old.rename(out)
        raise


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False, and nothing done, where that cannot be.

    Linux has ``renameat2`` and macOS ``renamex_np``, for some file systems.
    """
    names = os.fsencode(one), os.fsencode(other)
    try:
        system = ctypes.CDLL(None)
        if sys.platform == "darwin":
            done = system.renamex_np(*names, ctypes.c_uint(_SWAP))
        else:
            here = ctypes.c_int(_HERE)
            done = system.renameat2(here, names[0], here, names[1], ctypes.c_uint(_SWAP))
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no such library
        return False
    return bool(done == 0)


def may_replace(out: Path) -> bool:
    """Tell whether ``out`` is free, empty, or a site that was built before.

    Anything else may be somebody's work, and ``--out`` a slip of the hand.
    """
    if not out.exists():
        return True
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    return is_site(out)


def is_site(folder: Path) -> bool:
    """Tell whether ``folder`` is a site that kpi-site built."""
    index = folder / "index.html"
    return index.is_file() and MARK in index.read_text(encoding="utf-8", errors="replace")


def verify(folder: Path, languages: Iterable[str], docs: Path) -> tuple[Problem, ...]:
    """Compare a built ``folder`` with the Markdown below ``docs``: every page must be there."""
    return tuple(
        problem(
            Location(f"build/docs/{language}/{page}"),
            "page-missing",
            zh=f"没有生成这一页：{target}",
            en=f"the page was not built: {target}",
        )
        for language in languages
        for page in sorted(markdown(docs / language))
        if not _filled(folder / (target := f"{language}/{html_path(page)}"))
    )


def markdown(folder: Path) -> Iterator[str]:
    """Yield the paths of the Markdown pages below ``folder``, with forward slashes."""
    for above, _, names in os.walk(folder):
        below = Path(above).relative_to(folder)
        yield from ((below / name).as_posix() for name in names if name.endswith(".md"))


def html_path(page: str) -> str:
    """Return the file that MkDocs makes of ``page``, with directory addresses."""
    path = PurePosixPath(page).with_suffix("")
    if path.name in {"index", "README"}:
        return (path.parent / "index.html").as_posix()
    return (path / "index.html").as_posix()


def _filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
