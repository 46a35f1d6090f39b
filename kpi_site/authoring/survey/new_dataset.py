"""A dataset made from a file or table that is there already, surveyed, as a proposal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kpi_site.authoring.new_file import blank_text, place_of, unknown_department
from kpi_site.authoring.refusal import Refusal, misused
from kpi_site.authoring.survey.keys import Parent, parents, single_keys
from kpi_site.authoring.survey.proposal import Table, proposal
from kpi_site.authoring.survey.survey import Survey, survey
from kpi_site.content.draft import Draft
from kpi_site.content.paths import SUFFIXES
from kpi_site.databases.surveying import sampled
from kpi_site.files import File
from kpi_site.problems import Message, Problem
from kpi_site.tables.read import read_tables


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


def dataset_of_table(
    draft: Draft,
    connection: str,
    table: str,
    name: str,
    *,
    environment: Mapping[str, str],
    cache: Path,
    department: str | None,
    language: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Proposed | Refusal | tuple[Problem, ...]:
    """Propose the dataset ``name`` for a table of a connection, by some of its rows.

    Problems where the table cannot be read.
    """
    if department is not None and (wrong := unknown_department(draft, department)):
        return wrong
    file = place_of(draft, "dataset", name)
    if isinstance(file, Refusal):
        return file
    site = draft.catalog.site
    if connection not in site.connections:
        known = ", ".join(site.connections)
        return misused(
            f"site.yml 里没有连接“{connection}”；已有：{known or '无'}",
            f"site.yml has no connection '{connection}'; known are: {known or 'none'}",
        )
    with sampled(site, connection, table, environment, cache / "survey") as rows:
        if isinstance(rows, Problem):
            return (rows,)
        found = survey(rows.path, table, site.timezone, _parents(draft, cache, progress))
    if not isinstance(found, Survey):
        return found
    text = proposal(
        found, name, file, text=blank_text(draft), department=department, language=language,
        table=Table(connection, table, rows.left_out),
    )  # fmt: skip
    return Proposed(File(file, text), replace(found, file=f"{connection}/{table}"))


def _below(draft: Draft, source: Path) -> str | Refusal:
    """Return the path from the site's root; ``source`` counts from here, else from the root."""
    root = draft.catalog.site.root.resolve()
    path = (source if source.is_file() else root / source).resolve()
    if not path.is_file():
        return misused(f"没有文件“{source}”", f"there is no file '{source}'")
    if not source.name.lower().endswith(SUFFIXES):
        listed = " ".join(SUFFIXES)
        return misused(f"只能读取 {listed}", f"files that can be read: {listed}", _other(source))
    if not path.is_relative_to(root):
        return misused(
            f"“{source}”不在站点文件夹中：请先复制到 {root}/data",
            f"'{source}' lies outside the site: copy it to {root}/data first",
        )
    return path.relative_to(root).as_posix()


def _other(source: Path) -> Message | None:
    """Return what to do with a spreadsheet of another kind."""
    if source.suffix.lower() not in {".xls", ".xlsm", ".xlsb", ".ods", ".et", ".numbers"}:
        return None
    return Message("请在电子表格软件中另存为 .xlsx。", "Save it as .xlsx in a spreadsheet program.")


def _parents(draft: Draft, cache: Path, progress: Callable[[str], None]) -> tuple[Parent, ...]:
    """Return the sound datasets that a single column can lead to."""
    datasets = draft.catalog.datasets
    tables, _ = read_tables(draft.catalog, cache, only=single_keys(datasets), progress=progress)
    return tuple(parents(tables.values(), datasets))
