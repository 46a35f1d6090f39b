"""The course of a frozen figure: what a chart of it needs, from the edition's own files alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kpi_site.catalog import Change, Indicator, Text, Threshold
from kpi_site.editions.figures import cards, figures
from kpi_site.editions.manifest import text_of
from kpi_site.editions.model import Edition, Figure
from kpi_site.editions.revisions import measure_of
from kpi_site.periods import Grain, Period
from kpi_site.problems import Location, Name
from kpi_site.results import Result, Series, SeriesKey
from kpi_site.sql.nodes import Code, Column, Expression

_LEVEL: Final = frozenset({"at", "since", "until", "last_per", "average", "window", "to_date"})
Parse = Callable[[str], Period | None]


@dataclass(frozen=True, slots=True)
class Course:
    """The whole of a card up to the edition's period, as it was published.

    ``card`` has what is said of a figure (name, unit, decimals, direction, breaks), and neither
    terms nor standards: it computes nothing. ``bars`` tells whether the values are amounts
    that add up over time.
    """

    card: Indicator
    series: Series
    bars: bool


def courses(edition: Edition, parse: Parse) -> Mapping[str, Course]:
    """Return the course of each card of ``edition`` by id; ``parse`` reads a period's label.

    A card with a period that the calendar no longer has is left out.
    """
    whole: dict[str, list[Figure]] = {}
    for figure in figures(edition):
        if not figure.dimension:
            whole.setdefault(figure.indicator, []).append(figure)
    found: dict[str, Course] = {}
    for name, card in cards(edition).items():
        own = whole.get(name, [])
        periods = [parse(f.period) for f in own]
        if own and None not in periods:
            results = tuple(_result(f, p) for f, p in zip(own, periods, strict=True) if p)
            key = SeriesKey(results[-1].period.grain)
            found[name] = Course(_card(card, parse), Series(key, results, {}), _adds_up(card))
    return found


def _result(figure: Figure, period: Period) -> Result:
    threshold = Threshold(figure.baseline, figure.target, figure.challenge)
    judged = threshold if threshold != Threshold() else None
    return Result(period, figure.value, figure.state, figure.n, figure.points, judged)


def _card(card: Mapping[str, Any], parse: Parse) -> Indicator:
    place = Location("")
    return Indicator(
        id=Name(str(card["id"]), place),
        where=place,
        department=Name(str(card["department"]), place),
        name=text_of(card["name"]) or Text(),
        formula=Expression(Code(str(card["formula"]), "", ()), Column(str(card["id"]))),
        terms=(),
        unit=measure_of(card),
        decimals=int(card["decimals"]),
        cycle=Grain(card["cycle"]),
        direction=card["direction"],
        centre=Decimal(card.get("centre") or 0),
        changes=tuple(_breaks(card, parse)),
    )


def _breaks(card: Mapping[str, Any], parse: Parse) -> Iterator[Change]:
    """Yield where the figures of the card begin to mean something else."""
    told = [c["from"] for c in card.get("changes", ()) if c.get("breaks_series")]
    for label in (*told, *(v["from"] for v in card.get("versions", ()))):
        start = parse(str(label))
        if start is not None:
            yield Change(start, Text(), breaks_series=True)


def _adds_up(card: Mapping[str, Any]) -> bool:
    """Tell what ``nature.is_amount`` tells of a card, by what is frozen of it."""
    flows = all(
        "term" in term or ("from" in term and _LEVEL.isdisjoint(term))
        for term in card["terms"].values()
    )
    additive = measure_of(card).additive and card["direction"] != "within"
    return additive and flows and "/" not in str(card["formula"])
