"""From files to a catalog: read each, then check them all together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as PyMapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from kpi_site.catalog import (
    Action,
    Card,
    Catalog,
    Dataset,
    Glossary,
    Scorecard,
    Site,
    Text,
)
from kpi_site.content.actions import ACTION
from kpi_site.content.blanks import unfinished_draft, without_blanks
from kpi_site.content.cards import read_card
from kpi_site.content.datasets import DATASET
from kpi_site.content.draft import Draft, Entries, Entry
from kpi_site.content.folders import SITE_FILE, ContentFile, content_files, with_files
from kpi_site.content.formats import TOO_NEW
from kpi_site.content.glossary import GLOSSARY, with_standard
from kpi_site.content.kept_values import Keeper, Told, kept_values, key_of
from kpi_site.content.paths import paths_hold
from kpi_site.content.reports import REPORT
from kpi_site.content.rules import RULES
from kpi_site.content.rules.calendar import lists_periods
from kpi_site.content.scorecards import SCORECARD
from kpi_site.content.shapes import FileReading, Invalid
from kpi_site.content.site import languages_of, read_site
from kpi_site.content.yaml_source import LARGEST_FILE, Mapping, Node, Scalar, parse_yaml, too_large
from kpi_site.ordinary import strange_file
from kpi_site.periods import Calendar
from kpi_site.problems import Location, Message, Name, Problem, has_errors, in_order
from kpi_site.schema import with_brought

T = TypeVar("T")
P = TypeVar("P")
Reader = Callable[[Node, FileReading], T | Invalid]


def read_catalog(
    root: Path,
    *,
    today: date,
    cache: Path | None = None,
    facts_first: bool = True,
    keeper: Keeper | None = None,
) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """Read all content of the site in ``root``; return its catalog and all problems, in order.

    A file with an error is left out of the catalog, so references may lead to what is not
    there: only a catalog without errors is complete. None without a readable ``site.yml``.
    ``cache`` is a folder that remembers what unchanged files say; ``keeper`` remembers in its
    place. Without ``facts_first`` the facts that list the company's calendar are left unread:
    periods go by no calendar.
    """
    draft, problems = read_draft(
        root, today=today, cache=cache, facts_first=facts_first, keeper=keeper
    )
    return _sound(draft, problems) if draft.readable else None, problems


def read_draft(
    root: Path,
    *,
    today: date,
    cache: Path | None = None,
    facts_first: bool = True,
    instead: PyMapping[str, bytes | None] = MappingProxyType({}),
    keeper: Keeper | None = None,
) -> tuple[Draft, tuple[Problem, ...]]:
    """Read the same, but return everything that could be read, of files with errors too.

    ``instead`` are files that are to be, by path from the root, before they are written; None
    for one that goes. ``keeper`` remembers in place of what ``cache`` holds.
    """
    problems: list[Problem] = []
    site_entry, site = _read_site(root, today, problems, instead)
    files, misplaced = content_files(root)
    problems += misplaced
    files = with_files(root, files, instead)
    if any(found.code == TOO_NEW for found in problems):
        files = ()  # what its words mean is not known here
    start = FileReading(root, SITE_FILE)
    if site is not None:
        start = replace(start, languages=site.languages, currency=site.currency, format=site.format)
        calendar, found = _calendar(files, start, site, instead) if facts_first else (None, ())
        problems += found
        start = replace(start, calendar=calendar)
        site = site if calendar is None else replace(site, calendar=calendar)
    reading = _Reading(start, keeper or kept_values(cache), problems, instead)
    draft = _read_files(files, reading, site_entry, site)
    problems += [found for rule in RULES for found in rule(draft)]
    return draft, in_order(problems)


def _read_site(
    root: Path, today: date, problems: list[Problem], instead: PyMapping[str, bytes | None]
) -> tuple[Entry[None], Site | None]:
    strange = strange_file(root, root / SITE_FILE)  # the list of files names it
    data = instead.get(SITE_FILE)
    if data is None and not strange:
        data = _bytes(root / SITE_FILE, SITE_FILE, problems)
    tree = None if data is None else _parse(data, SITE_FILE, problems)
    if tree is None:
        return Entry(SITE_FILE, "site", lambda: None, None, _ALL_OF_SITE), None
    reading = FileReading(root, SITE_FILE, languages=languages_of(tree))
    site = read_site(tree, reading, today=today)
    newer = [found for found in reading.problems if found.code == TOO_NEW]
    problems += newer or reading.problems
    if newer or isinstance(site, Invalid):
        return Entry(SITE_FILE, "site", lambda: tree, None, _ALL_OF_SITE), None
    return Entry(
        SITE_FILE, "site", lambda: tree, None, frozenset(reading.damaged), _keys(tree)
    ), site


def _calendar(
    files: tuple[ContentFile, ...],
    start: FileReading,
    site: Site,
    instead: PyMapping[str, bytes | None],
) -> tuple[Calendar | None, tuple[Problem, ...]]:
    """Return the site's calendar and the problems of its rows; None where it cannot be read.

    All other content names periods of it, so that it is read first, and with it the only facts
    that are content.
    """
    file = next((f for f in files if f.kind == "dataset" and f.name == site.periods), None)
    if site.periods is None:
        return site.calendar, ()
    entry = None if file is None else _Reading(start, None, [], instead).entry(file, DATASET.read)
    dataset = None if entry is None else entry.value
    if entry is None or dataset is None or entry.damaged or not lists_periods(dataset):
        return None, ()
    from kpi_site.tables.calendar import read_calendar  # Polars takes its time

    return read_calendar(site, dataset)


_ALL_OF_SITE = frozenset({"departments", "perspectives", "audiences", "connections"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of a site's files: how each starts, what is kept, what is wrong so far."""

    start: FileReading
    kept: Keeper | None
    problems: list[Problem]
    instead: PyMapping[str, bytes | None] = field(default_factory=dict)

    def entry(self, file: ContentFile, read: Reader[T]) -> Entry[T]:
        """Read one file."""
        data = self.instead.get(file.file)
        if data is None:
            data = _bytes(file.path, file.file, self.problems)
        if data is None:
            return Entry(file.file, file.name, lambda: None, None)
        key = key_of(file, data, self.start) if self.kept is not None else ""
        told = self.kept.get(key) if self.kept is not None else None
        if told is not None and _holds(told.value, self.start):
            parse = partial(_parse, data, file.file, [])
            return Entry(
                file.file, file.name, parse, told.value,
                keys=told.keys, written=told.written, sound=True,
            )  # fmt: skip
        before = len(self.problems)
        tree = _parse(data, file.file, self.problems)
        if tree is None:
            return Entry(file.file, file.name, lambda: None, None)
        own = replace(self.start, file=file.file, problems=[], damaged=set())
        value = read(tree, own)
        self.problems.extend(own.problems)
        if file.kind == "indicator" and unfinished_draft(tree, self.problems, before):
            return Entry(file.file, file.name, lambda: tree, None, unfinished=True)
        found = None if isinstance(value, Invalid) else _named(value, file, tree)
        damaged, keys, written = frozenset(own.damaged), _keys(tree), _written(tree, file)
        sound = found is not None and not damaged and len(self.problems) == before
        if sound and self.kept is not None:
            self.kept.put(key, Told(found, keys, written))
        return Entry(file.file, file.name, lambda: tree, found, damaged, keys, written, sound)


def _holds(value: object, start: FileReading) -> bool:
    """Tell whether nothing beside its file has changed what is kept: files that it names."""
    if not isinstance(value, Dataset) or value.database is not None:
        return True
    return paths_hold(value.paths, start)


def _keys(tree: Node) -> tuple[Name, ...]:
    return tuple(name.name() for name, _ in tree.entries) if isinstance(tree, Mapping) else ()


def _written(tree: Node, file: ContentFile) -> Name | None:
    """Return the id, or the period of a report, that stands in a file."""
    found = None
    if isinstance(tree, Mapping):
        found = tree.get("period" if file.kind == "report" else "id")
    return found.name() if isinstance(found, Scalar) else None


def _read_files(
    files: tuple[ContentFile, ...], reading: _Reading, site_entry: Entry[None], site: Site | None
) -> Draft:
    def entries(kind: str, read: Callable[[ContentFile], Reader[T]]) -> Entries[T]:
        return tuple(reading.entry(file, read(file)) for file in files if file.kind == kind)

    datasets = _with_parents(entries("dataset", lambda _: DATASET.read))
    cards = entries("indicator", _card_reader)
    finished = tuple(card for card in cards if not card.unfinished)
    indicators = tuple(_with_value(card, lambda c: c.indicator) for card in finished)
    texts = tuple(_with_value(card, lambda c: c.texts) for card in finished)
    scorecards = entries("scorecard", lambda _: SCORECARD.read)
    reports = entries("report", lambda _: REPORT.read)
    actions = entries("action", lambda _: ACTION.read)
    glossary = entries("glossary", lambda _: GLOSSARY.read)
    if reading.kept is not None:
        reading.kept.save()
    catalog = Catalog(
        site=site or Site(reading.start.root, Location(SITE_FILE), Text("")),
        datasets=_by_name(datasets),
        indicators=_by_name(indicators),
        texts=_by_name(texts),
        scorecards=_by_name(scorecards),
        reports=_by_name(reports),
        actions=_by_name(actions),
        glossary=_explained(_by_name(glossary)),
    )
    return Draft(
        catalog,
        site_entry,
        datasets,
        indicators,
        texts,
        scorecards,
        reports,
        actions,
        glossary,
        readable=site is not None,
        unfinished=tuple(
            _with_value(card, lambda c: c.indicator) for card in cards if card.unfinished
        ),
    )


def _explained(read: PyMapping[str, Glossary]) -> Glossary:
    """Return the site's own words, of the one file that may have them, and the standard ones."""
    return with_standard(tuple(term for terms in read.values() for term in terms))


def _card_reader(file: ContentFile) -> Reader[Card]:
    return lambda node, reading: read_card(node, reading, file.folder)


def _with_value(entry: Entry[T], of: Callable[[T], P]) -> Entry[P]:
    """Return ``entry`` with a part of its value."""
    value = None if entry.value is None else of(entry.value)
    return Entry(
        entry.file, entry.name, entry.parse, value, entry.damaged, entry.keys, entry.written,
        entry.sound, entry.unfinished,
    )  # fmt: skip


def _bytes(path: Path, file: str, problems: list[Problem]) -> bytes | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            problems.append(too_large(file))
            return None
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        message = Message(f"无法读取文件：{why}", f"the file cannot be read: {why}")
        problems.append(Problem(Location(file), "unreadable-file", message))
        return None


def _parse(data: bytes, file: str, problems: list[Problem]) -> Node | None:
    tree, found = parse_yaml(data, file)
    problems += found
    return without_blanks(tree, problems) if tree is not None else None


def _named(value: T, file: ContentFile, tree: Node) -> T:
    """Give a value the id of its file: another one inside is a problem of its own."""
    written = tree.get("id") if isinstance(tree, Mapping) else None
    name = Name(file.name, (written or tree).where)
    found: object = value
    if isinstance(value, Card):
        found = replace(value, indicator=replace(value.indicator, id=name))
    elif isinstance(value, Dataset | Scorecard | Action):
        found = replace(value, id=name)
    return cast(T, found)


def _with_parents(entries: Entries[Dataset]) -> Entries[Dataset]:
    """Give each dataset the columns of its parents that its derived columns use."""
    known = _by_name(entries)
    return tuple(
        entry if entry.value is None else replace(entry, value=with_brought(known, entry.value))
        for entry in entries
    )


def _by_name(entries: Entries[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for entry in entries:
        if entry.value is not None:
            found.setdefault(entry.name, entry.value)
    return found


def _sound(draft: Draft, problems: Iterable[Problem]) -> Catalog:
    """Return the catalog without the files that have errors."""
    faulty = {found.where.file for found in problems if has_errors((found,))}

    def sound(entries: Entries[T]) -> dict[str, T]:
        return _by_name(tuple(entry for entry in entries if entry.file not in faulty))

    indicators = sound(draft.indicators)
    return Catalog(
        site=draft.catalog.site,
        datasets=sound(draft.datasets),
        indicators=indicators,
        texts={k: v for k, v in draft.catalog.texts.items() if k in indicators},
        scorecards=sound(draft.scorecards),
        reports=sound(draft.reports),
        actions=sound(draft.actions),
        glossary=_explained(sound(draft.glossary)),
    )
