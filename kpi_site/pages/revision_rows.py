"""Revisions as rows of a table: what was published, what it is now, since when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from kpi_site import links
from kpi_site.editions.figures import cards, scorecards
from kpi_site.editions.manifest import text_of
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.results import State
from kpi_site.wording.dates import format_date, format_period
from kpi_site.wording.numbers import format_difference, format_number, seen_difference
from kpi_site.wording.words import state_words


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
    name = _name(ctx, named) or revision.indicator
    old, new = shown_sides(ctx, revision)
    reason = ctx.inline(revision.reason) if revision.reason else Markup()
    return RevisionRow(
        link=Link(name, links.url(page, path(revision.indicator))),
        of=_of(ctx, card, revision),
        old=old,
        new=new,
        difference=_difference(ctx, revision),
        first_seen=format_date(revision.first_seen, ctx.language) if revision.first_seen else "",
        kind=str(ctx.t(f"revision.{revision.kind or 'open'}")),
        reason=reason,
    )


def _name(ctx: Context, found: Mapping[str, str] | None) -> str:
    return ctx.name(text_of(found))


def _of(ctx: Context, card: Mapping[str, Any], revision: Revision) -> str:
    parts = [revision.period] if revision.period != revision.report else []
    if revision.dimension:
        names = card.get("dimension_names", {}).get(revision.dimension, {})
        member = _name(ctx, names.get("members", {}).get(revision.member)) or revision.member
        parts.append(member or str(ctx.t("not_given")))
    if revision.what != "value":
        parts.append(str(ctx.t("Points" if revision.what == "points" else "total")))
    return " · ".join(parts)


def shown_sides(ctx: Context, revision: Revision) -> tuple[str, str]:
    """Return the old and the new figure as readers see them; words where there is no number."""
    old = _shown(ctx, revision, revision.old, revision.old_state)
    return old, _shown(ctx, revision, revision.new, revision.new_state)


def _shown(ctx: Context, revision: Revision, value: Decimal | None, state: State | None) -> str:
    if value is None:
        return state_words(state, ctx.language) if state else str(ctx.t("not_computed"))
    return revision.text(value, ctx.language)


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


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """What a card's page says of a published figure that has been revised since."""

    report: Link
    of: str
    old: str
    new: str
    kind: str
    reason: Markup


def published_figures(ctx: Context, page: str, name: str) -> tuple[PublishedFigure, ...]:
    """Return what was published of the card ``name`` and is different now, newest first."""
    found = (r for r in ctx.pending_of.get(name, ()) if r.what == "value" and not r.dimension)
    return tuple(_published(ctx, page, r) for r in found)


def _published(ctx: Context, page: str, revision: Revision) -> PublishedFigure:
    period = ctx.catalog.site.calendar.parse(revision.report)
    label = format_period(period, ctx.language) if period else revision.report
    old, new = shown_sides(ctx, revision)
    return PublishedFigure(
        report=Link(
            str(ctx.t("report_of", label)),
            links.url(page, f"{links.report(revision.report)}#revisions"),
        ),
        of=_of(ctx, {}, revision),
        old=old,
        new=new,
        kind=str(ctx.t(f"revision.{revision.kind or 'open'}")),
        reason=ctx.inline(revision.reason) if revision.reason else Markup(),
    )
