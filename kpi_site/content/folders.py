"""Which files a site's content is made of, and what each is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from kpi_site.ordinary import lies_within, strange_file
from kpi_site.problems import Location, Message, Problem

FileKind = Literal["dataset", "indicator", "scorecard", "report", "action", "glossary"]
SITE_FILE = "content/site.yml"
_SUFFIXES = (".yml", ".yaml")
_FOLDERS: dict[str, FileKind] = {
    "datasets": "dataset",
    "scorecards": "scorecard",
    "actions": "action",
}


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file to read: ``name`` is the id that it must hold, ``folder`` a card's department."""

    kind: FileKind
    path: Path
    file: str
    name: str
    folder: str


def find_root(start: Path) -> Path | None:
    """Return the nearest folder from ``start`` upward that holds ``content/site.yml``."""
    start = start.resolve()
    return next((d for d in (start, *start.parents) if (d / SITE_FILE).is_file()), None)


def content_files(root: Path) -> tuple[tuple[ContentFile, ...], tuple[Problem, ...]]:
    """Return the content files of ``root`` by path, and problems for those out of place."""
    found: list[ContentFile] = []
    problems: list[Problem] = []
    within = lies_within(root, root / "content")
    for path, plain in _listed(root / "content"):
        parts = path.parts[len(root.parts) + 1 :]
        file = "/".join(("content", *parts))
        if not (within and plain) and (fault := strange_file(root, path)) is not None:
            problems.append(fault)
            continue
        if file == SITE_FILE or path.suffix.lower() not in _SUFFIXES or path.is_dir():
            continue
        kind = _kind(parts)
        if kind is not None and path.suffix == ".yml":
            found.append(_file(kind, path, file, parts))
        elif kind is not None:
            problems.append(_wrong_suffix(file))
        elif parts[0] != "reports" or len(parts) == 2:
            problems.append(_out_of_place(file, parts))
    return tuple(found), tuple(problems)


def with_files(
    root: Path, files: tuple[ContentFile, ...], instead: Mapping[str, bytes | None]
) -> tuple[ContentFile, ...]:
    """Return ``files`` as they will be: with those of ``instead``, without its None."""
    found = {file.file: file for file in files}
    for path, data in instead.items():
        parts = PurePosixPath(path).parts[1:]
        kind = _kind(parts)
        if data is None:
            found.pop(path, None)
        elif kind is not None:
            found[path] = _file(kind, root / path, path, parts)
    return tuple(sorted(found.values(), key=lambda file: file.path))


def _file(kind: FileKind, path: Path, file: str, parts: tuple[str, ...]) -> ContentFile:
    name = parts[1] if kind == "report" else path.stem
    return ContentFile(kind, path, file, name, parts[1] if len(parts) > 1 else "")


def _listed(content: Path | str) -> Iterator[tuple[Path, bool]]:
    """Yield the YAML files, and what is no plain file or folder: nothing reads through it.

    Each with whether it is plain: what is lies where its name says.
    """
    try:
        with os.scandir(content) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        folder = entry.is_dir(follow_symlinks=False)
        plain = folder or entry.is_file(follow_symlinks=False)
        if not plain or entry.name.lower().endswith(_SUFFIXES):
            yield Path(entry.path), plain
        if folder:
            yield from _listed(entry.path)


def _kind(parts: tuple[str, ...]) -> FileKind | None:
    match parts:
        case (folder, _) if folder in _FOLDERS:
            return _FOLDERS[folder]
        case (name,) if Path(name).stem == "glossary":
            return "glossary"
        case ("indicators", _, _):
            return "indicator"
        case ("reports", _, name) if Path(name).stem == "report":
            return "report"
        case _:
            return None


def _wrong_suffix(file: str) -> Problem:
    return Problem(
        Location(file),
        "wrong-suffix",
        Message("文件名应以 .yml 结尾", "the file's name must end in .yml"),
    )


def _out_of_place(file: str, parts: tuple[str, ...]) -> Problem:
    if parts[0] == "indicators":
        hint = Message(
            "指标卡放在 content/indicators/<部门>/。",
            "Cards lie in content/indicators/<department>/.",
        )
    else:
        hint = Message(
            "content/ 下可用：datasets、indicators/<部门>、scorecards、reports/<期间>、actions，"
            "以及 glossary.yml。",
            "Folders of content/: datasets, indicators/<department>, scorecards, "
            "reports/<period>, actions; and glossary.yml.",
        )
    message = Message("这个文件不在应在的文件夹", "this file lies where nothing reads it")
    return Problem(Location(file), "file-out-of-place", message, hint)
