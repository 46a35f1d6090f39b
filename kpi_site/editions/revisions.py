"""Revisions: what would be said differently now, or was said differently in the next edition.

A figure is revised when readers would see another number or state: differences below the
displayed precision are none, unless they lead across a threshold or into another grade, which
is shown with as many more places (specification.md#revisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from kpi_site.catalog import (
    Catalog,
    Measure,
    Report,
    RevisionKind,
    RevisionNote,
    Scale,
    Scoring,
    Text,
    Threshold,
)
from kpi_site.computed import Computed
from kpi_site.editions.figures import cards, own_figures, scorecards, scores
from kpi_site.editions.manifest import text_of
from kpi_site.editions.model import Edition, Figure
from kpi_site.editions.scores import report_cards
from kpi_site.editions.settled import Settled
from kpi_site.problems import Location, Name
from kpi_site.results import Result, Results, SeriesKey, State
from kpi_site.wording.judged import (
    NO_BOUNDS,
    Bounds,
    grade_bounds,
    judged_text,
    points_bounds,
    points_text,
    threshold_bounds,
)

What = Literal["value", "points", "total"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One figure that differs. ``indicator`` is a scorecard's id where ``what`` is its total.

    ``old`` or ``new`` is None without a number; its state tells why, None that the figure was
    not, or is no longer, computed at all. ``first_seen`` is None until somebody noted it.
    ``bounds`` are what the published number was judged by.
    """

    report: str
    edition: int
    indicator: str
    what: What
    period: str
    dimension: str
    member: str
    old: Decimal | None
    old_state: State | None
    new: Decimal | None
    new_state: State | None
    unit: Measure | None = None
    decimals: int = 1
    bounds: Bounds = NO_BOUNDS
    first_seen: date | None = None
    kind: RevisionKind | None = None
    reason: Text | None = None

    @property
    def difference(self) -> Decimal | None:
        """New less old, exact; None where one of them is missing."""
        return None if self.old is None or self.new is None else self.new - self.old

    def text(self, value: Decimal, language: str, places: int | None = None) -> str:
        """Return ``value``, the old or the new one, as readers see it; points where no unit is.

        ``places`` are at least those that pages show unless given.
        """
        if self.unit is None:
            return points_text(value, self.bounds, places or 1)
        least = self.decimals if places is None else places
        return judged_text(value, self.bounds, self.unit, least, language)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A number as it stands on one side."""

    value: Decimal | None
    state: State | None


_NOTHING_SETTLED: Final = Settled(None)
Found = Mapping[tuple[str, str, str, str], _Seen]
_NOTHING = _Seen(None, None)


def measure_of(card: Mapping[str, Any]) -> Measure:
    """Return the unit of a card as it was frozen."""
    return Measure(
        kind=card["unit_kind"],
        code=card["unit"],
        symbol=text_of(card.get("symbol")),
        scale={k: Scale(s["symbol"], s["divide"]) for k, s in card.get("scale", {}).items()},
    )


def between(old: Edition, new: Edition, scoring: Scoring) -> tuple[Revision, ...]:
    """Return what the edition ``new`` says differently from the one before it.

    Its type, reason and day of publication are those of every revision in it.
    """
    figures = _as_called_in(old, new)
    before = own_figures(old)
    found = _compared(old, before, _figures(figures), _totals(new), _points(figures), scoring)
    told = new.manifest
    return tuple(
        replace(r, first_seen=told.published, kind=told.kind, reason=told.reason) for r in found
    )


def _as_called_in(old: Edition, new: Edition) -> tuple[Figure, ...]:
    """Return the figures of ``new``; a card renamed since ``old`` keeps the name it had there."""
    before, after = cards(old), cards(new)
    former = {
        name: str(once)
        for name, card in after.items()
        for once in card.get("formerly", ())
        if once in before and name not in before
    }
    return tuple(
        replace(f, indicator=former.get(f.indicator, f.indicator)) for f in own_figures(new)
    )


def pending(
    edition: Edition,
    computed: Computed,
    notes: Iterable[RevisionNote] = (),
    settled: Settled = _NOTHING_SETTLED,
) -> tuple[Revision, ...]:
    """Return what today's computation says differently from ``edition``, with its ``notes``.

    Cards whose figures are ``settled`` are not looked at again.
    """
    catalog = computed.catalog
    results = {**computed.results, **_by_former_names(catalog, computed.results)}
    names = settled.open_names(edition, results)
    before = tuple(f for f in own_figures(edition) if f.indicator in names) if names else ()
    now = {f.key: _now(catalog, results, f) for f in before}
    now |= _new_members(before, catalog, results)
    values = {key: seen for key, (seen, _) in now.items()}
    points = {key: earned for key, (_, earned) in now.items()}
    report = Report(
        Location(edition.folder),
        edition.period,
        tuple(Name(name, Location("")) for name in _shown(edition)),
    )
    published = _totals(edition)
    totals = {
        (each.key, each.period.label, "", ""): _Seen(each.total, each.state)
        for card in report_cards(computed, report)
        for each in card.each
        if (each.key, each.period.label, "", "") in published
    }
    noted = {str(n.indicator): n for n in notes if n.edition == edition.number}
    found = tuple(_compared(edition, before, values, totals, points, catalog.site.scoring))
    settled.note(edition, results, (r.indicator for r in found))
    return tuple(_noted(r, noted.get(r.indicator)) for r in found)


def _shown(edition: Edition) -> tuple[str, ...]:
    """Return the ids of the edition's scorecards; of one for each member once."""
    keys = (str(card["id"]) for card in scorecards(edition))
    return tuple(dict.fromkeys(key.partition("/")[0] for key in keys))


def _by_former_names(catalog: Catalog, results: Results) -> Results:
    """Return the results of cards that were renamed, under the names that editions know."""
    cards_now = (card for card in catalog.indicators.values() if card.id in results)
    return {str(once): results[card.id] for card in cards_now for once in card.formerly}


def _noted(revision: Revision, note: RevisionNote | None) -> Revision:
    if note is None:
        return revision
    return replace(revision, first_seen=note.first_seen, kind=note.type, reason=note.reason)


def _compared(
    old: Edition,
    before: tuple[Figure, ...],
    values: Found,
    totals: Found,
    points: Found,
    scoring: Scoring,
) -> Iterator[Revision]:
    frozen = cards(old) if before else {}
    units = {name: (measure_of(card), int(card["decimals"])) for name, card in frozen.items()}
    judged = {f.key: _bounds(f, frozen[f.indicator]) for f in before if f.indicator in frozen}
    of_points, of_totals = points_bounds(scoring), grade_bounds(scoring.grades)
    yield from _differing(old, "value", (_figures(before), values), units, judged)
    yield from _differing(old, "points", (_points(before), points), {}, {}, of_points)
    yield from _differing(old, "total", (_totals(old), totals), {}, _own_grades(old), of_totals)


def _bounds(figure: Figure, card: Mapping[str, Any]) -> Bounds:
    """Return what a published figure was judged by."""
    limits = Threshold(figure.baseline, figure.target, figure.challenge)
    return threshold_bounds(limits, card.get("direction", "none"), card.get("centre", Decimal(0)))


def _own_grades(edition: Edition) -> dict[tuple[str, str, str, str], Bounds]:
    """Return where the grades begin that published scorecards had of their own."""
    return {
        (str(card["id"]), str(card["period"]), "", ""): Bounds(
            floors=tuple(Decimal(grade["from"]) for grade in card["grades"] if "from" in grade)
        )
        for card in scorecards(edition)
        if card.get("grades")
    }


def _differing(
    old: Edition,
    what: What,
    sides: tuple[Found, Found],
    units: Mapping[str, tuple[Measure, int]],
    judged: Mapping[tuple[str, str, str, str], Bounds],
    bounds: Bounds = NO_BOUNDS,
) -> Iterator[Revision]:
    before, after = sides
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key, _NOTHING), after.get(key, _NOTHING)
        if first == second or State.SUPPRESSED in {first.state, second.state}:
            continue  # hidden is not revised, and what was told is not told once more
        unit, places = units.get(key[0], (None, 1))
        found = Revision(
            old.manifest.period, old.number, key[0], what, *key[1:],
            first.value, first.state, second.value, second.state, unit, places,
            judged.get(key, bounds),
        )  # fmt: skip
        if _differs(found):
            yield found


def _differs(found: Revision) -> bool:
    """Tell whether readers of either language would see two different things."""
    old, new = found.old, found.new
    if old is None or new is None:
        return old is not new or found.old_state is not found.new_state
    return any(found.text(old, x) != found.text(new, x) for x in ("zh", "en"))


def _figures(found: Iterable[Figure]) -> Found:
    return {f.key: _Seen(f.value, f.state) for f in found}


def _points(found: Iterable[Figure]) -> Found:
    """Points of the whole alone: those of members follow from their values."""
    return {f.key: _Seen(f.points, None) for f in found if not f.dimension}


def _totals(edition: Edition) -> Found:
    """Totals of what was over: one of a running quarter was never meant to stay."""
    return {
        (row.scorecard, row.period, "", ""): _Seen(row.points, row.state)
        for row in scores(edition)
        if row.line == 0 and (row.period == edition.manifest.period or row.state is State.OK)
    }


def _now(catalog: Catalog, results: Results, figure: Figure) -> tuple[_Seen, _Seen]:
    """Return the value and the points of a published figure as computed today."""
    found = results.get(figure.indicator) if catalog.card(figure.indicator) else None
    period = catalog.site.calendar.parse(figure.period)
    if found is None or period is None:
        return _NOTHING, _NOTHING
    series = found.series.get(SeriesKey(period.grain, figure.dimension, figure.member))
    result = series.at(period) if series else None
    return _both(result, figure.dimension)


def _both(result: Result | None, dimension: str) -> tuple[_Seen, _Seen]:
    if result is None:
        return _NOTHING, _NOTHING
    value = result.value if result.state.has_value else None
    hidden = State.SUPPRESSED if result.state is State.SUPPRESSED else None
    return _Seen(value, result.state), _NOTHING if dimension else _Seen(result.points, hidden)


def _new_members(
    published: tuple[Figure, ...], catalog: Catalog, results: Results
) -> dict[tuple[str, str, str, str], tuple[_Seen, _Seen]]:
    """Return today's members with rows and a value that are not ``published``.

    A member without a row in the period is new elsewhere, and changes nothing here.
    """
    periods = {f.indicator: f.period for f in published if not f.dimension}
    dimensions = {(f.indicator, f.dimension) for f in published}
    known = {f.key for f in published}
    found = {}
    for name, label in periods.items():
        period = catalog.site.calendar.parse(label)
        if period is None or name not in results or catalog.card(name) is None:
            continue
        for key, series in results[name].series.items():
            one = (name, label, key.dimension, key.member)
            if (
                key.grain is period.grain
                and (name, key.dimension) in dimensions
                and one not in known
            ):
                result = series.at(period)
                if result is not None and result.state.has_value and result.n:
                    found[one] = _both(result, key.dimension)
    return found
