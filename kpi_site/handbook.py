"""The hand-written pages: ``docs/<language>/**``, taken over next to the generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from kpi_site.catalog import Language
from kpi_site.files import File
from kpi_site.ordinary import strange_file, unfit_name
from kpi_site.problems import Location, Problem, problem

_HIDDEN = re.compile(r"(^|/)\.")


@dataclass(frozen=True, slots=True)
class Handbook:
    """The hand-written files of one language."""

    language: str
    files: tuple[File, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The paths of its files, below the language's root."""
        return frozenset(file.path for file in self.files)

    @property
    def pages(self) -> tuple[str, ...]:
        """Paths of its Markdown pages: by ``order: n`` in their front matter, then by name."""
        pages = [file for file in self.files if file.path.endswith(".md")]
        return tuple(file.path for file in sorted(pages, key=lambda f: (_order(f), f.path)))

    def without_collisions(self, made: Iterable[File], found: list[Problem]) -> Iterator[File]:
        """Yield the ``made`` files; one that a hand-written file stands for becomes a problem."""
        paths = self.paths
        for file in made:
            if file.path in paths:
                found.append(_collision(self.language, file.path))
            else:
                yield file


def read_handbook(root: Path, language: str) -> Handbook:
    """Read the files below ``root/docs/<language>``; hidden ones and a missing folder are none."""
    folder = root / "docs" / language
    files = (path for path in _listed(folder) if path.is_file() and not _fault(root, path))
    found = (File(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)
    return Handbook(language, tuple(found))


def strange_pages(root: Path) -> tuple[Problem, ...]:
    """Return the problems of what lies below ``docs`` and is not taken over: links, pipes."""
    folders = (root / "docs" / language for language in get_args(Language))
    paths = (path for folder in folders for path in _listed(folder))
    return tuple(fault for path in paths if (fault := _fault(root, path)))


def _listed(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not _HIDDEN.search(path.relative_to(folder).as_posix()):
            yield path


def _fault(root: Path, path: Path) -> Problem | None:
    return strange_file(root, path) or unfit_name(root, path)


def _order(file: File) -> int:
    front = re.match(rb"---\r?\n(.*?)\r?\n---\s", file.data, re.DOTALL)
    order = re.search(rb"^order:\s*(\d+)\s*$", front[1], re.MULTILINE) if front else None
    return int(order[1]) if order else 1_000


def _collision(language: str, path: str) -> Problem:
    return problem(
        Location(f"docs/{language}/{path}"),
        "page-collision",
        zh="这一页的地址已被自动生成的页面占用",
        en="this address belongs to a generated page",
        hint_zh="请换一个文件名。",
        hint_en="Give the file another name.",
    )
