"""Revisions as rows of a table: what was published, what it is now, since when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kpi_site.catalog import Measure, Text
from kpi_site.editions.figures import cards, scorecards
from kpi_site.editions.model import Edition
from kpi_site.editions.revisions import Revision, measure_of
from kpi_site.pages import links
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_difference, format_number, format_points, format_value
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
    path = links.scorecard if total else links.indicator
    name = _name(ctx, named) or revision.indicator
    old, new = _shown(ctx, card, revision)
    reason = ctx.inline(revision.reason) if revision.reason else Markup()
    return RevisionRow(
        link=Link(name, links.url(page, path(revision.indicator))),
        of=_of(ctx, card, revision),
        old=old,
        new=new,
        difference=_difference(ctx, card, revision),
        first_seen=format_date(revision.first_seen, ctx.language) if revision.first_seen else "",
        kind=str(ctx.t(f"revision.{revision.kind or 'open'}")),
        reason=reason,
    )


def _name(ctx: Context, found: Mapping[str, str] | None) -> str:
    return "" if not found else Text(zh=found.get("zh"), en=found.get("en")).get(ctx.language)


def _of(ctx: Context, card: Mapping[str, Any], revision: Revision) -> str:
    parts = [revision.period] if revision.period != revision.report else []
    if revision.dimension:
        names = card.get("dimension_names", {}).get(revision.dimension, {})
        member = _name(ctx, names.get("members", {}).get(revision.member)) or revision.member
        parts.append(member or str(ctx.t("not_given")))
    if revision.what != "value":
        parts.append(str(ctx.t("points" if revision.what == "points" else "total")))
    return " · ".join(parts)


def _shown(ctx: Context, card: Mapping[str, Any], revision: Revision) -> tuple[str, str]:
    """Return both sides in words, with as many places as it takes to tell them apart."""
    sides = ((revision.old, revision.old_state), (revision.new, revision.new_state))
    words = [_words(ctx, state) for _, state in sides]
    if revision.what != "value" or not card:
        shown = [format_points(value) or words[i] for i, (value, _) in enumerate(sides)]
        return shown[0], shown[1]
    unit, places = measure_of(card), int(card["decimals"])
    shown = [
        format_value(value, unit, places, ctx.language) or words[i]
        for i, (value, _) in enumerate(sides)
    ]
    return shown[0], shown[1]


def _words(ctx: Context, state: Any) -> str:
    return state_words(state, ctx.language) if state else str(ctx.t("not_computed"))


def _difference(ctx: Context, card: Mapping[str, Any], revision: Revision) -> str:
    change = revision.difference
    if change is None:
        return ""
    if revision.what != "value" or not card:
        return format_number(change, 1, signed=True)
    unit: Measure = measure_of(card)
    places = int(card["decimals"])
    return format_difference(revision.new, revision.old, unit, places, ctx.language)
