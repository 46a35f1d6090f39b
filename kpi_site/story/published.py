"""What is told of published figures that are different now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpi_site.editions.manifest import text_of
from kpi_site.editions.revisions import Revision
from kpi_site.results import State
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.words import state_words


@dataclass(frozen=True, slots=True)
class PublishedStory:
    """What a card says of a published figure that has been revised since."""

    report: Ref
    of: str
    old: str
    new: str
    kind: str
    reason: Said | None


def tell_published(teller: Teller, name: str) -> tuple[PublishedStory, ...]:
    """Return what was published of the card ``name`` and is different now, newest first."""
    found = (r for r in teller.pending_of.get(name, ()) if r.what == "value" and not r.dimension)
    return tuple(_published(teller, r) for r in found)


def _published(teller: Teller, revision: Revision) -> PublishedStory:
    period = teller.catalog.site.calendar.parse(revision.report)
    label = format_period(period, teller.language) if period else revision.report
    old, new = shown_sides(teller, revision)
    return PublishedStory(
        report=Ref("report", revision.report, teller.word("report_of", label)),
        of=revised_part(teller, {}, revision),
        old=old,
        new=new,
        kind=teller.word(f"revision.{revision.kind or 'open'}"),
        reason=teller.said(revision.reason) if revision.reason else None,
    )


def revised_name(teller: Teller, found: Mapping[str, str] | None) -> str:
    """Return a name as an edition froze it, by language."""
    return teller.name(text_of(found))


def revised_part(teller: Teller, card: Mapping[str, Any], revision: Revision) -> str:
    """Return which period, member or points a revision is about; ``card`` is the frozen one."""
    parts = [revision.period] if revision.period != revision.report else []
    if revision.dimension:
        names = card.get("dimension_names", {}).get(revision.dimension, {})
        member = (
            revised_name(teller, names.get("members", {}).get(revision.member)) or revision.member
        )
        parts.append(member or teller.word("not_given"))
    if revision.what != "value":
        parts.append(teller.word("Points" if revision.what == "points" else "total"))
    return " · ".join(parts)


def shown_sides(teller: Teller, revision: Revision) -> tuple[str, str]:
    """Return the old and the new figure as readers see them; words where there is no number."""
    old = _shown(teller, revision, revision.old, revision.old_state)
    return old, _shown(teller, revision, revision.new, revision.new_state)


def _shown(teller: Teller, revision: Revision, value: Decimal | None, state: State | None) -> str:
    if value is None:
        return state_words(state, teller.language) if state else teller.word("not_computed")
    return revision.text(value, teller.language)
