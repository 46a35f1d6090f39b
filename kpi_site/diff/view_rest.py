"""Facts, published reports, translations, pages and files in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from kpi_site.catalog import Catalog
from kpi_site.diff.compare import Difference, Presence
from kpi_site.diff.document import Block, DocumentTable, Fold, Items, Line, code, line, some, strong
from kpi_site.diff.editions import EditionChange
from kpi_site.diff.facts import TableChange
from kpi_site.diff.marks import colon, listed, semicolon
from kpi_site.diff.numbers import revised_apart
from kpi_site.editions.revisions import Revision
from kpi_site.results import State
from kpi_site.wording.dates import format_date, format_period
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import aside, state_words
from kpi_site.words import counted, word

MONTHS: Final = 6
FILES: Final = 5
REVISIONS: Final = 30
NAMES: Final = 40


def table_line(change: TableChange, catalog: Catalog, language: str) -> Line:
    """Return one line about a dataset: rows that came, went, changed; columns, months, files."""
    dataset = catalog.datasets[change.dataset]
    head = line(strong(dataset.title.get(language)), " ", code(change.dataset), colon(language))
    parts: list[str | Line] = []
    if change.rows_differ:
        counts = (format_count(n, language) for n in (change.added, change.removed, change.changed))
        parts.append(word("row_kinds", language, *counts))
    else:
        parts.append(word("same_rows", language))
    if change.old_rows != change.new_rows:
        rows = (format_count(n, language) for n in (change.old_rows, change.new_rows))
        told = word("rows_arrow", language, *rows)
        parts.append(line(strong(told)) if change.shrank else told)
    if change.old_last != change.new_last:
        days = (_day(day, language) for day in (change.old_last, change.new_last))
        told = word("last_day_arrow", language, *days)
        parts.append(line(strong(told)) if change.ends_earlier else told)
    if change.columns:
        cells = [f"{name} ({format_count(n, language)})" for name, n in change.columns.items()]
        parts.append(word("columns_changed", language, listed(language).join(cells)))
    if change.months:
        parts.append(word("months", language, _months(change.months, language)))
    parts.append(_files(change, language))
    joined: Line = ()
    for part in parts:
        if part:
            joined = line(joined, semicolon(language) if joined else "", part)
    return line(head, joined)


def _day(day: date | None, language: str) -> str:
    return format_date(day, language) if day else word("none", language)


def _months(months: tuple[str, ...], language: str) -> str:
    if len(months) <= MONTHS:
        return listed(language).join(months)
    span = word("span", language, months[0], months[-1])
    return f"{span}{aside(str(len(months)), language)}"


def _files(change: TableChange, language: str) -> str:
    names = []
    for file in change.files[:FILES]:
        key = "file_new" if file.old is None else "file_gone" if file.new is None else ""
        names.append(word(key, language, file.path) if key else file.path)
    return listed(language).join(names) + (" …" if len(change.files) > FILES else "")


def edition_lines(diff: Difference, language: str) -> Iterator[Line]:
    """Yield which editions would show revisions, which no longer, and which are published."""
    for change in diff.editions:
        period = _period(diff, change.report, language)
        if change.opened:
            count = len(change.opened)
            key = "would_revise_one" if count == 1 else "would_revise"
            yield line(word(key, language, period, change.edition, count))
        if change.settled:
            yield line(word("settled", language, period, change.edition, len(change.settled)))
    if diff.published:
        names = (
            word("edition_name", language, _period(diff, label, language), number)
            for label, number in diff.published
        )
        yield line(word("publishes", language), listed(language).join(names))


def _period(diff: Difference, label: str, language: str) -> str:
    assert diff.new.figures is not None
    found = diff.new.figures.catalog.site.calendar.parse(label)
    return format_period(found, language) if found else label


def edition_fold(diff: Difference, change: EditionChange, language: str) -> Fold:
    """Return the revisions that a published report would show."""
    found = (*change.opened, *change.settled)
    name = word("edition_name", language, _period(diff, change.report, language), change.edition)
    head = ("Value", "Published", "now")
    rows = tuple(_revision(diff, r, language) for r in found[:REVISIONS])
    blocks: list[Block] = [
        DocumentTable(tuple(word(w, language) for w in head), rows, frozenset({1, 2}))
    ]
    if len(found) > REVISIONS:
        blocks.append(Items((line(word("more_rows", language, len(found) - REVISIONS)),)))
    return Fold(line(name), tuple(blocks))


def _revision(diff: Difference, revision: Revision, language: str) -> tuple[Line, ...]:
    assert diff.new.figures is not None
    catalog = diff.new.figures.catalog
    card = catalog.card(revision.indicator)
    scorecard = catalog.scorecards.get(revision.indicator.partition("/")[0])
    named = card.name if card else scorecard.title if scorecard else None
    name = named.get(language) if named else revision.indicator
    part = f" · {revision.dimension} = {revision.member}" if revision.dimension else ""
    what = "" if revision.what == "value" else f" · {word(revision.what, language)}"
    texts = revised_apart(revision, language)
    states = (revision.old_state, revision.new_state)
    shown = (t or _state(s, language) for t, s in zip(texts, states, strict=True))
    return tuple(line(text) for text in (f"{name}{part}{what}", *shown))


def _state(state: State | None, language: str) -> str:
    return state_words(state, language) if state else word("not_there", language)


def stale_lines(diff: Difference, language: str) -> Iterator[Line]:
    """Yield each text and page of which one language was left behind."""
    for change in diff.content:
        for stale in change.stale:
            where = " › ".join((change.new_file or change.id, *stale.path))
            words = (word(stale.changed, language), word(stale.left, language))
            yield line(code(where), colon(language), word("stale_text", language, *words))
    for page in diff.stale_pages:
        yield line(code(page), colon(language), word("stale_page", language))


def presence_lines(found: Presence, language: str) -> Iterator[Line]:
    """Yield how many appear and disappear, with the names of the first."""
    for key, names in (("come", found.added), ("go", found.removed)):
        if names:
            yield line(
                word(key, language, len(names)), colon(language), *_names(names, 6, language)
            )


def presence_items(found: Presence, language: str) -> tuple[Line, ...]:
    """Return every name that appears (+) or disappears (−)."""
    lines = [line("+ ", code(name)) for name in found.added]
    lines += [line("− ", code(name)) for name in found.removed]
    return some(lines, NAMES, word("more", language))


def _names(names: Iterable[str], most: int, language: str) -> Line:
    found = list(names)
    joined: Line = ()
    for at, name in enumerate(found[:most]):
        joined = line(joined, listed(language) if at else "", code(name or "index"))
    return line(joined, " …" if len(found) > most else "")


def stale_count(diff: Difference, language: str) -> str:
    """Return how many texts and pages wait for their translation."""
    count = len(diff.stale_pages) + sum(len(c.stale) for c in diff.content)
    return counted("stale_count", count, language) if count else ""
