"""From files to a catalog: read each, then check them all together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from kpi_site.catalog import (
    Action,
    Catalog,
    Dataset,
    Indicator,
    Scorecard,
    Site,
    Text,
)
from kpi_site.content.actions import ACTION
from kpi_site.content.blanks import without_blanks
from kpi_site.content.cards import read_card
from kpi_site.content.datasets import DATASET
from kpi_site.content.draft import Draft, Entries, Entry
from kpi_site.content.folders import SITE_FILE, ContentFile, content_files
from kpi_site.content.reports import REPORT
from kpi_site.content.rules import RULES
from kpi_site.content.scorecards import SCORECARD
from kpi_site.content.shapes import FileReading, Invalid
from kpi_site.content.site import languages_of, read_site
from kpi_site.content.yaml_source import LARGEST_FILE, Node, parse_yaml, too_large
from kpi_site.ordinary import strange_file
from kpi_site.problems import Location, Message, Name, Problem, has_errors, in_order
from kpi_site.schema import with_brought

T = TypeVar("T")
C = TypeVar("C", Dataset, Indicator, Scorecard, Action)
Reader = Callable[[Node, FileReading], T | Invalid]


def read_catalog(root: Path, *, today: date) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """Read all content of the site in ``root``; return its catalog and all problems, in order.

    A file with an error is left out of the catalog, so references may lead to what is not
    there: only a catalog without errors is complete. None without a readable ``site.yml``.
    """
    draft, problems = read_draft(root, today=today)
    return _sound(draft, problems) if draft.readable else None, problems


def read_draft(root: Path, *, today: date) -> tuple[Draft, tuple[Problem, ...]]:
    """Read the same, but return everything that could be read, of files with errors too."""
    problems: list[Problem] = []
    site_entry, site = _read_site(root, today, problems)
    files, misplaced = content_files(root)
    problems += misplaced
    start = FileReading(root, SITE_FILE)
    if site is not None:
        start = replace(
            start, calendar=site.calendar, languages=site.languages, currency=site.currency
        )
    draft = _read_files(files, start, site_entry, site, problems)
    problems += [found for rule in RULES for found in rule(draft)]
    return draft, in_order(problems)


def _read_site(root: Path, today: date, problems: list[Problem]) -> tuple[Entry[None], Site | None]:
    strange = strange_file(root, root / SITE_FILE)  # the list of files names it
    tree = None if strange else _parse(root / SITE_FILE, SITE_FILE, problems)
    if tree is None:
        return Entry(SITE_FILE, "site", None, None, _ALL_OF_SITE), None
    reading = FileReading(root, SITE_FILE, languages=languages_of(tree))
    site = read_site(tree, reading, today=today)
    problems += reading.problems
    if isinstance(site, Invalid):
        return Entry(SITE_FILE, "site", tree, None, _ALL_OF_SITE), None
    return Entry(SITE_FILE, "site", tree, None, frozenset(reading.damaged)), site


_ALL_OF_SITE = frozenset({"departments", "perspectives", "audiences"})


def _read_files(
    files: tuple[ContentFile, ...],
    start: FileReading,
    site_entry: Entry[None],
    site: Site | None,
    problems: list[Problem],
) -> Draft:
    def entries(kind: str, read: Callable[[ContentFile], Reader[T]]) -> Entries[T]:
        chosen = [file for file in files if file.kind == kind]
        return tuple(_read_file(file, read(file), start, problems) for file in chosen)

    datasets = _with_parents(_named(entries("dataset", lambda _: DATASET.read)))
    indicators = _named(entries("indicator", _card_reader))
    scorecards = _named(entries("scorecard", lambda _: SCORECARD.read))
    reports = entries("report", lambda _: REPORT.read)
    actions = _named(entries("action", lambda _: ACTION.read))
    catalog = Catalog(
        site=site or Site(start.root, Location(SITE_FILE), Text("")),
        datasets=_by_name(datasets),
        indicators=_by_name(indicators),
        scorecards=_by_name(scorecards),
        reports=_by_name(reports),
        actions=_by_name(actions),
    )
    return Draft(
        catalog,
        site_entry,
        datasets,
        indicators,
        scorecards,
        reports,
        actions,
        readable=site is not None,
    )


def _card_reader(file: ContentFile) -> Reader[Indicator]:
    return lambda node, reading: read_card(node, reading, file.folder)


def _read_file(
    file: ContentFile, read: Reader[T], start: FileReading, problems: list[Problem]
) -> Entry[T]:
    tree = _parse(file.path, file.file, problems)
    if tree is None:
        return Entry(file.file, file.name, None, None)
    reading = replace(start, file=file.file, problems=[], damaged=set())
    value = read(tree, reading)
    problems += reading.problems
    found = None if isinstance(value, Invalid) else value
    return Entry(file.file, file.name, tree, found, frozenset(reading.damaged))


def _parse(path: Path, file: str, problems: list[Problem]) -> Node | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            problems.append(too_large(file))
            return None
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        message = Message(f"无法读取文件：{why}", f"the file cannot be read: {why}")
        problems.append(Problem(Location(file), "unreadable-file", message))
        return None
    tree, found = parse_yaml(data, file)
    problems += found
    return without_blanks(tree, problems) if tree is not None else None


def _named(entries: Entries[C]) -> Entries[C]:
    """Give each value the id of its file: another one inside is a problem of its own."""
    return tuple(
        entry
        if entry.value is None
        else replace(entry, value=replace(entry.value, id=Name(entry.name, entry.place("id"))))
        for entry in entries
    )


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

    return Catalog(
        site=draft.catalog.site,
        datasets=sound(draft.datasets),
        indicators=sound(draft.indicators),
        scorecards=sound(draft.scorecards),
        reports=sound(draft.reports),
        actions=sound(draft.actions),
    )
