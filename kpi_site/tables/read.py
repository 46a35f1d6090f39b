"""The facts: datasets' files become checked, typed tables (specification.md#reading)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kpi_site.catalog import Catalog, Dataset, ForeignKey
from kpi_site.files import sweep_parts
from kpi_site.problems import Location, Problem, problem
from kpi_site.schema import own_columns, parents_used
from kpi_site.tables.build import Built, build
from kpi_site.tables.cache import Checked, Copy, Hashes, copy_key, remove_strays, row_digest
from kpi_site.tables.collector import Collector
from kpi_site.tables.database_rows import with_keys
from kpi_site.tables.file_names import name_told
from kpi_site.tables.files import fact_file, locate
from kpi_site.tables.keys import dangling, dangling_key
from kpi_site.tables.model import Snapshot, SourceFile, Table
from kpi_site.tables.pushed import read_pushed
from kpi_site.tables.snapshots import damaged, read_snapshot
from kpi_site.tables.sources import FactsFile, sources_of
from kpi_site.tables.validity import Term, dangling_in_time


def _quiet(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class _Setting:
    catalog: Catalog
    cache: Path
    limit: int
    progress: Callable[[str], None]
    snapshots: Mapping[str, Snapshot]
    pushed: Mapping[str, Table]

    @property
    def zone(self) -> str:
        return self.catalog.site.timezone

    def sources(self, dataset: Dataset) -> tuple[tuple[FactsFile, ...], tuple[Problem, ...]]:
        """Return the dataset's files."""
        return sources_of(self.catalog.site.root, dataset, self.snapshot(dataset))

    def snapshot(self, dataset: Dataset) -> Snapshot | Problem | None:
        """Return the snapshot of a dataset over a connection, or why there is none."""
        if dataset.database is None:
            return None
        given = self.snapshots.get(str(dataset.id))
        return given or read_snapshot(self.catalog.site.root, dataset)


def read_tables(
    catalog: Catalog,
    cache: Path,
    *,
    limit: int = 50,
    only: Collection[str] | None = None,
    snapshots: Mapping[str, Snapshot] | None = None,
    pushed: Mapping[str, Table] | None = None,
    progress: Callable[[str], None] = _quiet,
) -> tuple[Mapping[str, Table], tuple[Problem, ...]]:
    """Read and check all datasets, or ``only`` these; return the sound ones by id, and problems.

    Parquet copies are kept in ``cache / "tables"``, and files that are unchanged since are
    not read again. At most ``limit`` errors of a dataset are described, the others counted.
    A dataset with an error has no table. ``snapshots``, and tables of ``pushed`` datasets,
    stand for those in place, by dataset. ``progress`` is told a dataset's id and row count.
    OSError from a disk that refuses.
    """
    folder = cache / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    sweep_parts(cache)
    if only is None:
        remove_strays(folder, catalog.datasets)
    setting = _Setting(catalog, folder, limit, progress, snapshots or {}, pushed or {})
    hashes = Hashes(folder)
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for dataset in _parents_first(catalog.datasets):
        if only is not None and dataset.id not in only:
            continue
        above = {name: tables[name] for name in parents_used(dataset) if name in tables}
        table, found = _table(setting, dataset, above, hashes)
        problems.extend(found)
        if table is not None and dataset.pushed:
            tables[str(dataset.id)] = table
        elif table is not None:
            snapshot = setting.snapshot(dataset)
            known = snapshot if isinstance(snapshot, Snapshot) else None
            tables[str(dataset.id)] = replace(table, snapshot=known)
    tables = {str(name): tables[name] for name in catalog.datasets if name in tables}
    hashes.save(others=only is not None)
    dangling_problems = _check_foreign_keys(setting, tables, others=only is not None)
    problems.extend(p for found in dangling_problems.values() for p in found)
    sound = {name: table for name, table in tables.items() if name not in dangling_problems}
    return sound, with_keys(problems, catalog, setting.sources)


def _parents_first(datasets: Mapping[str, Dataset]) -> list[Dataset]:
    """Return the datasets in their order, but none before those whose columns it derives from.

    There are no circles (content/rules/circles.py).
    """
    found: dict[str, Dataset] = {}

    def add(dataset: Dataset) -> None:
        for name in parents_used(dataset):
            if name in datasets and name not in found:
                add(datasets[name])
        found.setdefault(str(dataset.id), dataset)

    for dataset in datasets.values():
        add(dataset)
    return list(found.values())


def _table(
    setting: _Setting, dataset: Dataset, above: Mapping[str, Table], hashes: Hashes
) -> tuple[Table | None, tuple[Problem, ...]]:
    if dataset.pushed:
        given = setting.pushed.get(str(dataset.id))
        return read_pushed(setting.catalog, dataset) if given is None else (given, ())
    sources, problems = setting.sources(dataset)
    if problems:
        return None, problems
    files, problems = _hashed(hashes, sources, dataset)
    if problems:
        return None, problems
    digest = row_digest(dataset, _told(dataset, sources, files), setting.zone, above)
    referenced = referenced_of(setting.catalog, dataset)
    terms = _terms(setting.catalog, dataset)
    calendar = setting.catalog.site.calendar
    key = copy_key(dataset, digest, [file.path for file in files], referenced, calendar, terms)
    copy = Copy(setting.cache, str(dataset.id), key)
    known = copy.load(dataset)
    if known is not None:
        return known
    setting.progress(str(dataset.id))
    readers = [fact_file(source, dataset, setting.zone) for source in sources]
    try:
        built = build(
            dataset,
            readers,
            copy.aside,
            zone=setting.zone,
            calendar=calendar,
            referenced=referenced,
            terms=terms,
            parents=above,
            limit=setting.limit,
            progress=setting.progress,
        )
        changed = [source for source in sources if not hashes.unchanged(source)]
        if changed or not built.sound:
            return None, (*built.problems, *map(_changed, changed))
        return copy.keep(_found(dataset, digest, files, built), built.problems), built.problems
    finally:
        copy.aside.unlink(missing_ok=True)


def _told(dataset: Dataset, sources: Sequence[FactsFile], files: Sequence[SourceFile]) -> list[str]:
    """Return the hashes of the files, with their names where the rows have them."""
    if dataset.file_to is None:
        return [file.sha256 for file in files]
    pairs = zip(sources, files, strict=True)
    return [f"{file.sha256} {name_told(source)}" for source, file in pairs]


def _hashed(
    hashes: Hashes, sources: Sequence[FactsFile], dataset: Dataset
) -> tuple[tuple[SourceFile, ...], tuple[Problem, ...]]:
    files, problems = [], []
    for source in sources:
        try:
            files.append(hashes.of(source))
        except OSError as error:
            problems.append(_unreadable(source, error))
            continue
        if source.part is not None and files[-1].sha256 != source.part.sha256:
            problems.append(damaged(source.name, str(dataset.id)))
    return tuple(files), tuple(problems)


def _unreadable(source: FactsFile, error: OSError) -> Problem:
    return problem(
        Location(source.name),
        "unreadable-file",
        zh=f"文件读不出来：{error.strerror}",
        en=f"the file cannot be read: {error.strerror}",
        hint_zh="请核对它的读取权限。",
        hint_en="Check who may read it.",
    )


def _found(dataset: Dataset, digest: str, files: Sequence[SourceFile], built: Built) -> Table:
    """Return the table of a sound dataset; where its rows lie is for the copy to say."""
    return Table(
        dataset,
        Path(),
        digest,
        sum(built.rows),
        built.first,
        built.last,
        tuple(replace(file, rows=rows) for file, rows in zip(files, built.rows, strict=True)),
        built.broken_rules,
        built.null_counts,
        built.days,
        built.ranges,
    )


def referenced_of(catalog: Catalog, dataset: Dataset) -> tuple[tuple[str, ...], ...]:
    """Return the columns of ``dataset`` to which foreign keys lead: one row each, at most."""
    keys = (key for key in _leading_to(catalog, dataset) if key.valid is None)
    return tuple(sorted({tuple(map(str, key.reference)) for key in keys}))


def _terms(catalog: Catalog, dataset: Dataset) -> tuple[Term, ...]:
    """Return the columns to which foreign keys lead by time: one row each at a time, at most."""
    keys = _leading_to(catalog, dataset)
    found = ((tuple(map(str, key.reference)), key.valid) for key in keys if key.valid is not None)
    return tuple(dict.fromkeys(found))


def _leading_to(catalog: Catalog, dataset: Dataset) -> Iterator[ForeignKey]:
    keys = (key for other in catalog.datasets.values() for key in other.foreign_keys)
    return (key for key in keys if key.dataset == dataset.id)


def _changed(source: FactsFile) -> Problem:
    return problem(
        Location(source.name),
        "file-changed",
        zh="读取时文件被改动了",
        en="the file changed while it was being read",
        hint_zh="请再运行一次。",
        hint_en="Run the command again.",
    )


def _check_foreign_keys(
    setting: _Setting, tables: Mapping[str, Table], *, others: bool
) -> dict[str, tuple[Problem, ...]]:
    """Return the problems of tables with foreign keys that name no row, by dataset.

    A key to a dataset that has no table is not checked: that one has its own problems.
    """
    checked = Checked(setting.cache)
    found = {}
    for name, table in tables.items():
        collector = Collector(name, setting.limit)
        for key in table.dataset.foreign_keys:
            parent = tables.get(key.dataset)
            if parent is not None and table.pushed is None:  # else the database was asked
                _check_foreign_key(setting, table, parent, key, collector, checked)
        if not collector.sound:
            found[name] = collector.result()
    checked.save(others=others)
    return found


def _check_foreign_key(
    setting: _Setting,
    table: Table,
    parent: Table,
    key: ForeignKey,
    collector: Collector,
    checked: Checked,
) -> None:
    fields = [str(name) for name in (*key.fields, *key.reference)]
    time = table.dataset.time if key.valid is not None else None
    if key.valid is not None:
        fields += [repr((key.valid, time))]
    if checked.holds(table, parent, fields):
        return
    if different := different_types(table.dataset, parent.dataset, key):
        collector.add([different])
        return
    if time is None:
        rows = dangling(table.parquet, parent.parquet, key)
    else:
        rows = dangling_in_time(table.parquet, parent.parquet, key, time)
    if not rows:
        checked.remember(table, parent, fields)
        return
    described: Sequence[int] = collector.take(rows)
    sources, _ = setting.sources(table.dataset)
    files = [fact_file(source, table.dataset, setting.zone) for source in sources]
    cells = locate(files, described)
    collector.add(dangling_key(key, cells[row], table.dataset) for row in described)


def different_types(child: Dataset, parent: Dataset, key: ForeignKey) -> Problem | None:
    """Return the problem of a foreign key whose columns are not of the parent's types."""
    own, other = own_columns(child), own_columns(parent)
    for name, target in zip(key.fields, key.reference, strict=True):
        kind, wanted = own.get(name), other.get(target)
        if kind != wanted:
            return problem(
                name.where,
                "foreign-key-type",
                zh=f"外键 {name} 的类型是 {kind}，{target} 的却是 {wanted}",
                en=f"foreign key {name} is of type {kind}, but {target} of {wanted}",
            )
    return None
