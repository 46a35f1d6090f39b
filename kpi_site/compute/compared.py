"""Like for like: what a running period is compared with (specification.md#like-for-like).

A running period is compared with the same part of the periods before it: with the one before
and the one a year before, which pages show a change from, and with every period that a lag of
some card leads to. All of these are computed a second time, up to the corresponding day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi_site.catalog import Catalog, Indicator, IndicatorTerm, OtherTerm, Term
from kpi_site.compute.spans import Timeline
from kpi_site.periods import Calendar, Grain, Period, Span

_YEAR = Span(months=12)
_EARLIEST = 1000  # a year before which nothing is compared: dates end somewhere


@dataclass(frozen=True, slots=True)
class Compared:
    """Periods to be computed up to the day of the running one, at one grain of a card.

    ``shown`` need the card's results, ``needed`` the terms behind these and behind the lags
    of the running period.
    """

    running: Period
    shown: frozenset[Period]
    needed: frozenset[Period]


def compared(
    catalog: Catalog, timeline: Timeline, order: Sequence[str]
) -> Mapping[str, Mapping[Grain, Compared]]:
    """Return what is compared, by card and grain; nothing at a grain that has none running.

    ``order`` names all cards, each after those that it leans on.
    """
    asked: dict[str, dict[Grain, set[Period]]] = {name: {} for name in order}
    found: dict[str, dict[Grain, Compared]] = {}
    for name in reversed(order):
        card, found[name] = catalog.indicators[name], {}
        for grain in card.grains:
            running = timeline.calendar.containing(timeline.through, grain)
            if running is not None and timeline.running(running):
                shown = {*_usual(running, timeline.calendar), *asked[name].get(grain, ())}
                own = _of_card(card, running, shown, timeline.calendar)
                found[name][grain] = own
                for indicator, periods in _leant_on(card, own, timeline.calendar):
                    asked[indicator].setdefault(grain, set()).update(periods)
    return found


def _usual(running: Period, calendar: Calendar) -> set[Period]:
    """Return the periods from which pages show a change."""
    found = calendar.previous(running), calendar.before(running, _YEAR)
    return {period for period in found if period is not None}


def _of_card(card: Indicator, running: Period, shown: set[Period], calendar: Calendar) -> Compared:
    needed = set(shown)
    for term in card.terms:
        for period in (running, *shown):
            needed.update(_passed(period, _lags(card, term)[0], calendar))
    return Compared(running, frozenset(shown), frozenset(needed))


def _leant_on(
    card: Indicator, own: Compared, calendar: Calendar
) -> Iterator[tuple[str, set[Period]]]:
    """Yield other cards of which ``card`` reads results up to the same day, and of when."""
    for term in card.terms:
        lags, root = _lags(card, term)
        if isinstance(root, IndicatorTerm):
            ends = {_end(period, lags, calendar) for period in (own.running, *own.shown)}
            yield root.indicator, {p for p in ends if p is not None and p != own.running}


def _end(period: Period, lags: Sequence[Span], calendar: Calendar) -> Period | None:
    passed = [period, *_passed(period, lags, calendar)]
    return passed[-1] if len(passed) > len(lags) else None


def _passed(period: Period, lags: Sequence[Span], calendar: Calendar) -> Iterator[Period]:
    """Yield the periods to which ``lags`` lead, one after the other."""
    for lag in lags:
        if period.first.year - lag.months // 12 - lag.days // 365 <= _EARLIEST:
            return
        earlier = calendar.before(period, lag)
        if earlier is None:
            return
        period = earlier
        yield period


def _lags(card: Indicator, term: Term) -> tuple[tuple[Span, ...], Term]:
    """Return the lags of ``term`` and of those that it is made of, and the last of these."""
    lags: list[Span] = []
    while isinstance(term, OtherTerm) and term.period is None:  # a fixed one is the same for all
        lags += [term.lag] if term.lag else []
        base = card.term(term.term)
        assert base is not None
        term = base
    if isinstance(term, IndicatorTerm) and term.lag:
        lags.append(term.lag)
    return tuple(lags), term
