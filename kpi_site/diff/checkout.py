"""A commit of a site as a folder: what a build reads, and honest words on what is not in it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from kpi_site.catalog import SNAPSHOTS
from kpi_site.content.folders import content_files
from kpi_site.content.paths import is_possible
from kpi_site.content.yaml_source import Mapping, Scalar, Sequence, parse_yaml
from kpi_site.diff.git import SUBMODULE, Repository, TreeFile
from kpi_site.problems import Message

_WILD: Final = frozenset("*?[")
_POINTER: Final = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_SIZE: Final = 1024


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit's site in ``root``, its files by path, and what there is to say about them."""

    root: Path
    files: frozenset[str]
    notes: tuple[Message, ...]


def check_out(repo: Repository, commit: str, folder: Path) -> Checkout:
    """Write what a build reads of the site in ``commit`` below ``folder``.

    Data files that git ignores are in no commit: those of the work tree are put in their
    place, and a note says so. Files in Git LFS are taken from the work tree where they are
    the same there, or from what was fetched.
    """
    entries = repo.files(commit)
    tree = folder / "tree"
    index = folder / "index"
    root = tree / repo.prefix
    root.mkdir(parents=True, exist_ok=True)
    first = [e for e in entries if PurePosixPath(e.path).parts[0] in {"content", "docs"}]
    first += [e for e in entries if e.path == "mkdocs.yml"]
    _write(repo, commit, first, tree, index)
    written = dataset_paths(root)
    data = [e for e in entries if _among(e.path, written) and e not in first]
    _write(repo, commit, data, tree, index)
    notes = [
        *_submodules(entries, written),
        *_pointers(repo, root, data),
        *_ignored(repo, root, written),
    ]
    return Checkout(root, frozenset(e.path for e in entries), tuple(notes))


def dataset_paths(root: Path) -> tuple[str, ...]:
    """Return the paths and globs that the datasets of the site in ``root`` name."""
    files, _ = content_files(root)
    found: list[str] = []
    for file in files:
        if file.kind == "dataset":
            tree, _ = parse_yaml(file.path.read_bytes(), file.file)
            path = tree.get("path") if isinstance(tree, Mapping) else None
            if isinstance(tree, Mapping) and tree.get("connection") is not None:
                found.append(f"{SNAPSHOTS}/{file.name}/*")
            items = path.items if isinstance(path, Sequence) else (path,)
            found += [item.text for item in items if isinstance(item, Scalar)]
    return tuple(p for p in dict.fromkeys(found) if not PurePosixPath(p).is_absolute() and p)


def found_in(root: Path, written: Iterable[str]) -> Iterator[str]:
    """Yield the files below ``root`` that the paths and globs ``written`` mean."""
    for path in written:
        if ".." in PurePosixPath(path).parts or not is_possible(path):
            continue
        found = [root / path] if _WILD.isdisjoint(path) else sorted(root.glob(path))
        yield from (f.relative_to(root).as_posix() for f in found if f.is_file())


def _among(path: str, written: Iterable[str]) -> bool:
    """Tell whether ``path`` may be meant by a path or glob: more is written than needed."""
    return any(
        path == one if _WILD.isdisjoint(one) else path.startswith(_head(one)) for one in written
    )


def _head(written: str) -> str:
    """Return the folder of a glob before its first wild part, with a slash, or ""."""
    parts = []
    for part in PurePosixPath(written).parts[:-1]:
        if not _WILD.isdisjoint(part):
            break
        parts.append(part)
    return "/".join(parts) + "/" if parts else ""


def _write(
    repo: Repository, commit: str, entries: Iterable[TreeFile], tree: Path, index: Path
) -> None:
    paths = [entry.path for entry in entries if entry.mode != SUBMODULE]
    if paths:
        repo.checkout(commit, paths, tree, index)


def _submodules(entries: Iterable[TreeFile], written: tuple[str, ...]) -> Iterator[Message]:
    for entry in entries:
        inside = any(one.startswith(f"{entry.path}/") for one in (*written, "content/", "docs/"))
        if entry.mode == SUBMODULE and inside:
            yield Message(
                f"{entry.path} 是 git 子模块，提交中没有它的文件，无法比较",
                f"{entry.path} is a git submodule: its files are not part of the commit,"
                " and cannot be compared",
            )


def _pointers(repo: Repository, root: Path, entries: Iterable[TreeFile]) -> Iterator[Message]:
    """Put fetched files in the place of Git LFS pointers, or say that they are missing."""
    for entry in entries:
        path = root / entry.path
        wanted = _pointed_at(path)
        if wanted is None:
            continue
        there = (repo.root / entry.path, repo.large_file(wanted))
        same = next((p for p in there if p.is_file() and _sha256(p) == wanted), None)
        if same is not None:
            path.unlink()
            lend(same, path)
            continue
        yield Message(
            f"{entry.path} 存在 Git LFS 中，这里没有取到：请运行 git lfs fetch",
            f"{entry.path} lies in Git LFS and is not here: run git lfs fetch",
        )


def _pointed_at(path: Path) -> str | None:
    """Return the SHA-256 that a Git LFS pointer names; None if the file is no pointer."""
    if not path.is_file() or path.stat().st_size > _POINTER_SIZE:
        return None
    data = path.read_bytes()
    if not data.startswith(_POINTER):
        return None
    named = (line for line in data.decode("utf-8", "replace").splitlines() if "oid sha256:" in line)
    return next((line.partition("sha256:")[2].strip() for line in named), "")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ignored(repo: Repository, root: Path, written: tuple[str, ...]) -> Iterator[Message]:
    here = [path for path in found_in(repo.root, written) if not (root / path).exists()]
    outside = sorted(repo.ignored(here))
    for path in outside:
        lend(repo.root / path, root / path)
    if outside:
        listed = ", ".join(outside[:5]) + (" …" if len(outside) > 5 else "")
        yield Message(
            f"不在版本库中的数据（{listed}）两边都用现在的文件，它们的改动看不出来",
            f"data outside version control ({listed}): both sides use the files as they are"
            " now, so that their changes do not show",
        )


def lend(source: Path, target: Path) -> None:
    """Let ``target`` be the file ``source`` too: a hard link, or a copy where there is none."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
