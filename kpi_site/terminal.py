"""A card as plain text for the terminal: what its story says first, and its arithmetic."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpi_site.formula.steps import steps
from kpi_site.results import Cell, Result
from kpi_site.sql.nodes import Expression, columns
from kpi_site.story.arithmetic import RuleStory
from kpi_site.story.card import CardStory
from kpi_site.story.reading import Now
from kpi_site.story.teller import Said, Teller
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.wording.numbers import format_count, format_number
from kpi_site.wording.words import aside, state_mark, state_words


def card_lines(teller: Teller, told: CardStory) -> Iterator[str]:
    """Yield the lines: definition, formula, terms, the figures of its period, the last 13."""
    yield f"{_text(told.name)} ({told.indicator.id})"
    facts = {fact.key: fact.text for fact in told.facts}
    yield " · ".join(facts.get(key, "") for key in ("unit", "cycle", "direction"))
    if told.standing:
        gap = "" if told.language == "zh" else " "
        successor = (
            f"{gap}{teller.word('successor')}{gap}{told.successor.id}" if told.successor else ""
        )
        yield f"{told.standing}{successor}"
    yield ""
    yield from _text(told.definition).splitlines()
    yield ""
    yield from _definition(teller, told)
    yield ""
    if told.now is None:
        yield teller.word("no_results")
        return
    yield from _arithmetic(teller, told, told.now)
    yield ""
    yield from _history(teller, told)


def _text(said: Said | None) -> str:
    return said.text if said else ""


def filled(expression: Expression, words: Mapping[str, str]) -> str:
    """Return the text of a formula with each term's name replaced by its word."""
    text = expression.code.text
    for column in sorted(columns(expression.node), key=lambda c: c.at, reverse=True):
        name = text[column.at : column.at + len(column.name)]
        if name == column.name and name in words:
            text = text[: column.at] + words[name] + text[column.at + len(name) :]
    return _one_line(text)


def _definition(teller: Teller, told: CardStory) -> Iterator[str]:
    formula = told.formula
    yield f"{teller.word('formula')}:  {_one_line(formula.rule.code.text)}"
    yield f"  = {filled(formula.rule, formula.labels)}"
    yield f"{teller.word('terms')}:"
    for term in told.terms:
        yield f"  {term.name}: {_text(term.label)} · {term.kind}"
        if term.sql and term.source:
            where = f" WHERE {_one_line(term.where)}" if term.where else ""
            yield f"      {_one_line(term.sql)} FROM {term.source.id}{where}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _arithmetic(teller: Teller, told: CardStory, now: Now) -> Iterator[str]:
    language = teller.language
    shown = {term.name: _cell(term.cell, language) for term in told.numbers}
    days = now.reading.days and aside(now.reading.days, language)
    yield f"{now.reading.period}{days}:  {_value(now)}"
    if now.ended:
        yield f"  {now.ended}"
    yield f"  = {filled(told.formula.rule, shown)}"
    for term in told.numbers:
        n = term.cell.n
        rows = "" if n is None else "  · " + teller.word("rows_count", format_count(n, language))
        basis = f"  · {teller.word('same_day')}" if term.same_day else ""
        yield f"  {term.name} = {shown[term.name]}{rows}{basis}"
    if told.signal is not None:
        yield f"{told.signal.words}:  {told.signal.sentence}"
        if told.signal.assurance:
            yield f"  {told.signal.assurance}"
    if told.why:
        yield f"{teller.word('why')}:"
        yield from (f"  {why.first.sentence}" for why in told.why)
    if now.result.threshold is not None or now.result.points is not None:
        yield f"{teller.word('thresholds')}:  {_thresholds(teller, told, now)}"
        yield from (line for rule in told.rules for line in _rule(rule))
    elif now.result.unjudged is not None:
        yield f"{teller.word('thresholds')}:  {now.reading.level_words}"


def _rule(rule: RuleStory) -> Iterator[str]:
    """Yield the arithmetic of a computed threshold, or of points that are no straight lines."""
    if rule.numbers is not None:
        yield f"  {rule.name} = {next(steps(rule.rule.node, rule.numbers.operands))}"


def _thresholds(teller: Teller, told: CardStory, now: Now) -> str:
    parts = [f"{teller.word(level)} {limit}" for level, limit in told.limits]
    if now.points:
        parts.append(f"→ {now.points} {teller.word('points')}")
    return " · ".join(parts)


def _history(teller: Teller, told: CardStory) -> Iterator[str]:
    rows = tuple(_row(teller, told, result) for result in told.recent)
    points = teller.word("points") if any(row[2] for row in rows) else ""
    head = (teller.word("period"), teller.word("actual"), points, "")
    yield f"{teller.word('history')}:"
    yield from _table((head, *rows))


def _row(teller: Teller, told: CardStory, result: Result) -> tuple[str, str, str, str]:
    card, language = told.indicator, teller.language
    return (
        result.period.label,
        figure_text(result.value, card, result.threshold, language) or state_mark(result.told),
        points_text(result.points, points_bounds(teller.catalog.site.scoring)),
        "" if result.state.value == "ok" else state_words(result.told, language),
    )


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


def _value(now: Now) -> str:
    """Return the value, or the words of its state; both where it is provisional."""
    reading = now.reading
    if reading.state.value == "ok":
        return reading.text
    return f"{reading.text}  ({reading.state_words})" if reading.text else reading.state_words


def _cell(cell: Cell, language: str) -> str:
    if cell.value is None:
        return state_words(cell.state, language)
    return format_number(cell.value, _places(cell.value))


def _places(value: Decimal) -> int:
    """Return as many decimal places as ``value`` needs, at most six."""
    exponent = value.normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0
