"""All publications of a site together with what has changed since: what pages tell of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from kpi_site.catalog import Text
from kpi_site.computed import Computed
from kpi_site.editions.asked import WhenAsked
from kpi_site.editions.figures import cards, scores
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision, between, pending
from kpi_site.editions.settled import Settled, Unchanged
from kpi_site.editions.store import Published
from kpi_site.kept import Prints
from kpi_site.tidy import REVISIONS, plain, rows_csv


@dataclass(frozen=True, slots=True)
class Publications:
    """``editions`` by the label of their period, oldest first; ``order`` as published.

    ``changes[label][i]`` is what edition i + 2 says differently from edition i + 1;
    ``pending[label]`` what today's computation says differently from the newest edition.
    ``digests`` are those of the figures of drafts that somebody has signed, by label.
    """

    editions: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    order: Sequence[Edition] = ()
    changes: Mapping[str, tuple[tuple[Revision, ...], ...]] = field(default_factory=dict)
    pending: Mapping[str, tuple[Revision, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def latest(self, label: str) -> Edition | None:
        """Return the newest edition of a report, if it was published."""
        return self.editions.get(label, (None,))[-1]

    def pending_of(self, names: Iterable[str]) -> Mapping[str, tuple[Revision, ...]]:
        """Return the pending revisions of the cards called ``names``, the newest report first."""
        found: list[Mapping[str, tuple[Revision, ...]]] = []

        def of(name: str) -> tuple[Revision, ...]:
            if not found:
                found.append(self._by_indicator())
            return found[0].get(name, ())

        return WhenAsked(tuple(map(str, names)), of)

    def _by_indicator(self) -> Mapping[str, tuple[Revision, ...]]:
        found: defaultdict[str, list[Revision]] = defaultdict(list)
        for label in sorted(self.pending, reverse=True):
            for revision in self.pending[label]:
                if revision.what != "total":
                    found[revision.indicator].append(revision)
        return {name: tuple(own) for name, own in found.items()}


NOTHING_PUBLISHED: Final = Publications()


def publications(
    published: Published,
    computed: Computed,
    today: date,
    settled: Path | None = None,
    prints: Prints | None = None,
) -> Publications:
    """Compare every edition with the next, and the newest with today's figures.

    ``computed`` is what the widest audience sees. A pending revision that
    nobody noted is seen first ``today``. ``settled`` is a folder that remembers what was
    compared already, by the ``prints`` of what was.
    """
    scoring = computed.catalog.site.scoring

    @cache
    def unchanged() -> Unchanged:
        known = all(found.digest for found in computed.results.values())
        return Unchanged(
            settled if known else None, _base(computed, prints or Prints()) if known else ""
        )

    def open_(label: str) -> tuple[Revision, ...]:
        latest = published.editions[label][-1]
        if latest in unchanged():
            return ()
        report = computed.catalog.reports.get(label)
        notes = report.revisions if report else ()
        found = pending(latest, computed, notes, Settled(settled))
        if not found:
            unchanged().note(latest)
        return tuple(replace(r, first_seen=r.first_seen or today) for r in found)

    def changes(label: str) -> tuple[tuple[Revision, ...], ...]:
        return tuple(between(a, b, scoring) for a, b in pairwise(published.editions[label]))

    labels = tuple(published.editions)
    return Publications(
        editions=published.editions,
        order=published.in_order(),
        changes=WhenAsked(labels, changes),
        pending=WhenAsked(labels, open_),
    )


def _base(computed: Computed, prints: Prints) -> str:
    """Return the digest of all that is compared with editions, but for the editions."""
    catalog = computed.catalog
    return prints.of(catalog.site, catalog.indicators, catalog.scorecards, computed.results)


def seen_by(told: Publications, audience: str | None) -> Publications:
    """Return ``told`` without the revisions of what ``audience`` may not see."""
    levels = next((e.manifest.audiences for e in told.order[-1:]), ())
    if audience is None or (levels and audience == levels[-1]):
        return told
    hidden = WhenAsked(
        tuple(told.editions), lambda label: _hidden(told.editions[label][-1], audience)
    )
    return replace(
        told,
        changes=WhenAsked(
            tuple(told.changes),
            lambda label: tuple(_open(found, hidden[label]) for found in told.changes[label]),
        ),
        pending=WhenAsked(
            tuple(told.pending), lambda label: _open(told.pending[label], hidden[label])
        ),
    )


def _hidden(edition: Edition, audience: str) -> frozenset[str]:
    """Return the cards and scorecards of an edition that ``audience`` may not see."""
    levels = edition.manifest.audiences
    allowed = levels[: levels.index(audience) + 1] if audience in levels else ()
    out = {name for name, card in cards(edition).items() if card["visible_to"] not in allowed}
    return frozenset(out | {row.scorecard for row in scores(edition) if row.indicator in out})


def _open(found: Iterable[Revision], hidden: frozenset[str]) -> tuple[Revision, ...]:
    return tuple(r for r in found if r.indicator not in hidden)


def revisions_csv(told: Publications) -> bytes:
    """Return every revision as CSV (columns ``REVISIONS``), by report.

    ``revised_in`` is the edition that took it up, empty while none has.
    """
    return rows_csv((REVISIONS, *_rows(told)))


def _rows(told: Publications) -> Iterator[tuple[object, ...]]:
    for label in sorted(told.editions):
        revised = [(str(at), r) for at, own in enumerate(told.changes[label], 2) for r in own]
        revised += [("", r) for r in told.pending[label]]
        if revised:
            frozen = cards(told.editions[label][-1])
            units = {name: card["unit"] for name, card in frozen.items()}
            yield from (_row(r, revised_in, units) for revised_in, r in revised)


def _row(r: Revision, revised_in: str, units: Mapping[str, str]) -> tuple[object, ...]:
    unit = units.get(r.indicator, "") if r.what == "value" else "points"
    reason = r.reason or Text()
    return (
        r.report, r.edition, revised_in, r.indicator, r.what, r.period, r.dimension, r.member,
        plain(r.old), plain(r.new), plain(r.difference),
        r.old_state.value if r.old_state else "", r.new_state.value if r.new_state else "",
        unit, r.first_seen.isoformat() if r.first_seen else "", r.kind or "",
        reason.plain or reason.zh or "", reason.plain or reason.en or "",
    )  # fmt: skip
