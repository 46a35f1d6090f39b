"""Results kept from build to build, so that only changed cards are computed again.

Each card's results lie in a file of JSON lines named by a digest of everything that its
figures depend on, this code included; with another digest they are simply computed anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, repeat
from pathlib import Path
from typing import Any, Generic, TypeVar

from kpi_site.apart import how_apart
from kpi_site.catalog import (
    CalendarTerm,
    Catalog,
    Indicator,
    IndicatorTerm,
    Limit,
    OtherTerm,
    Threshold,
)
from kpi_site.compute.compared import Compared
from kpi_site.engine.atoms import strip
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.memory import Memory, Same
from kpi_site.periods import Calendar, Grain, Period
from kpi_site.results import (
    Cell,
    IndicatorResults,
    Result,
    SameDay,
    Series,
    SeriesKey,
    State,
    Unjudged,
    of_columns,
)
from kpi_site.scoring import points_node
from kpi_site.sql.nodes import Expression
from kpi_site.tables.model import Table

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")

_STATES = tuple(State)
_CODES = {state: code for code, state in enumerate(_STATES)}
_EXCLUDED = len(_STATES)  # the code of a result that the formula's condition excludes
_TOLD = (*_STATES, State.NO_DATA)  # by code


def leant_on(card: Indicator) -> list[str]:
    """Return the ids of the cards that the terms of ``card`` name."""
    return [term.indicator for term in card.terms if isinstance(term, IndicatorTerm)]


def _card_parts(card: Indicator) -> Iterator[str]:
    """Yield the parts of a card that its figures depend on: no names, texts or places."""
    yield repr((card.unit.kind, card.grains, card.direction, card.centre, [*card.dimensions]))
    yield repr(strip(card.formula.node))
    for version in card.versions:
        rule = points_node(version.points, version.steps, card)
        judged = None if rule is None else strip(rule)
        yield repr((version.start, strip(version.node), [*version.names.items()], judged))
    yield repr(card.ends and card.ends.last)
    for standard in card.thresholds:
        held = (standard.start, standard.grain, standard.of, standard.per_cycle)
        yield repr((held, *(_bare(limit) for limit in standard.limits)))
    rule = points_node(card.points, card.steps, card)
    yield repr(None if rule is None else strip(rule))
    for term in card.terms:
        yield type(term).__name__
        for one in fields(term):
            value = getattr(term, one.name)
            if one.name != "label":
                yield repr(strip(value.node) if isinstance(value, Expression) else value)


def _bare(limit: Limit | None) -> object:
    return strip(limit.node) if isinstance(limit, Expression) else limit


def _fact_parts(catalog: Catalog, tables: Mapping[str, Table], card: Indicator) -> Iterator[str]:
    """Yield the digests of the datasets that a card reads, and of their parents."""
    for term in card.terms:
        if isinstance(term, CalendarTerm) and catalog.site.holidays is not None:
            yield tables[catalog.site.holidays].digest
        if isinstance(term, OtherTerm | IndicatorTerm | CalendarTerm):
            continue
        dataset = catalog.datasets[term.dataset]
        yield repr((dataset.time, dataset.expect, dataset.people, dataset.people_key))
        yield tables[dataset.id].digest
        for key in dataset.foreign_keys:
            yield repr((key.fields, key.reference, key.valid)) + tables[key.dataset].digest


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of kept results; in ``memory`` they stay as they were read."""

    folder: Path
    calendar: Calendar
    memory: Memory

    def digests(
        self,
        catalog: Catalog,
        tables: Mapping[str, Table],
        order: Sequence[str],
        comparisons: Mapping[str, Mapping[Grain, Compared]],
    ) -> dict[str, str]:
        """Return, for each card of ``order`` (leaning cards last), what its figures depend on."""
        site = catalog.site
        shared = repr((code_digest(), site.calendar, site.data_through, site.scoring))
        same = self._remembered("parts")
        found: dict[str, str] = {}
        for name in order:
            card = catalog.indicators[name]
            own = same.get(name, (card,)) or same.put(name, (card,), tuple(_card_parts(card)))
            parts = [shared, *own, *_fact_parts(catalog, tables, card)]
            shown = (one.shown for one in comparisons[name].values())
            parts += [repr(sorted(period.label for period in periods)) for periods in shown]
            parts += [found[other] for other in leant_on(card)]
            found[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return found

    def known(
        self, catalog: Catalog, order: Sequence[str], wanted: Mapping[str, str]
    ) -> dict[str, IndicatorResults]:
        """Return the kept results of the cards of ``order`` by the digests ``wanted``.

        How a figure comes apart is read from its card and from those that it leans on.
        """
        same = self._remembered("results")
        found: dict[str, IndicatorResults] = {}
        for name in order:
            card, key = catalog.indicators[name], (name, wanted[name])
            made_from = (card, *map(found.get, leant_on(card)))
            own = same.get(key, made_from)
            if own is None and (kept := self.load(card, wanted[name])) is not None:
                own = replace(kept, apart=how_apart(card, catalog.indicators))
                same.put(key, made_from, own)
            if own is not None:
                found[name] = own
        return found

    def _remembered(self, what: str) -> Same[Any]:
        return self.memory.room((what, self.folder), Same[Any]).again()

    def load(self, card: Indicator, digest: str) -> IndicatorResults | None:
        """Return the kept results of ``card``, or None if there are none for ``digest``."""
        kept = read_sealed(self._path(card.id, digest))
        if kept is None:
            return None
        first, *lines = kept.decode().splitlines()
        head = json.loads(first)
        if head["digest"] != digest:
            return None
        keys = (SeriesKey(Grain(grain), *names) for grain, *names in head["series"])
        series = Lazily(dict(zip(keys, lines, strict=False)), self.read)
        running = self.read(lines[-1]) if head["running"] else None
        return IndicatorResults(card.id, series, running, digest)

    def save(self, results: IndicatorResults) -> None:
        """Keep ``results`` in place of the card's earlier ones; never half a file.

        One line a series, so that none is read before it is asked for.
        """
        series = list(results.series.values())
        head = {
            "digest": results.digest,
            "series": [[s.key.grain, s.key.dimension, s.key.member] for s in series],
            "running": results.running is not None,
        }
        series += [results.running] if results.running else []
        lines = (_line(one) for one in (head, *map(_written, series)))
        path = self._path(results.indicator, results.digest)
        write_sealed(path, "".join(lines).encode())
        for older in self.folder.glob(f"{results.indicator}.*json"):
            if older != path:
                older.unlink(missing_ok=True)

    def _path(self, indicator: str, digest: str) -> Path:
        return self.folder / f"{indicator}.{digest[:20]}.json"

    def read(self, line: str) -> Series:
        """Return one series as it was kept."""
        kept = json.loads(line)
        periods = _periods(self.calendar, kept["first"], len(kept["states"]))
        return Series(
            key=_key(kept),
            results=_read_results(periods, kept),
            terms=_read_terms(kept["terms"]),
            same_day=self._same_day(periods[-1], kept["same_day"]),
            bases=_read_terms(kept["bases"]),
        )

    def _same_day(self, running: Period, kept: dict[str, Any] | None) -> SameDay | None:
        if kept is None:
            return None
        periods = (self.calendar.parse(label) for label in kept["periods"])
        return SameDay(running, _read_results([p for p in periods if p], kept))


@lru_cache(maxsize=256)
def _periods(calendar: Calendar, first: str, count: int) -> tuple[Period, ...]:
    """Return ``count`` periods from ``first`` on: most series of a site share a few runs."""
    start = calendar.parse(first)
    assert start is not None
    periods = [start]
    while len(periods) < count:
        following = calendar.following(periods[-1])
        assert following is not None
        periods.append(following)
    return tuple(periods)


@dataclass(frozen=True, slots=True, eq=False)  # equal as mappings are
class Lazily(Mapping[K, V], Generic[K, T, V]):
    """What was kept, each value made when it is first asked for: most pages need few."""

    kept: Mapping[K, T]
    make: Callable[[T], V]
    made: dict[K, V] = field(default_factory=dict)

    def __getitem__(self, key: K) -> V:
        if key not in self.made:
            self.made[key] = self.make(self.kept[key])
        return self.made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)


def _key(kept: dict[str, Any]) -> SeriesKey:
    grain, dimension, member = kept["key"]
    return SeriesKey(Grain(grain), dimension, member)


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def _read_results(periods: Sequence[Period], kept: dict[str, Any]) -> tuple[Result, ...]:
    states, judged = kept["states"], list(_judged(kept["judged"]))
    return of_columns(
        Result,
        period=periods,
        value=map(_number, kept["values"]),
        state=map(_TOLD.__getitem__, states),
        n=kept["n"],
        points=map(_number, kept["points"]),
        threshold=[threshold for threshold, _ in judged],
        unjudged=[why for _, why in judged],
        excluded=[state == _EXCLUDED for state in states],
    )


def _written_results(results: Sequence[Result]) -> dict[str, Any]:
    return {
        "values": [_text(r.value) for r in results],
        "states": [_EXCLUDED if r.excluded else _CODES[r.state] for r in results],
        "n": [r.n for r in results],
        "points": [_text(r.points) for r in results],
        "judged": list(_runs(results)),
    }


def _written_same_day(results: Sequence[Result]) -> dict[str, Any]:
    return {"periods": [r.period.label for r in results], **_written_results(results)}


def _written(series: Series) -> dict[str, Any]:
    earlier = series.same_day
    return {
        "key": [series.key.grain, series.key.dimension, series.key.member],
        "first": series.results[0].period.label,
        **_written_results(series.results),
        "same_day": None if earlier is None else _written_same_day(earlier.results),
        "terms": _written_terms(series.terms),
        "bases": _written_terms(series.bases),
    }


def _written_terms(terms: Mapping[str, tuple[Cell, ...]]) -> dict[str, Any]:
    return {
        name: [[_text(c.value), _CODES[c.state], c.n] for c in cells]
        for name, cells in terms.items()
    }


def _read_terms(kept: Mapping[str, list[list[Any]]]) -> Mapping[str, tuple[Cell, ...]]:
    return Lazily(kept, _cells)


_Judged = tuple[Threshold | None, Unjudged | None]


def _runs(results: Sequence[Result]) -> Iterator[list[Any]]:
    """Yield what judges the results: ``[count, why not, *thresholds]``.

    Most series have one and the same for all of their periods.
    """
    for (threshold, unjudged), run in groupby(results, lambda r: (r.threshold, r.unjudged)):
        count = sum(1 for _ in run)
        if threshold is None:
            yield [count, unjudged]
        else:
            limits = (threshold.baseline, threshold.target, threshold.challenge)
            yield [count, unjudged, *map(_text, limits)]


def _judged(kept: list[list[Any]]) -> Iterator[_Judged]:
    for count, why, *limits in kept:
        threshold = Threshold(*map(_number, limits)) if limits else None
        yield from repeat((threshold, Unjudged(why) if why else None), count)


def _cells(kept: list[list[Any]]) -> tuple[Cell, ...]:
    values, states, counts = zip(*kept, strict=True) if kept else ((), (), ())
    return of_columns(
        Cell, value=map(_number, values), state=map(_STATES.__getitem__, states), n=counts
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
