"""Small pieces that several pages show: links, facts, actions, charts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Action, Text
from kpi_site.charts.figure import figure
from kpi_site.files import File
from kpi_site.members import with_part
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup
from kpi_site.wording.dates import format_date
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class Link:
    """A name and the relative address it leads to."""

    name: str
    url: Markup


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: Markup
    value: Markup
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure on the page, and the file that holds its spec."""

    figure: Markup
    file: File


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of an action, with its days in words."""

    what: Markup
    due: str
    done: str
    late: bool


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action as it is shown on cards, reports and its own list."""

    anchor: Markup
    link: Link
    title: Markup
    owner: Markup
    start: str
    due: str
    status: str
    status_words: str
    overdue: str
    closed: str
    indicators: tuple[Link, ...]
    steps: tuple[StepView, ...]
    updates: tuple[Fact, ...]


def chart(page: str, path: str, spec: Mapping[str, Any], caption: str, picture: str = "") -> Chart:
    """Return the figure for ``spec`` on ``page``; ``picture`` is its SVG without JavaScript."""
    content = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    address = str(links.url(page, path))
    return Chart(markup(figure(address, caption, picture)), File(path, content))


def indicator_link(ctx: Context, page: str, name: str, part: Text | None = None) -> Link:
    """Return the link to a card; an unknown id (another audience's card) keeps its id.

    A line about one member names it after the card: ``name · member``.
    """
    indicator = ctx.catalog.indicators.get(name)
    text = ctx.name(with_part(indicator.name, part)) if indicator else name
    return Link(text, links.url(page, links.indicator(name)) if indicator else Markup())


def action_view(ctx: Context, page: str, action: Action, day: date | None) -> ActionView:
    """Return an action with what is late: open on ``day``, and due before it."""
    is_open = action.status == "open"
    return ActionView(
        anchor=links.anchor(action.id),
        link=Link(
            ctx.name(action.title), links.url(page, f"{links.ACTIONS}#{links.anchor(action.id)}")
        ),
        title=ctx.inline(action.title),
        owner=ctx.inline(action.owner),
        start=format_date(action.start, ctx.language),
        due=format_date(action.due, ctx.language),
        status=action.status,
        status_words=word(f"action.{action.status}", ctx.language),
        overdue=_overdue(ctx, action.due, day) if is_open else "",
        closed=format_date(action.closed, ctx.language) if action.closed else "",
        indicators=tuple(indicator_link(ctx, page, i) for i in action.indicators),
        steps=tuple(
            StepView(
                what=ctx.inline(step.what),
                due=format_date(step.due, ctx.language) if step.due else "",
                done=format_date(step.done, ctx.language) if step.done else "",
                late=bool(is_open and not step.done and _days_late(step.due, day)),
            )
            for step in action.steps
        ),
        updates=tuple(
            Fact(Markup.escape(format_date(u.on, ctx.language)), ctx.inline(u.note))
            for u in sorted(action.updates, key=lambda u: u.on, reverse=True)
        ),
    )


def _days_late(due: date | None, day: date | None) -> int:
    """Return by how many days ``day`` lies after ``due``; 0 where it does not."""
    return max((day - due).days, 0) if due and day else 0


def _overdue(ctx: Context, due: date, day: date | None) -> str:
    """Say by how many days an open action is late; "" where it is not."""
    days = _days_late(due, day)
    if not days:
        return ""
    return str(ctx.t("overdue_by", days) if days > 1 else ctx.t("overdue_by_one"))


def action_views(
    ctx: Context, page: str, actions: Iterable[Action], day: date | None = None
) -> tuple[ActionView, ...]:
    """Return actions: open ones first, by the day they are due.

    What is late is judged on ``day``; by default on the last day of the data.
    """
    ordered = sorted(actions, key=lambda a: (a.status != "open", a.due, a.id))
    return tuple(action_view(ctx, page, a, day or ctx.data_through) for a in ordered)
