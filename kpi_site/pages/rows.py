"""Rows of value tables, written as HTML here: a site has tens of thousands of their cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup, spark
from kpi_site.results import Result, Told, Unjudged
from kpi_site.scoring import Level, level_of
from kpi_site.story.reading import bare_change
from kpi_site.story.values import ValueRow
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.wording.markdown import cell
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import (
    UNJUDGED,
    state_mark,
    state_words,
    status_mark,
    status_words,
    unjudged_words,
)
from kpi_site.words import word

NOTHING: Final = Markup()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a table has besides name, value and the change from the period before."""

    share: bool
    year: bool
    level: bool
    points: bool
    n: bool
    spark: bool


def row(ctx: Context, indicator: Indicator, line: ValueRow, columns: Columns) -> Markup:
    """Return the ``<tr>`` of ``line``; texts of data come out inert."""
    result = line.result
    days = f' title="{line.days}"' if line.days else ""
    name = f'<th scope="row"{days}>{cell(line.name)}</th>'
    cells = [f"<tr>{name}<td>{_value(ctx, indicator, result)}</td>"]
    if columns.share:
        cells.append(f"<td>{line.share}</td>")
    cells.append(_change(ctx, indicator, line, line.previous))
    if columns.year:
        cells.append(_change(ctx, indicator, line, line.year))
    if columns.level:
        why = result.unjudged if result.state.has_value else None
        cells.append(_level(level_of(result, indicator), why, ctx.language))
    if columns.points:
        cells.append(
            f"<td>{points_text(result.points, points_bounds(ctx.catalog.site.scoring))}</td>"
        )
    if columns.n:
        cells.append(f"<td>{'' if result.n is None else format_count(result.n, ctx.language)}</td>")
    if columns.spark:
        cells.append(f"<td>{spark(line.recent, ctx.name(indicator.name))}</td>")
    return markup("".join(cells) + "</tr>")


def _value(ctx: Context, indicator: Indicator, result: Result) -> str:
    mark = _mark(result.told, ctx.language)
    if not result.state.has_value:
        return mark
    number = figure_text(result.value, indicator, result.threshold, ctx.language, with_unit=False)
    return number + mark


def _change(ctx: Context, indicator: Indicator, line: ValueRow, old: Result | None) -> str:
    found = bare_change(ctx, indicator, line.result.value, old.value) if old else None
    if found is None:
        return "<td></td>"
    number, tone = found
    if number and line.same_day:
        number += f" <small>{word('same_day', ctx.language)}</small>"
    if tone == "even":
        return f"<td>{number}</td>"
    verdict = word(f"tone.{tone}", ctx.language)
    return f'<td class="kpi-{tone}"><small>{verdict}</small> {number}</td>'


@cache
def _mark(told: Told, language: str) -> str:
    """Return the mark of what is told with its words as a title; nothing for ``ok``."""
    mark = state_mark(told)
    return f'<abbr title="{cell(state_words(told, language))}">{mark}</abbr>' if mark else ""


def _sign(mark: str, words: str) -> str:
    """Return a mark that is read out as its words."""
    return f'<i role="img" title="{words}">{mark}</i>'


@cache
def _level(level: Level, unjudged: Unjudged | None, language: str) -> str:
    if unjudged is not None and level == "none":
        words = cell(unjudged_words(unjudged, language))
        return f"<td>{_sign(UNJUDGED, words)}</td>"
    if level == "none":
        return "<td></td>"
    words = cell(status_words(level, language))
    return f'<td class="kpi-level--{level}">{_sign(status_mark(level), words)}</td>'
