"""Actions end after they start, and only closed ones have been closed (specification.md#action)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem


def actions_end_after_start(draft: Draft) -> Iterator[Problem]:
    """Report an action that is due before it starts."""
    for entry in draft.actions:
        action = entry.value
        if action is None or entry.damaged & {"start", "due"} or action.due >= action.start:
            continue
        yield Problem(
            entry.place("due"),
            "due-before-start",
            Message(
                f"期限（{action.due}）早于开始（{action.start}）",
                f"due ({action.due}) before it starts ({action.start})",
            ),
        )


def closed_actions_are_closed(draft: Draft) -> Iterator[Problem]:
    """Report a day of closing of an open action, and one that lies before its start."""
    for entry in draft.actions:
        action = entry.value
        if action is None or action.closed is None or entry.damaged & {"closed", "status"}:
            continue
        if action.status == "open":
            yield Problem(
                entry.place("closed"),
                "closed-but-open",
                Message(
                    "行动仍在进行（status: open），却写了结束日期",
                    "the action is open, and yet has a day on which it was closed",
                ),
                Message(
                    "请把 status 写成 done 或 cancelled，或删去 closed。",
                    "Set status to done or cancelled, or take 'closed' out.",
                ),
            )
        elif action.closed < action.start and "start" not in entry.damaged:
            yield Problem(
                entry.place("closed"),
                "closed-before-start",
                Message(
                    f"结束（{action.closed}）早于开始（{action.start}）",
                    f"closed ({action.closed}) before it starts ({action.start})",
                ),
            )
