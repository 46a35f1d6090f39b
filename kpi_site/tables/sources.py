"""Which files a dataset is made of, and what each of them holds by its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kpi_site.catalog import Dataset, with_sheet
from kpi_site.problems import Name, Problem, problem
from kpi_site.tables.model import Snapshot, SnapshotPart
from kpi_site.tables.snapshots import damaged, folder_of, read_snapshot


@dataclass(frozen=True, slots=True)
class FactsFile:
    """A file of facts; ``name`` is its path below the site's root, with forward slashes."""

    path: Path
    name: str
    sheet: Name | None = None
    part: SnapshotPart | None = None  # of a database's snapshot

    @property
    def listed(self) -> str:
        """The name with the sheet, where one is named: ``data/x.xlsx#2026``."""
        return self.name if self.sheet is None else f"{self.name}#{self.sheet}"


def sources_of(
    root: Path, dataset: Dataset, snapshot: Snapshot | Problem | None = None
) -> tuple[tuple[FactsFile, ...], tuple[Problem, ...]]:
    """Return the files of a dataset: paths as listed, each glob's files in sorted order.

    Those of a database are the parts of its ``snapshot``; None: the one in place.
    """
    if dataset.database is not None:
        return _parts(root, dataset, snapshot or read_snapshot(root, dataset))
    found: dict[str, FactsFile] = {}
    problems = []
    for written in dataset.paths:
        path, sheet = with_sheet(written)
        names = sorted(_names(root, path))
        if not names:
            problems.append(_no_file(written))
        for name in names:
            source = FactsFile(root / name, name, sheet)
            if source.listed in found:
                problems.append(_twice(written, source.listed))
            found[source.listed] = source
    return tuple(found.values()), tuple(problems)


def _parts(
    root: Path, dataset: Dataset, snapshot: Snapshot | Problem
) -> tuple[tuple[FactsFile, ...], tuple[Problem, ...]]:
    if isinstance(snapshot, Problem):
        return (), (snapshot,)
    folder = folder_of(root, str(dataset.id))
    files, problems = [], []
    for part in snapshot.parts:
        path = folder / part.file
        name = path.relative_to(root).as_posix()
        if path.parent == folder and path.is_file():
            files.append(FactsFile(path, name, part=part))
        else:
            problems.append(damaged(name, str(dataset.id)))
    return tuple(files), tuple(problems)


def _names(root: Path, written: str) -> Iterator[str]:
    inside = root.resolve()
    if PurePosixPath(written).is_absolute() or ".." in PurePosixPath(written).parts:
        return
    literal = root / written
    for path in [literal] if literal.is_file() else root.glob(written):
        if path.is_file() and path.resolve().is_relative_to(inside):
            yield path.relative_to(root).as_posix()


def _no_file(written: Name) -> Problem:
    return problem(
        written.where,
        "no-such-file",
        zh=f"没有文件“{written}”",
        en=f"there is no file '{written}'",
        hint_zh="路径从站点根目录算起。",
        hint_en="The path starts at the site's root.",
    )


def _twice(written: Name, name: str) -> Problem:
    return problem(
        written.where,
        "file-listed-twice",
        zh=f"文件“{name}”列了两次",
        en=f"the file '{name}' is listed twice",
        hint_zh="它的行会重复计算。",
        hint_en="Its rows would count twice.",
    )


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
