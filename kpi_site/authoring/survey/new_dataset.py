"""A dataset made from a file that is there already: surveyed, then written as a proposal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.authoring.new_file import blank_text, place_of, unknown_department
from kpi_site.authoring.refusal import Refusal, misused
from kpi_site.authoring.survey.keys import Parent, parents, single_keys
from kpi_site.authoring.survey.proposal import proposal
from kpi_site.authoring.survey.survey import Survey, survey
from kpi_site.content.draft import Draft
from kpi_site.files import File
from kpi_site.problems import Problem
from kpi_site.tables.read import read_tables

_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class Proposed:
    """The file to write, and the survey that it says in words."""

    file: File
    found: Survey


def dataset_from(
    draft: Draft,
    source: Path,
    name: str,
    *,
    cache: Path,
    department: str | None,
    language: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Proposed | Refusal | tuple[Problem, ...]:
    """Propose the dataset ``name`` for the file ``source``, which lies below the site's root.

    Datasets that its columns may lead to are read from ``cache`` where they are known there.
    Problems where the file is none that a dataset could describe.
    """
    if department is not None and (wrong := unknown_department(draft, department)):
        return wrong
    file = place_of(draft, "dataset", name)
    if isinstance(file, Refusal):
        return file
    path = _below(draft, source)
    if isinstance(path, Refusal):
        return path
    root, zone = draft.catalog.site.root, draft.catalog.site.timezone
    found = survey(root / path, path, zone, _parents(draft, cache, progress))
    if not isinstance(found, Survey):
        return found
    text = proposal(
        found, name, file, text=blank_text(draft), department=department, language=language
    )
    return Proposed(File(file, text), found)


def _below(draft: Draft, source: Path) -> str | Refusal:
    """Return the path from the site's root; ``source`` counts from here, else from the root."""
    root = draft.catalog.site.root.resolve()
    path = (source if source.is_file() else root / source).resolve()
    if not path.is_file():
        return misused(f"没有文件“{source}”", f"there is no file '{source}'")
    if not source.name.lower().endswith(_SUFFIXES):
        listed = " ".join(_SUFFIXES)
        return misused(f"只能读取 {listed}", f"files that can be read: {listed}")
    if not path.is_relative_to(root):
        return misused(
            f"“{source}”不在站点文件夹中：请先复制到 {root}/data",
            f"'{source}' lies outside the site: copy it to {root}/data first",
        )
    return path.relative_to(root).as_posix()


def _parents(draft: Draft, cache: Path, progress: Callable[[str], None]) -> tuple[Parent, ...]:
    """Return the sound datasets that a single column can lead to."""
    datasets = draft.catalog.datasets
    tables, _ = read_tables(draft.catalog, cache, only=single_keys(datasets), progress=progress)
    return tuple(parents(tables.values(), datasets))
