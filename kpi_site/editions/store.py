"""Editions on disk: written once, read back whole, and checked against the ledger."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kpi_site.changes import Change, carry_out
from kpi_site.editions import ledger, manifest
from kpi_site.editions.faults import added, changed, gone, missing, unlisted, unreadable
from kpi_site.editions.ledger import LEDGER, LedgerLine
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import MANIFEST, SHARED, Edition, Manifest
from kpi_site.periods import THIRTEENTH, MonthCalendar, Period
from kpi_site.problems import Message, Problem

REPORTS: Final = "content/reports"
Parse = Callable[[str], Period | None]
_FOLDER: Final = re.compile(r"edition-([1-9]\d*)")
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Published:
    """All editions of a site by the label of their period, oldest first, and the ledger."""

    editions: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    entries: tuple[LedgerLine, ...] = ()

    def latest(self, period: str) -> Edition | None:
        """Return the newest edition of a report, if it was published."""
        return self.editions.get(period, (None,))[-1]

    def in_order(self) -> Iterator[Edition]:
        """Yield every edition in the order of publication."""
        by_name = {(e.manifest.period, e.number): e for own in self.editions.values() for e in own}
        return (by_name[entry.period, entry.edition] for entry in self.entries)


def folder_of(period: str, number: int) -> str:
    """Return an edition's folder, from the site's root."""
    return f"{REPORTS}/{period}/edition-{number}"


def path_of(folder: str, name: str) -> str:
    """Return the path of an edition's file, from the site's root."""
    shared = name.partition("/")[0] in SHARED
    return f"{REPORTS}/{name}" if shared else f"{folder}/{name}"


def read_editions(root: Path, parse: Parse) -> tuple[Published, tuple[Problem, ...]]:
    """Read every edition below ``content/reports``; ``parse`` reads a period's label.

    Whatever differs from what was published is a problem that names the file: one changed,
    missing or added, an edition missing, added or in another place, a line of the ledger.
    """
    folders = _folders(root)
    path = root / LEDGER
    if not path.is_file():
        return Published(), tuple(unlisted(f) for f in sorted(folders.values()))
    entries, problems = ledger.from_bytes(path.read_bytes())
    if problems:
        return Published(), problems
    editions: defaultdict[str, list[Edition]] = defaultdict(list)
    latest: dict[str, LedgerLine] = {}
    found: list[Problem] = []
    for entry in entries:
        folder = folders.pop((entry.period, entry.edition), None)
        home = folder_of(entry.period, entry.edition)
        edition, wrong = (None, [gone(home)]) if folder is None else _read(root, entry, parse)
        found += wrong
        if edition is not None:
            found += _out_of_order(edition, latest.get(entry.period))
            editions[entry.period].append(edition)
        latest[entry.period] = entry
    found += [unlisted(folder) for folder in sorted(folders.values())]
    found += _strays(root, editions.values()) if not found else []
    published = Published({p: tuple(own) for p, own in editions.items()}, entries)
    return published, tuple(dict.fromkeys(found))  # editions share their cards


def write_edition(root: Path, edition: Edition, entries: tuple[LedgerLine, ...]) -> LedgerLine:
    """Write the files of ``edition`` and its line in the ledger, all or nothing.

    To be called within ``changes.alone``, in which ``entries`` have been read.
    """
    data = manifest.to_bytes(edition.manifest)
    entry = ledger.following(entries, edition.manifest, sha256(data))
    files = [Change(path_of(edition.folder, n), made) for n, made in edition.files.items()]
    files.append(Change(f"{edition.folder}/{MANIFEST}", data))
    files.append(Change(LEDGER, ledger.to_bytes((*entries, entry))))
    number, period = edition.number, edition.manifest.period
    what = Message(f"发布 {period} 第 {number} 版", f"publish edition {number} of {period}")
    carry_out(root, what, files)
    return entry


@dataclass(frozen=True, slots=True)
class LoneEdition:
    """An edition that a ledger does not know, and what of it is not as it was published."""

    folder: str
    manifest: Manifest
    digest: str
    problems: tuple[Problem, ...]


def lone_editions(root: Path, entries: Iterable[LedgerLine]) -> tuple[LoneEdition, ...]:
    """Return the editions below ``content/reports`` that are not among ``entries``.

    What is not even a manifest is none: the ledger does not get it.
    """
    known = {folder_of(entry.period, entry.edition) for entry in entries}
    found = []
    for folder in sorted(set(_folders(root).values()) - known):
        file = root / folder / MANIFEST
        data = file.read_bytes() if file.is_file() else b""
        told = manifest.from_bytes(data, f"{folder}/{MANIFEST}")
        if told is not None and folder == folder_of(told.period, told.number):
            found.append(
                LoneEdition(folder, told, sha256(data), tuple(_files(root, folder, told)[1]))
            )
    return tuple(found)


def _folders(root: Path) -> dict[tuple[str, int], str]:
    """Return the folders of editions by period and number."""
    found = {}
    for path in sorted((root / REPORTS).rglob("edition-*")):
        match = _FOLDER.fullmatch(path.name)
        name = _name(root, path)
        key = (path.parent.name, int(match[1]) if match else 0)
        if match is None or name != folder_of(*key):
            key = (name, 0)
        found[key] = name
    return found


def _read(root: Path, entry: LedgerLine, parse: Parse) -> tuple[Edition | None, list[Problem]]:
    folder = folder_of(entry.period, entry.edition)
    file = f"{folder}/{MANIFEST}"
    path = root / file
    if not path.is_file():
        return None, [missing(file)]
    data = path.read_bytes()
    if sha256(data) != entry.sha256:
        return None, [changed(file, line_ends=_by_line_ends(data, entry.sha256))]
    known = manifest.from_bytes(data, file)
    period = None if known is None else _period(known, parse)
    if known is None or period is None:
        return None, [unreadable(file)]
    if (known.period, known.number) != (entry.period, entry.edition):
        return None, [changed(file)]
    files, problems = _files(root, folder, known)
    return Edition(period, known, files, folder, entry.checkpoint), problems


def _period(known: Manifest, parse: Parse) -> Period | None:
    """Return the period of an edition: with its days as they were published."""
    period = parse(known.period)
    if known.days is None:
        return period
    period = period or MonthCalendar().parse(known.period.replace(THIRTEENTH, "12"))
    first, last = known.days
    return period and replace(period, first=first, last=last, label=known.period)


def _files(root: Path, folder: str, known: Manifest) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the edition's files, and a problem for each that is not as it was published."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, digest in known.files.items():
        path = root / path_of(folder, name)
        if not path.is_file():
            problems.append(missing(path_of(folder, name)))
            continue
        files[name] = path.read_bytes()
        if sha256(files[name]) != digest:
            line_ends = _by_line_ends(files[name], digest)
            problems.append(changed(path_of(folder, name), line_ends=line_ends))
    listed = {path_of(folder, name) for name in (MANIFEST, *known.files)}
    problems += [added(file) for file in _there(root, folder) if file not in listed]
    return files, problems


def _there(root: Path, folder: str) -> Iterator[str]:
    """Yield what stands below ``folder``, from the site's root, but for what systems litter.

    Folders count for what is in them; links and pipes count, wherever they lead.
    """
    for path in sorted((root / folder).rglob("*")):
        folder_alone = path.is_dir() and not path.is_symlink()
        if not folder_alone and path.name not in _LITTER:
            yield _name(root, path)


def _name(root: Path, path: Path) -> str:
    """Return the path from the site's root; bytes that are no text are spelt out."""
    return path.relative_to(root).as_posix().encode(errors="backslashreplace").decode()


def _by_line_ends(data: bytes, digest: str) -> bool:
    """Tell whether a tool has turned the line ends into those of Windows, and nothing else."""
    return b"\r\n" in data and sha256(data.replace(b"\r\n", b"\n")) == digest


def _strays(root: Path, editions: Iterable[Sequence[Edition]]) -> list[Problem]:
    """Return a problem for each shared file, a frozen card or a look, that no edition refers to."""
    known = {path_of(e.folder, name) for own in editions for e in own for name in e.files}
    there = (file for folder in SHARED for file in _there(root, f"{REPORTS}/{folder}"))
    return [added(file) for file in there if file not in known]


def _out_of_order(edition: Edition, before: LedgerLine | None) -> list[Problem]:
    """Return a problem if ``edition`` does not follow the one that the ledger has ``before``."""
    number, previous = (before.edition + 1, before.sha256) if before else (1, "")
    if (edition.number, edition.manifest.previous) == (number, previous):
        return []
    return [changed(f"{edition.folder}/{MANIFEST}")]
