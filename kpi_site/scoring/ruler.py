"""Which thresholds judge a figure, and the points that it earns by them.

Thresholds hold for the grain and the member that they are declared for. Where the figure is a
level they also hold at longer grains and for members; an amount is judged there only by what
is declared for it: an item with ``grain``, ``of`` or ``per_cycle``, or arithmetic over the
card's terms. The most specific item wins: ``of`` before ``grain`` before the newest ``from``.

Rules: specification.md#threshold-in-force, specification.md#points-rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce

from kpi_site.catalog import Catalog, Indicator, Line, Part, Scoring, Standard, Threshold
from kpi_site.exact import EXACT, settled, tidy
from kpi_site.formula.evaluate import Evaluator, compile_node
from kpi_site.nature import Nature, nature_of
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import SeriesKey, State, Unjudged
from kpi_site.scoring.judging import points
from kpi_site.scoring.standards import (
    VALUE,
    Given,
    Judgement,
    Scope,
    in_order,
    operands,
    points_node,
    threshold_names,
)
from kpi_site.sql.nodes import Expression, Node, columns


@dataclass(frozen=True, slots=True)
class Ruler:
    """What a card, or a line of a scorecard, judges by.

    ``scope`` is that of the standards, ``rule_scope`` that of ``rule``, the arithmetic for
    points (None: straight lines between the thresholds).
    """

    indicator: Indicator
    standards: tuple[Standard, ...]
    rule: Node | None
    scope: Scope
    rule_scope: Scope
    nature: Nature
    calendar: Calendar
    through: date
    scoring: Scoring

    @property
    def names(self) -> tuple[str, ...]:
        """The terms of the card that its thresholds and points need."""
        limits = (limit for one in self.standards for limit in one.limits)
        nodes = [limit.node for limit in limits if isinstance(limit, Expression)]
        nodes += [] if self.rule is None else [self.rule]
        found = dict.fromkeys(c.name for node in nodes for c in columns(node))
        return tuple(name for name in found if self.indicator.term(name) is not None)

    def series(self, key: SeriesKey, *, running: bool = False) -> SeriesRuler:
        """Return what judges the figures of one series.

        ``running`` ones are totals of the days since the first of their month.
        """
        longer, other = self._beyond(self.scope, key, running=running)
        fitting = [s for s in self.standards if _fits(s, key, longer=longer, other=other)]
        beyond = any(self._beyond(self.rule_scope, key, running=running))
        return SeriesRuler(
            ruler=self,
            key=key,
            items=tuple(map(_item, sorted(fitting, key=_specific))),
            longer=running or key.grain is not self.indicator.cycle,
            running=running,
            rule=_rule(self, beyond=beyond),
        )

    def _beyond(self, scope: Scope, key: SeriesKey, *, running: bool) -> tuple[bool, bool]:
        """Tell whether figures of ``key`` are other amounts than ``scope`` speaks of.

        They may be so because they are of a longer period, or of another member.
        """
        longer = running or key.grain is not scope.grain
        other = bool(key.dimension) and not _is(scope.part, key)
        return longer and self.nature.adds_over_time, other and self.nature.adds_over_members


def _fits(standard: Standard, key: SeriesKey, *, longer: bool, other: bool) -> bool:
    """Tell whether ``standard`` is declared for the series, or holds for it as for a level.

    ``longer`` and ``other`` tell whether the series has other amounts: of longer periods, or of
    another member. What is arithmetic alone is computed for every cell.
    """
    if standard.of is not None and not _is(standard.of, key):
        return False
    if standard.grain is not None and standard.grain is not key.grain:
        return False
    if not standard.numbers:
        return True
    for_longer = standard.grain is not None or standard.per_cycle
    return (for_longer or not longer) and (standard.of is not None or not other)


def _is(part: Part | None, key: SeriesKey) -> bool:
    """Tell whether ``key`` is about ``part``."""
    return part is not None and (part.dimension, part.member) == (key.dimension, key.member)


def _specific(standard: Standard) -> tuple[bool, bool, date]:
    """Sort the most specific item last."""
    start = standard.start.first if standard.start else date.min
    return standard.of is not None, standard.grain is not None, start


@dataclass(frozen=True, slots=True)
class _Item:
    """A standard ready for use: evaluators for what is computed; ``plain`` where nothing is."""

    standard: Standard
    limits: tuple[Decimal | Evaluator | None, ...]
    plain: Threshold | None


def _item(standard: Standard) -> _Item:
    limits = tuple(
        compile_node(limit.node) if isinstance(limit, Expression) else limit
        for limit in standard.limits
    )
    numbers = [limit for limit in standard.limits if not isinstance(limit, Expression)]
    return _Item(standard, limits, Threshold(*numbers) if len(numbers) == len(limits) else None)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Points by arithmetic: whether it needs thresholds, and whether it holds for the series."""

    earn: Evaluator
    needs: bool
    holds: bool


def _rule(ruler: Ruler, *, beyond: bool) -> _Rule | None:
    """Return the rule for points; over bare numbers it holds for what it is written for only."""
    if ruler.rule is None:
        return None
    names = {c.name for c in columns(ruler.rule)}
    needs = bool(names & threshold_names(ruler.indicator, ruler.standards))
    terms = any(ruler.indicator.term(name) is not None for name in names - {VALUE})
    return _Rule(compile_node(ruler.rule), needs, needs or terms or not beyond)


@dataclass(frozen=True, slots=True)
class SeriesRuler:
    """What judges the figures of one series; ``items`` fit it, the most specific last.

    ``longer`` tells that its periods are longer than the card's cycle.
    """

    ruler: Ruler
    key: SeriesKey
    items: tuple[_Item, ...]
    longer: bool
    running: bool
    rule: _Rule | None

    def judge(self, period: Period, value: Decimal | None, given: Callable[[], Given]) -> Judgement:
        """Judge a settled ``value`` (None: there is none); ``given`` are its cell's terms."""
        threshold, unjudged = self.threshold(period, given)
        if value is None:
            return Judgement(threshold, None, unjudged)
        if self.rule is not None:
            return self._by_rule(self.rule, value, threshold, unjudged, given)
        if threshold is None:
            return Judgement(None, None, unjudged)
        card = self.ruler.indicator
        earned = points(value, threshold, card.direction, card.centre, self.ruler.scoring)
        return Judgement(threshold, earned)

    def _by_rule(
        self,
        rule: _Rule,
        value: Decimal,
        threshold: Threshold | None,
        unjudged: Unjudged | None,
        given: Callable[[], Given],
    ) -> Judgement:
        if rule.needs and threshold is None:
            return Judgement(None, None, unjudged)
        if not rule.holds:
            return Judgement(threshold, None, Unjudged.NOT_HERE)
        earned = rule.earn(operands(given(), value, threshold))
        if isinstance(earned, State):
            return Judgement(threshold, None, Unjudged.NO_LIMIT)
        return Judgement(threshold, tidy(Decimal(earned)))

    def judges(self, period: Period) -> bool:
        """Tell whether something is in force in ``period`` by which a value would earn points.

        What is arithmetic counts as in force, whatever its terms are.
        """
        item = _in_force(period, self.items)
        if item is not None and item.standard.per_cycle and self.longer:
            item = None if self._summed(item, period) is None else item
        if self.rule is None:
            return item is not None
        return self.rule.holds and (item is not None or not self.rule.needs)

    def standard(self, period: Period) -> Standard | None:
        """Return the item that judges ``period``, as it is declared."""
        item = _in_force(period, self.items)
        return None if item is None else item.standard

    def threshold(
        self, period: Period, given: Callable[[], Given]
    ) -> tuple[Threshold | None, Unjudged | None]:
        """Return the thresholds in force in ``period``, or why there are none."""
        item = _in_force(period, self.items)
        if item is None:
            begun = any(_begun(one, period) for one in self.ruler.standards)
            return None, Unjudged.NOT_HERE if begun else None
        if item.standard.per_cycle and self.longer:
            added = self._summed(item, period)
            return (None, Unjudged.NO_LIMIT) if added is None else self._resolved(added, given)
        if item.plain is not None:
            return item.plain, None
        return self._resolved(item.limits, given)

    def _resolved(
        self, limits: Sequence[Decimal | Evaluator | None], given: Callable[[], Given]
    ) -> tuple[Threshold | None, Unjudged | None]:
        """Work out what is computed."""
        known: list[Decimal | None] = []
        values = given()
        for limit in limits:
            found = limit(values) if callable(limit) else limit
            if isinstance(found, State):
                return None, Unjudged.NO_LIMIT
            known.append(None if found is None else settled(Decimal(found)))
        if not in_order(known, self.ruler.indicator):
            return None, Unjudged.DISORDER
        return Threshold(*known), None

    def _summed(self, item: _Item, period: Period) -> list[Decimal | Evaluator | None] | None:
        """Return the sum of the thresholds of the cycles in a longer period; None if one lacks.

        In a running period the cycles that are over count whole, the one that runs in
        proportion to its days. What is arithmetic is computed for the longer period itself.
        """
        cycles = self._cycles(period)
        added: list[Decimal | Evaluator | None] = []
        for position, limit in enumerate(item.limits):
            if not isinstance(limit, Decimal):
                added.append(limit)
                continue
            each = [(self._of_cycle(cycle, position), share) for cycle, share in cycles]
            parts = [EXACT.multiply(n, share) for n, share in each if n is not None]
            if not parts or len(parts) < len(each):
                return None
            added.append(settled(reduce(EXACT.add, parts)))
        return added

    def _of_cycle(self, cycle: Period, position: int) -> Decimal | None:
        """Return the number that judges one cycle: baseline, target or challenge."""
        own = self.ruler.series(SeriesKey(cycle.grain, self.key.dimension, self.key.member))
        item = _in_force(cycle, own.items)
        limit = None if item is None else item.limits[position]
        return limit if isinstance(limit, Decimal) else None

    def _cycles(self, period: Period) -> Sequence[tuple[Period, Decimal]]:
        """Return the cycles that end in ``period`` and have begun, and how much of each counts.

        A running total has the days since the first of its month.
        """
        ruler, first, last = self.ruler, period.first, min(period.last, self.ruler.through)
        if self.running:
            month = ruler.calendar.containing(period.first, Grain.MONTH)
            first = month.first if month is not None else first
        found = []
        for cycle in ruler.calendar.range(first, last, ruler.indicator.cycle):
            if not first <= cycle.last <= period.last:
                continue
            days = (cycle.last - cycle.first).days + 1
            past = (min(cycle.last, last) - cycle.first).days + 1
            share = Decimal(1) if past == days else EXACT.divide(Decimal(past), Decimal(days))
            found.append((cycle, share))
        return found


def _in_force(period: Period, items: Sequence[_Item]) -> _Item | None:
    """Return the most specific item that has begun."""
    return next((item for item in reversed(items) if _begun(item.standard, period)), None)


def _begun(standard: Standard, period: Period) -> bool:
    """Tell whether ``standard`` holds in ``period``.

    One whose ``from`` lies inside a longer period counts from the next such period on, so
    that one year is not judged by two standards.
    """
    return standard.start is None or standard.start.first <= period.first


def card_ruler(catalog: Catalog, indicator: Indicator) -> Ruler:
    """Return what ``indicator``'s own figures are judged by."""
    return _ruler(catalog, indicator, indicator.cycle, None, None)


def line_ruler(catalog: Catalog, line: Line, grain: Grain, day: date | None = None) -> Ruler:
    """Return what ``line``, which is looked at at ``grain``, judges by: by the version of ``day``.

    Its own thresholds hold for that grain and for the member that it is about; what it has
    not of its own is the card's.
    """
    card = catalog.indicators[line.indicator]
    if day is None:
        return _ruler(catalog, card, grain, line, line.of)
    day = min(day, catalog.site.data_through or day)
    version = card.version(day)
    if version is not None:
        line = line.named(version.names)
    return _ruler(catalog, card.judged_on(day), grain, line, line.of)


def _ruler(
    catalog: Catalog, indicator: Indicator, grain: Grain, line: Line | None, part: Part | None
) -> Ruler:
    own = line is not None and bool(line.thresholds)
    own_rule = line is not None and bool(line.points or line.steps)
    of_card, of_line = Scope(indicator.cycle), Scope(grain, part)
    holder = line if line is not None and own_rule else indicator
    return Ruler(
        indicator=indicator,
        standards=line.thresholds if line is not None and own else indicator.thresholds,
        rule=points_node(
            holder.points,
            holder.steps,
            indicator,
            (line.floor if line is not None else None) or Decimal(0),
        ),
        scope=of_line if own else of_card,
        rule_scope=of_line if own_rule else of_card,
        nature=nature_of(indicator, catalog.indicators),
        calendar=catalog.site.calendar,
        through=catalog.site.data_through or date.max,
        scoring=catalog.site.scoring,
    )
