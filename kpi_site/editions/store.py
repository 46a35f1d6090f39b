"""Editions on disk: written once, read back whole, and checked against the ledger."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kpi_site.editions import ledger, manifest
from kpi_site.editions.ledger import LEDGER, Entry
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import CARDS, MANIFEST, Edition, Manifest
from kpi_site.files import write_file
from kpi_site.periods import Calendar
from kpi_site.problems import Location, Problem, problem

REPORTS: Final = "content/reports"
_FOLDER: Final = re.compile(r"edition-([1-9]\d*)")
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Published:
    """All editions of a site by the label of their period, oldest first, and the ledger."""

    editions: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

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
    return f"{REPORTS}/{name}" if name.startswith(f"{CARDS}/") else f"{folder}/{name}"


def read_editions(root: Path, calendar: Calendar) -> tuple[Published, tuple[Problem, ...]]:
    """Read every edition below ``content/reports``.

    Whatever differs from what was published is a problem that names the file: one changed,
    missing or added, an edition missing, added or in another place, a line of the ledger.
    """
    folders = _folders(root)
    path = root / LEDGER
    if not path.is_file():
        return Published(), tuple(_unlisted(f) for f in sorted(folders.values()))
    entries, problems = ledger.from_bytes(path.read_bytes())
    if problems:
        return Published(), problems
    editions: defaultdict[str, list[Edition]] = defaultdict(list)
    latest: dict[str, str] = {}
    found: list[Problem] = []
    for entry in entries:
        folder = folders.pop((entry.period, entry.edition), None)
        edition, wrong = (None, [_gone(entry)]) if folder is None else _read(root, entry, calendar)
        found += wrong
        if edition is not None:
            own = editions[entry.period]
            found += _out_of_order(own, edition, latest.get(entry.period, ""))
            own.append(edition)
            latest[entry.period] = entry.sha256
    found += [_unlisted(folder) for folder in sorted(folders.values())]
    found += _stray_cards(root, editions.values()) if not found else []
    return Published({p: tuple(own) for p, own in editions.items()}, entries), tuple(found)


def write_edition(root: Path, edition: Edition, entries: tuple[Entry, ...]) -> Entry:
    """Write the files of ``edition`` and its line in the ledger; the ledger comes last."""
    data = manifest.to_bytes(edition.manifest)
    entry = ledger.following(entries, edition, sha256(data))
    for name, content in edition.files.items():
        write_file(root / path_of(edition.folder, name), content)
    write_file(root / edition.folder / MANIFEST, data)
    write_file(root / LEDGER, ledger.to_bytes((*entries, entry)))
    return entry


def _folders(root: Path) -> dict[tuple[str, int], str]:
    """Return the folders of editions by period and number."""
    found = {}
    for path in sorted((root / REPORTS).glob("*/edition-*")):
        match = _FOLDER.fullmatch(path.name)
        name = path.relative_to(root).as_posix()
        key = (path.parent.name, int(match[1]) if match else 0)
        if key in found or match is None:
            key = (name, 0)
        found[key] = name
    return found


def _read(root: Path, entry: Entry, calendar: Calendar) -> tuple[Edition | None, list[Problem]]:
    folder = folder_of(entry.period, entry.edition)
    file = f"{folder}/{MANIFEST}"
    path = root / file
    if not path.is_file():
        return None, [_missing(file)]
    data = path.read_bytes()
    if sha256(data) != entry.sha256:
        return None, [_changed(file)]
    known = manifest.from_bytes(data, file)
    period = calendar.parse(entry.period)
    if known is None or period is None:
        return None, [_unreadable(file)]
    if (known.period, known.number) != (entry.period, entry.edition):
        return None, [_changed(file)]
    files, problems = _files(root, folder, known)
    return Edition(period, known, files, folder), problems


def _files(root: Path, folder: str, known: Manifest) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the edition's files, and a problem for each that is not as it was published."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, digest in known.files.items():
        path = root / path_of(folder, name)
        if not path.is_file():
            problems.append(_missing(path_of(folder, name)))
            continue
        files[name] = path.read_bytes()
        if sha256(files[name]) != digest:
            problems.append(_changed(path_of(folder, name)))
    listed = {path_of(folder, name) for name in (MANIFEST, *known.files)}
    problems += [_added(file) for file in _there(root, folder) if file not in listed]
    return files, problems


def _there(root: Path, folder: str) -> Iterator[str]:
    """Yield the files below ``folder``, from the site's root, but for what systems litter."""
    for path in sorted((root / folder).rglob("*")):
        if path.is_file() and path.name not in _LITTER:
            yield path.relative_to(root).as_posix()


def _stray_cards(root: Path, editions: Iterable[Sequence[Edition]]) -> list[Problem]:
    """Return a problem for each frozen card that no edition refers to."""
    known = {path_of(e.folder, name) for own in editions for e in own for name in e.files}
    return [_added(file) for file in _there(root, f"{REPORTS}/{CARDS}") if file not in known]


def _out_of_order(before: Sequence[Edition], edition: Edition, previous: str) -> list[Problem]:
    """Return a problem if ``edition`` does not follow the ones ``before`` it."""
    number = before[-1].number + 1 if before else 1
    if (edition.number, edition.manifest.previous) == (number, previous):
        return []
    return [_changed(f"{edition.folder}/{MANIFEST}")]


def _restore(file: str, code: str, zh: str, en: str) -> Problem:
    return problem(
        Location(file),
        code,
        zh=zh,
        en=en,
        hint_zh="已发布的内容不再改动：请用版本管理恢复；要更正，请发布新的一版"
        "（kpi-site publish --revise）。",
        hint_en="What was published stays: restore it from version control; to correct it, "
        "publish the next edition (kpi-site publish --revise).",
    )


def _changed(file: str) -> Problem:
    return _restore(
        file,
        "edition-changed",
        "这个文件在发布之后被改动过",
        "this file was changed after it was published",
    )


def _missing(file: str) -> Problem:
    return _restore(
        file, "edition-file-missing", "已发布的文件不见了", "this published file is missing"
    )


def _added(file: str) -> Problem:
    return _restore(
        file,
        "edition-file-added",
        "这个文件不属于已发布的这一版",
        "this file is not part of the published edition",
    )


def _gone(entry: Entry) -> Problem:
    folder = folder_of(entry.period, entry.edition)
    return _restore(
        folder,
        "edition-missing",
        "台账中已发布的这一版不见了",
        "this edition is in the ledger, and missing",
    )


def _unlisted(folder: str) -> Problem:
    return problem(
        Location(folder),
        "edition-unlisted",
        zh="发布台账中没有这一版",
        en="the ledger of publications does not know this edition",
        hint_zh="版本只由 kpi-site publish 生成。请删除这个文件夹，"
        "或恢复 content/reports/ledger.csv。",
        hint_en="Only kpi-site publish makes editions. Remove the folder, or restore "
        "content/reports/ledger.csv.",
    )


def _unreadable(file: str) -> Problem:
    return problem(
        Location(file),
        "edition-format",
        zh="本版程序读不懂这一版的格式",
        en="this program does not know the edition's format",
        hint_zh="它可能由更新的 kpi-site 发布：请升级。",
        hint_en="A newer kpi-site may have published it: upgrade.",
    )
