"""Totals and grades of scorecards: their lines looked at in a period, judged and weighed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial, reduce

from kpi_site.catalog import (
    Catalog,
    Grade,
    Group,
    Indicator,
    Line,
    Scorecard,
    Scoring,
    Threshold,
)
from kpi_site.exact import EXACT, tidy
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import Key, Result, Results, Series, State, Unjudged
from kpi_site.scoring.judging import Level, level
from kpi_site.scoring.ruler import Ruler, line_ruler
from kpi_site.scoring.standards import Judgement


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line of a scorecard in one period.

    ``period`` is the line's own (a yearly line of a half-yearly scorecard has a year).
    ``counted`` tells whether the line is part of the total; ``points`` is None without a
    value or thresholds, and 0 where a missing value, which would be judged, counts as zero.
    The line of a retired card shows its figure, and neither counts nor is judged.
    """

    line: Line
    groups: tuple[Group, ...]
    indicator: Indicator
    period: Period
    result: Result | None
    state: State
    threshold: Threshold | None
    points: Decimal | None
    counted: bool
    unjudged: Unjudged | None = None


@dataclass(frozen=True, slots=True)
class ScoredCard:
    """A scorecard in one period. ``total`` = Σ weight × points / ``weight_counted``."""

    scorecard: Scorecard
    period: Period
    lines: tuple[ScoredLine, ...]
    total: Decimal | None
    weight_counted: Decimal
    grade: Grade | None
    provisional: bool

    @property
    def missing(self) -> tuple[ScoredLine, ...]:
        """The lines that have no value in this period, but for those of retired cards."""
        return tuple(
            line for line in self.lines if not (line.state.has_value or line.indicator.retired)
        )


def score(catalog: Catalog, results: Results) -> dict[str, tuple[ScoredCard, ...]]:
    """Score every scorecard in every period of its cycle, oldest first."""
    return {
        card.id: tuple(
            score_period(catalog, results, card, period)
            for period in _periods(card, results, catalog.site.calendar)
        )
        for card in catalog.scorecards.values()
    }


def _periods(card: Scorecard, results: Results, calendar: Calendar) -> tuple[Period, ...]:
    spans = [
        (series.results[0].period.first, series.results[-1].period.first)
        for line in card.all_lines()
        if line.indicator in results
        for series in results[line.indicator].wholes()
        if series.results
    ]
    if not spans:
        return ()
    return calendar.range(min(s[0] for s in spans), max(s[1] for s in spans), card.cycle)


def score_period(catalog: Catalog, results: Results, card: Scorecard, period: Period) -> ScoredCard:
    """Score ``card`` in ``period`` (of its cycle or of a longer grain)."""
    lines = tuple(
        _score_line(catalog, results, card, line, groups, period)
        for line, groups in _with_groups(card.lines, ())
        if line.indicator in catalog.indicators
    )
    counted = [line for line in lines if line.counted]
    weight = _sum(_weight(line) for line in counted)
    total = None
    if card.scored and weight:
        worth = _sum(EXACT.multiply(_weight(line), line.points or Decimal(0)) for line in counted)
        total = tidy(EXACT.divide(worth, weight))
    return ScoredCard(
        scorecard=card,
        period=period,
        lines=lines,
        total=total,
        weight_counted=weight,
        grade=None if total is None else _grade(total, catalog.site.scoring),
        provisional=any(line.state is State.PROVISIONAL for line in counted),
    )


def _weight(line: ScoredLine) -> Decimal:
    return line.line.weight or Decimal(0)


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, numbers, Decimal(0))


def _with_groups(
    items: tuple[Line | Group, ...], above: tuple[Group, ...]
) -> Iterator[tuple[Line, tuple[Group, ...]]]:
    for item in items:
        if isinstance(item, Line):
            yield item, above
        else:
            yield from _with_groups(item.lines, (*above, item))


def _score_line(
    catalog: Catalog,
    results: Results,
    card: Scorecard,
    line: Line,
    groups: tuple[Group, ...],
    period: Period,
) -> ScoredLine:
    indicator = catalog.indicators[line.indicator]
    own, due = _line_period(catalog.site.calendar, card, line, indicator, period, results)
    series = line_series(results, line, own.grain)
    result = series.at(own) if series else None
    state = result.state if result is not None and due else State.NO_DATA
    if not due:
        state, result = State.NOT_DUE, None
    judgement = _judgement(catalog, line, own, series, result)
    judged = not indicator.retired
    earned = judgement.points if judged else None
    lacking = judged and card.missing == "zero" and due and not state.has_value
    worth = Decimal(0) if lacking and _would_earn(catalog, line, own) else earned
    return ScoredLine(
        line=line,
        groups=groups,
        indicator=indicator,
        period=own,
        result=result,
        state=state,
        threshold=judgement.threshold,
        points=worth,
        counted=card.scored and worth is not None,
        unjudged=judgement.unjudged,
    )


def _judgement(
    catalog: Catalog, line: Line, period: Period, series: Series | None, result: Result | None
) -> Judgement:
    """Return what judges the line in ``period``: the card's own judgement where it has no other."""
    if result is not None and not line.judges:
        return Judgement(result.threshold, result.points, result.unjudged)
    ruler = line_ruler(catalog, line, period.grain)
    key = _key(line, period.grain)
    value = result.value if result is not None else None
    return ruler.series(key).judge(period, value, partial(_given, ruler, series, period))


def _would_earn(catalog: Catalog, line: Line, period: Period) -> bool:
    """Tell whether a value of the line would be judged: else none of it can be missed."""
    ruler = line_ruler(catalog, line, period.grain)
    return ruler.series(_key(line, period.grain)).judges(period)


def _given(ruler: Ruler, series: Series | None, period: Period) -> dict[str, Operand]:
    """Return the terms of the cell that thresholds and points need."""
    at = None if series is None else series.index(period)
    found: dict[str, Operand] = {}
    for name in ruler.names:
        cells = series.terms.get(name) if series is not None else None
        cell = cells[at] if cells is not None and at is not None else None
        found[name] = State.NO_DATA if cell is None else cell.state
        if cell is not None and cell.value is not None:
            found[name] = cell.value
    return found


def _line_period(
    calendar: Calendar,
    card: Scorecard,
    line: Line,
    indicator: Indicator,
    period: Period,
    results: Results,
) -> tuple[Period, bool]:
    """Return the period in which the line is looked at, and whether it is due.

    A line with a longer cycle is due only in the period that ends together with its own;
    in a scored card, one with a shorter cycle is taken over the whole period, so that its
    points speak of the same time as the others'. An unscored card shows the newest period
    that is over and has a value.
    """
    grain = max(line.cycle or card.cycle, indicator.cycle, key=lambda g: g.rank)
    if not card.scored and grain is not period.grain:
        return _newest(calendar, line_series(results, line, grain), grain, period), True
    if grain.rank > period.grain.rank:
        own = calendar.containing(period.last, grain)
        return own, own.last == period.last
    return period, True


def _newest(calendar: Calendar, series: Series | None, grain: Grain, period: Period) -> Period:
    """Return the newest period of ``grain`` that is over by the end of ``period`` with a value.

    Without one, the newest that began by then.
    """
    begun = [r for r in series.results if r.period.first <= period.last] if series else []
    over = [r for r in begun if r.state is State.OK and r.period.last <= period.last]
    chosen = (over or begun)[-1:]
    return chosen[0].period if chosen else calendar.containing(period.last, grain)


def line_series(results: Results, line: Line, grain: Grain) -> Series | None:
    """Return the series that a line is about: the whole's, or that of its one member."""
    found = results.get(line.indicator)
    if found is None:
        return None
    return found.series.get(_key(line, grain))


def _key(line: Line, grain: Grain) -> Key:
    return Key(grain, line.of.dimension, line.of.member) if line.of else Key(grain)


def _grade(total: Decimal, scoring: Scoring) -> Grade | None:
    """Return the best grade that ``total`` reaches."""
    reached = [grade for grade in scoring.grades if total >= grade.start]
    return max(reached, key=lambda grade: grade.start) if reached else None


def line_level(line: ScoredLine) -> Level:
    """Return how a line stands against the thresholds that judge it; ``none`` if retired."""
    if line.result is None or not line.state.has_value or line.indicator.retired:
        return "none"
    card = line.indicator
    return level(line.result.value, line.threshold, card.direction, card.centre)


def judged_result(line: ScoredLine) -> Result | None:
    """Return the line's result with the thresholds that judge it on this scorecard, if any does."""
    if line.result is None or line.indicator.retired:
        return None
    return replace(line.result, threshold=line.threshold, unjudged=line.unjudged)


def contribution(card: ScoredCard, line: ScoredLine) -> Decimal | None:
    """Return weight × points ÷ Σ weight: what a line adds to the total, if it counts."""
    weight = line.line.weight
    if not line.counted or line.points is None or weight is None or not card.weight_counted:
        return None
    return EXACT.divide(EXACT.multiply(weight, line.points), card.weight_counted)


def weight_shown(lines: Iterable[ScoredLine]) -> Decimal:
    """Return the weights of the counted ``lines`` together."""
    return _sum(_weight(line) for line in lines if line.counted)
