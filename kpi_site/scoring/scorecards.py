"""Totals and grades of scorecards: their lines looked at in a period, judged and weighed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial, reduce

from kpi_site.catalog import (
    Catalog,
    Group,
    Indicator,
    Line,
    Part,
    Scorecard,
)
from kpi_site.exact import EXACT, tidy
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.problems import Name
from kpi_site.results import Result, Results, Series, SeriesKey, State
from kpi_site.scoring.judging import Level, level
from kpi_site.scoring.ruler import Ruler, line_ruler
from kpi_site.scoring.scored import ScoredCard, ScoredLine
from kpi_site.scoring.standards import Judgement
from kpi_site.scoring.verdicts import graded, ranked, settle
from kpi_site.scoring.worth import bounded, weighed


def scored_periods(card: Scorecard, results: Results, calendar: Calendar) -> tuple[Period, ...]:
    """Return the periods of the card's cycle in which any of its lines has a result."""
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
    day = min(period.last, catalog.site.data_through or period.last)
    listed = _with_groups(card.lines, ())
    lines = tuple(one for one in listed if _stands(catalog, one[0], day))
    if card.for_each is None:
        return graded(catalog, _scored(catalog, results, card, lines, period))
    members = [
        _scored(catalog, results, card, _lines_of(lines, part), period, part)
        for part in _members(results, card, card.for_each)
    ]
    return ScoredCard(
        scorecard=card,
        period=period,
        lines=(),
        total=None,
        weight_counted=Decimal(0),
        grade=None,
        provisional=any(member.provisional for member in members),
        members=ranked(catalog, members),
    )


def _stands(catalog: Catalog, line: Line, day: date) -> bool:
    """Tell whether the line is on its scorecard on ``day``: it is, and its card has not ended."""
    card = catalog.indicators.get(line.indicator)
    return line.holds(day) and (card is None or card.lives(day))


def _in_use(card: Indicator) -> Indicator:
    """Return a card as it is where its line stands: one that ends by a period had not ended yet."""
    return replace(card, status="active") if card.retired and card.ends is not None else card


_Lines = tuple[tuple[Line, tuple[Group, ...]], ...]


def _members(results: Results, card: Scorecard, dimension: Name) -> tuple[Part, ...]:
    """Return the members that any line has results of, in the order of the first that has it.

    Rows without a member belong to none.
    """
    lines = (line for line in card.all_lines() if not line.shared and line.indicator in results)
    keys = (key for line in lines for key in results[line.indicator].series)
    names = dict.fromkeys(k.member for k in keys if k.dimension == dimension and k.member)
    return tuple(Part(dimension, Name(name, card.where)) for name in names)


def _lines_of(lines: _Lines, part: Part) -> _Lines:
    """Return the lines about one member; shared ones stay about the whole."""
    return tuple(
        (line if line.shared else replace(line, of=part), groups) for line, groups in lines
    )


def _scored(
    catalog: Catalog,
    results: Results,
    card: Scorecard,
    listed: _Lines,
    period: Period,
    member: Part | None = None,
) -> ScoredCard:
    """Score one scorecard, or one of its members, without rank and grade."""
    lines = tuple(
        _score_line(catalog, results, card, line, groups, period)
        for line, groups in listed
        if line.indicator in catalog.indicators
    )
    counted = [line for line in lines if line.counted]
    settling = [*counted, *(line for line in lines if _may_settle(card, line))]
    weight = _sum(_weight(line) for line in counted)
    known = member is None or any(x.state.has_value for x in lines if not x.line.shared)
    start = card.starts_from if card.scored else None
    total = _total(counted, weight, start) if card.scored and known else None
    vetoed, lines = settle(total, lines if known else _calm(lines))
    return ScoredCard(
        scorecard=card,
        period=period,
        lines=lines,
        total=vetoed,
        weight_counted=weight,
        grade=None,
        provisional=any(line.state is State.PROVISIONAL for line in settling),
        start=start,
        unvetoed=total if any(line.struck for line in lines) else None,
        member=member,
    )


def _may_settle(card: Scorecard, line: ScoredLine) -> bool:
    """Tell whether the veto of a line was looked at, with points or without."""
    looked_at = line.line.veto is not None and line.value is not None
    return card.scored and looked_at and not line.indicator.retired


def _calm(lines: tuple[ScoredLine, ...]) -> tuple[ScoredLine, ...]:
    """Return the lines of a member without any value of its own: nothing is settled for it."""
    return tuple(replace(line, struck=False) for line in lines)


def _total(counted: Sequence[ScoredLine], weight: Decimal, start: Decimal | None) -> Decimal | None:
    """Return what the lines come to before any veto, if anything counts.

    Rules: specification.md#totals.
    """
    if start is None:
        if not weight:
            return None
        weighed = (line for line in counted if line.line.weight is not None)
        worth = _sum(EXACT.multiply(_weight(line), line.worth or Decimal(0)) for line in weighed)
        start = EXACT.divide(worth, weight)
    elif not counted:
        return None
    effects = _sum(line.effect for line in counted if line.effect is not None)
    return max(Decimal(0), tidy(EXACT.add(start, effects)))


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
    indicator = _in_use(catalog.indicators[line.indicator])
    own, due = _line_period(catalog.site.calendar, card, line, indicator, period, results)
    series = line_series(results, line, own.grain)
    result = series.at(own) if series else None
    state = result.state if result is not None and due else State.NO_DATA
    if not due:
        state, result = State.NOT_DUE, None
    judgement = _judgement(catalog, line, own, series, result)
    earned = bounded(line, judgement.points)
    cycles = _cycles(catalog, results, line, indicator, own) if due else None
    if cycles is not None:
        earned = _taken(line, cycles)
        judgement = replace(judgement, unjudged=None)
        running = own.last > (catalog.site.data_through or own.last)
        state = _state_of_cycles(state, cycles, running=running)
    found = ScoredLine(
        line=line,
        groups=groups,
        indicator=indicator,
        period=own,
        result=result,
        state=state,
        threshold=judgement.threshold,
        points=None,
        counted=False,
        unjudged=judgement.unjudged,
        cycles=tuple((c.period, c.points) for c in cycles or ()),
    )
    if indicator.retired:
        return found
    weighs = card.scored and line.weight is not None and line.earns
    lacking = card.missing == "zero" and due and not state.has_value and weighs
    cycle = own if cycles is None else _last_cycle(catalog, line, indicator, own)
    as_zero = lacking and _would_earn(catalog, line, cycle)
    return weighed(card, found, Decimal(0) if as_zero else earned)


@dataclass(frozen=True, slots=True)
class _Cycle:
    period: Period
    points: Decimal


def _cycles(
    catalog: Catalog, results: Results, line: Line, indicator: Indicator, period: Period
) -> tuple[_Cycle, ...] | None:
    """Return the cycles in ``period`` that have points, if its points are taken of theirs.

    They are the line's own where those are shorter than ``period``, else the card's. A cycle
    counts where its last day lies; a running one is left out of a mean.
    """
    grain = _grain_of_cycles(line, indicator, period)
    if line.take is None or grain.rank >= period.grain.rank:
        return None
    series, found = line_series(results, line, grain), []
    for result in series.results if series else ():
        if not period.first <= result.period.last <= period.last or not result.state.has_value:
            continue
        if line.take == "points_mean" and result.state is State.PROVISIONAL:
            continue
        judgement = _judgement(catalog, line, result.period, series, result)
        points = bounded(line, judgement.points)
        if points is not None:
            found.append(_Cycle(result.period, points))
    return tuple(found)


def _grain_of_cycles(line: Line, indicator: Indicator, period: Period) -> Grain:
    """Return the line's own cycle where it is shorter than ``period``, else the card's."""
    own = line.cycle
    if own is not None and indicator.cycle.rank < own.rank < period.grain.rank:
        return own
    return indicator.cycle


def _last_cycle(catalog: Catalog, line: Line, indicator: Indicator, period: Period) -> Period:
    grain = _grain_of_cycles(line, indicator, period)
    return catalog.site.calendar.containing(period.last, grain) or period


def _taken(line: Line, cycles: Sequence[_Cycle]) -> Decimal | None:
    """Return the mean of the cycles' points, or the last of them."""
    if not cycles:
        return None
    if line.take == "points_last":
        return cycles[-1].points
    return EXACT.divide(_sum(cycle.points for cycle in cycles), Decimal(len(cycles)))


def _state_of_cycles(state: State, cycles: Sequence[_Cycle], *, running: bool) -> State:
    """Return the state of a line whose points are those of ``cycles`` of a ``running`` period."""
    if state.has_value or not cycles:
        return state
    return State.PROVISIONAL if running else State.OK


def _judgement(
    catalog: Catalog, line: Line, period: Period, series: Series | None, result: Result | None
) -> Judgement:
    """Return what judges the line in ``period``: the card's own judgement where it has no other."""
    by_floor = line.floor is not None and bool(catalog.indicators[line.indicator].steps)
    if result is not None and not line.judges and not by_floor:
        return Judgement(result.threshold, result.points, result.unjudged)
    ruler = line_ruler(catalog, line, period.grain, period.last)
    key = _key(line, period.grain)
    value = result.value if result is not None else None
    return ruler.series(key).judge(period, value, partial(_given, ruler, series, period))


def _would_earn(catalog: Catalog, line: Line, period: Period) -> bool:
    """Tell whether a value of the line would be judged: else none of it can be missed."""
    ruler = line_ruler(catalog, line, period.grain, period.last)
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
        own = calendar.containing(period.last, grain) or period
        return own, own.grain is grain and own.last == period.last
    return period, True


def _newest(calendar: Calendar, series: Series | None, grain: Grain, period: Period) -> Period:
    """Return the newest period of ``grain`` that is over by the end of ``period`` with a value.

    Without one, the newest that began by then.
    """
    begun = [r for r in series.results if r.period.first <= period.last] if series else []
    over = [r for r in begun if r.state is State.OK and r.period.last <= period.last]
    chosen = (over or begun)[-1:]
    return chosen[0].period if chosen else calendar.containing(period.last, grain) or period


def line_series(results: Results, line: Line, grain: Grain) -> Series | None:
    """Return the series that a line is about: the whole's, or that of its one member."""
    found = results.get(line.indicator)
    if found is None:
        return None
    return found.series.get(_key(line, grain))


def _key(line: Line, grain: Grain) -> SeriesKey:
    return SeriesKey(grain, line.of.dimension, line.of.member) if line.of else SeriesKey(grain)


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
    """Return what a line that counts adds to the total before any veto.

    For one with a weight that is weight × points ÷ Σ weight, for a deduction a negative number.
    """
    weight = line.line.weight
    if not line.counted or weight is None:
        return line.effect if line.counted else None
    if line.worth is None or not card.weight_counted:
        return None
    return EXACT.divide(EXACT.multiply(weight, line.worth), card.weight_counted)


def weight_shown(lines: Iterable[ScoredLine]) -> Decimal:
    """Return the weights of the counted ``lines`` together."""
    return _sum(_weight(line) for line in lines if line.counted)
