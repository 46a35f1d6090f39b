"""Computes all cards: one pass over each dataset, then each card after those it leans on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

from kpi_site.apart import how_apart
from kpi_site.catalog import (
    CalendarTerm,
    Catalog,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
)
from kpi_site.compute.averages import every_day, is_average
from kpi_site.compute.bases import plan_bases
from kpi_site.compute.card import CardAt, Part
from kpi_site.compute.card_plan import CardPlan, Setting
from kpi_site.compute.compared import Compared, compared
from kpi_site.compute.exactness import exact_terms
from kpi_site.compute.kept_counts import KeptCounts
from kpi_site.compute.plan import TermPlan, plan_term, requests_of
from kpi_site.compute.room import measured_columns
from kpi_site.compute.spans import Stretch, Timeline, cuts_of, reach
from kpi_site.compute.store import Store, leant_on
from kpi_site.compute.strips import TermView, view
from kpi_site.compute.through import coverage, expect_request, first_day, settle_through
from kpi_site.compute.working_days import read_working_days
from kpi_site.engine.cube import Schema
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.rows import Reach
from kpi_site.engine.seam import Answers, Engine, Request
from kpi_site.memory import Memory
from kpi_site.periods import Grain, Period
from kpi_site.results import IndicatorResults, Results, Series, SeriesKey
from kpi_site.schema import breaks_down
from kpi_site.scoring import card_ruler
from kpi_site.tables.model import Table
from kpi_site.uncollected import uncollected


@uncollected()
def compute(
    catalog: Catalog,
    tables: Mapping[str, Table],
    cache: Path | None = None,
    *,
    engine: Engine | None = None,
    progress: Callable[[str], None] = lambda _: None,
    memory: Memory | None = None,
) -> Results:
    """Compute every card of ``catalog`` from ``tables``, by card id.

    ``cache`` is a folder in which results are kept from build to build, and what was counted for
    them in large datasets; None keeps nothing.
    ``engine`` counts the rows, Polars if it is None; each keeps its results for itself.
    In ``memory`` kept results stay as they were read.
    """
    engine = engine or PolarsEngine()
    catalog = settle_through(catalog, tables, date.max)
    order = in_order(catalog)
    setting = _setting(catalog, tables, order, engine)
    if cache is None:
        return _by_id(catalog, _compute(setting, _cards(catalog, order), {}, progress))
    own = cache if isinstance(engine, PolarsEngine) else cache / engine.name
    setting = replace(setting, engine=KeptCounts(engine, own / "counts"))
    store = Store(own, catalog.site.calendar, memory or Memory())
    wanted = store.digests(catalog, tables, order, setting.comparisons)
    known = store.known(catalog, order, wanted)
    stale = [name for name in order if name not in known]
    done = dict(known)
    for name, results in _compute(setting, _cards(catalog, stale), known, progress):
        done[name] = replace(results, digest=wanted[name])
        store.save(done[name])
    return _by_id(catalog, done.items())


def _cards(catalog: Catalog, names: Iterable[str]) -> list[Indicator]:
    return [catalog.indicators[name] for name in names]


def _by_id(catalog: Catalog, pairs: Iterable[tuple[str, IndicatorResults]]) -> Results:
    """Return results in the order of the catalog."""
    done = dict(pairs)
    return {name: done[name] for name in catalog.indicators}


def in_order(catalog: Catalog) -> tuple[str, ...]:
    """Return the ids of all cards, each after the cards that its terms name."""
    needs = {card.id: leant_on(card) for card in catalog.indicators.values()}
    return tuple(TopologicalSorter(needs).static_order())


def _setting(
    catalog: Catalog, tables: Mapping[str, Table], order: tuple[str, ...], engine: Engine
) -> Setting:
    through = catalog.site.data_through
    assert through is not None
    schemas = measured_columns(catalog, tables)
    timeline = Timeline(catalog.site.calendar, through)
    comparisons = compared(catalog, timeline, order)
    working = read_working_days(catalog, tables)
    return Setting(catalog, tables, timeline, schemas, comparisons, working, engine)


def _compute(
    setting: Setting,
    cards: list[Indicator],
    known: Mapping[str, IndicatorResults],
    progress: Callable[[str], None],
) -> Iterator[tuple[str, IndicatorResults]]:
    """Yield the results of ``cards`` (in order); ``known`` are those of other cards."""
    plans, requests = _planned(setting, cards)
    through = setting.timeline.through
    answers = setting.engine.answer(setting.tables, requests, through, setting.schemas)
    done = dict(known)
    for plan in plans:
        progress(plan.card.id)
        done[plan.card.id] = _results(setting, plan, answers, done)
        yield plan.card.id, done[plan.card.id]


def _planned(setting: Setting, cards: list[Indicator]) -> tuple[list[CardPlan], list[Request]]:
    """Plan ``cards``, which are in order."""
    begun = _begun(setting, [card.id for card in cards])
    plans = _cut(setting, [_plan(setting, card, begun[card.id]) for card in cards])
    return plans, [request for plan in plans for request in _requests(setting, plan)]


def questions(
    catalog: Catalog, tables: Mapping[str, Table]
) -> tuple[tuple[Request, ...], Mapping[str, Schema]]:
    """Return all that the cards of ``catalog`` ask of an engine, and the columns' types.

    ``catalog`` is settled, so that it is known up to which day facts count.
    """
    order = in_order(catalog)
    setting = _setting(catalog, tables, order, PolarsEngine())
    _, requests = _planned(setting, _cards(catalog, order))
    return tuple(dict.fromkeys(requests)), setting.schemas


@dataclass(frozen=True, slots=True)
class _Begun:
    """The first day with facts of a card, and of each of its terms that counts rows."""

    first: date | None
    terms: Mapping[str, date | None]


def _begun(setting: Setting, names: Iterable[str]) -> dict[str, _Begun]:
    """Return when the facts of cards begin, and of those that they lean on, near and far.

    All of it comes from the facts, whatever results are kept: these tell periods, not days.
    """
    catalog, order = setting.catalog, in_order(setting.catalog)
    wanted = set(names)
    for name in reversed(order):
        if name in wanted:
            wanted.update(leant_on(catalog.indicators[name]))
    found: dict[str, _Begun] = {}
    for name in order:
        if name not in wanted:
            continue
        card = catalog.indicators[name]
        terms: dict[str, date | None] = {
            term.name: first_day(term, catalog.datasets[term.dataset], setting.tables)
            for term in card.terms
            if not isinstance(term, IndicatorTerm | OtherTerm | CalendarTerm)
        }
        days = (*terms.values(), *(found[other].first for other in leant_on(card)))
        past = (day for day in days if day and day <= setting.timeline.through)
        found[name] = _Begun(min(past, default=None), terms)
    return found


def _plan(setting: Setting, card: Indicator, begun: _Begun) -> CardPlan:
    catalog, timeline, first = setting.catalog, setting.timeline, begun.first
    plans: dict[str, TermPlan] = {
        term.name: plan_term(catalog, setting.tables, card, term, setting.schemas)
        for term in card.terms
        if not isinstance(term, IndicatorTerm | OtherTerm | CalendarTerm)
    }
    periods = {grain: timeline.lived(card, first, grain) if first else () for grain in card.grains}
    parts = {
        grain: _parts(timeline, periods[grain], own, first)
        for grain, own in setting.comparisons[card.id].items()
        if first and own.running in periods[grain]
    }
    bases = plan_bases(catalog, setting.tables, card, setting.schemas)
    return CardPlan(card, plans, begun.terms, periods, parts, bases)


def _parts(
    timeline: Timeline, periods: Iterable[Period], own: Compared, first: date
) -> tuple[Stretch, ...]:
    """Return what is compared with the running one of ``periods``; no part before any fact."""
    cut = (timeline.to_same_day(p, own.running) for p in periods if p in own.needed)
    return tuple(stretch for stretch in cut if stretch.end >= first)


def _days(setting: Setting, term: TermPlan, stretches: Iterable[Stretch]) -> tuple[Reach, ...]:
    calendar = setting.timeline.calendar
    return tuple(reach(term.term, stretch, calendar) for stretch in stretches)


def _reaches(setting: Setting, plan: CardPlan, term: TermPlan) -> list[tuple[Reach, ...]]:
    """Return the days that ``term`` counts at each grain, and in what that is compared with.

    A mean looks at each of its days.
    """
    if is_average(term.term):
        return [every_day(plan.firsts[term.term.name], setting.timeline.through)]
    whole = (setting.so_far(periods) for periods in plan.periods.values())
    return [_days(setting, term, stretches) for stretches in (*whole, *plan.parts.values())]


def _cut(setting: Setting, plans: list[CardPlan]) -> list[CardPlan]:
    """Cut the buckets of all plans wherever a term of any of them begins or ends to count.

    All at the same days, so that the terms of a dataset still share one pass over its rows.
    """
    found: set[date] = set()
    for plan in plans:
        for term in plan.asked.values():
            if not any(source.bucket == "month" for source in term.sources):
                continue  # its buckets are days anyhow
            for days in _reaches(setting, plan, term):
                found |= cuts_of(days, setting.timeline.through)
    cuts = tuple(sorted(found))
    return [plan.cut(cuts) for plan in plans]


def _requests(setting: Setting, plan: CardPlan) -> Iterator[Request]:
    for term in plan.asked.values():
        reaches = _reaches(setting, plan, term)
        yield from requests_of(term, _time_of(setting, term), reaches)
        dataset = setting.catalog.datasets[term.term.dataset]
        promised = expect_request(dataset, plan.cuts, setting.timeline.calendar)
        if promised is not None:
            yield promised
    for term in _running_terms(plan).values():
        by_day = _days(setting, term, setting.so_far(plan.periods[Grain.DAY]))
        yield from requests_of(term, _time_of(setting, term), [by_day])


def _time_of(setting: Setting, plan: TermPlan) -> str:
    """Return the column that dates the rows of a balance (unused for other terms)."""
    term = plan.term
    own = setting.catalog.datasets[term.dataset].time
    return str(own if isinstance(term, StockTerm) else term.time or own)


def _running_terms(plan: CardPlan) -> dict[str, TermPlan]:
    """Return the terms of a daily card that count a day's rows, as totals since the 1st, by name.

    None where a term looks at days of its own choice (a window) or is another card's figure of
    the day: such a figure has no total of the month.
    """
    if plan.card.cycle is not Grain.DAY or not _has_total(plan.card):
        return {}
    return {
        name: replace(term, term=replace(term.term, to_date=Grain.MONTH))
        for name, term in plan.asked.items()
        if isinstance(term.term, RowTerm) and term.term.to_date is None
    }


def _has_total(card: Indicator) -> bool:
    rows = [term for term in card.terms if isinstance(term, RowTerm)]
    leaning = any(isinstance(term, IndicatorTerm) for term in card.terms)
    plain = any(term.window is None and term.to_date is None for term in rows)
    return plain and not leaning and all(term.window is None for term in rows)


def _results(
    setting: Setting, plan: CardPlan, answers: Answers, others: Results
) -> IndicatorResults:
    """Return all series of a card: the whole first, then each dimension's members."""
    series: dict[SeriesKey, Series] = {}
    fixed: dict[Grain, CardAt] = {}
    for grain in {t.period.grain for t in plan.card.terms if isinstance(t, OtherTerm) and t.period}:
        fixed[grain] = _with_part(setting, plan, grain, answers, others, fixed)
    for grain, periods in plan.periods.items():
        if not periods:
            continue
        at = _with_part(setting, plan, grain, answers, others, fixed)
        series[SeriesKey(grain)] = at.series(SeriesKey(grain))
        for dimension in plan.card.dimensions:
            keys = (SeriesKey(grain, str(dimension), member) for member in at.members(dimension))
            series.update((key, at.series(key)) for key in keys)
    running = None
    totals = _running_terms(plan)
    if totals and (days := setting.so_far(plan.periods[Grain.DAY])):
        terms, bases = (
            {name: totals.get(name, term) for name, term in own.items()}
            for own in (plan.terms, plan.bases)
        )
        summed = replace(plan, terms=terms, bases=bases)
        at = replace(_card_at(setting, summed, days, answers, others), fixed=fixed)
        running = replace(at, running=True).series(SeriesKey(Grain.DAY))
    apart = how_apart(plan.card, setting.catalog.indicators)
    return IndicatorResults(plan.card.id, series, running, apart=apart)


def _with_part(
    setting: Setting,
    plan: CardPlan,
    grain: Grain,
    answers: Answers,
    others: Results,
    fixed: Mapping[Grain, CardAt],
) -> CardAt:
    """Return the card at ``grain`` with what its running period is compared with, if one runs.

    ``fixed`` may be filled later: it is the card at the grains of its fixed periods.
    """
    stretches = setting.so_far(plan.periods[grain])
    at = replace(_card_at(setting, plan, stretches, answers, others), fixed=fixed)
    parts = plan.parts.get(grain)
    if parts is None:
        return at
    part = replace(_card_at(setting, plan, parts, answers, others), cut=True, fixed=fixed)
    return replace(at, part=Part(part, setting.comparisons[plan.card.id][grain].shown))


def _card_at(
    setting: Setting,
    plan: CardPlan,
    stretches: tuple[Stretch, ...],
    answers: Answers,
    others: Results,
) -> CardAt:
    views: dict[str, TermView] = {}
    through = setting.timeline.through
    for name, term in plan.asked.items():
        dataset = setting.catalog.datasets[term.term.dataset]
        covered = coverage(
            dataset,
            plan.firsts[term.term.name],
            through,
            answers,
            setting.timeline.calendar,
            plan.cuts,
        )
        balance = None
        if term.at_times:
            balance = term.balance_request(_time_of(setting, term))
        calendar = setting.timeline.calendar
        views[name] = view(term, answers, stretches, calendar, covered, balance, through)
    periods = tuple(stretch.period for stretch in stretches)
    return CardAt(
        card=plan.card,
        periods=periods,
        views=views,
        bases=frozenset(plan.bases),
        others=others,
        timeline=setting.timeline,
        ruler=card_ruler(setting.catalog, plan.card),
        broken_down=_broken_down(setting, plan),
        exact=exact_terms(setting.catalog, plan.card),
        rulers=tuple(
            card_ruler(setting.catalog, plan.card.judged_on(v.start.first if v.start else date.min))
            for v in plan.card.versions
        ),
        stretches=stretches,
        working=setting.working,
    )


def _broken_down(setting: Setting, plan: CardPlan) -> dict[str, frozenset[str]]:
    """Return the terms that have values for members, by dimension of the card."""
    return {
        str(dimension): frozenset(
            str(term.name)
            for term in plan.card.terms
            if breaks_down(setting.catalog, plan.card, term, dimension)
        )
        for dimension in plan.card.dimensions
    }
