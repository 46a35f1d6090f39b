"""Tables of values over time and over members: rows of readings with the notes they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.pages.context import Context
from kpi_site.pages.reading import Reading, by_first_day, read
from kpi_site.periods import Grain
from kpi_site.results import Series, State
from kpi_site.wording.numbers import format_count, unit_label
from kpi_site.wording.words import grain_word, state_mark, state_words

NOTHING: Final = Markup()
MOST_ROWS: Final = 60  # more are a download: a page stays under 80 kB


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark used in a table, with its words."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A period (or member) with its reading and the number of rows behind it."""

    name: str
    reading: Reading
    n: Markup
    spark: Markup = NOTHING
    share: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class ValueTable:
    """A table of readings; ``has_…`` tell which columns are worth showing."""

    title: str
    unit: str
    difference_unit: str
    rows: tuple[Row, ...]
    left_out: int
    has_year: bool
    has_level: bool
    has_points: bool
    has_n: bool
    has_share: bool
    marks: tuple[Mark, ...]


def over_time(ctx: Context, indicator: Indicator, series: Series) -> ValueTable:
    """Return the values of ``series``, the newest first, at most ``MOST_ROWS`` of them."""
    earlier = by_first_day(series)
    kept = series.results[-MOST_ROWS:]
    rows = [
        Row(
            name=reading.period,
            reading=reading,
            n=count(ctx, result.n),
        )
        for result in reversed(kept)
        for reading in (read(ctx, indicator, result, earlier),)
    ]
    left_out = len(series.results) - len(kept)
    has_year = series.key.grain is not Grain.YEAR
    title = grain_word(series.key.grain, ctx.language)
    return table(ctx, indicator, title, rows, left_out=left_out, has_year=has_year)


def table(
    ctx: Context,
    indicator: Indicator,
    title: str,
    rows: Sequence[Row],
    *,
    left_out: int = 0,
    has_year: bool = True,
) -> ValueTable:
    """Return a table of ``rows`` with the columns that any of them needs."""
    return ValueTable(
        title=title,
        unit=unit_label(indicator.unit, ctx.language),
        difference_unit=difference_unit(ctx, indicator),
        rows=tuple(rows),
        left_out=left_out,
        has_year=has_year and any(r.reading.year for r in rows),
        has_level=any(r.reading.level != "none" for r in rows),
        has_points=any(r.reading.points for r in rows),
        has_n=any(r.n for r in rows),
        has_share=any(r.share for r in rows),
        marks=marks(ctx, (r.reading.state for r in rows)),
    )


def difference_unit(ctx: Context, indicator: Indicator) -> str:
    """Return the unit of the bare numbers of differences in tables."""
    if indicator.unit.kind == "percent":
        return str(ctx.t("percentage_points"))
    return "%" if indicator.unit.additive else unit_label(indicator.unit, ctx.language)


def marks(ctx: Context, states: Iterable[State]) -> tuple[Mark, ...]:
    """Return the legend of the marks that stand for ``states``, each once, in fixed order."""
    seen = set(states)
    return tuple(
        Mark(state_mark(s), state_words(s, ctx.language))
        for s in State
        if s in seen and state_mark(s)
    )


def count(ctx: Context, n: int | None) -> Markup:
    """Return a number of rows; nothing where no rows are counted."""
    return Markup() if n is None else Markup.escape(format_count(n, ctx.language))
