"""Editions on disk: written once, read back whole, and checked against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kpi_site.changes import Change, carry_out
from kpi_site.editions import ledger, manifest
from kpi_site.editions.asked import InTurn, WhenAsked
from kpi_site.editions.faults import added, changed, gone, missing, unlisted, unreadable
from kpi_site.editions.ledger import LEDGER, LedgerLine
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import MANIFEST, SHARED, Edition, Manifest
from kpi_site.editions.on_disk import (
    REPORTS,
    FrozenFiles,
    OnDisk,
    folder_of,
    look,
    not_as_published,
    path_of,
)
from kpi_site.editions.sound import found_sound
from kpi_site.periods import THIRTEENTH, MonthCalendar, Period
from kpi_site.problems import Message, Problem

EDITIONS: Final = "digests/editions"
"""The file, where things are kept from run to run, of the digests of published files."""

Parse = Callable[[str], Period | None]


@dataclass(frozen=True, slots=True)
class Published:
    """All editions of a site by the label of their period, oldest first, and the ledger."""

    editions: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    entries: tuple[LedgerLine, ...] = ()

    def latest(self, period: str) -> Edition | None:
        """Return the newest edition of a report, if it was published."""
        return self.editions.get(period, (None,))[-1]

    def in_order(self) -> Sequence[Edition]:
        """Return every edition in the order of publication."""
        return InTurn(self.entries, self._of)

    def _of(self, line: LedgerLine) -> Edition:
        return next(e for e in self.editions[line.period] if e.number == line.edition)


def read_editions(
    root: Path, parse: Parse, kept: Path | None = None
) -> tuple[Published, tuple[Problem, ...]]:
    """Read every edition below ``content/reports``; ``parse`` reads a period's label.

    Whatever differs from what was published is a problem that names the file: one changed,
    missing or added, an edition missing, added or in another place, a line of the ledger.
    Every file is read, but for those whose digests are known from the file ``kept``
    (specification.md#verify).
    """
    there = look(root, kept)
    folders = there.folders()
    path = root / LEDGER
    if not path.is_file():
        return Published(), tuple(unlisted(f) for f in sorted(folders.values()))
    entries, problems = ledger.from_bytes(path.read_bytes())
    if problems:
        return Published(), problems
    shelf = _Shelf(there, parse)
    sound = found_sound(there, entries, kept)
    latest: dict[str, LedgerLine] = {}
    found: list[Problem] = []
    for entry in entries:
        folder = folders.pop((entry.period, entry.edition), None)
        if folder is None:
            found.append(gone(folder_of(entry.period, entry.edition)))
        elif sound.holds(entry) and parse(entry.period) is not None:
            shelf.add(entry)
        else:
            edition, wrong = shelf.read(entry)
            found += wrong
            if edition is not None:
                found += _out_of_order(edition, latest.get(entry.period))
                shelf.add(entry, edition)
        latest[entry.period] = entry
    found += [unlisted(folder) for folder in sorted(folders.values())]
    found += _strays(there, sound.shared, shelf.read_now) if not found else []
    if not found:
        sound.keep(entries, {e.folder: e.manifest for e in shelf.read_now})
    there.digests.save()
    published = Published(WhenAsked(tuple(shelf.lines), shelf.editions), entries)
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
    there = look(root)
    found = []
    for folder in sorted(set(there.folders().values()) - known):
        file = root / folder / MANIFEST
        data = file.read_bytes() if file.is_file() else b""
        told = manifest.from_bytes(data, f"{folder}/{MANIFEST}")
        if told is not None and folder == folder_of(told.period, told.number):
            wrong = tuple(_wrong_files(there, folder, told))
            found.append(LoneEdition(folder, told, sha256(data), wrong))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Editions by period: those ``read_now``, and others that are read when they are asked for."""

    there: OnDisk
    parse: Parse
    lines: dict[str, list[LedgerLine]] = field(default_factory=dict)
    shared: dict[str, bytes] = field(default_factory=dict)
    _read: dict[str, Edition] = field(default_factory=dict)

    @property
    def read_now(self) -> Collection[Edition]:
        """Those that were read and found to be as published, or whose faults were told."""
        return self._read.values()

    def add(self, line: LedgerLine, edition: Edition | None = None) -> None:
        """Add the edition of a ``line``; without it, one that is known to be sound."""
        self.lines.setdefault(line.period, []).append(line)
        if edition is not None:
            self._read[edition.folder] = edition

    def editions(self, period: str) -> tuple[Edition, ...]:
        """Return the editions of a period. OSError if one is no more as it was published."""
        return tuple(map(self._edition, self.lines[period]))

    def _edition(self, line: LedgerLine) -> Edition:
        folder = folder_of(line.period, line.edition)
        if folder not in self._read:
            opened = self._opened(line)
            if isinstance(opened, Problem):
                raise not_as_published(self.there.root / opened.where.file)
            self._read[folder] = self._made(line, *opened, {})
        return self._read[folder]

    def read(self, line: LedgerLine) -> tuple[Edition | None, list[Problem]]:
        """Read the edition of a ``line``, and hold all of its files against their digests."""
        opened = self._opened(line)
        if isinstance(opened, Problem):
            return None, [opened]
        folder = folder_of(line.period, line.edition)
        problems = list(_wrong_files(self.there, folder, opened[0]))
        told = {problem.where.file: problem.code for problem in problems}
        return self._made(line, *opened, told), problems

    def _opened(self, line: LedgerLine) -> tuple[Manifest, Period] | Problem:
        file = f"{folder_of(line.period, line.edition)}/{MANIFEST}"
        path = self.there.root / file
        if not path.is_file():
            return missing(file)
        data = path.read_bytes()
        if sha256(data) != line.sha256:
            return changed(file, line_ends=_by_line_ends(data, line.sha256))
        known = manifest.from_bytes(data, file)
        period = None if known is None else _period(known, self.parse)
        if known is None or period is None:
            return unreadable(file)
        if (known.period, known.number) != (line.period, line.edition):
            return changed(file)
        return known, period

    def _made(
        self, line: LedgerLine, known: Manifest, period: Period, told: Mapping[str, str]
    ) -> Edition:
        """Return an edition; ``told`` is what is wrong with files of it, by their paths."""
        folder = folder_of(line.period, line.edition)
        digests = known.files
        if told:
            digests = {
                name: "" if path_of(folder, name) in told else digest
                for name, digest in known.files.items()
                if told.get(path_of(folder, name)) != "edition-file-missing"
            }
        root = self.there.root
        files = FrozenFiles(digests, lambda name: root / path_of(folder, name), self.shared)
        return Edition(period, known, files, folder, line.checkpoint)


def _period(known: Manifest, parse: Parse) -> Period | None:
    """Return the period of an edition: with its days as they were published."""
    period = parse(known.period)
    if known.days is None:
        return period
    period = period or MonthCalendar().parse(known.period.replace(THIRTEENTH, "12"))
    first, last = known.days
    return period and replace(period, first=first, last=last, label=known.period)


def _wrong_files(there: OnDisk, folder: str, known: Manifest) -> Iterator[Problem]:
    """Yield a problem for each file of an edition that is not as it was published."""
    listed = {f"{folder}/{MANIFEST}"}
    for name, digest in known.files.items():
        file = path_of(folder, name)
        listed.add(file)
        found = there.digest(file)
        if found is None:
            yield missing(file)
        elif found != digest:
            data = (there.root / file).read_bytes()
            yield changed(file, line_ends=_by_line_ends(data, digest))
    yield from (added(file) for file in there.there(folder) if file not in listed)


def _by_line_ends(data: bytes, digest: str) -> bool:
    """Tell whether a tool has turned the line ends into those of Windows, and nothing else."""
    return b"\r\n" in data and sha256(data.replace(b"\r\n", b"\n")) == digest


def _strays(there: OnDisk, known: Iterable[str], editions: Iterable[Edition]) -> list[Problem]:
    """Return a problem for each shared file, a frozen card or a look, that no edition refers to.

    ``known`` are the names of those that other editions do.
    """
    known = {path_of("", name) for name in known}
    known |= {path_of(e.folder, name) for e in editions for name in e.files}
    shared = (file for folder in SHARED for file in there.there(f"{REPORTS}/{folder}"))
    return [added(file) for file in shared if file not in known]


def _out_of_order(edition: Edition, before: LedgerLine | None) -> list[Problem]:
    """Return a problem if ``edition`` does not follow the one that the ledger has ``before``."""
    number, previous = (before.edition + 1, before.sha256) if before else (1, "")
    if (edition.number, edition.manifest.previous) == (number, previous):
        return []
    return [changed(f"{edition.folder}/{MANIFEST}")]
