"""Two states of a site compared: everything that a change does, as values."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_site.diff.addresses import page_addresses
from kpi_site.diff.content import ContentChange, Kind, content_changes, stale_pages
from kpi_site.diff.editions import EditionChange, edition_changes, published
from kpi_site.diff.facts import TableChange, table_changes
from kpi_site.diff.figures import (
    FirstFigures,
    HiddenFigures,
    IndicatorFigures,
    figure_changes,
    first_figures,
    former_ids,
    hidden_figures,
)
from kpi_site.diff.sides import Side
from kpi_site.diff.totals import TotalChange, total_changes
from kpi_site.problems import Message, Problem


@dataclass(frozen=True, slots=True)
class Names:
    """How the two states are called.

    ``base`` and ``commit`` are the old state's name and hash; ``behind`` counts its commits
    that the new one lacks.
    """

    old: Message
    new: Message
    base: str
    commit: str
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Presence:
    """What is only in the new state, and only in the old one."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between the states ``old`` and ``new``."""

    names: Names
    old: Side
    new: Side
    content: tuple[ContentChange, ...]
    stale_pages: tuple[str, ...]
    figures: tuple[IndicatorFigures, ...]
    first_figures: tuple[FirstFigures, ...]
    hidden_figures: tuple[HiddenFigures, ...]
    totals: tuple[TotalChange, ...]
    tables: tuple[TableChange, ...]
    editions: tuple[EditionChange, ...]
    published: tuple[tuple[str, int], ...]
    pages: Presence
    files: Presence
    edited: tuple[str, ...]
    not_compared: tuple[str, ...]
    scorecards_not_compared: tuple[str, ...]
    facts_not_compared: tuple[str, ...]
    new_problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        """Tell whether both states are sound, so that all of their figures were compared."""
        return not (self.old.partial or self.new.partial)

    @property
    def empty(self) -> bool:
        """Tell whether nothing differs."""
        return not any(
            (
                self.content, self.stale_pages, self.figures, self.hidden_figures, self.totals,
                self.tables, self.editions, self.published, self.pages.added, self.pages.removed,
                self.files.added, self.files.removed, self.edited, self.new_problems,
            )
        )  # fmt: skip


def compare(names: Names, old: Side, new: Side) -> Difference:
    """Compare two states of a site; where one is not sound, what both have."""
    before, after = old.figures, new.figures
    hidden = old.hidden | new.hidden
    content = tuple(hidden.content_left(content_changes(old.root, new.root)))
    figures: tuple[IndicatorFigures, ...] = ()
    firsts: tuple[FirstFigures, ...] = ()
    hidden_now: tuple[HiddenFigures, ...] = ()
    totals: tuple[TotalChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    editions: tuple[EditionChange, ...] = ()
    new_editions: tuple[tuple[str, int], ...] = ()
    if before is not None and after is not None:
        former = former_ids(before.catalog, after.catalog)
        figures = figure_changes(before.results, after.results, former)
        firsts = tuple(first_figures(after.catalog, after.results, _added("indicator", content)))
        hidden_now = tuple(hidden_figures(before.results, after.results, former))
        scorecards = _added("scorecard", content)
        totals = total_changes(before.scores, after.scores, former, scorecards)
        tables = table_changes(before.tables, after.tables, after.catalog.site.calendar)
        if not old.partial and not new.partial:
            editions = edition_changes(before.told, after.told)
            new_editions = published(before.told, after.told)
    return Difference(
        names=names,
        old=old,
        new=new,
        content=content,
        stale_pages=stale_pages(old.root, new.root),
        figures=figures,
        first_figures=firsts,
        hidden_figures=hidden_now,
        totals=totals,
        tables=tables,
        editions=editions,
        published=new_editions,
        pages=_pages(old, new),
        files=_presence(hidden.files_left(old.files), hidden.files_left(new.files)),
        edited=_edited(old, new),
        not_compared=_not_compared(old, new, content),
        scorecards_not_compared=_scorecards_not_compared(old, new, content),
        facts_not_compared=_facts_not_compared(old, new, content),
        new_problems=hidden.problems_left(_new_problems(old, new)),
    )


def _added(kind: Kind, content: tuple[ContentChange, ...]) -> set[str]:
    return {c.id for c in content if c.kind == kind and c.status == "added"}


def _pages(old: Side, new: Side) -> Presence:
    """Return the pages that appear and disappear; nothing where a state is not whole."""
    if old.partial or new.partial:
        return Presence()
    led_on = new.figures.catalog.indicators.values() if new.figures else ()
    kept = {f"indicators/{former}/" for card in led_on for former in card.formerly}
    return _presence(
        page_addresses(old) - kept | _languages(old), page_addresses(new) | _languages(new)
    )


def _languages(side: Side) -> frozenset[str]:
    """Return the addresses below which the pages of each language stand."""
    known = side.figures.catalog.site.languages if side.figures else ()
    return frozenset(f"{language}/" for language in known)


def _presence(old: frozenset[str], new: frozenset[str]) -> Presence:
    return Presence(tuple(sorted(new - old)), tuple(sorted(old - new)))


def _edited(old: Side, new: Side) -> tuple[str, ...]:
    """Return the hand-written pages that both states have and that differ."""
    found = []
    for path in sorted(old.files & new.files):
        if not (path.startswith("docs/") or path == "mkdocs.yml"):
            continue
        first, second = old.root / path, new.root / path
        if first.is_file() and second.is_file() and first.read_bytes() != second.read_bytes():
            found.append(path)
    return tuple(found)


def _not_compared(old: Side, new: Side, content: tuple[ContentChange, ...]) -> tuple[str, ...]:
    """Return the cards that stand in both states, and of which one could not be computed."""
    computed = (s.figures.results if s.figures else () for s in (old, new))
    return _lacking("indicator", (old, new), content, *map(set, computed))


def _scorecards_not_compared(
    old: Side, new: Side, content: tuple[ContentChange, ...]
) -> tuple[str, ...]:
    """Return the scorecards that stand in both states, and of which one has no totals."""
    scored = (s.figures.scores if s.figures else () for s in (old, new))
    return _lacking("scorecard", (old, new), content, *map(set, scored))


def _facts_not_compared(
    old: Side, new: Side, content: tuple[ContentChange, ...]
) -> tuple[str, ...]:
    """Return the datasets that stand in both states, and of which one could not be read."""
    read = (s.figures.tables if s.figures else () for s in (old, new))
    return _lacking("dataset", (old, new), content, *map(set, read))


def _lacking(
    kind: Kind,
    sides: tuple[Side, Side],
    content: tuple[ContentChange, ...],
    before: set[str],
    after: set[str],
) -> tuple[str, ...]:
    """Return what of a kind stands in both states, and is not among what both have made of it."""
    if not any(side.partial for side in sides):
        return ()
    from kpi_site.content.folders import content_files

    came = {c.id for c in content if c.kind == kind and c.status in {"added", "renamed"}}
    there = {f.name for f in content_files(sides[1].root)[0] if f.kind == kind} - came
    return tuple(sorted(there - (before & after)))


def _new_problems(old: Side, new: Side) -> tuple[Problem, ...]:
    """Return what ``check`` says of the new state and not of the old; places may have moved."""
    known = {(p.where.file, p.code, p.message.en) for p in old.problems}
    return tuple(p for p in new.problems if (p.where.file, p.code, p.message.en) not in known)
