"""A card as plain text for the terminal: what it says, and its latest arithmetic."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpi_site.catalog import (
    BalanceTerm,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    Scoring,
    StockTerm,
    Term,
)
from kpi_site.formula.evaluate import Operand
from kpi_site.formula.steps import steps
from kpi_site.periods import Period
from kpi_site.results import Cell, IndicatorResults, Result, Series
from kpi_site.scoring import LEVEL_NAMES, Ruler, operands
from kpi_site.sql.nodes import Expression, columns
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import figure_text, points_bounds, points_text, threshold_text
from kpi_site.wording.numbers import format_number, format_value, unit_label
from kpi_site.wording.words import (
    cycle_word,
    direction_words,
    state_mark,
    state_words,
    term_kind_words,
    unjudged_words,
)
from kpi_site.words import word

ROWS = 13
"""Periods of the table: a year and the same month of the year before."""


def card_lines(
    card: Indicator,
    results: IndicatorResults | None,
    period: Period | None,
    language: str,
    scoring: Scoring,
    ruler: Ruler | None = None,
) -> Iterator[str]:
    """Yield the lines: definition, formula, terms, the figures of ``period``, the last 13 periods.

    ``period`` None means the newest of the card's own cycle. The caller sees to it that
    the card has a result in ``period``.
    """
    yield f"{card.name.get(language)} ({card.id})"
    facts = (unit_label(card.unit, language), cycle_word(card.cycle, language))
    yield " · ".join((*facts, direction_words(card.direction, language)))
    yield ""
    yield from card.definition.get(language).splitlines()
    yield ""
    yield from _definition(card, language)
    series = series_of(card, results, period)
    result = series.at(period) if series and period else series.latest if series else None
    yield ""
    if series is None or result is None:
        yield word("no_results", language)
        return
    yield from _arithmetic(card, series, result, language, scoring, ruler)
    yield ""
    yield from _history(card, series, result, language, scoring)


def series_of(
    card: Indicator, results: IndicatorResults | None, period: Period | None
) -> Series | None:
    """Return the whole's series at the grain of ``period``, or at the card's own cycle."""
    return results.whole(period.grain if period else card.cycle) if results else None


def filled(expression: Expression, words: Mapping[str, str]) -> str:
    """Return the text of a formula with each term's name replaced by its word."""
    text = expression.code.text
    for column in sorted(columns(expression.node), key=lambda c: c.at, reverse=True):
        name = text[column.at : column.at + len(column.name)]
        if name == column.name and name in words:
            text = text[: column.at] + words[name] + text[column.at + len(name) :]
    return " ".join(text.split())


def _definition(card: Indicator, language: str) -> Iterator[str]:
    labels = {str(term.name): term.label.get(language) for term in card.terms}
    yield f"{word('formula', language)}:  {_one_line(card.formula)}"
    yield f"  = {filled(card.formula, labels)}"
    yield f"{word('terms', language)}:"
    for term in card.terms:
        yield f"  {term.name}: {term.label.get(language)} · {term_kind_words(term, language)}"
        if sql := _sql(term):
            yield f"      {sql}"


def _sql(term: Term) -> str:
    """Return what is counted, as the card writes it, or nothing for a term without rows."""
    if not isinstance(term, RowTerm | StockTerm | BalanceTerm):
        return ""
    where = f" WHERE {_one_line(term.where)}" if term.where else ""
    return f"{_one_line(term.value)} FROM {term.dataset}{where}"


def _one_line(expression: Expression) -> str:
    return " ".join(expression.code.text.split())


def _arithmetic(
    card: Indicator,
    series: Series,
    result: Result,
    language: str,
    scoring: Scoring,
    ruler: Ruler | None,
) -> Iterator[str]:
    index = series.index(result.period)
    cells = {name: row[index] for name, row in series.terms.items()} if index is not None else {}
    shown = {name: _cell(cell, language) for name, cell in cells.items()}
    yield f"{format_period(result.period, language)}:  {_value(card, result, language)}"
    yield f"  = {filled(card.formula, shown)}"
    lagged = {str(term.name) for term in card.terms if _is_lagged(card, term)}
    for name, cell in cells.items():
        rows = "" if cell.n is None else "  · " + word("rows_count", language, f"{cell.n:,}")
        cut = series.to_same_day(result.period) and name in lagged
        basis = f"  · {word('same_day', language)}" if cut else ""
        yield f"  {name} = {shown[name]}{rows}{basis}"
    if result.threshold is not None or result.points is not None:
        yield f"{word('thresholds', language)}:  {_thresholds(card, result, language, scoring)}"
        yield from _rules(ruler, series, result, language)
    elif result.unjudged is not None:
        yield f"{word('thresholds', language)}:  {unjudged_words(result.unjudged, language)}"


def _rules(ruler: Ruler | None, series: Series, result: Result, language: str) -> Iterator[str]:
    """Yield the arithmetic of computed thresholds, and of points that are no straight lines."""
    index = series.index(result.period)
    if ruler is None or index is None:
        return
    values: dict[str, Operand] = {
        name: row[index].state if row[index].value is None else row[index].value or Decimal(0)
        for name, row in series.terms.items()
    }
    standard = ruler.series(series.key).standard(result.period)
    for name, limit in zip(LEVEL_NAMES, standard.limits if standard else (), strict=False):
        if isinstance(limit, Expression):
            yield f"  {word(name, language)} = {next(steps(limit.node, values))}"
    if ruler.rule is not None and result.value is not None:
        known = operands(values, result.value, result.threshold)
        yield f"  {word('points', language)} = {next(steps(ruler.rule, known))}"


def _is_lagged(card: Indicator, term: Term | None) -> bool:
    """Tell whether a term looks at an earlier period, itself or through others."""
    if isinstance(term, OtherTerm):
        return term.lag is not None or _is_lagged(card, card.term(term.term))
    return isinstance(term, IndicatorTerm) and term.lag is not None


def _thresholds(card: Indicator, result: Result, language: str, scoring: Scoring) -> str:
    standards = result.threshold
    around = ""
    if card.direction == "within":
        around = f"{format_value(card.centre, card.unit, card.decimals, language)} ± "
    unit, places = card.unit, card.decimals
    parts = [
        f"{word(name, language)} {around}{threshold_text(value, unit, places, language)}"
        for name in ("baseline", "target", "challenge")
        if (value := getattr(standards, name, None)) is not None
    ]
    if result.points is not None:
        parts.append(
            f"→ {points_text(result.points, points_bounds(scoring))} {word('points', language)}"
        )
    return " · ".join(parts)


def _history(
    card: Indicator, series: Series, result: Result, language: str, scoring: Scoring
) -> Iterator[str]:
    end = (series.index(result.period) or 0) + 1
    rows = [
        (
            r.period.label,
            figure_text(r.value, card, r.threshold, language) or state_mark(r.state),
            points_text(r.points, points_bounds(scoring)),
            "" if r.state.value == "ok" else state_words(r.state, language),
        )
        for r in series.results[max(0, end - ROWS) : end]
    ]
    points = word("points", language) if any(row[2] for row in rows) else ""
    head = (word("period", language), word("actual", language), points, "")
    yield f"{word('history', language)}:"
    yield from _table((head, *rows))


def _table(rows: tuple[tuple[str, str, str, str], ...]) -> Iterator[str]:
    """Lay rows out in columns, numbers to the right; Chinese characters are two wide."""
    widths = [max(width(row[i]) for row in rows) for i in range(3)]
    for period, value, points, state in rows:
        cells = (
            period + " " * (widths[0] - width(period)),
            " " * (widths[1] - width(value)) + value,
            " " * (widths[2] - width(points)) + points,
            state,
        )
        yield "  " + "  ".join(cells).rstrip()


def width(text: str) -> int:
    """Return how many columns a terminal gives to ``text``."""
    wide = sum(unicodedata.east_asian_width(c) in {"W", "F"} for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _value(card: Indicator, result: Result, language: str) -> str:
    """Return the value, or the words of its state; both where it is provisional."""
    value = figure_text(result.value, card, result.threshold, language)
    if result.state.value == "ok":
        return value
    words = state_words(result.state, language)
    return f"{value}  ({words})" if value else words


def _cell(cell: Cell, language: str) -> str:
    if cell.value is None:
        return state_words(cell.state, language)
    return format_number(cell.value, _places(cell.value))


def _places(value: Decimal) -> int:
    """Return as many decimal places as ``value`` needs, at most six."""
    exponent = value.normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0
