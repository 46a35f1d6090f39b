"""A section for each department with the charts that matter, and the annex with every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_site.exports.board import NOTHING, Board, delta, figure, mark, row, table
from kpi_site.exports.code import Code, call, cell, joined, spread, string
from kpi_site.exports.drawings import trend
from kpi_site.exports.first_page import counts
from kpi_site.exports.sections import changes, heading
from kpi_site.pages.report_departments import chosen_charts
from kpi_site.scoring import LEVELS, Level, is_judged
from kpi_site.story.reading import Now, bare_change, previous, year_before
from kpi_site.story.standards import threshold_texts
from kpi_site.wording.dates import format_range
from kpi_site.wording.judged import points_bounds, points_text
from kpi_site.wording.numbers import unit_label
from kpi_site.wording.words import status_words
from kpi_site.words import word


def departments_section(board: Board) -> Iterator[Code]:
    """Yield a part for each department that has figures of the period."""
    moved = {str(m.now.indicator.id): m for m in changes(board)[0]}
    chosen = chosen_charts(board.scope, moved)
    parts = [(u, own) for u in board.ctx.catalog.site.departments if (own := _of(board, u.id))]
    if not parts:
        return
    yield heading(board.w("department_sections"))
    yield call("intro", board.w("charts_note"))
    for unit, own in parts:
        yield heading(board.name(unit.name), 2)
        yield counts(board, own)
        drawn = chosen.get(str(unit.id), ())
        if drawn:
            yield spread("charts", *(_chart(board, n) for n in drawn))


def _of(board: Board, department: str) -> list[Now]:
    return [n for n in board.own if n.indicator.department == department]


def _chart(board: Board, now: Now) -> Code:
    """Return the trend of an indicator: who, what, unit, when above it, and its message."""
    points = board.trend(now)
    when = format_range(points[0].period, points[-1].period, board.language) if points else ""
    unit = unit_label(now.indicator.unit, board.language)
    aside = "".join(f" · {p}" for p in (unit, when) if p)
    return call(
        "chart",
        cell(now.name),
        cell(aside),
        _message(board, now),
        trend(now.indicator, points, board.language),
    )


def _message(board: Board, now: Now) -> Code:
    parts = [call("strong", figure(now.reading)), '"  "', mark(now.reading)]
    for key, found in (("vs_previous", now.reading.previous), ("vs_year", now.reading.year)):
        if found is not None:
            parts += ['"   "', call("muted", board.w(key)), '" "', delta(found, short=True)]
    return joined(parts)


def annex_section(board: Board) -> Iterator[Code]:
    """Yield every figure of the report by department, then those of longer cycles."""
    yield heading(board.w("annex"))
    yield call("intro", board.w("annex_note"))
    if any(n.reading.previous and n.reading.previous.basis for n in board.scope.stands.values()):
        yield call("intro", string(f"† {word('same_day_long', board.language)}"))
    yield call("intro", call("few", *(_legend(board, level) for level in LEVELS[:-1])))
    rows: list[Code] = []
    for unit in board.ctx.catalog.site.departments:
        rows += _part(board, board.name(unit.name), _of(board, unit.id))
    other = [n for n in board.scope.stands.values() if n not in board.own]
    rows += _part(board, board.w("other_cycles"), other)
    widths = ("1fr", "66pt", "50pt", "50pt", "47pt", "47pt", "47pt", "30pt", "14pt")
    head = [board.w("Indicator"), board.w("Value"), board.w("col_previous"),
            board.w("col_year")]  # fmt: skip
    head += [board.w(k) for k in ("Baseline", "Target", "Challenge")]
    head += [board.w("Points"), '""']
    yield table(widths, (1, 2, 3, 4, 5, 6, 7), head, rows)


def _legend(board: Board, level: Level) -> Code:
    return f'("{level}", {string(status_words(level, board.language))})'


def _part(board: Board, title: Code, own: Iterable[Now]) -> Iterator[Code]:
    found = [*own]
    if found:
        yield call("part", "9", title)
        yield from (_row(board, n) for n in found)


def _row(board: Board, now: Now) -> Code:
    reading, threshold = now.reading, now.result.threshold
    aside = reading.period if now.result.period != board.report.period else ""
    limits = ("", "", "")
    if threshold is not None and is_judged(now.indicator, threshold):
        limits = threshold_texts(board.ctx, now.indicator, threshold, with_unit=False)
    return row(
        call("name-cell", cell(now.name), cell(aside) if aside else "none"),
        figure(reading),
        *_changes(board, now),
        *(cell(text) for text in limits),
        string(points_text(now.result.points, points_bounds(board.ctx.catalog.site.scoring))),
        mark(reading),
    )


def _changes(board: Board, now: Now) -> Iterator[Code]:
    """Yield Δ to the period before and to the year before, without unit but for a percent sign."""
    results = board.ctx.results_of(now.indicator)
    series = results.whole(now.result.period.grain) if results else None
    calendar = board.ctx.catalog.site.calendar
    for old in (
        previous(calendar, now.result.period, series),
        year_before(calendar, now.result.period, series),
    ):
        value = old.value if old else None
        found = bare_change(board.ctx, now.indicator, now.result.value, value)
        if found is None or not found[0]:
            yield NOTHING
            continue
        text, tone = found
        sign = "%" if now.indicator.unit.additive else ""
        cut = " †" if series and series.to_same_day(now.result.period) else ""
        yield call("delta", f'"{tone}"', string(text + sign + cut))
