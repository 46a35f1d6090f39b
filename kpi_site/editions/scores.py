"""The scorecards of a report as data: lines, totals, titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from kpi_site.as_data.cards import roles_json
from kpi_site.as_data.figures import total_json
from kpi_site.as_data.values import kept, number, part_json, text
from kpi_site.catalog import Catalog, Grade, RankGrade, Report, Scorecard
from kpi_site.computed import Computed
from kpi_site.members import part_text, scored_title, with_part
from kpi_site.periods import Calendar, Period
from kpi_site.scoring import ScoredCard, ScoredLine, score_period
from kpi_site.tidy import plain, rows_csv

COLUMNS: Final = (
    "scorecard", "line", "no", "indicator", "dimension", "member", "period", "weight",
    "value", "state", "points", "counted", "baseline", "target", "challenge",
)  # fmt: skip


def report_cards(computed: Computed, report: Report) -> tuple[ScoredCard, ...]:
    """Return the report's scorecards as they stand in its period, in the report's order.

    Which period of a scorecard with another cycle that is, says specification.md#totals.
    """
    catalog, found = computed.catalog, []
    for name in report.scorecards:
        card = catalog.scorecards.get(name)
        if card is None:
            continue
        period = _period(catalog.site.calendar, card, report.period)
        scored = computed.scores.get(name)
        known = scored.at(period) if scored is not None else None
        found.append(known or score_period(catalog, computed.results, card, period))
    return tuple(found)


def _period(calendar: Calendar, card: Scorecard, period: Period) -> Period:
    """Return the period in which a report of ``period`` shows ``card``.

    That is its own where the scorecard has such periods; of a longer cycle the one that holds
    the report's last day, of a shorter one that does not make up the report's (days and weeks
    of weeks and thirds of months) the newest that is over on it.
    """
    if period.grain in card.cycle.and_longer():
        return period
    found = calendar.containing(period.last, card.cycle)
    if found and card.cycle.rank < period.grain.rank and found.last > period.last:
        found = calendar.previous(found)
    return found or period


def scores_csv(cards: Iterable[ScoredCard]) -> bytes:
    """Return lines and totals, scorecard by scorecard; numbers carry all of their digits."""
    return rows_csv((COLUMNS, *_rows(cards)))


def _rows(cards: Iterable[ScoredCard]) -> Iterator[Sequence[object]]:
    for card in (each for one in cards for each in one.each):
        for at, line in enumerate(card.lines, start=1):
            yield _line(card, at, line)
        if card.scorecard.scored:
            yield _total(card)


def _line(card: ScoredCard, at: int, line: ScoredLine) -> Sequence[object]:
    limits, of = line.threshold, line.line.of
    return (
        card.key, at, line.line.no or "", line.indicator.id,
        of.dimension if of else "", of.member if of else "", line.period.label,
        plain(line.line.weight), plain(line.value), line.state.value, plain(line.points),
        "yes" if line.counted else "no",
        plain(limits.baseline) if limits else None,
        plain(limits.target) if limits else None,
        plain(limits.challenge) if limits else None,
    )  # fmt: skip


def _total(card: ScoredCard) -> Sequence[object]:
    return (
        card.key, 0, "", "", "", "", card.period.label, plain(card.weight_counted), None,
        card.state.value, plain(card.total), "yes", None, None, None,
    )  # fmt: skip


def scorecard_json(catalog: Catalog, card: ScoredCard) -> dict[str, Any]:
    """Return what ``scores.csv`` leaves out: titles, groups, assessed parties, rules, the grade.

    Rules are told where a scorecard has any: of one without them nothing is added.
    """
    own = card.scorecard
    return kept(
        {
            "id": card.key,
            "title": text(scored_title(catalog, card.scorecard, card.member)),
            "about": text(own.about),
            "assessed": text(own.assessed),
            "cycle": own.cycle.value,
            "period": card.period.label,
            "scored": own.scored,
            "missing": own.missing,
            "start": number(card.start),
            "for_each": str(own.for_each) if own.for_each else None,
            "grades": [_grade(grade) for grade in own.grades],
            **total_json(card),
            "lines": list(_titles(catalog, card)),
        }
    )


def _titles(catalog: Catalog, card: ScoredCard) -> Iterator[dict[str, Any]]:
    for at, line in enumerate(card.lines, start=1):
        own = card.member is not None and line.line.of == card.member
        part = None if own else part_text(catalog, line.line)
        yield kept(
            {
                "line": at,
                "no": line.line.no,
                "groups": [text(g.title) for g in line.groups],
                "title": text(with_part(line.line.title or line.indicator.name, part)),
                "assessed": text(line.line.assessed),
                "indicator": str(line.indicator.id),
                "of": part_json(line.line),
                **roles_json(line.line),
                "cycles": {p.label: number(n) for p, n in line.cycles},
                "effect": number(line.effect),
                "struck": line.struck or None,
            }
        )


def _grade(grade: Grade | RankGrade) -> dict[str, Any]:
    bound = (
        {"from": number(grade.start)} if isinstance(grade, Grade) else {"best": number(grade.best)}
    )
    return bound | {"name": text(grade.name)}
