"""Tables of values over time and over members, with the notes that their marks need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.pages.context import Context
from kpi_site.pages.rows import NOTHING, Columns, row
from kpi_site.results import Result, Told, Unjudged
from kpi_site.scoring import LEVELS, Level, level_of
from kpi_site.story.values import ValueRow, ValuesStory
from kpi_site.wording.numbers import unit_label
from kpi_site.wording.words import (
    TOLD,
    UNJUDGED,
    grain_word,
    state_mark,
    state_words,
    status_mark,
    status_words,
    unjudged_words,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark used in a table, with its words."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class ValueTable:
    """A table of results: its rows as HTML, and which columns they have."""

    title: str
    unit: str
    difference_unit: str
    columns: Columns
    rows: tuple[Markup, ...]
    left_out: int
    marks: tuple[Mark, ...]


def over_time(ctx: Context, indicator: Indicator, told: ValuesStory) -> ValueTable:
    """Return the table of the values at one grain."""
    title = grain_word(told.grain, ctx.language)
    return table(ctx, indicator, title, told.rows, left_out=told.left_out)


def table(
    ctx: Context,
    indicator: Indicator,
    title: str,
    lines: Sequence[ValueRow],
    *,
    left_out: int = 0,
) -> ValueTable:
    """Return a table of ``lines`` with the columns that any of them needs."""
    columns = Columns(
        share=any(x.share for x in lines),
        year=any(_comparable(x) for x in lines),
        level=any(_is_marked(x.result, indicator) for x in lines),
        points=any(x.result.points is not None for x in lines),
        n=any(x.result.n is not None for x in lines),
        spark=any(value is not None for x in lines for value in x.recent),
    )
    return ValueTable(
        title=title,
        unit=unit_label(indicator.unit, ctx.language),
        difference_unit=difference_unit(ctx, indicator),
        columns=columns,
        rows=tuple(row(ctx, indicator, x, columns) for x in lines),
        left_out=left_out,
        marks=(
            *level_marks(ctx, (y for x in lines if (y := level_of(x.result, indicator)) != "none")),
            *unjudged_marks(ctx, (x.result for x in lines)),
            *marks(ctx, (x.result.told for x in lines)),
        ),
    )


def _is_marked(result: Result, indicator: Indicator) -> bool:
    """Tell whether the column of levels says something of ``result``."""
    return level_of(result, indicator) != "none" or result.unjudged is not None


def _comparable(line: ValueRow) -> bool:
    return line.year is not None and line.year.value is not None and line.result.value is not None


def difference_unit(ctx: Context, indicator: Indicator) -> str:
    """Return the unit of the bare numbers of differences in tables."""
    if indicator.unit.kind == "percent":
        return str(ctx.t("percentage_points"))
    return "%" if indicator.unit.additive else unit_label(indicator.unit, ctx.language)


Counts = tuple[tuple[str, str, int, Markup], ...]
"""(mark, words, number, address of the list that it counts) of each level that occurs."""


def nowhere(_: Level) -> Markup:
    """Return no address: the list is not on the site, or not as it was counted."""
    return NOTHING


def linked_levels(
    ctx: Context, counts: Iterable[tuple[Level, int]], address: Callable[[Level], Markup] = nowhere
) -> Counts:
    """Return each level that occurs with its number and the list that this counts."""
    return tuple(
        (status_mark(k), status_words(k, ctx.language), count, address(k)) for k, count in counts
    )


def level_marks(ctx: Context, levels: Iterable[Level]) -> tuple[Mark, ...]:
    """Return the legend of the marks that stand for ``levels``, each once, the best first."""
    seen = set(levels)
    return tuple(Mark(status_mark(k), status_words(k, ctx.language)) for k in LEVELS if k in seen)


def unjudged_marks(ctx: Context, results: Iterable[Result]) -> tuple[Mark, ...]:
    """Return the legend of the mark of what is not judged, for each reason that occurs."""
    seen = {result.unjudged for result in results if result.state.has_value}
    return tuple(
        Mark(UNJUDGED, unjudged_words(why, ctx.language)) for why in Unjudged if why in seen
    )


def marks(ctx: Context, told: Iterable[Told]) -> tuple[Mark, ...]:
    """Return the legend of the marks that stand for what is ``told``, each once, in fixed order."""
    seen = set(told)
    return tuple(
        Mark(state_mark(s), state_words(s, ctx.language))
        for s in TOLD
        if s in seen and state_mark(s)
    )
