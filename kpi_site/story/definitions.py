"""What changed in the definitions: the history of all cards together, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_site.periods import Period
from kpi_site.story.commits import Commit
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.wording.dates import format_date, format_period


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """A change of one card's definition: from when on, what, and whether it breaks the series."""

    ref: Ref
    start: Period
    since: str
    what: Said
    breaks_series: bool


def tell_definition_changes(teller: Teller) -> tuple[DefinitionChange, ...]:
    """Return every change that cards tell of; of one day in the order of the cards."""
    found = [
        DefinitionChange(
            ref=teller.card_ref(card.id),
            start=change.start,
            since=format_period(change.start, teller.language),
            what=said,
            breaks_series=change.breaks_series,
        )
        for card in teller.catalog.indicators.values()
        for change in card.changes
        if (said := teller.said(change.what)) is not None
    ]
    return tuple(sorted(found, key=lambda c: c.start.first, reverse=True))


@dataclass(frozen=True, slots=True)
class CommittedCard:
    """A card, the commit that changed its file last, and the day of that in words."""

    ref: Ref
    commit: Commit
    day: str


def tell_commits(teller: Teller) -> tuple[CommittedCard, ...]:
    """Return the cards whose last commit is known, the newest first; of one day by their order."""
    found = [
        CommittedCard(teller.card_ref(card.id), commit, format_date(commit.day, teller.language))
        for card in teller.catalog.indicators.values()
        if (commit := teller.commits.get(card.where.file)) is not None
    ]
    return tuple(sorted(found, key=lambda c: c.commit.day, reverse=True))
