"""What is told of actions: whose they are, what is late, how far they have come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi_site.catalog import Action, Step
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.wording.dates import format_date


@dataclass(frozen=True, slots=True)
class StepStory:
    """A step of an action, with its days in words; ``late`` on the day that is told of."""

    what: Said | None
    due: str
    done: str
    late: bool


@dataclass(frozen=True, slots=True)
class ActionStory:
    """An action on one day: ``overdue`` says by how much, ``updates`` are the newest first."""

    ref: Ref
    title: Said | None
    owner: Said | None
    start: str
    due: str
    status: Literal["open", "done", "cancelled"]
    status_words: str
    overdue: str
    closed: str
    indicators: tuple[Ref, ...]
    steps: tuple[StepStory, ...]
    updates: tuple[tuple[str, Said | None], ...]


def tell_actions(
    teller: Teller, actions: Iterable[Action], day: date | None = None
) -> tuple[ActionStory, ...]:
    """Return actions: open ones first, by the day they are due.

    What is late is judged on ``day``; by default on the last day of the data.
    """
    ordered = sorted(actions, key=lambda a: (a.status != "open", a.due, a.id))
    return tuple(_action(teller, a, day or teller.data_through) for a in ordered)


def _action(teller: Teller, action: Action, day: date | None) -> ActionStory:
    def on(found: date | None) -> str:
        return format_date(found, teller.language) if found else ""

    return ActionStory(
        ref=Ref("action", str(action.id), teller.name(action.title)),
        title=teller.said(action.title),
        owner=teller.said(action.owner),
        start=on(action.start),
        due=on(action.due),
        status=action.status,
        status_words=teller.word(f"action.{action.status}"),
        overdue=_overdue(teller, action.due, day) if action.status == "open" else "",
        closed=on(action.closed),
        indicators=tuple(teller.card_ref(i) for i in action.indicators),
        steps=tuple(
            StepStory(teller.said(s.what), on(s.due), on(s.done), _is_late(action, s, day))
            for s in action.steps
        ),
        updates=tuple(
            (on(u.on), teller.said(u.note))
            for u in sorted(action.updates, key=lambda u: u.on, reverse=True)
        ),
    )


def _is_late(action: Action, step: Step, day: date | None) -> bool:
    return bool(action.status == "open" and not step.done and _days_late(step.due, day))


def _days_late(due: date | None, day: date | None) -> int:
    """Return by how many days ``day`` lies after ``due``; 0 where it does not."""
    return max((day - due).days, 0) if due and day else 0


def _overdue(teller: Teller, due: date, day: date | None) -> str:
    """Say by how many days an open action is late; "" where it is not."""
    days = _days_late(due, day)
    if not days:
        return ""
    return teller.word("overdue_by", days) if days > 1 else teller.word("overdue_by_one")
