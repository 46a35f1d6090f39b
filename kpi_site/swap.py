"""Building aside and swapping in: a failed build leaves the last good site as it was."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kpi_site.problems import Location, Problem, problem
from kpi_site.theme.entrance import MARK


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """Give a fresh folder beside ``out`` (same disk), gone afterwards unless swapped in."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    folder.chmod(0o755)  # it becomes the site: a web server must be able to read it
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap_in(folder: Path, out: Path) -> None:
    """Put ``folder`` in the place of ``out``; on failure ``out`` is what it was.

    Two renames: readers meet the old site or the new one, and nothing for an instant.
    """
    if not out.exists():
        folder.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent)) / "old"
    out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        old.rename(out)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


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
    index = out / "index.html"
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
    for path in folder.rglob("*.md"):
        yield path.relative_to(folder).as_posix()


def html_path(page: str) -> str:
    """Return the file that MkDocs makes of ``page``, with directory addresses."""
    path = PurePosixPath(page).with_suffix("")
    if path.name in {"index", "README"}:
        return (path.parent / "index.html").as_posix()
    return (path / "index.html").as_posix()


def _filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
