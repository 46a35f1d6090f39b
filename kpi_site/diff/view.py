"""A difference as a document: what matters on top, the rest folded below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from kpi_site.diff.compare import Difference
from kpi_site.diff.document import (
    Block,
    Document,
    Fold,
    Items,
    Line,
    Paragraph,
    Section,
    code,
    line,
    some,
    strong,
)
from kpi_site.diff.figures import IndicatorFigures, former_ids
from kpi_site.diff.marks import colon, listed
from kpi_site.diff.sides import Side
from kpi_site.diff.totals import TotalChange
from kpi_site.diff.view_content import cards_by_id, content_fold, counts_line
from kpi_site.diff.view_figures import (
    figures_fold,
    first_line,
    headline,
    hidden_line,
    judged,
    written_otherwise,
)
from kpi_site.diff.view_rest import (
    edition_fold,
    edition_lines,
    presence_items,
    presence_lines,
    stale_count,
    stale_lines,
    table_line,
)
from kpi_site.diff.view_totals import totals_fold, totals_lines
from kpi_site.wording.words import aside
from kpi_site.words import word

HEADLINES: Final = 12
PROBLEMS: Final = 10
NOT_COMPARED: Final = 12


def document(diff: Difference, language: str) -> Document:
    """Return what ``diff`` says in ``language``."""
    top = [*_sides(diff, language)]
    if diff.empty:
        top.append(Paragraph(line(word("nothing" if diff.whole else "nothing_compared", language))))
        return Document(word("diff_title", language), tuple(top), (), "")
    top += _summary(diff, language)
    sections = (s for s in _sections(diff, language) if s.blocks)
    return Document(
        word("diff_title", language), tuple(top), tuple(sections), word("cut", language)
    )


def _sides(diff: Difference, language: str) -> Iterator[Block]:
    """Yield what is compared, and what keeps the comparison from being whole."""
    names = diff.names
    yield Paragraph(
        line(word("between", language, names.old.get(language), names.new.get(language)))
    )
    if names.behind:
        command = code(f"kpi-site diff $(git merge-base {names.base} HEAD)")
        yield Paragraph(line(word("behind", language, names.behind), command))
    notes: list[Line] = []
    for side, key in ((diff.new, "new_faulty"), (diff.old, "old_faulty")):
        if _errors(side):
            notes.append(line(strong(word(key, language, _error_count(side, language)))))
            notes += (one for one in _problems(side, language) if one not in notes)
    for key, left in (
        ("not_compared", diff.not_compared),
        ("scorecards_not_compared", diff.scorecards_not_compared),
        ("facts_not_compared", diff.facts_not_compared),
    ):
        if left:
            names_ = listed(language).join(left[:NOT_COMPARED])
            more = " …" if len(left) > NOT_COMPARED else ""
            notes.append(line(word(key, language), names_, more))
    for note in dict.fromkeys((*diff.old.notes, *diff.new.notes)):
        notes.append(line(note.get(language)))
    if notes:
        yield Items(tuple(notes))


def _errors(side: Side) -> int:
    return sum(p.severity == "error" for p in side.problems)


def _error_count(side: Side, language: str) -> str:
    count = _errors(side)
    return word("error" if count == 1 else "errors", language, count)


def _problems(side: Side, language: str) -> tuple[Line, ...]:
    found = (line(code(p.text(language))) for p in side.problems if p.severity == "error")
    return some(found, PROBLEMS, word("more", language))


def _summary(diff: Difference, language: str) -> Iterator[Block]:
    old, new = diff.old.figures, diff.new.figures
    if old is not None and new is not None:
        own = {c.id for c in diff.content if c.kind == "indicator"}
        found = sorted(diff.figures, key=lambda f: f.indicator not in own)  # causes first
        figures = [headline(f, judged(f, old.catalog, new.catalog), language) for f in found]
        yield from _titled("figures", some(figures, HEADLINES, word("more", language)), language)
        firsts = some(
            (first_line(f, new.catalog, language) for f in diff.first_figures),
            HEADLINES,
            word("more", language),
        )
        yield from _titled("first_figures", firsts, language)
        hidden = [hidden_line(h, new.catalog, language) for h in diff.hidden_figures]
        few = some(hidden, HEADLINES, word("more", language))
        yield from _titled("hidden_figures", few, language)
        totals = list(
            totals_lines(list(_by_card(diff.totals)), (old.catalog, new.catalog), language)
        )
        yield from _titled("scorecards", some(totals, HEADLINES, word("more", language)), language)
        if not (figures or hidden or totals) and diff.whole:
            yield Paragraph(line(word("no_figures", language)))
        former = former_ids(old.catalog, new.catalog)
        written = list(written_otherwise(old, new, former, language))
        few = some(written, HEADLINES, word("more", language))
        yield from _titled("written_otherwise", few, language)
        tables = [table_line(t, new.catalog, language) for t in diff.tables]
        yield from _titled("facts", some(tables, HEADLINES, word("more", language)), language)
    if not diff.whole:
        yield Paragraph(line(word("not_all_compared", language)))
    yield from _titled("editions", edition_lines(diff, language), language)
    others = list(counts_line(diff.content, language))
    pages = presence_lines(diff.pages, language)
    others += [line(word("site_pages", language), " · ", one) for one in pages]
    if stale := stale_count(diff, language):
        others.append(line(strong(word("translations_to_renew", language)), colon(language), stale))
    yield from _titled("content", others, language)
    if diff.new_problems and not diff.new.partial:
        told = (line(code(p.text(language))) for p in diff.new_problems)
        yield from _titled("problems", some(told, PROBLEMS, word("more", language)), language)


def _titled(key: str, lines: Iterable[Line], language: str) -> Iterator[Block]:
    found = tuple(lines)
    if found:
        yield Paragraph(line(strong(word(key, language))))
        yield Items(found)


def _by_card(changes: tuple[TotalChange, ...]) -> Iterator[tuple[TotalChange, ...]]:
    for _, own in groupby(changes, key=lambda c: c.scorecard):
        yield tuple(own)


def _sections(diff: Difference, language: str) -> Iterator[Section]:
    old, new = diff.old.figures, diff.new.figures
    cards = tuple(cards_by_id(f.catalog if f else None) for f in (old, new))
    content = (content_fold(c, (cards[0], cards[1]), language) for c in diff.content)
    yield Section(word("content", language), tuple(content))
    if old is not None and new is not None:
        figures = (_figures(f, diff, language) for f in diff.figures)
        yield Section(word("figures", language), tuple(figures))
        catalogs = old.catalog, new.catalog
        totals = (totals_fold(c, catalogs, language) for c in _by_card(diff.totals))
        yield Section(word("scorecards", language), tuple(totals))
    editions = (edition_fold(diff, c, language) for c in diff.editions)
    yield Section(word("published_reports", language), tuple(editions))
    yield Section(
        word("translations_to_renew", language),
        tuple(_listed("translations_to_renew", stale_lines(diff, language), language)),
    )
    pages = presence_items(diff.pages, language)
    yield Section(word("site_pages", language), tuple(_listed("site_pages", pages, language)))
    files = presence_items(diff.files, language)
    if diff.edited:
        edited = word("edited", language)
        files = (*files, line(edited, listed(language).join(diff.edited[:NOT_COMPARED])))
    yield Section(word("files", language), tuple(_listed("files", files, language)))


def _figures(found: IndicatorFigures, diff: Difference, language: str) -> Fold:
    assert diff.old.figures is not None
    assert diff.new.figures is not None
    both = judged(found, diff.old.figures.catalog, diff.new.figures.catalog)
    return figures_fold(found, both, diff.new.figures.catalog, language)


def _listed(key: str, lines: Iterable[Line], language: str) -> Iterator[Block]:
    found = tuple(lines)
    if found:
        yield Fold(line(word(key, language), aside(str(len(found)), language)), (Items(found),))
