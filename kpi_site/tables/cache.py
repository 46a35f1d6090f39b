"""The folder of Parquet copies: what is unchanged is not read again, nor even hashed.

A copy is named by a key: a hash of the source files' hashes, of all that decides how they
are read and checked, and of the copy's own format. It is written aside and then renamed, and
its description is written last, so an interrupted build leaves no half copy. The description
is sealed and holds the hash of the rows, so that a damaged copy is none.

Several programs may use one folder, and see different facts: whoever uses a copy sets the
time of its description, and a copy is removed an hour after it was used, not before.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from kpi_site.catalog import Dataset, Layout, with_sheet
from kpi_site.files import PART, recent
from kpi_site.kept import read_sealed, write_sealed
from kpi_site.periods import Calendar
from kpi_site.problems import Location, Message, Problem
from kpi_site.tables.model import RuleCount, SourceFile, Table
from kpi_site.tables.sources import FactsFile, sha256

_FORMAT = 6  # of the copies; a new one makes all old copies useless
_SHAPE = [  # what a description is made of: another field makes them useless too
    [kind.__name__, *(field.name for field in fields(kind))]
    for kind in (Table, SourceFile, RuleCount, Problem, Location, Message)
]
_IN_USE = 3600  # s; longer than any program scans the copies that it found
_SETTLED = 2_000_000_000  # ns; a file younger than this when hashed may change unnoticed


def row_digest(
    dataset: Dataset, hashes: Sequence[str], zone: str, parents: Mapping[str, Table]
) -> str:
    """Return the hash of everything that decides the rows: bytes, types, derived columns.

    ``parents`` are the tables that derived columns use.
    """
    columns = [(str(f.name), f.type, f.format, f.decimals) for f in dataset.fields]
    moments = any(
        field.type == "datetime" or (field.type == "date" and field.format and field.tells_instants)
        for field in dataset.fields
    )
    return _hash(
        list(hashes),
        columns,
        [dataset.encoding, dataset.delimiter, dataset.quote, dataset.sheet],
        list(dataset.missing_values),
        [(str(column.name), column.value.code.text) for column in dataset.derived],
        zone if moments else None,
        dataset.totals and dataset.totals.where.code.text,
        *_more(dataset),
        *([_above(dataset, parents)] if dataset.brought else []),
    )


def _above(dataset: Dataset, parents: Mapping[str, Table]) -> object:
    """Return what decides the parents' columns that are brought to the rows."""
    keys = [
        (key.fields, key.dataset, key.reference, repr(key.valid)) for key in dataset.foreign_keys
    ]
    digests = {name: table.digest for name, table in parents.items()}
    return [keys, dataset.time, [str(one.name) for one in dataset.brought], digests]


def _more(dataset: Dataset) -> Iterator[object]:
    """Yield what decides the rows of datasets that declare it; others keep their digest."""
    notations = {str(f.name): repr(f.notation) for f in dataset.fields if f.notation}
    if notations:
        yield ["notations", notations]
    clocks = {str(f.name): f.notation.clock for f in dataset.fields if f.notation}
    if any(clocks.values()):
        yield ["clocks", clocks]
    if dataset.file_to is not None:
        yield ["file_to", str(dataset.file_to)]
    if wide := [str(f.name) for f in dataset.fields if f.wide_digits]:
        yield ["wide", wide]
    if dataset.layout != Layout():
        yield ["layout", repr(dataset.layout)]
    if dataset.database is not None:
        yield ["database"]
    if any(with_sheet(path)[1] for path in dataset.paths):
        yield ["sheets", [str(path) for path in dataset.paths]]


def copy_key(
    dataset: Dataset,
    digest: str,
    names: Sequence[str],
    referenced: Sequence[Sequence[str]],
    calendar: Calendar,
    terms: Sequence[object] = (),
) -> str:
    """Return the name of the copy: rows, checks, and what their problems are said to be.

    Totals of the year so far are checked by the ``calendar``.
    """
    constraints = [
        (f.required, f.unique, f.enum, f.minimum, f.maximum, f.pattern) for f in dataset.fields
    ]
    rules = [
        (r.rule.code.text, r.severity, asdict(r.message) if r.message else None)
        for r in dataset.rules
    ]
    keys = [list(dataset.primary_key), [list(key) for key in referenced]]
    return _hash(
        _FORMAT,
        _SHAPE,
        digest,
        list(names),
        constraints,
        rules,
        keys,
        dataset.time,
        dataset.undated,
        [[*map(str, dataset.totals.columns)], repr(calendar)] if dataset.totals else None,
        repr(terms),
    )[:20]


def _hash(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Hashes:
    """Hashes of source files, remembered between builds while a file's stamp stays.

    The stamp holds the time at which the system last saw a change of the file, which no
    program can set; on Windows it is that of its making, and the other times must do.
    """

    def __init__(self, cache: Path) -> None:
        """Read what the last build remembered from the folder ``cache``."""
        self._path = cache / "files.json"
        self._known: dict[str, list[Any]] = _read_json(self._path) or {}
        self._seen: dict[str, list[Any]] = {}

    def of(self, source: FactsFile) -> SourceFile:
        """Return the file's size and hash; ``rows`` is not known here."""
        now = time.time_ns()
        stamp = _stamp(source.path)
        known = self._known.get(source.name)
        settled = max(stamp[1], stamp[3]) + _SETTLED
        if known is not None and known[:4] == stamp and known[5] > settled:
            self._seen[source.name] = known
        else:
            self._seen[source.name] = [*stamp, sha256(source.path), now]
        return SourceFile(source.listed, 0, stamp[0], self._seen[source.name][4])

    def unchanged(self, source: FactsFile) -> bool:
        """Tell whether the file looks as it did when it was hashed."""
        return self._seen[source.name][:4] == _stamp(source.path)

    def save(self, *, others: bool = False) -> None:
        """Remember what this build saw, and with ``others`` also what it did not look at."""
        seen = {**self._known, **self._seen} if others else self._seen
        if seen != self._known:
            _write_json(self._path, seen)


def _stamp(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_ctime_ns]


_hashed: dict[Path, tuple[list[int], str]] = {}  # copies, each read once by a process


def _rows_hash(parquet: Path) -> str | None:
    """Return the hash of a copy's rows, read once by a process; None if there is no copy."""
    try:
        stamp = _stamp(parquet)
    except FileNotFoundError:
        return None
    known = _hashed.get(parquet)
    if known is None or known[0] != stamp:
        known = _hashed[parquet] = stamp, sha256(parquet)
    return known[1]


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a dataset's copy and its description lie."""

    folder: Path
    dataset: str
    key: str

    @property
    def parquet(self) -> Path:
        """The rows."""
        return self.folder / f"{self.dataset}.{self.key}.parquet"

    @property
    def description(self) -> Path:
        """What is known about the rows; its presence says that the copy is whole."""
        return self.folder / f"{self.dataset}.{self.key}.json"

    @property
    def aside(self) -> Path:
        """Where this process writes the rows before they are found good."""
        return self.folder / f"{self.dataset}.{self.key}.{os.getpid()}.part"

    def load(self, dataset: Dataset) -> tuple[Table, tuple[Problem, ...]] | None:
        """Return the table as it was kept, with its warnings; None if there is no whole copy."""
        _use(self.description)
        known = _read_json(self.description)
        if known is None or _rows_hash(self.parquet) != known["rows_sha256"]:
            return None
        table = Table(
            dataset,
            self.parquet,
            known["digest"],
            known["rows"],
            _date(known["first"]),
            _date(known["last"]),
            tuple(SourceFile(**file) for file in known["files"]),
            tuple(RuleCount(**rule) for rule in known["broken_rules"]),
            known["null_counts"],
            known["days"],
            {name: (low, high) for name, (low, high) in known["ranges"].items()},
        )
        self._remove_others()
        return table, tuple(problem_of(item) for item in known["warnings"])

    def keep(self, table: Table, warnings: Sequence[Problem]) -> Table:
        """Put the rows written aside in place, describe them, and remove old copies."""
        self.aside.replace(self.parquet)
        known = {
            "rows_sha256": _rows_hash(self.parquet),
            "digest": table.digest,
            "rows": table.rows,
            "first": table.first and table.first.isoformat(),
            "last": table.last and table.last.isoformat(),
            "files": [asdict(file) for file in table.files],
            "broken_rules": [asdict(rule) for rule in table.broken_rules],
            "null_counts": table.null_counts,
            "days": table.days,
            "ranges": table.ranges,
            "warnings": [asdict(warning) for warning in warnings],
        }
        _write_json(self.description, known)
        self._remove_others()
        return replace(table, parquet=self.parquet)

    def _remove_others(self) -> None:
        for path in self.folder.glob(f"{self.dataset}.*"):
            other = path not in {self.parquet, self.description}
            if path.suffix != PART and other and not _in_use(path):
                path.unlink(missing_ok=True)


def _use(description: Path) -> None:
    """Note that a copy is used now, if there is one."""
    with suppress(FileNotFoundError):
        os.utime(description)


def _in_use(path: Path) -> bool:
    """Tell whether another program may be using the copy that ``path`` is a file of."""
    files = (path.with_suffix(".json"), path)
    return any(file.is_file() and recent(file, _IN_USE) for file in files)


def remove_strays(folder: Path, datasets: Collection[str]) -> None:
    """Remove copies of datasets that are no more."""
    for path in folder.glob("*.*.*"):
        own = path.suffix == PART or path.name.partition(".")[0] in datasets
        if not own and not _in_use(path):
            path.unlink(missing_ok=True)


class Checked:
    """Which foreign keys were found whole before, by the hashes of both sides."""

    def __init__(self, cache: Path) -> None:
        """Read what the last build remembered from the folder ``cache``."""
        self._path = cache / "keys.json"
        self._known = set(_read_json(self._path) or ())
        self._seen: set[str] = set()

    def holds(self, child: Table, parent: Table, fields: Sequence[str]) -> bool:
        """Tell whether this key was whole when both sides had the rows that they have now."""
        name = _hash(child.digest, parent.digest, list(fields))
        self._seen |= {name} & self._known
        return name in self._known

    def remember(self, child: Table, parent: Table, fields: Sequence[str]) -> None:
        """Note that this key was found whole."""
        self._seen.add(_hash(child.digest, parent.digest, list(fields)))

    def save(self, *, others: bool = False) -> None:
        """Remember what this build saw, and with ``others`` also what it did not look at."""
        seen = self._known | self._seen if others else self._seen
        if seen != self._known:
            _write_json(self._path, sorted(seen))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def problem_of(item: Mapping[str, Any]) -> Problem:
    """Return a problem that was kept as JSON."""
    hint = item["hint"]
    return Problem(
        Location(**item["where"]),
        item["code"],
        Message(**item["message"]),
        Message(**hint) if hint else None,
        item["severity"],
    )


def _read_json(path: Path) -> Any:
    kept = read_sealed(path)
    return None if kept is None else json.loads(kept)


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_sealed(path, text.encode("utf-8", "surrogatepass"))
