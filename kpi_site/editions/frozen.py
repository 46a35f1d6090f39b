"""What is frozen of the figures: results, terms, scores, and the cards as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from kpi_site import tidy
from kpi_site.as_data.cards import card_json
from kpi_site.as_data.values import kept, text, to_json
from kpi_site.audience import narrowed
from kpi_site.catalog import Catalog, Indicator, Report
from kpi_site.computed import Computed
from kpi_site.contributions import Explained, explain
from kpi_site.downloads.contributions import contribution_rows
from kpi_site.downloads.signals import in_order, signals_csv
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import CARDS, CONTRIBUTIONS, SCORECARDS, SCORES, SIGNALS, TERMS, VALUES
from kpi_site.editions.scores import report_cards, scorecard_json, scores_csv
from kpi_site.files import File
from kpi_site.periods import Period
from kpi_site.results import IndicatorResults, Results, Series, SeriesKey, State
from kpi_site.schema import dimension_field
from kpi_site.signals import Behaviour, behaviours
from kpi_site.tidy import rows_csv

HISTORY: Final = 13  # periods of the whole: a year, and the same month of the year before
_PASSING: Final = ("examples", "aliases", "related")


def frozen_figures(computed: Computed, report: Report) -> Iterator[File]:
    """Yield the data files of an edition of ``report``, as the widest audience sees them.

    ``values.csv`` holds each active card in the report's period, the whole and the members,
    and the whole of the twelve periods before; a card with a longer cycle in its newest
    period that was over by then. ``terms.csv`` holds the terms of the report's period,
    ``contributions.csv`` why the figures changed up to it, ``signals.csv`` the final values
    against their limits: of the whole the thirteen up to the report's end, of a member the last.
    """
    catalog, results = computed.catalog, computed.results
    shown = _shown(computed)
    terms = []
    against_limits: list[Behaviour] = []
    changes: list[Explained] = []
    for name, target in _targets(shown, results, report):
        indicator = shown[name]
        names = tuple(str(term.name) for term in indicator.terms)
        terms.append(tidy.terms(_trimmed(results[name], target, 1, terms=True), names))
        found = behaviours(indicator, catalog.indicators, results[name])
        against_limits += in_order(_newest(b, report.period) for b in found)
        changes += explain(catalog.site.calendar, indicator, results[name], target)
    cards = report_cards(computed, report)
    yield _values(shown, results, report)
    yield File(TERMS, _joined(tidy.TERMS, map(tidy.to_csv, terms)))
    yield File(CONTRIBUTIONS, rows_csv((tidy.CONTRIBUTIONS, *contribution_rows(changes))))
    yield File(SIGNALS, signals_csv(against_limits))
    yield File(SCORES, scores_csv(cards))
    yield from _cards(catalog, shown, results)
    yield File(
        SCORECARDS,
        to_json({"scorecards": [scorecard_json(catalog, e) for c in cards for e in c.each]}),
    )


def signed_figures(computed: Computed, report: Report) -> Iterator[File]:
    """Yield of ``frozen_figures`` what signatures are bound to: figures and scores."""
    yield _values(_shown(computed), computed.results, report)
    yield File(SCORES, scores_csv(report_cards(computed, report)))


def _shown(computed: Computed) -> Mapping[str, Indicator]:
    """Return the cards of an edition by id."""
    cards = sorted(computed.catalog.indicators.items())
    return {name: card for name, card in cards if card.in_use and name in computed.results}


def _targets(
    shown: Mapping[str, Indicator], results: Results, report: Report
) -> Iterator[tuple[str, Period]]:
    """Yield the ids of the cards that the report shows, with the period of each."""
    for name, card in shown.items():
        target = target_period(results[name], card, report.period)
        if target is not None:
            yield name, target


def _values(shown: Mapping[str, Indicator], results: Results, report: Report) -> File:
    tables = (
        tidy.values(_trimmed(results[name], target, HISTORY), shown[name].unit.code)
        for name, target in _targets(shown, results, report)
    )
    return File(VALUES, _joined(tidy.VALUES, map(tidy.to_csv, tables)))


def target_period(found: IndicatorResults, card: Indicator, period: Period) -> Period | None:
    """Return the period in which a report of ``period`` shows the card; None if in none.

    That is the report's own, or for a card without such periods (its cycle is longer, or it has
    no longer ones) the newest of its cycle that was over by the report's end and has a value.
    """
    if period.grain in card.grains:
        series = found.whole(period.grain)
        return period if series and series.index(period) is not None else None
    series = found.whole(card.cycle)
    over = [
        r.period
        for r in (series.results if series else ())
        if r.state is State.OK and r.period.last <= period.last
    ]
    return over[-1] if over else None


def _trimmed(
    found: IndicatorResults, target: Period, history: int, *, terms: bool = False
) -> IndicatorResults:
    """Keep ``target`` and, for the whole, ``history`` - 1 periods before it; ``terms`` if asked."""
    series = {
        key: _cut(found.series[key], target, 1 if key.dimension else history, terms=terms)
        for key in found.series
        if key.grain is target.grain
    }
    return replace(found, series={k: s for k, s in series.items() if s.results}, running=None)


def _cut(series: Series, target: Period, count: int, *, terms: bool) -> Series:
    at = series.index(target)
    keep = slice(0, 0) if at is None else slice(max(0, at + 1 - count), at + 1)
    return Series(
        key=SeriesKey(series.key.grain, series.key.dimension, series.key.member),
        results=series.results[keep],
        terms={name: cells[keep] for name, cells in series.terms.items()} if terms else {},
    )


def _newest(found: Behaviour, period: Period) -> Behaviour:
    """Keep the final values of a series up to the end of ``period``, as many as are frozen."""
    over = [o for o in found.observed if o.period.last <= period.last]
    return replace(found, observed=tuple(over[-1 if found.key.dimension else -HISTORY :]))


def _joined(head: tuple[str, ...], tables: Iterable[bytes]) -> bytes:
    """Return the tables' rows under one head."""
    return ",".join(head).encode() + b"\n" + b"".join(t.partition(b"\n")[2] for t in tables)


def _cards(catalog: Catalog, shown: Mapping[str, Indicator], results: Results) -> Iterator[File]:
    seen = {a: narrowed(catalog, a).indicators.keys() for a in catalog.site.audiences}
    for name, own in shown.items():
        data = {
            **{k: v for k, v in card_json(own, catalog.texts[name]).items() if k not in _PASSING},
            "unit_kind": own.unit.kind,
            "department_name": _department(catalog, own),
            "visible_to": next(a for a, names in seen.items() if name in names),
            "dimension_names": {
                str(d): _dimension(catalog, own, str(d), results[name]) for d in own.dimensions
            },
        }
        content = to_json(kept(data))
        yield File(f"{CARDS}/{name}.{sha256(content.encode())[:12]}.json", content)


def _department(catalog: Catalog, card: Indicator) -> dict[str, str] | None:
    units = (u for u in catalog.site.departments if u.id == card.department)
    return next((text(u.name) for u in units), None)


def _dimension(
    catalog: Catalog, card: Indicator, dimension: str, results: IndicatorResults
) -> dict[str, Any]:
    """Return the dimension's title and its members' names, where they have one."""
    field = dimension_field(catalog, card, dimension)
    members = {k.member for k in results.series if k.dimension == dimension}
    named = field.categories if field else {}
    return {
        "title": text(field.title) if field and field.title else {"zh": dimension, "en": dimension},
        "members": {m: text(named[m]) for m in sorted(members) if m in named},
    }
