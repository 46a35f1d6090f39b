"""A section for each department with the charts that matter, and the annex with every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_site.charts.points import last_points
from kpi_site.exports.board import NOTHING, Board, figure, mark, row, table
from kpi_site.exports.board import delta as delta_of
from kpi_site.exports.code import Code, call, cell, joined, spread, string
from kpi_site.exports.drawings import trend
from kpi_site.exports.first_page import counts
from kpi_site.exports.sections import heading
from kpi_site.results import Series
from kpi_site.scoring import LEVELS, Level
from kpi_site.story.reading import Delta, Now
from kpi_site.wording.dates import format_range
from kpi_site.wording.numbers import unit_label
from kpi_site.wording.words import status_words


def departments_section(board: Board) -> Iterator[Code]:
    """Yield a part for each department that has figures of the period."""
    parts = [d for d in board.story.departments if d.figures]
    if not parts:
        return
    yield heading(board.w("department_sections"))
    yield call("intro", board.w("charts_note"))
    for told in parts:
        yield heading(board.name(told.name), 2)
        yield counts(board, told.levels)
        if told.charts:
            yield spread("charts", *(_chart(board, now, series) for now, series in told.charts))


def _chart(board: Board, now: Now, series: Series | None) -> Code:
    """Return the trend of an indicator: who, what, unit, when above it, and its message."""
    points = last_points(series) if series else ()
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
            parts += ['"   "', call("muted", board.w(key)), '" "', delta_of(found, short=True)]
    return joined(parts)


def annex_section(board: Board) -> Iterator[Code]:
    """Yield every figure of the report by department, then those of longer cycles."""
    told = board.story
    parts = [(board.name(d.name), d.figures) for d in told.departments]
    parts.append((board.w("other_cycles"), told.other_cycles))
    shown = [now for _, found in parts for now in found]
    yield heading(board.w("annex"))
    yield call("intro", board.w("annex_note"))
    yield call("intro", board.w("unrounded"))
    if any(now.reading.previous and now.reading.previous.basis for now in shown):
        yield call("intro", string(f"† {board.t('same_day_long')}"))
    yield call("intro", call("few", *(_legend(board, level) for level in LEVELS[:-1])))
    rows = [code for title, found in parts for code in _part(board, title, found)]
    widths = ("1fr", "66pt", "50pt", "50pt", "47pt", "47pt", "47pt", "30pt", "14pt")
    keys = ("Indicator", "Value", "col_previous", "col_year",
            "Baseline", "Target", "Challenge", "Points")  # fmt: skip
    head = [*(board.w(key) for key in keys), NOTHING]
    yield table(widths, (1, 2, 3, 4, 5, 6, 7), head, rows)


def _legend(board: Board, level: Level) -> Code:
    return f'("{level}", {string(status_words(level, board.language))})'


def _part(board: Board, title: Code, found: Iterable[Now]) -> Iterator[Code]:
    own = [*found]
    if own:
        yield call("part", "9", title)
        yield from (_row(board, now) for now in own)


def _row(board: Board, now: Now) -> Code:
    reading = now.reading
    aside = reading.period if now.result.period != board.report.period else ""
    return row(
        call("name-cell", cell(now.name), cell(aside) if aside else "none"),
        figure(reading),
        _bare(reading.previous),
        _bare(reading.year),
        *(cell(text) for text in now.limits),
        string(now.points),
        mark(reading),
    )


def _bare(found: Delta | None) -> Code:
    """Return a difference without its unit, for a narrow column that is explained above."""
    if found is None or not found.bare:
        return NOTHING
    cut = " †" if found.basis else ""
    return call(
        "delta",
        f'"{found.tone}"',
        string(" ".join(filter(None, (found.verdict, found.bare + cut)))),
    )
