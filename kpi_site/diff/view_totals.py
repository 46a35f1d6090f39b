"""Changed totals and grades of scorecards in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Catalog, Scorecard
from kpi_site.diff.document import Block, DocumentTable, Fold, Line, Paragraph, code, line, strong
from kpi_site.diff.marks import colon, comma, listed, semicolon
from kpi_site.diff.numbers import points_apart
from kpi_site.diff.totals import LineChange, TotalChange
from kpi_site.scoring import ScoredCard, ScoredLine, grades_of
from kpi_site.tidy import plain
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import Bounds, grade_bounds, points_bounds
from kpi_site.wording.words import aside, state_words
from kpi_site.words import counted, word

Catalogs = tuple[Catalog, Catalog]  # before and after
PERIODS: Final = 8
LINES: Final = 30


def totals_lines(
    changes: Sequence[Sequence[TotalChange]], catalogs: Catalogs, language: str
) -> Iterator[Line]:
    """Yield a line for each scorecard whose total or grade changes, and one for the others."""
    others: Line = ()
    for own in changes:
        telling = [c for c in own if c.total_differs or c.grade_differs]
        if telling or _is_new(catalogs[1].scorecards[own[0].scorecard], catalogs):
            yield _totals_line(telling or own, catalogs, language)
        else:
            gap = listed(language) if others else ""
            others = line(others, gap, code(own[0].scorecard))
    if others:
        yield line(word("lines_only", language), others)


def _totals_line(telling: Sequence[TotalChange], catalogs: Catalogs, language: str) -> Line:
    """Return one line: the total of the newest period that changes, and how many change."""
    card = catalogs[1].scorecards[telling[0].scorecard]
    name = line(strong(card.title.get(language)), " ", code(str(card.id)))
    newest = telling[0]
    if _is_new(card, catalogs):
        name = line(name, aside(word("status.added", language), language))
        lines = counted("lines_count", len(newest.lines), language)
        return line(
            name, colon(language), _told(newest, catalogs, language), semicolon(language), lines
        )
    text = f"{_when(newest, language)} {_arrow(newest, catalogs, language)}"
    count = counted("periods_change", len(telling), language)
    return line(name, colon(language), text, semicolon(language), count)


def _is_new(card: Scorecard, catalogs: Catalogs) -> bool:
    return card.id not in catalogs[0].scorecards


def _told(change: TotalChange, catalogs: Catalogs, language: str) -> str:
    """Return total and grade of a scorecard that was not there before."""
    absent = word("none", language)
    total = points_apart(None, _total(change.new), absent, _grades(change, catalogs))[1]
    grade = _grade(change.new, language)
    return f"{_when(change, language)} {total}" + (aside(grade, language) if grade else "")


def _arrow(change: TotalChange, catalogs: Catalogs, language: str) -> str:
    absent = word("none", language)
    totals = points_apart(_total(change.old), _total(change.new), absent, _grades(change, catalogs))
    text = " → ".join(totals)
    grades = [_grade(c, language) or absent for c in (change.old, change.new)]
    if change.grade_differs:
        return text + comma(language) + f"{word('grade', language)} {' → '.join(grades)}"
    return text + (aside(grades[1], language) if _grade(change.new, language) else "")


def totals_fold(changes: Sequence[TotalChange], catalogs: Catalogs, language: str) -> Fold:
    """Return the changed periods of a scorecard, and the lines of the newest of them."""
    card = catalogs[1].scorecards[changes[0].scorecard]
    blocks: list[Block] = []
    telling = [c for c in changes if c.total_differs or c.grade_differs]
    if telling:
        blocks.append(_periods(telling[:PERIODS], catalogs, language))
        if len(telling) > PERIODS:
            blocks.append(Paragraph(line(word("more_rows", language, len(telling) - PERIODS))))
    newest = next((c for c in (*telling, *changes) if c.lines), None)
    if newest is not None:
        period = _when(newest, language)
        blocks.append(Paragraph(line(word("newest_lines", language, period))))
        blocks.append(_lines(newest.lines[:LINES], catalogs, language))
        if len(newest.lines) > LINES:
            blocks.append(Paragraph(line(word("more_rows", language, len(newest.lines) - LINES))))
    return Fold(line(card.title.get(language), " ", code(str(card.id))), tuple(blocks))


def _periods(changes: Sequence[TotalChange], catalogs: Catalogs, language: str) -> DocumentTable:
    absent = word("none", language)
    head = ["Period", "before", "after"]
    graded = any(_grade(c.old, language) or _grade(c.new, language) for c in changes)
    rows = []
    for change in changes:
        cells = points_apart(
            _total(change.old), _total(change.new), absent, _grades(change, catalogs)
        )
        grades = [_grade(c, language) or absent for c in (change.old, change.new)]
        texts = [_when(change, language), *cells]
        rows.append(tuple(line(t) for t in (*texts, " → ".join(dict.fromkeys(grades)))))
    words = tuple(word(w, language) for w in head)
    if graded:
        return DocumentTable((*words, word("grade", language)), tuple(rows), frozenset({1, 2}))
    return DocumentTable(words, tuple(row[:3] for row in rows), frozenset({1, 2}))


def _when(change: TotalChange, language: str) -> str:
    """Return the period of a change, and the member that it is about."""
    period = format_period(change.period, language)
    return f"{period} · {change.member}" if change.member else period


def _lines(changes: Sequence[LineChange], catalogs: Catalogs, language: str) -> DocumentTable:
    head = tuple(word(w, language) for w in ("Line", "weight", "points_before", "points_after"))
    old, new = (points_bounds(catalog.site.scoring) for catalog in catalogs)
    rows = tuple(_line(c, (old, new), language) for c in changes)
    return DocumentTable(head, rows, frozenset({1, 2, 3}))


def _line(change: LineChange, bounds: tuple[Bounds, Bounds], language: str) -> tuple[Line, ...]:
    known = change.new or change.old
    assert known is not None
    title = known.line.title or known.indicator.name
    sides = (change.old, change.new)
    weights = [_weight(scored, language) for scored in sides if scored or change.old]
    points = points_apart(_earned(change.old), _earned(change.new), "", bounds)
    states = (
        c or _state(s, language) for c, s in zip(points, (change.old, change.new), strict=True)
    )
    number = f"{known.line.no} " if known.line.no else ""
    texts = (f"{number}{title.get(language)}", " → ".join(dict.fromkeys(weights)), *states)
    return tuple(line(text) for text in texts)


def _weight(scored: ScoredLine | None, language: str) -> str:
    if scored is None:
        return word("not_there", language)
    return plain(scored.line.weight) or word("none", language)


def _earned(scored: ScoredLine | None) -> Decimal | None:
    return scored.points if scored else None


def _state(scored: ScoredLine | None, language: str) -> str:
    if scored is None:
        return word("not_there", language)
    return word("none", language) if scored.state.has_value else state_words(scored.state, language)


def _total(card: ScoredCard | None) -> Decimal | None:
    return card.total if card else None


def _grades(change: TotalChange, catalogs: Catalogs) -> tuple[Bounds, Bounds]:
    """Return where the grades of each side begin."""
    old, new = (
        grade_bounds(grades_of(catalog, card.scorecard) if card else ())
        for catalog, card in zip(catalogs, (change.old, change.new), strict=True)
    )
    return old, new


def _grade(card: ScoredCard | None, language: str) -> str:
    return card.grade.name.get(language) if card and card.grade else ""
