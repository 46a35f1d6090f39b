"""One card: its terms' strips become series of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kpi_site.catalog import CalendarTerm, Indicator, IndicatorTerm, OtherTerm, Term
from kpi_site.compute.exactness import keeps_exact
from kpi_site.compute.spans import Stretch, Timeline, earlier
from kpi_site.compute.strips import Strip, TermView, settled_all
from kpi_site.compute.working_days import WorkingDays, days_of
from kpi_site.formula.evaluate import (
    Evaluator,
    Operand,
    Values,
    compile_exclusion,
    compile_node,
)
from kpi_site.periods import Grain, Period, Span
from kpi_site.results import (
    Cell,
    Result,
    Results,
    SameDay,
    Series,
    SeriesKey,
    State,
    of_columns,
)
from kpi_site.scoring import Judgement, Ruler
from kpi_site.sql.nodes import Column, Node, columns


@dataclass(frozen=True, slots=True)
class Part:
    """The earlier periods that a running one is compared with, each up to the same day.

    ``shown`` are those of which the card's results are wanted.
    """

    at: CardAt
    shown: frozenset[Period]


@dataclass(frozen=True, slots=True)
class CardAt:
    """A card at one grain: its periods and the views of its terms that read datasets.

    ``broken_down`` names the terms that have values for the members of each dimension,
    ``rulers`` are those of the card's versions, ``exact`` the terms in which nothing was divided,
    ``bases`` the views of sums behind means, which are no terms. ``stretches`` tell how far each
    period has come.
    ``part`` is what the newest period is compared with where that is running; ``cut`` is set
    on such a part: it reads other cards' results up to the same day.
    ``fixed`` is the card at the grains of its terms' fixed periods, whole and not such a part.
    ``running`` figures are totals of the days since the first of their month.
    """

    card: Indicator
    periods: tuple[Period, ...]
    views: Mapping[str, TermView]
    others: Results
    timeline: Timeline
    ruler: Ruler
    broken_down: Mapping[str, frozenset[str]]
    exact: frozenset[str]
    rulers: tuple[Ruler, ...]
    stretches: tuple[Stretch, ...]
    working: WorkingDays
    bases: frozenset[str] = frozenset()
    part: Part | None = None
    cut: bool = False
    running: bool = False
    fixed: Mapping[Grain, CardAt] = field(default_factory=dict)
    made: dict[Node, _Formula] = field(default_factory=dict)

    def members(self, dimension: str) -> list[str]:
        """Return the members that any term has for ``dimension``, in order."""
        found: set[str] = set()
        for view in self.views.values():
            found |= view.members(dimension)
        for term in self.card.terms:
            if isinstance(term, IndicatorTerm) and self.periods:
                grain = self.periods[0].grain
                series = self.others[term.indicator].members(grain, dimension)
                found |= {one.key.member for one in series}
        return sorted(found)

    def series(self, key: SeriesKey) -> Series:
        """Return the card's series for ``key``, whose grain is this one.

        A term that does not break down by the key's dimension has no cells in it.
        """
        names = [str(term.name) for term in self.card.terms]
        if key.dimension:
            names = [name for name in names if name in self.broken_down[key.dimension]]
        strips = self.strips(key, names)
        cells = {name: _cells(strips[name], exact=name in self.exact) for name in names}
        same_day = None
        if self.part is not None:
            found = self.part.at.results(key, self.part.at.strips(key, names))
            shown = tuple(r for r in found if r.period in self.part.shown)
            same_day = SameDay(self.periods[-1], shown)
        bases = {
            name: _cells(self.views[name].strip(key.dimension, key.member), exact=False)
            for name in sorted(self.bases)
            if not key.dimension or key.dimension in self.views[name].plan.dimensions
        }
        return Series(key, self.results(key, strips), cells, same_day, bases)

    def strips(self, key: SeriesKey, names: Sequence[str]) -> dict[str, Strip]:
        """Return the strips of the terms ``names`` for ``key``, and of those behind them."""
        strips: dict[str, Strip] = {}
        for term in self.card.terms:
            if term.name in names:
                self.strip_of(term, key, strips)
        return strips

    def strip_of(self, term: Term, key: SeriesKey, strips: dict[str, Strip]) -> Strip:
        """Return the strip of ``term``, making those that it leans on first."""
        if term.name not in strips:
            strips[term.name] = self._make_strip(term, key, strips)
        return strips[term.name]

    def _make_strip(self, term: Term, key: SeriesKey, strips: dict[str, Strip]) -> Strip:
        match term:
            case OtherTerm():
                base = self.card.term(term.term)
                assert base is not None
                if term.overall:
                    key, strips = SeriesKey(key.grain), {}
                if term.period is not None:
                    return self._in_period(base, key, term.period)
                strip = self.strip_of(base, key, strips)
                if term.lag is None:
                    return strip
                part = self.part.at.strip_of(base, key, {}) if self.part else None
                return self._lagged(strip, term.lag, part)
            case CalendarTerm():
                calendar = self.timeline.calendar
                known = [days_of(term, s, calendar, self.working) for s in self.stretches]
                days = [State.NO_DATA if n is None else Decimal(n) for n in known]
                return Strip(list(days), [False] * len(days), [None] * len(days))
            case IndicatorTerm():
                strip = self.from_indicator(term, key)
                if term.lag is None:
                    return strip
                part = self.part.at.from_indicator(term, key) if self.part else None
                return self._lagged(strip, term.lag, part)
            case _:
                return self.views[term.name].strip(key.dimension, key.member)

    def _in_period(self, base: Term, key: SeriesKey, period: Period) -> Strip:
        """Return what ``base`` was in ``period``, the same for every period of this grain.

        Rules: specification.md#fixed-base.
        """
        whole, count = self.fixed[period.grain], len(self.periods)
        if period not in whole.periods:
            return Strip([State.NO_DATA] * count, [False] * count, [None] * count)
        strip = whole.strip_of(base, replace(key, grain=period.grain), {})
        at = whole.periods.index(period)
        loose = strip.provisional[at] or self.timeline.running(period)
        return Strip([strip.values[at]] * count, [loose] * count, [strip.n[at]] * count)

    def _lagged(self, strip: Strip, lag: Span, part: Strip | None) -> Strip:
        """Return ``strip`` as it was ``lag`` earlier; before the facts begin, ``no_base``.

        The running period takes the earlier one from ``part``: up to the same day.
        """
        before = [self.timeline.calendar.before(period, lag) for period in self.periods]
        moments = [(strip, position) for position in earlier(self.periods, before)]
        if part is not None and self.part is not None:
            moments[-1:] = [(part, p) for p in earlier(self.part.at.periods, before[-1:])]
        reached = [(s, p) if p is not None and p >= s.covered else None for s, p in moments]
        return Strip(
            values=[State.NO_BASE if at is None else at[0].values[at[1]] for at in reached],
            provisional=[at is not None and at[0].provisional[at[1]] for at in reached],
            n=[None if at is None else at[0].n[at[1]] for at in reached],
            covered=next((i for i, at in enumerate(reached) if at is not None), len(reached)),
        )

    def from_indicator(self, term: IndicatorTerm, key: SeriesKey) -> Strip:
        """Return another card's results as a strip, without the term's own lag."""
        series = self.others[term.indicator].series.get(key)
        results = () if series is None else series.results
        if self.cut:
            results = series.same_day.results if series and series.same_day else ()
        known = {r.period.first: r for r in results}
        found = [known.get(period.first) for period in self.periods]
        covered = next((i for i, r in enumerate(found) if r is not None), len(found))
        return Strip(
            values=[_operand(result, term.measure) for result in found],
            provisional=[r is not None and r.state is State.PROVISIONAL for r in found],
            n=[None for _ in found],
            covered=covered,
        )

    def results(self, key: SeriesKey, strips: Mapping[str, Strip]) -> tuple[Result, ...]:
        """Return the formula's results for ``key`` from its terms' strips.

        Of a card with versions each period goes by that of its last day (that counts).
        """
        if not self.card.versions:
            return self.worked_out(key, strips, self.card.formula.node)
        last = (min(p.last, self.timeline.through) for p in self.periods)
        held = [self.card.version(day) for day in last]
        made = [
            replace(self, ruler=ruler).worked_out(key, strips, version.node)
            for version, ruler in zip(self.card.versions, self.rulers, strict=True)
        ]
        return tuple(made[self.card.versions.index(v)][i] for i, v in enumerate(held) if v)

    def worked_out(
        self, key: SeriesKey, strips: Mapping[str, Strip], node: Node
    ) -> tuple[Result, ...]:
        """Return the results of the formula ``node`` in all periods."""
        formula = self._formula(node)
        parts = [strips[name] for name in formula.used]
        counts = [strips[name].n for name in formula.used if name in self.views]
        loose = formula.running
        for part in parts:
            if any(part.provisional):
                loose = [one or other for one, other in zip(loose, part.provisional, strict=True)]
        values, excluded = formula.values(parts)
        if formula.itself:
            known = parts[0].settled(exact=formula.exact)
        else:
            known = settled_all(values, exact=formula.exact)
        judged = self._judged(key, strips, known)
        return of_columns(
            Result,
            period=self.periods,
            value=known,
            state=_states(values, loose),
            n=_largest(counts, len(values)),
            points=[one.points for one in judged],
            threshold=[one.threshold for one in judged],
            unjudged=[one.unjudged for one in judged],
            excluded=excluded,
        )

    def _formula(self, node: Node) -> _Formula:
        """Return ``node`` ready to be worked out, for all series of this card and grain."""
        if node not in self.made:
            running = [self.timeline.running(period) for period in self.periods]
            self.made[node] = _formula(node, self.exact, running)
        return self.made[node]

    def _judged(
        self, key: SeriesKey, strips: Mapping[str, Strip], values: Sequence[Decimal | None]
    ) -> list[Judgement]:
        """Judge each value by what holds for this series; a term without cells has no value."""
        if not self.ruler.standards and self.ruler.rule is None:
            return [Judgement()] * len(values)
        ruler = self.ruler.series(key, running=self.running)
        names = self.ruler.names
        needed = {name: strips[name].values for name in names if name in strips}
        lacking = {name: State.NO_DATA for name in names if name not in strips}
        if not names:
            return [
                ruler.judge(period, value, dict)
                for period, value in zip(self.periods, values, strict=True)
            ]
        found = []
        for i, (period, value) in enumerate(zip(self.periods, values, strict=True)):

            def given(i: int = i) -> dict[str, Operand]:
                return lacking | {name: cells[i] for name, cells in needed.items()}

            found.append(ruler.judge(period, value, given))
        return found


@dataclass(frozen=True, slots=True)
class _Formula:
    """A formula ready to be worked out, with the terms that it uses, in their order.

    ``itself`` tells that it is its one term, ``running`` which of the periods are not over.
    """

    used: tuple[str, ...]
    itself: bool
    work: Evaluator
    excludes: Callable[[Values], bool]
    exact: bool
    running: list[bool]

    def values(self, parts: Sequence[Strip]) -> tuple[list[Operand], list[bool]]:
        """Return the value in each period, and whether a condition leaves it without one."""
        if self.itself:
            return parts[0].values, [False] * len(parts[0].values)
        cells = zip(*(part.values for part in parts), strict=True) if parts else ()
        given = [dict(zip(self.used, each, strict=True)) for each in cells]
        given = given or [{}] * len(self.running)
        values = [self.work(each) for each in given]
        return values, [
            value is State.NO_DATA and self.excludes(each)
            for value, each in zip(values, given, strict=True)
        ]


def _formula(node: Node, exact: frozenset[str], running: list[bool]) -> _Formula:
    return _Formula(
        used=tuple(dict.fromkeys(c.name for c in columns(node))),
        itself=isinstance(node, Column),
        work=compile_node(node),
        excludes=compile_exclusion(node),
        exact=keeps_exact(node, exact),
        running=running,
    )


def _states(values: Sequence[Operand], loose: Sequence[bool]) -> list[State]:
    known = State.PROVISIONAL, State.OK
    return [
        value if isinstance(value, State) else known[0] if maybe else known[1]
        for value, maybe in zip(values, loose, strict=True)
    ]


def _operand(result: Result | None, measure: str) -> Operand:
    """Return another card's result as an operand: its value, or its points."""
    if result is None:
        return State.NO_DATA
    number = result.value if measure == "value" else result.points
    if number is None:
        return State.NO_DATA if result.state.has_value else result.state
    return number


def _largest(counts: Sequence[Sequence[int | None]], length: int) -> Sequence[int | None]:
    """Return the largest count of each period; None where no term counts rows."""
    if not counts:
        return [None] * length
    if len(counts) == 1:
        return counts[0]
    return [max((n for n in ns if n is not None), default=None) for ns in zip(*counts, strict=True)]


def _cells(strip: Strip, *, exact: bool) -> tuple[Cell, ...]:
    states = _states(strip.values, strip.provisional)
    return of_columns(Cell, value=strip.settled(exact=exact), state=states, n=strip.n)
