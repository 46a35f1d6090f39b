"""The scorecards of a report as data: lines, totals, titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from kpi_site.as_data.cards import roles_json
from kpi_site.as_data.figures import total_json
from kpi_site.as_data.values import kept, number, part_json, text
from kpi_site.catalog import Catalog, Grade, RankGrade, Report
from kpi_site.computed import Computed
from kpi_site.members import part_text, scored_title, with_part
from kpi_site.scoring import ScoredCard, ScoredLine, score_period
from kpi_site.tidy import plain, rows_csv

COLUMNS: Final = (
    "scorecard", "line", "no", "indicator", "dimension", "member", "period", "weight",
    "value", "state", "points", "counted", "baseline", "target", "challenge",
)  # fmt: skip


def report_cards(computed: Computed, report: Report) -> tuple[ScoredCard, ...]:
    """Return the report's scorecards as they stand in its period, in the report's order.

    A scorecard with a longer cycle is shown in the period of its own that holds the report's
    last day.
    """
    catalog, found = computed.catalog, []
    for name in report.scorecards:
        card = catalog.scorecards.get(name)
        if card is None:
            continue
        period = report.period
        if card.cycle.rank > period.grain.rank:
            period = catalog.site.calendar.containing(period.last, card.cycle) or period
        known = (s for s in computed.scores.get(name, ()) if s.period == period)
        found.append(next(known, None) or score_period(catalog, computed.results, card, period))
    return tuple(found)


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
