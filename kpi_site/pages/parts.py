"""Small pieces that several pages show: links, facts, actions, charts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Action, Text
from kpi_site.charts.figure import figure
from kpi_site.charts.lean import lean
from kpi_site.charts.svg import NARROW, WIDE, small
from kpi_site.charts.templates import Spec
from kpi_site.files import File
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup
from kpi_site.story.actions import ActionStory, tell_actions
from kpi_site.story.teller import Ref


@dataclass(frozen=True, slots=True)
class Link:
    """A name and the relative address it leads to; ``foreign`` if it is in the other language."""

    name: str
    url: Markup
    foreign: bool = False


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


def chart(
    page: str,
    name: str,
    spec: Spec,
    caption: str,
    draw: Callable[[float], str],
    note: str = "",
) -> Chart:
    """Return the figure for ``spec`` on ``page``; ``draw`` makes its SVG of a width.

    ``name`` is that of its file, and of its place on the page; ``note`` stands below it. The
    picture stands in the page; the one that fits a phone comes with the spec.
    """
    meta = {**spec["usermeta"]["kpi"], "narrow": small(draw(NARROW))}
    kept = {**lean(spec), "usermeta": {"kpi": meta}}
    content = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    path, place = f"charts/{name}.json", links.chart(name)
    address = str(links.url(page, path))
    made = figure(place, address, caption, draw(WIDE), note)
    return Chart(markup(made), File(path, content))


_PAGES: Final = {
    "indicator": links.indicator,
    "scorecard": links.scorecard,
    "department": links.department,
    "perspective": links.perspective,
    "dataset": links.dataset,
    "report": links.report,
    "action": links.action,
}


def link_to(page: str, ref: Ref) -> Link:
    """Return the link from ``page`` to what is referred to; without an address if unknown."""
    address = links.url(page, _PAGES[ref.kind](ref.id)) if ref.known else Markup()
    return Link(ref.name, address, ref.foreign)


def indicator_link(ctx: Context, page: str, name: str, part: Text | None = None) -> Link:
    """Return the link to a card; an unknown id (another audience's card) keeps its id."""
    return link_to(page, ctx.card_ref(name, part))


def action_view(ctx: Context, page: str, told: ActionStory) -> ActionView:
    """Return an action as it is shown on ``page``."""
    return ActionView(
        anchor=links.anchor(told.ref.id),
        link=link_to(page, told.ref),
        title=ctx.inline(told.title),
        owner=ctx.inline(told.owner),
        start=told.start,
        due=told.due,
        status=told.status,
        status_words=told.status_words,
        overdue=told.overdue,
        closed=told.closed,
        indicators=tuple(link_to(page, i) for i in told.indicators),
        steps=tuple(StepView(ctx.inline(s.what), s.due, s.done, s.late) for s in told.steps),
        updates=tuple(Fact(Markup.escape(on), ctx.inline(note)) for on, note in told.updates),
    )


def action_views(ctx: Context, page: str, actions: Iterable[Action]) -> tuple[ActionView, ...]:
    """Return actions as they stand on the last day of the data."""
    return tuple(action_view(ctx, page, told) for told in tell_actions(ctx, actions))
