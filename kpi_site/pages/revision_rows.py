"""Revisions as rows of a table: what was published, what it is now, since when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kpi_site import links
from kpi_site.editions.figures import cards, scorecards
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.story.published import revised_name, revised_part, shown_sides
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_difference, format_number, seen_difference


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One revision. ``of`` says which member, period or points it is about."""

    link: Link
    of: str
    old: str
    new: str
    difference: str
    first_seen: str
    kind: str
    reason: Markup


def revision_rows(
    ctx: Context, page: str, edition: Edition, found: Iterable[Revision]
) -> tuple[RevisionRow, ...]:
    """Return the rows; names, units and places are those of ``edition``, the older side."""
    frozen = cards(edition)
    boards = {str(s["id"]): s for s in scorecards(edition)}
    return tuple(_row(ctx, page, frozen, boards, r) for r in found)


def _row(
    ctx: Context,
    page: str,
    frozen: Mapping[str, Mapping[str, Any]],
    boards: Mapping[str, Mapping[str, Any]],
    revision: Revision,
) -> RevisionRow:
    card = frozen.get(revision.indicator, {})
    total = revision.what == "total"
    named = boards.get(revision.indicator, {}).get("title") if total else card.get("name")
    path = links.scored if total else links.indicator
    name = revised_name(ctx, named) or revision.indicator
    old, new = shown_sides(ctx, revision)
    return RevisionRow(
        link=Link(name, links.url(page, path(revision.indicator))),
        of=revised_part(ctx, card, revision),
        old=old,
        new=new,
        difference=_difference(ctx, revision),
        first_seen=format_date(revision.first_seen, ctx.language) if revision.first_seen else "",
        kind=str(ctx.t(f"revision.{revision.kind or 'open'}")),
        reason=ctx.inline(revision.reason),
    )


def _difference(ctx: Context, revision: Revision) -> str:
    change = revision.difference
    if change is None:
        return ""
    unit, language = revision.unit, ctx.language
    if unit is None:
        return seen_difference(lambda more: format_number(change, more, signed=True), 1)
    return seen_difference(
        lambda more: format_difference(revision.new, revision.old, unit, more, language),
        revision.decimals,
    )
