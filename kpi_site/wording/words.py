"""States, grains, directions and terms in the words of the table; the marks of states."""

from __future__ import annotations

from typing import Final, Literal

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Direction,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.periods import Grain, Span
from kpi_site.results import State, Told, Unjudged
from kpi_site.wording.dates import format_period
from kpi_site.words import word

_MARKS: Final[dict[Told, str]] = {
    State.OK: "",
    State.PROVISIONAL: "≈",
    State.NO_DATA: "—",
    State.NO_BASE: "∅",
    State.ZERO_DENOMINATOR: "÷0",
    State.NOT_DUE: "…",
    State.SUPPRESSED: "✱",
    "excluded": "⊘",
}


_LEVELS: Final = {"challenge": "★", "target": "●", "baseline": "◐", "below": "✕", "none": "○"}


def status_mark(level: str) -> str:
    """Return the mark of how a value stands: its shape alone tells it; arrows are changes."""
    return _LEVELS[level]


def status_words(level: str, language: str) -> str:
    """Return how a value stands in words: ``达到目标值`` / ``target reached``."""
    return word(f"level.{level}", language)


UNJUDGED: Final = "◌"
"""The mark of a figure that its card's standards do not judge."""


TOLD: Final = tuple(_MARKS)
"""All that may be told in place of a number, in the order of legends."""


def state_mark(told: Told) -> str:
    """Return the mark shown in place of (or, provisional, after) a number; "" for ok."""
    return _MARKS[told]


def state_words(told: Told, language: str) -> str:
    """Return what the mark of ``told`` means, in words."""
    return word(f"state.{told}", language)


def unjudged_words(why: Unjudged, language: str) -> str:
    """Return why a figure is not judged: ``此处不考核`` / ``not judged here``."""
    return word(f"unjudged.{why.value}", language)


def grain_word(grain: Grain, language: str) -> str:
    """Return ``月`` or ``month``."""
    return word(f"grain.{grain.value}", language)


def cycle_word(grain: Grain, language: str) -> str:
    """Return ``每月`` or ``monthly``."""
    return word(f"cycle.{grain.value}", language)


def direction_words(direction: Direction, language: str) -> str:
    """Return ``越高越好`` or ``higher is better``."""
    return word(f"direction.{direction}", language)


def status_word(status: Literal["active", "draft", "retired"], language: str) -> str:
    """Return a card's status: ``使用中`` or ``active``."""
    return word(f"status.{status}", language)


def aside(text: str, language: str) -> str:
    """Return ``text`` in parentheses."""
    return f"（{text}）" if language == "zh" else f" ({text})"


def span_words(span: Span, language: str) -> str:
    """Return ``12个月``, ``1年`` or ``30 days``."""
    kind, count = "month", span.months
    if span.days:
        kind, count = "day", span.days
    elif span.months % 12 == 0 and span.months != 12:
        kind, count = "year", span.months // 12
    if kind == "year":
        return word(f"span.year{'' if count == 1 else 's'}", language, count)
    return word(f"count.{kind}", language, count)


def term_kind_words(term: Term, language: str) -> str:
    """Say in words which rows or results a term takes: ``trailing 12 months …``."""
    match term:
        case RowTerm(window=Span() as window):
            return word("term.window", language, span_words(window, language))
        case RowTerm(to_date=Grain() as to_date):
            return word(f"term.to_date.{to_date.value}", language)
        case RowTerm():
            return word("term.rows", language)
        case StockTerm():
            return word(f"term.stock.{_taken(term)}", language)
        case BalanceTerm(last_per=None):
            return word(f"term.balance.{_taken(term)}", language)
        case BalanceTerm(last_per=column):
            balance = word(f"term.balance.{_taken(term)}", language)
            return word("term.last_per", language, balance, column)
        case CalendarTerm(calendar=days, to_date=unit):
            of = word(f"grain.{unit.value}", language) if unit else word("period", language)
            return word(f"term.{days}", language, of)
        case OtherTerm():
            return _other_words(term, language)
        case IndicatorTerm(indicator=name, measure=measure, lag=lag):
            text = word(f"term.indicator.{measure}", language, name)
            return text + _earlier(lag, language)


def _taken(term: StockTerm | BalanceTerm) -> str:
    """Return when a stock or balance is taken: ``end``, ``start``, ``average``, ``month_ends``."""
    return "month_ends" if term.at == "average" and term.average == "month_ends" else term.at


def _other_words(term: OtherTerm, language: str) -> str:
    if term.overall:
        fixed = _earlier(term.lag, language)
        if term.period is not None:
            fixed = word("term.in_period", language, format_period(term.period, language))
        return word("term.overall", language, term.term) + fixed
    if term.period is not None:
        return word("term.fixed", language, term.term, format_period(term.period, language))
    if term.lag is None:
        return word("term.other", language, term.term)
    return word("term.lag", language, term.term, span_words(term.lag, language))


def _earlier(lag: Span | None, language: str) -> str:
    return "" if lag is None else word("term.earlier", language, span_words(lag, language))


def in_a_row(grain: Grain, number: str, language: str) -> str:
    """Return several periods of ``grain``: ``11个月``, ``11 months``, ``seven weeks``."""
    if grain is Grain.YEAR:
        return word("span.years", language, number)
    return word(f"count.{grain.value}", language, number)
