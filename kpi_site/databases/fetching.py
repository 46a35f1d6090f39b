"""Snapshots of databases: fetched, checked, and put in place together, or not at all.

Parts are written beside those that are in use, under names of their own; a snapshot changes
when its description does. A killed fetch leaves parts that nobody reads; the next one sweeps
them. Rules: specification.md#databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from kpi_site.catalog import SNAPSHOTS, Catalog, Dataset
from kpi_site.changes import Change, alone, carry_out, settle
from kpi_site.content import concern, read_catalog
from kpi_site.databases.connect import connect
from kpi_site.databases.server import Server
from kpi_site.databases.taking import CannotTakeError, Taking
from kpi_site.files import PART
from kpi_site.locks import locked
from kpi_site.options import Options
from kpi_site.problems import Location, Message, Problem, has_errors, in_order, problem
from kpi_site.tables.calendar import read_calendar
from kpi_site.tables.model import Snapshot
from kpi_site.tables.pushed import ANSWERS
from kpi_site.tables.read import read_tables
from kpi_site.tables.snapshots import DESCRIPTION, folder_of, read_snapshot

LOCK: Final = "build/fetch.lock"
WAIT: Final = 30.0  # s
_PART: Final = re.compile(r".+\.[0-9a-f]{12}\.parquet")
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A snapshot in its place, and how many of its parts came from the database this time."""

    snapshot: Snapshot
    new: int


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a fetch is asked for: ``ids`` (none: all), and when and where it runs.

    With ``everything`` no part of an older snapshot is taken over.
    """

    options: Options
    ids: tuple[str, ...]
    now: datetime
    environment: Mapping[str, str]
    everything: bool = False
    progress: Callable[[str], None] = lambda _: None


def fetch(asked: Fetching) -> tuple[tuple[Fetched, ...], Problems]:
    """Fetch, check and keep the snapshots of datasets over a connection.

    Nothing is kept when there is an error. OSError from a disk that refuses.
    """
    root = asked.options.root
    catalog, problems = read_catalog(root, today=asked.options.today, facts_first=False)
    if catalog is None or has_errors(problems):
        return (), in_order(problems)
    chosen = [
        dataset
        for dataset in catalog.datasets.values()
        if dataset.database is not None
        and not dataset.pushed
        and (not asked.ids or dataset.id in asked.ids)
    ]
    with locked(root / LOCK, WAIT) as mine:
        if not mine:
            return (), (under_way(),)
        told = settle(root)  # else what a killed fetch still has to put in place would be swept
        if has_errors(told):
            return (), told
        with swept(root, [str(dataset.id) for dataset in chosen]):
            found, problems = _fetch(asked, catalog, chosen)
        return found, (*told, *problems)


def _fetch(
    asked: Fetching, catalog: Catalog, chosen: Sequence[Dataset]
) -> tuple[tuple[Fetched, ...], Problems]:
    found, problems = _taken(asked, catalog, chosen)
    if problems:
        return (), in_order(problems)
    problems = _checked(asked, catalog, found)
    if has_errors(problems):
        return (), problems
    root = asked.options.root
    with alone(root) as told:
        if has_errors(told):
            return (), (*told, *problems)
        changes = [_change(root, snapshot) for snapshot in found.values()]
        carry_out(root, _what(found), [*changes, *without(root, found, ANSWERS)])
    now = stamp(asked.now)
    fetched = (Fetched(s, sum(p.fetched == now for p in s.parts)) for s in found.values())
    return tuple(fetched), (*told, *problems)


def _taken(
    asked: Fetching, catalog: Catalog, chosen: Sequence[Dataset]
) -> tuple[dict[str, Snapshot], Problems]:
    """Fetch all datasets, each connection's at one moment; what fails keeps none from trying."""
    found: dict[str, Snapshot] = {}
    problems: list[Problem] = []
    names = dict.fromkeys(d.database.connection for d in chosen if d.database is not None)
    for name in names:
        own = [d for d in chosen if d.database is not None and d.database.connection == name]
        first = own[0].database
        assert first is not None
        server = connect(catalog.site, name, asked.environment, first.connection.where)
        if isinstance(server, Problem):
            problems.append(server)
            continue
        with closing(server):
            for dataset in own:
                try:
                    found[str(dataset.id)] = _taking(asked, dataset, server).snapshot()
                except CannotTakeError as error:
                    problems += error.problems
    return found, tuple(problems)


@contextmanager
def closing(server: Server) -> Iterator[None]:
    """Let go of the connection at the end."""
    try:
        yield
    finally:
        server.close()


def _taking(asked: Fetching, dataset: Dataset, server: Server) -> Taking:
    root = asked.options.root
    old = None if asked.everything else read_snapshot(root, dataset)
    kept = old if isinstance(old, Snapshot) else None
    return Taking(root, dataset, server, stamp(asked.now), kept, asked.progress)


def _checked(asked: Fetching, catalog: Catalog, found: Mapping[str, Snapshot]) -> Problems:
    """Return the problems of the rows as they would be: of types, rules and keys, as of files.

    The datasets that foreign keys lead to are read too, unless they were never fetched.
    """
    root = asked.options.root
    wanted = concern(root, tuple(found)).datasets if found else frozenset()
    lost = {
        name
        for name in wanted - found.keys()
        if catalog.datasets[name].database is not None
        and isinstance(read_snapshot(root, catalog.datasets[name]), Problem)
    }
    _, problems = read_tables(
        catalog,
        asked.options.cache,
        only=wanted - lost,
        snapshots=found,
        progress=asked.progress,
    )
    return in_order(dict.fromkeys((*problems, *_of_calendar(catalog, found))))


def _of_calendar(catalog: Catalog, found: Mapping[str, Snapshot]) -> Problems:
    """Return what is wrong with the company's calendar, if it was fetched."""
    name = catalog.site.periods
    if name is None or name not in found or name not in catalog.datasets:
        return ()
    _, problems = read_calendar(catalog.site, catalog.datasets[name], found)
    return tuple(p for p in problems if has_errors((p,)))


def _change(root: Path, snapshot: Snapshot) -> Change:
    path = folder_of(root, snapshot.dataset) / DESCRIPTION
    return Change(path.relative_to(root).as_posix(), snapshot.text().encode())


def without(root: Path, datasets: Iterable[str], file: str) -> Iterator[Change]:
    """Yield what takes away a description of the other kind: of rows here, or of rows there."""
    for name in datasets:
        path = folder_of(root, name) / file
        if path.is_file():
            yield Change(path.relative_to(root).as_posix(), None)


def _what(found: Collection[str]) -> Message:
    names = ", ".join(found)
    return Message(f"数据库快照 {names}", f"snapshots of {names}")


def stamp(now: datetime) -> str:
    """Return a moment in UTC as snapshots tell it."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def swept(root: Path, datasets: Iterable[str]) -> Iterator[None]:
    """Remove, before and after, what no snapshot names: parts of a fetch that came to nothing."""
    names = tuple(datasets)
    _sweep(root, names)
    try:
        yield
    finally:
        _sweep(root, names)


def _sweep(root: Path, datasets: Iterable[str]) -> None:
    for name in datasets:
        folder = root / SNAPSHOTS / name
        named = _named(folder / DESCRIPTION)
        for path in folder.iterdir() if folder.is_dir() else ():
            own = _PART.fullmatch(path.name) or path.name.endswith(PART)
            if own and named is not None and path.name not in named:
                path.unlink(missing_ok=True)


def _named(description: Path) -> str | None:
    """Return the text that names the parts in use; None where it cannot be told."""
    try:
        return description.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        return None


def under_way() -> Problem:
    """Return the problem of another fetch that does not end."""
    return problem(
        Location(SNAPSHOTS),
        "fetch-under-way",
        zh=f"另一个 kpi-site fetch 正在读取，等了 {WAIT:.0f} 秒仍未结束",
        en=f"another kpi-site fetch is under way, and was not done within {WAIT:.0f} s",
        hint_zh="什么也没有写入。等它结束后再运行一次。",
        hint_en="Nothing was written. Run it again when that one is done.",
    )
